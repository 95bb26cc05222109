"""Pulumi's wire values as Python values, and back.

A property bag travels as a protobuf Struct. Two things in it are not JSON: a secret (an object that carries
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
    """The one value that stands for "known only after the update"."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown()


@dataclass(frozen=True)
class Secret:
    """A value that must never be shown or stored in the clear."""

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
    """The value with every secret opened and every null dropped (providers skip nulls)."""
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


def mark_secret_texts(value: Any, given: Any) -> Any:
    """The value with each text marked that `given` holds inside a secret, the structure around it left as it is.

    Numbers and booleans stay open: a keyed hash beside its key would tell them anyway. What `given` does not hold,
    such as an address that the service adds, is no secret of the program's.
    """
    return _marked_texts(value, given, inside=False)


def _marked_texts(value: Any, given: Any, *, inside: bool) -> Any:
    while isinstance(given, Secret):
        given, inside = given.value, True
    if isinstance(value, Secret):
        return value
    if isinstance(value, Mapping):
        if not isinstance(given, Mapping):
            given = {}
        return {name: _marked_texts(item, given.get(name), inside=inside) for name, item in value.items()}
    if isinstance(value, list):
        # A list that the service has made longer has its additions at the end.
        items: list[Any] = given if isinstance(given, list) else []
        return [
            _marked_texts(item, items[i] if i < len(items) else None, inside=inside)
            for i, item in enumerate(value)
        ]
    return (
        Secret(value)
        if isinstance(value, str) and given is not None and (inside or has_secret(given))
        else value
    )


def mark_secrets(outputs: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Outputs whose properties are secret wherever the inputs of the same name are.

    What the engine does for a provider that cannot handle secrets itself, azure-native among them
    (annotateSecrets in pulumi/sdk/go/common/resource/plugin/provider_plugin.go).
    """
    result: dict[str, Any] = {}
    for name, value in outputs.items():
        given = inputs.get(name)
        if isinstance(value, Mapping) and isinstance(given, Mapping):
            result[name] = mark_secrets(value, given)
        elif not isinstance(value, Secret) and has_secret(given):
            result[name] = Secret(value)
        else:
            result[name] = value
    return result
