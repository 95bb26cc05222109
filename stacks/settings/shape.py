"""Pydantic's complaints about shape, said as problems that a person can mend.

Owns: the translation of ``ValidationError``. Values that may be secret are never repeated: those of an unknown key, and of ``value``.
"""

import difflib
import json
import types
import typing
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ValidationError

from stacks.settings.rules import Path, Problem, register, remove_command, spell

_OWN = "our own choice: a setting that is not read is a setting that does not hold"
UNKNOWN_KEY = register("unknown-key", _OWN).id
MISSING_KEY = register("missing-key", _OWN).id
UNKNOWN_CHOICE = register("unknown-choice", "the vocabulary is closed, see docs/config.schema.json").id
WRONG_TYPE = register("wrong-type", "https://www.pulumi.com/docs/iac/concepts/config/#structured-configuration").id

_NEVER_SHOWN = {"value"}

# pydantic's error types → what the key wants. https://docs.pydantic.dev/latest/errors/validation_errors/
_WANTED = {
    "string_type": "text in quotes",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "keys with values",
    "model_type": "keys with values",
    "model_attributes_type": "keys with values",
    "datetime_type": "a date and time like 2027-01-31T00:00:00Z",
    "datetime_parsing": "a date and time like 2027-01-31T00:00:00Z",
    "datetime_from_date_parsing": "a date and time like 2027-01-31T00:00:00Z",
    "timezone_aware": "a date and time with its zone, like 2027-01-31T00:00:00Z",
}


def shape_problems(error: ValidationError, model: type[BaseModel], at: Path) -> Iterator[Problem]:
    """One problem per complaint; ``model`` is the section that was read, ``at`` the path of its key."""
    for complaint in error.errors(include_url=False):
        inner: Path = complaint["loc"]
        path = at + inner
        kind, got, context = complaint["type"], complaint.get("input"), complaint.get("ctx", {})
        if "wrong" in context:  # one of our own rules about one value
            yield Problem(kind, path, context["wrong"], context["allowed"], context["set_to"])
        elif kind == "extra_forbidden":
            yield _unknown_key(path, _fields_at(model, inner[:-1]))
        elif kind == "missing":
            yield Problem(MISSING_KEY, path, "missing", "this key has no default", _example(model, inner))
        elif kind == "enum":
            yield _unknown_choice(path, got, _choices(model, inner))
        else:
            yield _wrong_type(path, kind, got)


def _unknown_key(path: Path, known: list[str]) -> Problem:
    near = difflib.get_close_matches(str(path[-1]), known, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return Problem(UNKNOWN_KEY, path, "unknown key", f"{hint}choose {_one_of(known)}", command=remove_command(path))


def _unknown_choice(path: Path, got: Any, choices: list[str]) -> Problem:
    return Problem(UNKNOWN_CHOICE, path, f"unknown {path[-1]} {got!r}", f"choose {_one_of(choices)}", choices[0])


def _wrong_type(path: Path, kind: str, got: Any) -> Problem:
    wanted = _WANTED.get(kind)
    if wanted is None:  # a complaint nobody foresaw is still said, only less well
        wanted = f"another form ({kind})"
    shown = "a value that is not shown here" if _NEVER_SHOWN & set(path) else _describe(got)
    quoted = (
        json.dumps(str(got))
        if kind == "string_type" and isinstance(got, int | float) and not _NEVER_SHOWN & set(path)
        else None
    )
    return Problem(
        WRONG_TYPE,
        path,
        f"got {shown}",
        f"write {wanted}" + (f": {quoted}" if quoted else ""),
        command=f"in the stack file, at {spell(path)}" if quoted else None,
    )


def _describe(got: Any) -> str:
    if got is None:
        return "nothing"
    if isinstance(got, bool):
        return str(got).lower()
    if isinstance(got, Mapping):
        return "keys with values"
    if isinstance(got, list):
        return "a list"
    return f"the number {got}" if isinstance(got, int | float) else repr(got)


def _one_of(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


# ------------------------------------------------------------------------------------------------------ what the model says of a path


def _annotation(model: type[BaseModel], inner: Path) -> Any:
    """The annotation that a path inside ``model`` leads to, optional and list wrappers taken off."""
    current: Any = model
    for step in inner:
        if isinstance(step, int):
            continue
        fields = {field.alias or name: field.annotation for name, field in _unwrap(current).model_fields.items()}
        current = fields.get(step)
    return _unwrap(current)


def _unwrap(annotation: Any) -> Any:
    """``tuple[X, ...]``, ``X | None`` and ``Annotated[X, …]`` → X."""
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (tuple, list, typing.Annotated):
        return _unwrap(args[0])
    if origin in (types.UnionType, typing.Union):
        return _unwrap(next(arg for arg in args if arg is not type(None)))
    return annotation


def _fields_at(model: type[BaseModel], inner: Path) -> list[str]:
    section = _annotation(model, inner)
    return [field.alias or name for name, field in section.model_fields.items()]


def _choices(model: type[BaseModel], inner: Path) -> list[str]:
    enum: type[StrEnum] = _annotation(model, inner)
    return [member.value for member in enum]


def _example(model: type[BaseModel], inner: Path) -> str | None:
    wanted = _annotation(model, inner)
    if isinstance(wanted, type) and issubclass(wanted, StrEnum):
        return next(iter(wanted)).value
    return None if isinstance(wanted, type) and issubclass(wanted, BaseModel) else "VALUE"
