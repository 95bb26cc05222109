"""Fills in values. Objects are copied where they change, never changed in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Fill = Callable[[Mapping[str, Any]], dict[str, Any]]


def filled(values: Mapping[str, Any], **defaults: Any) -> dict[str, Any]:
    """The values with those that are absent or Go's zero: an empty text, 0."""
    absent = {
        name: default
        for name, default in defaults.items()
        if (value := values.get(name)) is None or value == "" or (value == 0 and value is not False)
    }
    return {**values, **absent}


def set_if_absent(values: Mapping[str, Any], **defaults: Any) -> dict[str, Any]:
    """As `filled`, for fields that are pointers in Go: an empty text or 0 stays."""
    return {**values, **{name: default for name, default in defaults.items() if values.get(name) is None}}


def inside(values: Mapping[str, Any], name: str, fill: Fill) -> dict[str, Any]:
    """The values with the object of this name filled in, if there is one."""
    inner = values.get(name)
    return {**values, name: fill(inner)} if isinstance(inner, Mapping) else dict(values)


def each(values: Mapping[str, Any], name: str, fill: Fill) -> dict[str, Any]:
    """The values with each object in the list of this name filled in."""
    items = values.get(name)
    if not isinstance(items, list):
        return dict(values)
    return {**values, name: [fill(item) if isinstance(item, Mapping) else item for item in items]}
