"""The register of every rule that settings can break, and the run of the checks over a section.

Owns: ``RULES`` (every rule with its source) and ``rule``, which registers a check across the keys of a
section.
Deliberately not here: rules about a single value (constraints.py), and any rule of Azure or Kubernetes
(``rules/``).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, get_args

from pydantic import BaseModel

from stacks.settings.validation.commands import ConfigCommand, remove_command
from stacks.settings.validation.problems import Path, Problem

_M = TypeVar("_M", bound=BaseModel)


@dataclass(frozen=True)
class Rule:
    """A rule that settings can break."""

    id: str
    source: str
    """The page or issue of Azure, Kubernetes or Pulumi that makes it a rule, or the design choice it follows
    from.
    """


RULES: dict[str, Rule] = {}


def register_rule(rule_id: str, source: str) -> Rule:
    """Register a rule. Raises ValueError if the id is taken."""
    if rule_id in RULES:
        raise ValueError(f"two rules are called {rule_id}")
    RULES[rule_id] = Rule(rule_id, source)
    return RULES[rule_id]


@dataclass(frozen=True)
class Violation:
    """A problem as a check yields it: its path is relative to the section that is checked, its rule is the
    check's.
    """

    path: Path
    problem: str
    remedy: str
    suggested_value: str | tuple[str, ...] | None = None
    command: str | ConfigCommand | None = None
    remove: bool = False
    """Removing the key mends the problem."""


Check = tuple[str, Callable[[Any], Iterator[Violation]]]
"""The id of a rule, and what finds its violations in a section."""
_CHECKS: dict[type[BaseModel], list[Check]] = {}
_SHAPES: dict[type[BaseModel], list[Check]] = {}
"""Checks that come first: without a problem of theirs, the others can rely on the form of a value."""


def rule(
    rule_id: str, on: type[_M], *, source: str, of_shape: bool = False
) -> Callable[[Callable[[_M], Iterator[Violation]]], Callable[[_M], Iterator[Violation]]]:
    """Register a check that compares keys of one section. It runs once the section has its shape.

    ``of_shape``: the check is part of the shape, for keys whose form no model describes.
    """
    register_rule(rule_id, source)

    def register_check(check: Callable[[_M], Iterator[Violation]]) -> Callable[[_M], Iterator[Violation]]:
        (_SHAPES if of_shape else _CHECKS).setdefault(on, []).append((rule_id, check))
        _checks_in.cache_clear()
        return check

    return register_check


def has_its_shape(section: BaseModel) -> bool:
    """Whether no check of the shape finds a problem in a section."""
    return not _problems(section, (), of_shape=True)


def check_value(value: object, at: Path) -> list[Problem]:
    """The problems in the value of a key: a section, a list of sections, or neither.

    Those of its shape, if there are any: the other checks rely on it.
    """
    return _problems(value, at, of_shape=True) or _problems(value, at, of_shape=False)


def _problems(value: object, at: Path, *, of_shape: bool) -> list[Problem]:
    problems: list[Problem] = []
    if isinstance(value, tuple):
        for index, item in enumerate(value):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            problems += _problems(item, (*at, index), of_shape=of_shape)  # pyright: ignore[reportUnknownArgumentType]
    elif isinstance(value, BaseModel):
        section_checks, fields = _checks_in(type(value), of_shape)
        for rule_id, section_check in section_checks:
            for broken in section_check(value):
                path = at + broken.path
                command = remove_command(path) if broken.remove else broken.command
                problems.append(
                    Problem(rule_id, path, broken.problem, broken.remedy, broken.suggested_value, command)
                )
        for name, key in fields:
            if (inner := getattr(value, name)) is not None:
                problems += _problems(inner, (*at, key), of_shape=of_shape)
    return problems


@cache
def _checks_in(
    model: type[BaseModel], of_shape: bool
) -> tuple[tuple[Check, ...], tuple[tuple[str, str], ...]]:
    """The checks of a section, and its fields below which a section with checks stands: name and key."""
    checks = _SHAPES if of_shape else _CHECKS
    own = tuple(check for kind in model.__mro__ for check in checks.get(kind, []))
    fields = tuple(
        (name, field.alias or name)
        for name, field in model.model_fields.items()
        if any(any(_checks_in(inner, of_shape)) for inner in _sections(field.annotation))
    )
    return own, fields


def _sections(annotation: Any) -> Iterator[type[BaseModel]]:
    """The sections that an annotation names."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _sections(inner)
