"""Classes that tests find by a walk over the source: a new one is tested without an entry anywhere."""

import importlib
import pkgutil
from collections.abc import Iterator

import pulumi


def component_classes(package: str) -> list[type[pulumi.ComponentResource]]:
    """The component classes that a package or a package below it defines, sorted by name."""
    classes = {
        kind
        for module in _modules(package)
        for kind in vars(importlib.import_module(module)).values()
        if isinstance(kind, type) and issubclass(kind, pulumi.ComponentResource) and kind.__module__ == module
    }
    return sorted(classes, key=lambda kind: kind.__name__)


def _modules(package: str) -> Iterator[str]:
    yield package
    for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
        yield module.name
