"""Pydantic's errors about the shape of settings, turned into problems.

Owns: the translation of ``ValidationError``. Never repeats a value that may be secret: that of an unknown
key, and any value of a
secret but its name and type.
"""

import difflib
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ValidationError

from stacks.settings.validation.constraints import IntRange, Pattern
from stacks.settings.validation.problems import Path, Problem, join_or, remove_command, set_command, truncate
from stacks.settings.validation.registry import register_rule

_OWN = "our own choice: a key that is not read has no effect"
UNKNOWN_KEY = register_rule("unknown-key", _OWN).id
MISSING_KEY = register_rule("missing-key", _OWN).id
UNKNOWN_CHOICE = register_rule("unknown-choice", "the vocabulary is closed, see docs/config.schema.json").id
WRONG_TYPE = register_rule(
    "wrong-type", "https://www.pulumi.com/docs/iac/concepts/config/#structured-configuration"
).id

_INTEGER = ("a whole number", "1")
_BOOLEAN = ("true or false", "true")
# Without quotes YAML makes a date of it; the CLI takes a bare one for a secret.
_MOMENT = (
    'a date and time with its zone, in quotes: "2027-01-31T00:00:00Z"',
    "--plaintext 2027-01-31T00:00:00Z",
)
_KEYS = ("keys with values", None)
_LIST = ("a list", None)

# pydantic's error types → the expected value, with an example. https://docs.pydantic.dev/latest/errors/validation_errors/
_EXPECTED: dict[str, tuple[str, str | None]] = {
    "string_type": ("text", "TEXT"),
    "int_type": _INTEGER,
    "int_from_float": _INTEGER,
    "int_parsing": _INTEGER,
    "bool_type": _BOOLEAN,
    "bool_parsing": _BOOLEAN,
    "tuple_type": _LIST,
    "list_type": _LIST,
    "dict_type": _KEYS,
    "model_type": _KEYS,
    "model_attributes_type": _KEYS,
    "datetime_type": _MOMENT,
    "datetime_parsing": _MOMENT,
    "datetime_from_date_parsing": _MOMENT,
    "timezone_aware": _MOMENT,
}


def shape_problems(error: ValidationError, model: type[BaseModel], at: Path) -> Iterator[Problem]:
    """One problem per error; ``model`` is the section that was read, ``at`` the path of its key."""
    for complaint in error.errors(include_url=False):
        inner: Path = complaint["loc"]
        path = at + inner
        kind, got, context = complaint["type"], complaint.get("input"), complaint.get("ctx", {})
        if "problem" in context:  # a constraint of our own
            yield Problem(kind, path, context["problem"], context["remedy"], context["suggested_value"])
        elif kind == "extra_forbidden":
            yield unknown_key(path, fields_at(model, inner[:-1]))
        elif kind == "missing":
            inside, example = _example(model, inner)
            command = set_command(at + inside, example) if example and inside != inner else None
            form = None if example else _form(model, inner)
            yield Problem(
                MISSING_KEY,
                path,
                "missing",
                f"this key has no default{f': {form}' if form else ''}",
                example,
                command,
            )
        elif kind == "enum":
            yield _unknown_choice(path, got, _choices(model, inner))
        else:
            yield _wrong_type(path, kind, got, _required(model, inner) if kind == "model_type" else [])


def unknown_key(path: Path, known: list[str]) -> Problem:
    """A key that no section has. A near match is suggested for renaming: removing the key would lose what is
    below it.
    """
    # `environment` means `env`, although other keys are nearer by their letters.
    begun = [key for key in known if len(key) > 2 and str(path[-1]).startswith(key)]
    if near := sorted(begun, key=len)[:1] or difflib.get_close_matches(str(path[-1]), known, n=1):
        return Problem(
            UNKNOWN_KEY, path, "unknown key", f"did you mean {near[0]!r}? rename it in the stack file"
        )
    return Problem(UNKNOWN_KEY, path, "unknown key", f"choose {join_or(known)}", command=remove_command(path))


def _unknown_choice(path: Path, got: Any, choices: list[str]) -> Problem:
    """The command suggests the nearest choice. Without a near one, any choice would mean something else."""
    problem = f"unknown {path[-1]}" if _is_hidden(path) else f"unknown {path[-1]} {truncate(str(got))!r}"
    near = choices if len(choices) == 1 else difflib.get_close_matches(str(got), choices, n=1)
    return Problem(UNKNOWN_CHOICE, path, problem, f"choose {join_or(choices)}", near[0] if near else None)


