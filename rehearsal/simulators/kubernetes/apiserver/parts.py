"""Copies of a value: with the fields that its type declares, or with another item at a path."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rehearsal.simulators.kubernetes.apiserver.typed import Schema
from rehearsal.simulators.wire import Secret


def declared_part(value: Any, type_name: str, types: Mapping[str, Schema]) -> Any:
    """The value without fields that its type does not declare, at any depth; nothing else is checked."""
    return _declared_part(value, {"$ref": f"#/{type_name}"}, types)


def with_value(value: Any, path: str, item: Any) -> Any:
    """A copy with another item at a path such as `spec.volumes[0].secret.defaultMode`."""
    steps = [int(step) if step.isdigit() else step for step in re.findall(r"[^.\[\]]+", path)]
    return _with_value(value, steps, item)


def _with_value(value: Any, steps: list[Any], item: Any) -> Any:
    if not steps:
        return item
    first, *rest = steps
    if isinstance(value, list):
        return [_with_value(old, rest, item) if index == first else old for index, old in enumerate(value)]
    return {**value, first: _with_value(value[first], rest, item)}


def _declared_part(value: Any, schema: Schema, types: Mapping[str, Schema]) -> Any:
    if isinstance(value, Secret):
        return Secret(_declared_part(value.value, schema, types))
    if reference := schema.get("$ref"):
        schema = types[reference.rsplit("/", 1)[1]]
    if isinstance(value, list):
        return [_declared_part(item, schema.get("items", {}), types) for item in value]
    properties, more = schema.get("properties"), schema.get("additionalProperties")
    if not isinstance(value, Mapping) or (properties is None and not isinstance(more, Mapping)):
        return value
    below = {name: (properties or {}).get(name, more) for name in value}
    return {
        name: _declared_part(item, below[name], types)
        for name, item in value.items()
        if isinstance(below[name], Mapping)
    }
