"""The base of the simulated providers: it translates Pulumi's gRPC protocol to methods with Python values."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeVar

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from rehearsal.simulators import diff
from rehearsal.simulators.diff import Difference
from rehearsal.simulators.faults.clients import Client, InterruptedWriteError, WrongAnswerError
from rehearsal.simulators.faults.day import Faults
from rehearsal.simulators.faults.document import Operation
from rehearsal.simulators.shape import Failure
from rehearsal.simulators.wire import decode, encode

Properties = dict[str, Any]
T = TypeVar("T")


class ProviderError(Exception):
    """A refusal with the message of the real provider or service."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request about a resource, with Python values."""

    urn: str
    connection: str
    """Identifies the provider instance, which requests do not name: the engine opens a connection for each.
    """
    id: str = ""
    inputs: Properties = field(default_factory=dict)
    old_inputs: Properties = field(default_factory=dict)
    olds: Properties = field(default_factory=dict)
    preview: bool = False
    timeout: float = 0
    """Seconds that the provider may take. 0: its own time limit."""
    seed: bytes = b""
    proposed_name: str | None = None
    """The name that the engine's autonaming proposes."""
    naming_disabled: bool = False
    ignore_changes: tuple[str, ...] = ()
    """Paths whose inputs the engine has reset to the old ones."""

    @property
    def token(self) -> str:
        """`azure-native:keyvault:Vault`: the last type of the URN's type chain."""
        return self.urn.split("::")[2].rsplit("$", 1)[-1]

    @property
    def name(self) -> str:
        return self.urn.split("::", 3)[3]


