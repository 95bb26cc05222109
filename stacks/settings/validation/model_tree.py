"""The tree of the settings' models: which keys a section has, and what stands at a path."""

import types
import typing
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from stacks.settings.validation.commands import Path


def annotation_at(model: type[BaseModel], path: Path) -> Any:
    """The annotation at a path inside ``model``, without its optional and list wrappers."""
    current: Any = model
    for step in path:
        if not isinstance(step, int):
            field = fields_by_key(unwrap(current)).get(step)
            current = field.annotation if field else None
    return unwrap(current)


def fields_by_key(model: type[BaseModel]) -> Mapping[str, FieldInfo]:
    """Key → field, of one section."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def required_keys(model: type[BaseModel]) -> list[str]:
    """The keys of a section that have no default."""
    return [key for key, field in fields_by_key(model).items() if field.is_required()]


def section_at(model: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """The section at a path. None: a value, a list, or nothing stands there."""
    current, is_list = model, False
    for step in path:
        if isinstance(step, int):
            if not is_list:
                return None
            is_list = False
            continue
        inner = None if is_list else sections_of(current).get(step)
        if inner is None:
            return None
        current, is_list = inner
    return None if is_list else current


@cache
def sections_of(model: type[BaseModel]) -> Mapping[str, tuple[type[BaseModel], bool]]:
    """Key → the section below it, and whether it is a list of them."""
    sections: dict[str, tuple[type[BaseModel], bool]] = {}
    for key, field in fields_by_key(model).items():
        inner = unwrap(field.annotation)
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            sections[key] = inner, any(typing.get_origin(part) is tuple for part in _parts(field.annotation))
    return sections


@cache
def paths_below(model: type[BaseModel]) -> tuple[str, ...]:
    """Every key below a section, the nearest first: ``network.pod_cidr``, ``user_pools[].taints``."""
    return tuple(_paths_below(model))


def _paths_below(model: type[BaseModel]) -> Iterator[str]:
    level = [("", model)]
    while level:
        yield from (f"{at}{key}" for at, section in level for key in fields_by_key(section))
        level = [
            (f"{at}{key}{'[]' if is_list else ''}.", inner)
            for at, section in level
            for key, (inner, is_list) in sections_of(section).items()
        ]


def _parts(annotation: Any) -> Iterator[Any]:
    yield annotation
    for inner in typing.get_args(annotation):
        yield from _parts(inner)


def unwrap(annotation: Any) -> Any:
    """``tuple[X, ...]``, ``X | None`` and ``Annotated[X, …]`` → X."""
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (tuple, list, typing.Annotated):
        return unwrap(args[0])
    if origin in (types.UnionType, typing.Union):
        return unwrap(next(arg for arg in args if arg is not type(None)))
    return annotation
