"""Keys that are written without a value, as a section whose lines are all commented out.

YAML reads such a key as null. It would count as absent, although the file shows the section: one rule for the
keys of all sections. Deliberately not here: keys below `overrides`, where null removes a key.
"""

import typing
from collections.abc import Iterator, Mapping
from typing import Any, cast

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from stacks.settings.validation.model_tree import unwrap
from stacks.settings.validation.problems import Path, Problem
from stacks.settings.validation.registry import register_rule

EMPTY_KEY = register_rule(
    "empty-key", "our own choice: a key without a value reads like a section with its defaults, and has none"
).id


EMPTY = ("", "null")
"""Texts as which Pulumi passes a key of the stack file without a value."""


def empty_keys(model: type[BaseModel], value: Any, at: Path) -> Iterator[Problem]:
    """The problems of every key without a value, in a section and in the sections within it."""
    if isinstance(value, list):
        for index, item in enumerate(cast("list[Any]", value)):
            yield from empty_keys(model, item, (*at, index))
    elif isinstance(value, Mapping):
        for name, field in model.model_fields.items():
            key = field.alias or name
            if key not in value:
                continue
            inner = cast("Mapping[str, Any]", value)[key]
            kind = unwrap(field.annotation)
            if inner is None:
                yield empty_key(field, (*at, key))
            elif isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from empty_keys(kind, inner, (*at, key))


def empty_key(field: FieldInfo, path: Path) -> Problem:
    """The problem of a key without a value: how its defaults are written, and how none."""
    return Problem(EMPTY_KEY, path, "is empty", _remedy(field))


def _remedy(field: FieldInfo) -> str:
    kind, listed = unwrap(field.annotation), _is_list(field.annotation)
    section = kind if isinstance(kind, type) and issubclass(kind, BaseModel) and not listed else None
    required = (
        [inner.alias or name for name, inner in section.model_fields.items() if inner.is_required()]
        if section
        else []
    )
    if section and required:
        value = f"write its keys, at least {' and '.join(required)}"
    elif section and getattr(section, "needs_a_key", False):
        value = "write its keys"
    elif section:
        value = "write {} for its defaults"
    elif listed:
        value = "write its items"
    elif typing.get_origin(kind) is Mapping or typing.get_origin(kind) is dict:
        value = "write its keys"
    else:
        value = "write a value"
    if field.is_required():
        return value
    if section and field.default is not None and value.startswith("write {}"):
        return "write {} or leave the key out for its defaults"
    absent = "for none" if (section and field.default is None) or listed else "for the default"
    return f"{value}, or leave the key out {absent}"


def _is_list(annotation: Any) -> bool:
    return typing.get_origin(annotation) in (tuple, list) or any(
        _is_list(inner) for inner in typing.get_args(annotation) if typing.get_origin(inner) in (tuple, list)
    )
