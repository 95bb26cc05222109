"""Pulumi's SDK without its wire, for builds: the answers come from the same process.

Owns: what stands for protobuf's structs and for the outputs of a resource. A build sends the same requests,
but their properties are dictionaries. An output is made when the program uses it: of the 60 outputs of a
cluster that is four.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pulumi
from google.protobuf import struct_pb2
from pulumi import _types
from pulumi.runtime import rpc
from pulumi.runtime.proto import resource_pb2

from aks_secrets_testing.fast_sdk import at_once, resolve_output

_resolve_outputs: Any = rpc.resolve_outputs  # whose answers are dictionaries here


@contextmanager
def without_wire() -> Iterator[None]:
    """Programs of the block send and get dictionaries: a monitor in this process answers them."""
    messages = {
        "RegisterResourceRequest": "object",
        "RegisterResourceResponse": "object",
        "RegisterResourceOutputsRequest": "outputs",
        "ReadResourceRequest": "properties",
        "ReadResourceResponse": "properties",
        "ResourceInvokeRequest": "args",
        "ResourceInvokeResponse": "return",
    }
    kinds: dict[str, Any] = {
        name: _Kind(getattr(resource_pb2, name), field) for name, field in messages.items()
    }
    with (
        patch.multiple(resource_pb2, **kinds),
        patch.object(rpc, "struct_pb2", _STRUCTS),
        patch.object(rpc, "transfer_properties", _outputs_on_use),
        patch.object(rpc, "resolve_outputs", _resolved_on_use),
        patch.object(rpc, "resolve_outputs_due_to_exception", _failed),
    ):
        yield


class Struct(dict[str, Any]):
    """Stands for protobuf's Struct, and accepts what that accepts: https://protobuf.dev/reference/protobuf/google.protobuf/#struct."""

    def __setitem__(self, name: str, value: Any) -> None:
        if not isinstance(name, str):
            raise TypeError(f"the name of a property is no text: {name!r}")
        super().__setitem__(name, _sent(value))

    @property
    def fields(self) -> "Struct":
        """The SDK looks here for the mark of a secret."""
        return self


class ListValue(list[Any]):
    """Stands for protobuf's ListValue."""

    @property
    def values(self) -> "ListValue":
        """The SDK reads the items here."""
        return self


_STRUCTS = SimpleNamespace(
    Struct=Struct, ListValue=ListValue, Value=struct_pb2.Value, NULL_VALUE=struct_pb2.NULL_VALUE
)


def _sent(value: Any) -> Any:
    """A value as it arrives: numbers are floating-point numbers, a text is no member of an enum any more."""
    kind = type(value)
    if kind is str or kind is bool or value is None or kind is Struct or kind is ListValue:
        return value
    if isinstance(value, Mapping):
        struct = Struct()
        for name, inner in value.items():
            struct[name] = inner
        return struct
    if isinstance(value, list | tuple):
        return ListValue([_sent(inner) for inner in value])
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int | float):
        return float(value)
    raise ValueError(f"a property cannot be sent: {value!r}")


class _Message:
    """A message one of whose fields is a dictionary."""

    def __init__(self, message: Any, plain: Mapping[str, Any]) -> None:
        self.__dict__.update(plain)
        self._message = message

    def __getattr__(self, name: str) -> Any:
        return getattr(self._message, name)


class _Kind:
    """A kind of message: protobuf checks all fields but one."""

    def __init__(self, kind: Any, field: str) -> None:
        self._kind, self._field = kind, field

    def __call__(self, **fields: Any) -> _Message:
        plain = {self._field: fields.pop(self._field)} if self._field in fields else {}
        return _Message(self._kind(**fields), plain)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._kind, name)


class _Outputs:
    """The outputs of a resource that are not used yet, by the names of the resource's attributes."""

    def __init__(self, made: Any, names: frozenset[str]) -> None:
        self.names = names
        self._made = made
        self._waiting: dict[str, Callable[..., None]] = {}
        self._resolution: Callable[[Mapping[str, Callable[..., None]]], None] | None = None

    def use(self, name: str) -> pulumi.Output[Any]:
        """The output, which waits until its resource is answered."""
        data: asyncio.Future[Any] = asyncio.Future()
        self._made.__dict__[name] = output = pulumi.Output._from_data(data)
        resolver = partial(resolve_output, self._made, data)
        if self._resolution is None:
            self._waiting[name] = resolver
        else:
            self._resolution({name: resolver})
        return output

    def resolve(self, resolution: Callable[[Mapping[str, Callable[..., None]]], None]) -> None:
        """Resolve those that are used, and from now on each that will be."""
        self._resolution = resolution
        if self._waiting:
            resolution(self._waiting)


class _Attributes(dict[str, Any]):
    """The attributes of a resource: ``pulumi.get`` reads an output here."""

    __slots__ = ("_outputs",)

    def __init__(self, attributes: Mapping[str, Any], outputs: _Outputs) -> None:
        super().__init__(attributes)
        self._outputs = outputs

    def get(self, name: str, default: Any = None) -> Any:
        if name in self or name not in self._outputs.names:
            return super().get(name, default)
        return self._outputs.use(name)


def _outputs_on_use(made: Any, properties: Mapping[str, Any], custom: bool) -> _Outputs:
    names = frozenset(name for name in properties if name != "urn" and (name != "id" or not custom))
    outputs = _Outputs(made, names)
    if names:
        made.__dict__ = _Attributes(made.__dict__, outputs)
        for name in names - _getters(type(made)):
            outputs.use(name)
    return outputs


@cache
def _getters(kind: type) -> frozenset[str]:
    """The attributes of a class that ``pulumi.get`` reads. A StackReference has plain ones."""
    return frozenset(name for name in dir(kind) if isinstance(getattr(kind, name), property))


def _resolved_on_use(
    made: Any,
    sent: Mapping[str, Any],
    answered: Mapping[str, Any],
    dependencies: Any,
    outputs: _Outputs,
    custom: bool,
    by_type: bool = False,
    *rest: Any,
    **options: Any,
) -> None:
    """Resolve outputs as the SDK does, one by one where their names on the wire are known."""

    def resolve(resolvers: Mapping[str, Callable[..., None]]) -> None:
        of_sent, of_answer = sent, answered
        if by_type:
            keys = _wire_names(type(made))
            names = [keys.get(name) or name for name in resolvers]
            of_sent, of_answer = _only(sent, names), _only(answered, names)
        answer = at_once(rpc.serialize_properties(of_answer, {}))
        _resolve_outputs(made, of_sent, answer, dependencies, resolvers, custom, by_type, *rest, **options)

    outputs.resolve(resolve)


_wire_names = cache(_types.resource_py_to_pulumi_names)


def _only(properties: Mapping[str, Any], names: list[str]) -> dict[str, Any]:
    return {name: properties[name] for name in names if name in properties}


def _failed(outputs: _Outputs, failure: Exception) -> None:
    def resolve(resolvers: Mapping[str, Callable[..., None]]) -> None:
        for resolver in resolvers.values():
            resolver(None, False, False, None, failure)

    outputs.resolve(resolve)
