"""Pulumi's wire values as Python values, and back.

A property bag is sent as a protobuf Struct. Two kinds of values in it are not JSON: a secret (an object with
Pulumi's signature) and an unknown (one of a few reserved strings). Here they are `Secret` and `UNKNOWN`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf import struct_pb2
from pulumi.runtime import rpc

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"
UNKNOWNS: Final = frozenset(
    {
        rpc.UNKNOWN,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)


class _Unknown:
    """The type of UNKNOWN, a value that is known only after the update."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown()


@dataclass(frozen=True)
class Secret:
    """A value that must not be shown or stored in plain text."""

    value: Any

    def __repr__(self) -> str:
        return "Secret(…)"


def decode(struct: struct_pb2.Struct) -> dict[str, Any]:
    """The property bag of a request."""
    return {name: _decode(value) for name, value in struct.fields.items()}


def _decode(value: struct_pb2.Value) -> Any:
    match value.WhichOneof("kind"):
        case "string_value":
            return UNKNOWN if value.string_value in UNKNOWNS else value.string_value
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "bool_value":
            return value.bool_value
        case "list_value":
            return [_decode(item) for item in value.list_value.values]
        case "struct_value":
            fields = value.struct_value.fields
            if SIGNATURE in fields and fields[SIGNATURE].string_value == SECRET:
                return Secret(_decode(fields["value"]))
            return {name: _decode(item) for name, item in fields.items()}
        case _:
            return None


def encode(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    """The property bag of a response."""
    struct = struct_pb2.Struct()
    for name, value in properties.items():
        _encode(value, struct.fields[name])
    return struct


def _encode(value: Any, into: struct_pb2.Value) -> None:
    if value is UNKNOWN:
        into.string_value = rpc.UNKNOWN
    elif value is None:
        into.null_value = struct_pb2.NULL_VALUE
    elif isinstance(value, Secret):
        into.struct_value.fields[SIGNATURE].string_value = SECRET
        _encode(value.value, into.struct_value.fields["value"])
    elif isinstance(value, bool):
        into.bool_value = value
    elif isinstance(value, str):
        into.string_value = value
    elif isinstance(value, int | float):
        into.number_value = value
    elif isinstance(value, Mapping):
        into.struct_value.SetInParent()
        for name, item in value.items():
            _encode(item, into.struct_value.fields[name])
    elif isinstance(value, Sequence):
        into.list_value.SetInParent()
        for item in value:
            _encode(item, into.list_value.values.add())
    else:
        raise TypeError(f"no wire form for {type(value).__name__}")


def plain(value: Any) -> Any:
    """The value without secret marks and without nulls (providers skip nulls)."""
    if isinstance(value, Secret):
        return plain(value.value)
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def has_secret(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(has_secret(item) for item in value.values())
    if isinstance(value, list):
        return any(has_secret(item) for item in value)
    return isinstance(value, Secret)


def has_unknown(value: Any) -> bool:
    if isinstance(value, Secret):
        return has_unknown(value.value)
    if isinstance(value, Mapping):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return value is UNKNOWN


def mark_secret_texts(value: Any, inputs: Any) -> Any:
    """The value with each text marked as secret that the inputs hold inside a secret.

    Numbers and booleans stay plain: the key of the hashes is stored beside them, so these hashes would be
    guessed easily. Values that the inputs do not have, such as an address that the service adds, are not
    secrets of the program.
    """
    return _mark_secret_texts(value, inputs, inside=False)


def _mark_secret_texts(value: Any, inputs: Any, *, inside: bool) -> Any:
    while isinstance(inputs, Secret):
        inputs, inside = inputs.value, True
    if isinstance(value, Secret):
        return value
    if isinstance(value, Mapping):
        if not isinstance(inputs, Mapping):
            inputs = {}
        return {
            name: _mark_secret_texts(item, inputs.get(name), inside=inside) for name, item in value.items()
        }
    if isinstance(value, list):
        # A service that lengthens a list adds items at its end.
        items: list[Any] = inputs if isinstance(inputs, list) else []
        return [
            _mark_secret_texts(item, items[i] if i < len(items) else None, inside=inside)
            for i, item in enumerate(value)
        ]
    is_secret = inside or has_secret(inputs)
    return Secret(value) if isinstance(value, str) and inputs is not None and is_secret else value


def mark_secrets(outputs: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The outputs with each property marked as secret whose input of the same name is secret.

    The engine does the same for providers that do not support secrets, such as azure-native
    (annotateSecrets in pulumi/sdk/go/common/resource/plugin/provider_plugin.go).
    """
    result: dict[str, Any] = {}
    for name, value in outputs.items():
        input_ = inputs.get(name)
        if isinstance(value, Mapping) and isinstance(input_, Mapping):
            result[name] = mark_secrets(value, input_)
        elif not isinstance(value, Secret) and has_secret(input_):
            result[name] = Secret(value)
        else:
            result[name] = value
    return result
