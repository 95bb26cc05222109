"""Pydantic's errors about the shape of settings, turned into problems.

Owns: the translation of ``ValidationError``. It repeats no value that may be secret (repeatable.py).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ValidationError

from stacks.settings.validation.constraints import IntRange, Pattern
from stacks.settings.validation.model_tree import annotation_at, fields_by_key, required_keys
from stacks.settings.validation.problems import Path, Problem, join_or, set_command
from stacks.settings.validation.registry import register_rule
from stacks.settings.validation.repeatable import may_hold_secret, quoted, truncate
from stacks.settings.validation.spelling import near_word
from stacks.settings.validation.unknown_keys import unknown_key

MISSING_KEY = register_rule("missing-key", "our own choice: a key that is not read has no effect").id
UNKNOWN_CHOICE = register_rule("unknown-choice", "the vocabulary is closed, see docs/config.schema.json").id
WRONG_TYPE = register_rule(
    "wrong-type", "https://www.pulumi.com/docs/iac/concepts/config/#structured-configuration"
).id

_INTEGER, _BOOLEAN = "a whole number", "true or false"
_MOMENT = 'a date and time with its zone, in quotes: "2027-01-31T00:00:00Z"'
_KEYS, _LIST = "keys with values", "a list"

# pydantic's error types → the expected value: https://docs.pydantic.dev/latest/errors/validation_errors/
_EXPECTED: dict[str, str] = {
    "string_type": "text",
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
        # Pydantic marks a key of a mapping by one more step.
        inner: Path = tuple(step for step in complaint["loc"] if step != "[key]")
        path = at + inner
        kind, got, context = complaint["type"], complaint.get("input"), complaint.get("ctx", {})
        if "problem" in context:  # a constraint of our own
            yield _refused(kind, path, context, is_key=complaint["loc"][-1] == "[key]")
        elif kind == "extra_forbidden":
            known = list(fields_by_key(annotation_at(model, inner[:-1])))
            yield unknown_key(path, model, known, got)
        elif kind == "missing":
            yield _missing(path, model, inner)
        elif kind == "enum":
            yield _unknown_choice(path, got, _choices(annotation_at(model, inner)))
        else:
            required = required_keys(annotation_at(model, inner)) if kind == "model_type" else []
            yield _wrong_type(path, kind, got, required)


def _refused(rule: str, path: Path, context: Mapping[str, Any], *, is_key: bool) -> Problem:
    if is_key:  # the path ends with it
        return Problem(rule, path, context["hidden"].removeprefix("the value "), context["remedy"])
    if not may_hold_secret(path):
        return Problem(rule, path, context["problem"], context["remedy"], context["suggested_value"])
    # A suggestion from the value would repeat the value; a number of a range does not.
    numbers = tuple(value for value in context["suggested_value"] if value.isdecimal())
    return Problem(rule, path, context["hidden"], context["remedy"], numbers)


def _missing(path: Path, model: type[BaseModel], inner: Path) -> Problem:
    """A missing key. Names, images and choices have no example, since it would be accepted."""
    annotation = annotation_at(model, inner)
    if choices := _choices(annotation):
        return Problem(MISSING_KEY, path, "missing", f"choose {join_or(choices)}")
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        required = " and ".join(required_keys(annotation))
        return Problem(
            MISSING_KEY, path, "missing", f"this key has no default: write keys below it, {required}"
        )
    field = fields_by_key(annotation_at(model, inner[:-1]))[str(inner[-1])]
    rule = next((rule for rule in field.metadata if isinstance(rule, Pattern | IntRange)), None)
    form = f": {rule.remedy}" if rule else ""
    example = rule.example if isinstance(rule, Pattern) and rule.rule.id in _WITH_EXAMPLE else None
    return Problem(MISSING_KEY, path, "missing", f"this key has no default{form}", example)


_WITH_EXAMPLE = ("vm-size",)
"""Rules of keys that have a usual value, although no default."""


def _choices(annotation: Any) -> list[str]:
    if not (isinstance(annotation, type) and issubclass(annotation, StrEnum)):
        return []
    return [member.value for member in annotation]


def _unknown_choice(path: Path, got: Any, choices: list[str]) -> Problem:
    """The command suggests the nearest choice. Without a near one, any choice would mean something else."""
    near = choices[0] if len(choices) == 1 else _near_choice(str(got), choices)
    is_word = isinstance(got, str) and re.fullmatch(r"[\w./@-]{1,60}", got)
    shown = is_word and (near is not None or not (may_hold_secret(path) or "secrets" in path))
    # An entry of a list is one of what the list is called: `rights[1]` is a right.
    what = next((step for step in reversed(path) if isinstance(step, str)), "")
    what = what if path[-1] == what else what.removesuffix("s")
    problem = f"unknown {what} {quoted(str(got))}" if shown else f"unknown {what}"
    return Problem(UNKNOWN_CHOICE, path, problem, f"choose {join_or(choices)}", near)


_OTHER_CHOICES = {"wrapkey": "wrap", "unwrapkey": "unwrap"}
"""Words of access policies → the right that means the same."""


def _near_choice(got: str, choices: list[str]) -> str | None:
    """The choice from which the value differs by a slip, or whose end or beginning it is: ``tls``."""
    by_letters = {re.sub(r"[^a-z0-9]", "", choice.lower()): choice for choice in choices}
    letters = re.sub(r"[^a-z0-9]", "", got.lower())
    letters = _OTHER_CHOICES.get(letters, letters)
    near = by_letters.get(letters) or by_letters.get(near_word(letters, by_letters) or "")
    parts = [choice for choice in choices if len(got) > 2 and got.lower() in re.split(r"\W", choice.lower())]
    return near or (parts[0] if len(parts) == 1 else None)


def _wrong_type(path: Path, kind: str, got: Any, required: Sequence[str]) -> Problem:
    expected = _EXPECTED.get(kind, f"another form ({kind})")  # an error type that is not in the table
    expected += f", at least {' and '.join(required)}" if required else ""
    hidden = may_hold_secret(path)
    if kind == "string_type" and isinstance(got, int | float):  # also true and false
        is_bool = isinstance(got, bool)
        if hidden and not is_bool:
            return Problem(
                WRONG_TYPE,
                path,
                "got a number, which is not shown here",
                "write it in quotes in the stack file",
            )
        text = truncate(str(got).lower() if is_bool else str(got))
        lost = " (without quotes, YAML drops a final zero)" if isinstance(got, float) else ""
        remedy = f'write it in quotes in the stack file: "{text}"{lost}'
        command = None if isinstance(got, float) else set_command(path, text, as_text=True)
        return Problem(WRONG_TYPE, path, f"got {_describe(got)}", remedy, command=command)
    if hidden or (isinstance(got, str) and expected.startswith((_KEYS, _LIST))):
        got_kind = _kind(got)
        shown_not = ", which is not shown here" if hidden and got_kind not in ("nothing",) else ""
        return Problem(WRONG_TYPE, path, f"got {got_kind}{shown_not}", f"write {expected}")
    if isinstance(got, str) and expected in (_INTEGER, _BOOLEAN):
        # No command: `pulumi config set` keeps the quotes of the value that it replaces.
        return Problem(
            WRONG_TYPE, path, f"got {_describe(got)}", f"write {expected}, without quotes, in the stack file"
        )
    return Problem(WRONG_TYPE, path, f"got {_describe(got)}", f"write {expected}")


def _kind(got: Any) -> str:
    """The kind of a value that messages do not show."""
    if got is None or isinstance(got, Mapping | list):
        return _describe(got)
    return "text" if isinstance(got, str) else "true or false" if isinstance(got, bool) else "a number"


def _describe(got: Any) -> str:
    if got is None:
        return "nothing"
    if isinstance(got, bool):
        return str(got).lower()
    if isinstance(got, Mapping):
        return "keys with values"
    if isinstance(got, list):
        return "a list"
    return f"the number {truncate(str(got))}" if isinstance(got, int | float) else quoted(str(got))
