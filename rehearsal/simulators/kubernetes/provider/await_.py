"""Errors of pulumi-kubernetes about an object that exists but is not ready. The provider waits before it
raises one; here it does not. pulumi-kubernetes, provider/pkg/await: errorMessages of deployment.go and
statefulset.go, timeoutError in error.go; partialError in provider/pkg/provider/provider.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.init_failed import InitFailedError
from rehearsal.simulators.kubernetes.api.fields import mapping
from rehearsal.simulators.kubernetes.apiserver.admission import replica_set
from rehearsal.simulators.provider import Properties

AWAITED: Final = ("Deployment", "StatefulSet", "DaemonSet", "Job", "Pod")
TIMED_OUT: Final = "timed out waiting for the condition"
"""The error about a DaemonSet (wait.ErrorInterrupted in await/daemonset.go)."""


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
