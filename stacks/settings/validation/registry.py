"""The register of every rule that settings can break, and the run of the checks over a section.

Owns: ``RULES`` (every rule with its source) and ``rule``, which registers a check across the keys of a
section.
Deliberately not here: rules about a single value (constraints.py), and any rule of Azure or Kubernetes
(``rules/``).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel

from stacks.settings.validation.problems import Path, Problem, remove_command

Check = Callable[[Any], Iterator[Problem]]
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
_CHECKS: dict[type[BaseModel], list[Check]] = {}


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
    suggested_value: str | None = None
    command: str | None = None
    remove: bool = False
    """Removing the key mends the problem."""


def rule(
    rule_id: str, on: type[_M], *, source: str
) -> Callable[[Callable[[_M], Iterator[Violation]]], Callable[[_M], Iterator[Violation]]]:
    """Register a check that compares keys of one section. It runs once the section has its shape."""
    register_rule(rule_id, source)

    def register_check(check: Callable[[_M], Iterator[Violation]]) -> Callable[[_M], Iterator[Violation]]:
        def problems(section: _M) -> Iterator[Problem]:
            for violation in check(section):
                yield Problem(
                    rule_id,
                    violation.path,
                    violation.problem,
                    violation.remedy,
                    violation.suggested_value,
                    violation.command,
                    violation.remove,
                )

        _CHECKS.setdefault(on, []).append(problems)
        return check

    return register_check


def check(section: BaseModel, at: Path = ()) -> Iterator[Problem]:
    """Every problem that the checks of a section, and of the sections within it, find."""
    for section_check in (check for kind in type(section).__mro__ for check in _CHECKS.get(kind, [])):
        for problem in section_check(section):
            path = at + problem.path
            command = remove_command(path) if problem.remove else problem.command
            yield Problem(
                problem.rule, path, problem.problem, problem.remedy, problem.suggested_value, command
            )
    for name, field in type(section).model_fields.items():
        yield from check_value(getattr(section, name), (*at, field.alias or name))


def check_value(value: object, at: Path) -> Iterator[Problem]:
    """The problems in the value of a key: a section, a list of sections, or neither."""
    if isinstance(value, BaseModel):
        yield from check(value, at)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            yield from check_value(item, (*at, index))  # pyright: ignore[reportUnknownArgumentType]