class SimulatedProvider(provider_pb2_grpc.ResourceProviderServicer):
    """A provider whose operations are plain methods, which the subclasses implement."""

    package: str
    version: str
    client: Client | None = None
    """Sends its requests on a bad day. None: it sends none."""

    def __init__(self, faults: Faults | None = None) -> None:
        self._cancelled = threading.Event()
        self.faults = faults

    def wait(self, seconds: float) -> None:
        """Let a latency pass. Raises ProviderError if the engine cancels meanwhile."""
        if seconds and self._cancelled.wait(seconds):
            raise ProviderError("context canceled")

    def commit(self) -> None:
        """Put what an operation has written on disk. The answer follows: no kill undoes an answered write."""

    def configure(self, connection: str, variables: Mapping[str, str]) -> None:
        """Store the settings of a provider instance."""

    def check(self, call: Call) -> tuple[Properties, list[Failure]]:
        raise NotImplementedError

    def diff(self, call: Call) -> Difference:
        raise NotImplementedError

    def diff_config(self, call: Call) -> Difference:
        raise NotImplementedError

    def create(self, call: Call) -> tuple[str, Properties]:
        raise NotImplementedError

    def read(self, call: Call) -> tuple[str, Properties, Properties] | None:
        raise NotImplementedError

    def update(self, call: Call) -> Properties:
        raise NotImplementedError

    def delete(self, call: Call) -> None:
        raise NotImplementedError

    def invoke(self, token: str, arguments: Properties, connection: str) -> Properties:
        raise NotImplementedError

    # The protocol: https://github.com/pulumi/pulumi/blob/master/proto/pulumi/provider.proto

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=True, supports_autonaming_configuration=True
        )

    def Attach(self, request: Any, context: grpc.ServicerContext) -> Any:
        return empty_pb2.Empty()

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:
        """End what is in progress. A later operation finds the provider as it was: a real one starts anew."""
        in_progress, self._cancelled = self._cancelled, threading.Event()
        in_progress.set()
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        return plugin_pb2.PluginInfo(version=self.version)

    def CheckConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        call = _call(request, context, inputs=request.news, olds=request.olds, old_inputs=request.old_inputs)
        return diff.response(self._run(context, lambda: self.diff_config(call)))

    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:
        self._run(context, lambda: self.configure(context.peer(), dict(request.variables)))
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=True
        )

    def Check(self, request: Any, context: grpc.ServicerContext) -> Any:
        modes = provider_pb2.CheckRequest.AutonamingOptions
        naming = request.autonaming if request.HasField("autonaming") else None
        call = _call(
            request,
            context,
            inputs=request.news,
            olds=request.olds,
            seed=request.randomSeed,
            proposed_name=naming.proposed_name if naming and naming.mode != modes.DISABLE else None,
            naming_disabled=bool(naming and naming.mode == modes.DISABLE),
        )
        inputs, failures = self._run(context, lambda: self.check(call))
        return provider_pb2.CheckResponse(
            inputs=encode(inputs),
            # The reason names the path; with `property` set the engine would print it twice.
            failures=[provider_pb2.CheckFailure(reason=failure.reason) for failure in failures],
        )

    def Diff(self, request: Any, context: grpc.ServicerContext) -> Any:
        call = _call(request, context, inputs=request.news, olds=request.olds, old_inputs=request.old_inputs)
        return diff.response(self._run(context, lambda: self.diff(call)))

    def Create(self, request: Any, context: grpc.ServicerContext) -> Any:
        call = _call(
            request, context, inputs=request.properties, preview=request.preview, timeout=request.timeout
        )
        id_, outputs = self._write(context, call, Operation.CREATE, lambda: self.create(call))
        return provider_pb2.CreateResponse(id=id_, properties=encode(outputs))

    def Read(self, request: Any, context: grpc.ServicerContext) -> Any:
        call = _call(request, context, olds=request.properties, inputs=request.inputs)
        resource = self._run(
            context, lambda: self._sent(call.token, call.name, Operation.READ, lambda: self.read(call))
        )
        if resource is None:
            return provider_pb2.ReadResponse(id="")
        id_, outputs, inputs = resource
        return provider_pb2.ReadResponse(id=id_, properties=encode(outputs), inputs=encode(inputs))

    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:
        call = _call(
            request,
            context,
            inputs=request.news,
            olds=request.olds,
            old_inputs=request.old_inputs,
            preview=request.preview,
            timeout=request.timeout,
            ignore_changes=tuple(request.ignoreChanges),
        )
        return provider_pb2.UpdateResponse(
            properties=encode(self._write(context, call, Operation.UPDATE, lambda: self.update(call)))
        )

    def Delete(self, request: Any, context: grpc.ServicerContext) -> Any:
        call = _call(request, context, olds=request.properties, old_inputs=request.old_inputs)
        self._write(context, call, Operation.DELETE, lambda: self.delete(call))
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:
        result = self._run(
            context,
            lambda: self._sent(
                request.tok,
                "",
                Operation.READ,
                lambda: self.invoke(request.tok, decode(request.args), context.peer()),
            ),
        )
        # The message has a field `return`, which is a keyword of Python.
        fields: dict[str, Any] = {"return": encode(result)}
        return provider_pb2.InvokeResponse(**fields)

    def interrupted(self, call: Call, error: InterruptedWriteError) -> ProviderError:
        """The refusal of a write that is made, and whose end is not known."""
        return ProviderError(str(error))

    def _write(
        self, context: grpc.ServicerContext, call: Call, operation: Operation, request: Callable[[], T]
    ) -> T:
        """The answer to a write, unless a fault keeps it back."""
        if self.faults is None or call.preview:
            return self._run(context, request)

        def sent() -> T:
            try:
                return self._sent(call.token, call.name, operation, request)
            except InterruptedWriteError as error:
                raise self.interrupted(call, error) from error

        self.faults.before_write()
        answer = self._run(context, sent)
        self.faults.after_write()
        return answer

    def _sent(self, token: str, name: str, operation: Operation, request: Callable[[], T]) -> T:
        """The answer to a request, which may be wrong on a bad day. Raises ProviderError."""
        if self.faults is None or self.client is None:
            return request()
        try:
            return self.faults.sent(self.client, token, name, operation, request)
        except WrongAnswerError as error:
            raise ProviderError(str(error)) from error

    def _run(self, context: grpc.ServicerContext, operation: Callable[[], T]) -> T:
        try:
            try:
                return operation()
            finally:
                self.commit()
        except ProviderError as refusal:
            _abort(context, grpc.StatusCode.UNKNOWN, str(refusal))
        except Exception as bug:
            # gRPC would swallow the traceback of a defect.
            traceback.print_exc(file=sys.stderr)
            _abort(
                context,
                grpc.StatusCode.INTERNAL,
                f"defect of the rehearsal's simulator: {type(bug).__name__}: {bug}",
            )

    def Construct(self, request: Any, context: grpc.ServicerContext) -> Any:
        context.abort(
            grpc.StatusCode.UNIMPLEMENTED,
            f"the rehearsal does not simulate remote components ({request.type}); "
            "use single resources, helm.v3.Release or apiextensions.CustomResource",
        )


def _call(request: Any, context: grpc.ServicerContext, **fields: Any) -> Call:
    decoded: dict[str, Any] = {
        name: decode(value) if name in ("inputs", "olds", "old_inputs") else value
        for name, value in fields.items()
    }
    return Call(urn=request.urn, id=getattr(request, "id", ""), connection=context.peer(), **decoded)


def _abort(context: grpc.ServicerContext, code: grpc.StatusCode, message: str) -> NoReturn:
    context.abort(code, message)
    raise AssertionError("abort raises")
