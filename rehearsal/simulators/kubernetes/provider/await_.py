"""Errors of pulumi-kubernetes about an object that exists but is not ready. The provider waits before it
raises one; here it does not. pulumi-kubernetes, provider/pkg/await: errorMessages of deployment.go and
statefulset.go, timeoutError in error.go; partialError in provider/pkg/provider/provider.go.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import grpc
from google.protobuf import any_pb2
from pulumi.runtime.proto import provider_pb2, status_pb2

from rehearsal.simulators.faults import Faults
from rehearsal.simulators.kubernetes.api.fields import mapping
from rehearsal.simulators.kubernetes.apiserver.admission import replica_set
from rehearsal.simulators.provider import Properties, ProviderError, SimulatedProvider
from rehearsal.simulators.wire import encode

DETAILS: Final = "grpc-status-details-bin"
"""Trailer in which gRPC carries the details of an error (google.golang.org/grpc/status)."""
AWAITED: Final = ("Deployment", "StatefulSet", "DaemonSet", "Job", "Pod")
TIMED_OUT: Final = "timed out waiting for the condition"
"""The error about a DaemonSet (wait.ErrorInterrupted in await/daemonset.go)."""
_UNKNOWN: Final = 2


@dataclass
class InitFailedError(ProviderError):
    """An object that exists but is not ready: the engine keeps it in the state and tries again."""

    id: str
    message: str
    reasons: list[str]
    outputs: Properties
    inputs: Properties = field(default_factory=dict)
    """Inputs that a read reports; empty otherwise."""

    def __str__(self) -> str:
        return "\n".join([self.message, *(f"  - {reason}" for reason in self.reasons)])

    def details(self) -> bytes:
        """The error in the protocol of the engine."""
        failed = provider_pb2.ErrorResourceInitFailed(
            id=self.id,
            properties=encode(self.outputs),
            reasons=[self.message, *self.reasons],
            inputs=encode(self.inputs) if self.inputs else None,
        )
        packed = any_pb2.Any()
        packed.Pack(failed)
        return status_pb2.Status(code=_UNKNOWN, message=self.message, details=[packed]).SerializeToString()


class WaitingProvider(SimulatedProvider):
    """A provider whose errors carry the live object, as ErrorResourceInitFailed in Pulumi's protocol."""

    def __init__(self, faults: Faults | None = None) -> None:
        super().__init__(faults)
        self._serving = threading.local()

    def unready(self, error: InitFailedError) -> InitFailedError:
        """The error to raise; its details go into gRPC's trailer.

        A test without gRPC reads them from the error.
        """
        if (context := getattr(self._serving, "context", None)) is not None:
            context.set_trailing_metadata(((DETAILS, error.details()),))
        return error

    def Create(self, request: Any, context: grpc.ServicerContext) -> Any:
        self._serving.context = context
        return super().Create(request, context)

    def Read(self, request: Any, context: grpc.ServicerContext) -> Any:
        self._serving.context = context
        return super().Read(request, context)

    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:
        self._serving.context = context
        return super().Update(request, context)


def not_created(urn: str, id_: str, outputs: Properties, error: str, reasons: list[str]) -> InitFailedError:
    why = (
        "was successfully created, but the Kubernetes API server reported that it failed to fully "
        "initialize or become live"
    )
    return InitFailedError(id_, f'resource "{urn}" {why}: {error}', reasons, outputs)


def not_updated(id_: str, outputs: Properties, error: str, reasons: list[str]) -> InitFailedError:
    why = "failed to fully initialize or become live"
    return InitFailedError(
        id_, f'the Kubernetes API server reported that "{id_}" {why}: {error}', reasons, outputs
    )


def not_ready(id_: str, outputs: Properties, inputs: Properties, reasons: list[str]) -> InitFailedError:
    """The error of a read (initializationError in error.go)."""
    name = id_.rpartition("/")[2]
    return InitFailedError(
        id_, f"Resource '{name}' was created but failed to initialize", reasons, outputs, inputs
    )


def awaits(manifest: Mapping[str, Any]) -> bool:
    """Whether the provider waits for the object. The annotation `pulumi.com/skipAwait` switches that off.

    https://www.pulumi.com/registry/packages/kubernetes/#configuration
    """
    annotations = mapping(mapping(manifest.get("metadata")).get("annotations"))
    return manifest.get("kind") in AWAITED and annotations.get("pulumi.com/skipAwait") != "true"


def timed_out(manifest: Mapping[str, Any], why: list[str], *, ran: bool) -> tuple[str, list[str]]:
    """The error and its reasons, which end in `why`: the event, which the provider logs while it waits."""
    metadata, spec = mapping(manifest.get("metadata")), mapping(manifest.get("spec"))
    name, namespace = metadata.get("name", ""), metadata.get("namespace", "")
    parts: list[str] = []
    if manifest.get("kind") == "Deployment":
        progress = (
            f'[ProgressDeadlineExceeded] ReplicaSet "{replica_set(namespace, name)}" has timed out '
            "progressing."
        )
        if ran:
            parts = [progress, "Minimum number of Pods to consider the application live was not attained"]
        else:
            least = "[MinimumReplicasUnavailable] Deployment does not have minimum availability."
            parts = [least, progress, "Minimum number of live Pods was not attained"]
    elif manifest.get("kind") == "StatefulSet":
        parts = [f"0 out of {spec.get('replicas', 1)} replicas succeeded readiness checks"]
    if manifest.get("kind") == "DaemonSet":
        return TIMED_OUT, why[-1:]  # its awaiter does not look at pods
    return f"'{name}' timed out waiting to be Ready", [*parts, *why]
