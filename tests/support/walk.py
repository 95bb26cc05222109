"""Walks over the source and over documents: what is new there is tested without an entry anywhere."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import pulumi

Position = tuple[str | int, ...]
"""Keys and indexes on the way to a place in a document."""


def component_classes(package: str) -> list[type[pulumi.ComponentResource]]:
    """The component classes that a package or a package below it defines, sorted by name."""
    classes = {
        kind
        for module in _modules(package)
        for kind in vars(importlib.import_module(module)).values()
        if isinstance(kind, type) and issubclass(kind, pulumi.ComponentResource) and kind.__module__ == module
    }
    return sorted(classes, key=lambda kind: kind.__name__)


def positions(value: Any, at: Position = ()) -> Iterator[Position]:
    """Every place in a document."""
    if at:
        yield at
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in items:
        yield from positions(item, (*at, step))


def _modules(package: str) -> Iterator[str]:
    yield package
    for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
        yield module.name
