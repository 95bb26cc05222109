"""Pure checks and conversions of property bags by the SDK's shapes. Unknown values fit every shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.simulators.nearest import nearest
from rehearsal.simulators.sdk_schema import Property, Shape
from rehearsal.simulators.wire import UNKNOWN

_PYTHON: dict[str, type | tuple[type, ...]] = {"string": str, "boolean": bool, "number": (int, float)}


@dataclass(frozen=True)
class Failure:
    """A reason why a property bag does not fit its shape."""

    path: str
    reason: str


def failures(
    values: Mapping[str, Any],
    properties: Mapping[str, Property],
    path: str = "",
    also: frozenset[str] = frozenset(),
) -> Iterator[Failure]:
    """Unknown names, missing required names and values of another type, recursively.

    `also` names properties that are allowed at this level although the SDK does not have them
    (`__createBeforeDelete`).
    """
    for name in sorted(
        name for name, prop in properties.items() if prop.required and values.get(name) is None
    ):
        yield Failure(_join(path, name), f"missing required property '{_join(path, name)}'")
    for name, value in values.items():
        if name in properties:
            yield from _value_failures(value, properties[name].shape, _join(path, name))
        elif name not in also:
            yield Failure(
                _join(path, name), f"unknown property '{_join(path, name)}'{nearest(name, properties)}"
            )


def type_failures(value: Any, shape: Shape, path: str) -> Iterator[Failure]:
    """Values of another type only: a partial description may lack required names."""
    return (
        failure
        for failure in _value_failures(value, shape, path)
        if failure.reason.startswith(f"'{failure.path}' should be of type")
    )


def unknown_names(value: Any, shape: Shape, path: str) -> Iterator[Failure]:
    """Names that no type at their place has, and nothing else."""
    return (
        failure
        for failure in _value_failures(value, shape, path)
        if failure.reason.startswith(f"unknown property '{failure.path}'")
    )


def _value_failures(value: Any, shape: Shape, path: str) -> Iterator[Failure]:
    if value is None or value is UNKNOWN or shape.kind == "any":
        return
    got = _kind_of(value)
    if shape.kind in ("object", "map"):
        if got != "object":
            yield Failure(path, f"'{path}' should be of type 'object' but got a {got}")
        elif shape.kind == "object":
            yield from failures(value, shape.properties, path)
        else:
            for name, item in value.items():
                yield from _value_failures(item, shape.item or Shape("any"), _join(path, name))
    elif shape.kind == "list":
        if got != "array":
            yield Failure(path, f"'{path}' should be of type 'array' but got a {got}")
            return
        for index, item in enumerate(value):
            yield from _value_failures(item, shape.item or Shape("any"), f"{path}[{index}]")
    elif got != shape.kind:
        yield Failure(path, f"'{path}' should be of type '{shape.kind}' but got a {got}")


def _kind_of(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, list):
        return "array"
    return {str: "string", int: "number", float: "number", dict: "object"}.get(
        type(value), type(value).__name__
    )


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def preview_outputs(inputs: Mapping[str, Any], outputs: Mapping[str, Property]) -> dict[str, Any]:
    """Outputs in a preview: the inputs restricted to the response type, all other properties unknown.

    As in azure-native (PreviewOutputs in provider/pkg/convert/previewOutputs.go): the input
    `oidcIssuerProfile: {enabled: true}` has an unknown `issuerURL` in the outputs, not a missing one.
    """
    return {name: _previewed(inputs.get(name, UNKNOWN), prop.shape) for name, prop in outputs.items()}


def _previewed(value: Any, shape: Shape) -> Any:
    if shape.kind == "any":
        return value
    if shape.kind in _PYTHON:
        fits = isinstance(value, _PYTHON[shape.kind]) and (
            shape.kind == "boolean" or not isinstance(value, bool)
        )
        return value if fits else UNKNOWN
    if shape.kind == "list" and isinstance(value, list):
        return [_previewed(item, shape.item or Shape("any")) for item in value]
    if shape.kind == "map" and isinstance(value, Mapping):
        return {name: _previewed(item, shape.item or Shape("any")) for name, item in value.items()}
    if shape.kind == "object" and isinstance(value, Mapping):
        return preview_outputs(value, shape.properties)
    return UNKNOWN


def restricted(values: Mapping[str, Any], properties: Mapping[str, Property]) -> dict[str, Any]:
    """The values whose names the type has, recursively: a typed response cannot carry others."""
    return {
        name: _restricted(value, properties[name].shape)
        for name, value in values.items()
        if name in properties and value is not None
    }


def _restricted(value: Any, shape: Shape) -> Any:
    if shape.kind == "object" and isinstance(value, Mapping):
        return restricted(value, shape.properties)
    if shape.kind == "list" and isinstance(value, list):
        return [_restricted(item, shape.item or Shape("any")) for item in value]
    if shape.kind == "map" and isinstance(value, Mapping):
        return {name: _restricted(item, shape.item or Shape("any")) for name, item in value.items()}
    return value
