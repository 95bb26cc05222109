"""The register of checks and warnings, and their run.

A check finds what would stop the program or break something that exists. A warning finds what is allowed
and still worth attention. Both are functions of a ``Lookup`` and yield ``Violation``s, as rules of the
settings do.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from stacks.preflight.lookup import Lookup
from stacks.settings.validation.problems import Problem, remove_command
from stacks.settings.validation.registry import Violation

Find = Callable[[Lookup], Iterator[Violation]]


@dataclass(frozen=True)
class Check:
    """A check or a warning."""

    id: str
    source: str
    """The page or issue of Azure, Kubernetes or Pulumi behind it, or the design choice."""
    find: Find


CHECKS: dict[str, Check] = {}
WARNINGS: dict[str, Check] = {}


def check(check_id: str, source: str) -> Callable[[Find], Find]:
    """Register a check."""
    return _register(CHECKS, check_id, source)


def warning(warning_id: str, source: str) -> Callable[[Find], Find]:
    """Register a warning."""
    return _register(WARNINGS, warning_id, source)


def find_problems(lookup: Lookup) -> list[Problem]:
    """The problems that the checks find. A failed read precedes the problems of the check that needs it."""
    problems: list[Problem] = []
    for registered in CHECKS.values():
        violations = [_problem(registered.id, violation) for violation in registered.find(lookup)]
        problems += [_problem(*failure) for failure in lookup.take_failures()] + violations
    return problems


def find_warnings(lookup: Lookup) -> list[Problem]:
    """The problems that the warnings find."""
    return [
        _problem(registered.id, violation)
        for registered in WARNINGS.values()
        for violation in registered.find(lookup)
    ]


def _register(register: dict[str, Check], check_id: str, source: str) -> Callable[[Find], Find]:
    def enter(find: Find) -> Find:
        if check_id in CHECKS or check_id in WARNINGS:
            raise ValueError(f"two checks are called {check_id}")
        register[check_id] = Check(check_id, source, find)
        return find

    return enter


def _problem(check_id: str, violation: Violation) -> Problem:
    return Problem(
        check_id,
        violation.path,
        violation.problem,
        violation.remedy,
        violation.suggested_value,
        remove_command(violation.path) if violation.remove else violation.command,
    )