def _is_hidden(path: Path) -> bool:
    """Whether a value may be a misplaced secret: in the environment, or any key of a secret but its name and
    type.
    """
    return "env" in path or ("secrets" in path and path[-1] not in ("name", "type"))


def _wrong_type(path: Path, kind: str, got: Any, required: Sequence[str]) -> Problem:
    expected, example = _EXPECTED.get(
        kind, (f"another form ({kind})", None)
    )  # an error type that is not in the table
    expected += f", at least {' and '.join(required)}" if required else ""
    if _is_hidden(path):
        return Problem(
            WRONG_TYPE, path, "got a value of another type, which is not shown here", f"write {expected}"
        )
    if kind == "string_type" and isinstance(got, int | float):  # also true and false
        text = truncate(str(got).lower() if isinstance(got, bool) else str(got))
        lost = " (without quotes, YAML drops a final zero)" if isinstance(got, float) else ""
        return Problem(
            WRONG_TYPE, path, f"got {_describe(got)}", f'write it in quotes in the stack file: "{text}"{lost}'
        )
    if isinstance(got, str) and expected in (_INTEGER[0], _BOOLEAN[0]):
        # No command: `pulumi config set` keeps the quotes of the stack file.
        return Problem(
            WRONG_TYPE, path, f"got {_describe(got)}", f"write {expected}, without quotes, in the stack file"
        )
    return Problem(WRONG_TYPE, path, f"got {_describe(got)}", f"write {expected}", example)


def _describe(got: Any) -> str:
    if got is None:
        return "nothing"
    if isinstance(got, bool):
        return str(got).lower()
    if isinstance(got, Mapping):
        return "keys with values"
    if isinstance(got, list):
        return "a list"
    return f"the number {truncate(str(got))}" if isinstance(got, int | float) else repr(truncate(str(got)))


def _annotation(model: type[BaseModel], inner: Path) -> Any:
    """The annotation at a path inside ``model``, without its optional and list wrappers."""
    current: Any = model
    for step in inner:
        if isinstance(step, int):
            continue
        fields = {
            field.alias or name: field.annotation for name, field in unwrap(current).model_fields.items()
        }
        current = fields.get(step)
    return unwrap(current)


def unwrap(annotation: Any) -> Any:
    """``tuple[X, ...]``, ``X | None`` and ``Annotated[X, …]`` → X."""
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (tuple, list, typing.Annotated):
        return unwrap(args[0])
    if origin in (types.UnionType, typing.Union):
        return unwrap(next(arg for arg in args if arg is not type(None)))
    return annotation


def fields_at(model: type[BaseModel], inner: Path) -> list[str]:
    """The keys of the section at a path inside ``model``; none, if no section is there."""
    section = _annotation(model, inner)
    fields: Mapping[str, Any] = getattr(section, "model_fields", {})
    return [field.alias or name for name, field in fields.items()]


def _choices(model: type[BaseModel], inner: Path) -> list[str]:
    enum: type[StrEnum] = _annotation(model, inner)
    return [member.value for member in enum]


def _required(model: type[BaseModel], inner: Path) -> list[str]:
    section = _annotation(model, inner)
    return [field.alias or name for name, field in section.model_fields.items() if field.is_required()]


def _form(model: type[BaseModel], inner: Path) -> str | None:
    """How a value without an example is written."""
    fields = _annotation(model, inner[:-1]).model_fields.items()
    field = next(info for name, info in fields if inner[-1] in (name, info.alias))
    return next((rule.remedy for rule in field.metadata if isinstance(rule, Pattern)), None)


def _example(model: type[BaseModel], inner: Path) -> tuple[Path, str | None]:
    """Path and value that mend a missing key. For a missing section it is the section's first key without a
    default.
    """
    annotation = _annotation(model, inner)
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return inner, next(iter(annotation)).value
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        required = next(name for name, field in annotation.model_fields.items() if field.is_required())
        return _example(model, (*inner, required))
    field = next(
        f for n, f in _annotation(model, inner[:-1]).model_fields.items() if inner[-1] in (n, f.alias)
    )
    return inner, next(
        (rule.example for rule in field.metadata if isinstance(rule, Pattern | IntRange)), None
    )
