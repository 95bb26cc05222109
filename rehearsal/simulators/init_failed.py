"""Errors about an object that exists but is not ready, as ErrorResourceInitFailed in Pulumi's protocol.

The engine keeps the object in the state, and updates it the next time.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any, Final

import grpc
from google.protobuf import any_pb2
from pulumi.runtime.proto import provider_pb2, status_pb2

from rehearsal.simulators.faults.day import Faults
from rehearsal.simulators.provider import Properties, ProviderError, SimulatedProvider
from rehearsal.simulators.wire import encode

DETAILS: Final = "grpc-status-details-bin"
"""Trailer in which gRPC carries the details of an error (google.golang.org/grpc/status)."""
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
