"""Schemas of resource types, read from the installed Pulumi SDKs: names, shapes, required properties.

The Python SDKs hold the whole schema as classes, with ARM's casing in wire names. A sub-module is imported
when its first resource appears: `network` alone takes half a second.
"""

from __future__ import annotations

import enum
import importlib
import importlib.util
import inspect
import json
import re
import threading
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from types import NoneType
from typing import Any

import pulumi
from pulumi import _types

PACKAGES: dict[str, str] = {
    "azure-native": "pulumi_azure_native",
    "kubernetes": "pulumi_kubernetes",
    "random": "pulumi_random",
}

_IMPORTING = threading.Lock()
"""Held during an import: Python's lazy loader can expose a half-loaded module to a second thread."""


@dataclass(frozen=True)
class Shape:
    """The shape of a value. `kind` is object, list, map, string, number, boolean or any."""

    kind: str
    cls: type | None = None
    item: Shape | None = None

    @property
    def properties(self) -> Mapping[str, Property]:
        return _properties(self.cls) if self.cls is not None else {}


@dataclass(frozen=True)
class Property:
    shape: Shape
    required: bool = False


ANY = Shape("any")


@dataclass(frozen=True)
class ResourceType:
    """A resource class of an SDK."""

    token: str
    cls: type
    args: type = field(repr=False)

    @cached_property
    def inputs(self) -> Mapping[str, Property]:
        return _properties(self.args)

    @cached_property
    def outputs(self) -> Mapping[str, Property]:
        return {name: Property(shape_of(typ)) for name, typ in _types.resource_types(self.cls).items()}

    @cached_property
    def api_version(self) -> str | None:
        """The ARM API version of the class, from its docstring."""
        text = Path(inspect.getfile(self.cls)).read_text(encoding="utf-8")
        match = re.search(r"Uses Azure REST API version ([0-9][0-9a-z-]*)", text)
        return match[1] if match else None


@cache
def resource_type(token: str) -> ResourceType | None:
    """The class of a type token. None: no SDK has the type, for example a Kubernetes custom resource."""
    home = _classes(token.split(":", 1)[0]).get(token)
    if home is None:
        return None
    with _IMPORTING:
        cls = getattr(importlib.import_module(home[0]), home[1])
    module = inspect.getmodule(cls)
    for suffix in ("InitArgs", "Args"):
        if args := getattr(module, home[1] + suffix, None):
            return ResourceType(token, cls, args)
    return None


@cache
def _classes(package: str) -> Mapping[str, tuple[str, str]]:
    """Token → (module, class), read from the text with which the SDK registers its classes."""
    spec = importlib.util.find_spec(PACKAGES[package])
    if spec is None or spec.origin is None:
        raise LookupError(f"the package {PACKAGES[package]} is not installed")
    registered = re.search(
        r'resource_modules="""(.*?)"""', Path(spec.origin).read_text(encoding="utf-8"), re.DOTALL
    )
    if registered is None:
        raise LookupError(f"{PACKAGES[package]} no longer registers its classes as text")
    return {
        token: (module["fqn"], cls)
        for module in json.loads(registered[1])
        for token, cls in module["classes"].items()
    }


@cache
def _properties(cls: type) -> Mapping[str, Property]:
    if _types.is_output_type(cls):
        return {name: Property(shape_of(typ)) for name, typ in _types.output_type_types(cls).items()}
    parameters = inspect.signature(cls.__init__).parameters
    wire_names = _types.input_type_py_to_pulumi_names(cls)
    required = {
        wire_names.get(name, name)
        for name, parameter in parameters.items()
        if name != "__self__" and parameter.default is inspect.Parameter.empty
    }
    return {
        name: Property(shape_of(typ), required=name in required)
        for name, typ in _types.input_type_types(cls).items()
    }


def shape_of(annotation: Any) -> Shape:
    """The shape of an annotation without Input, Output, Optional and Awaitable."""
    members = [member for member in _members(annotation) if not _is_wrapper(member)]
    shapes = {_single(member) for member in members}
    objects = {shape for shape in shapes if shape.kind == "object"}
    if len(objects or shapes) == 1:
        return (objects or shapes).pop()
    return ANY


def _members(annotation: Any) -> list[Any]:
    if _types._is_union_type(annotation):
        return [inner for member in typing.get_args(annotation) for inner in _members(member)]
    return [annotation]


def _is_wrapper(member: Any) -> bool:
    origin = typing.get_origin(member)
    is_awaitable = inspect.isclass(origin) and origin.__name__ == "Awaitable"
    return member is NoneType or origin is pulumi.Output or is_awaitable or typing.is_typeddict(member)


def _single(member: Any) -> Shape:
    origin, arguments = typing.get_origin(member), typing.get_args(member)
    if origin is typing.Literal:
        return Shape("string")
    if inspect.isclass(origin) and issubclass(origin, Mapping):
        return Shape("map", item=shape_of(arguments[1]) if len(arguments) == 2 else ANY)
    if inspect.isclass(origin) and issubclass(origin, Sequence):
        return Shape("list", item=shape_of(arguments[0]))
    if not inspect.isclass(member):
        return ANY
    if _types.is_input_type(member) or _types.is_output_type(member):
        return Shape("object", cls=member)
    for base, kind in ((bool, "boolean"), (int, "number"), (float, "number"), (str, "string")):
        if issubclass(member, base):
            return Shape(kind)
    return Shape("string") if issubclass(member, enum.Enum) else ANY
