"""Families of checks: their register, found by a walk, and what a refused request comes to.

A refusal is no fault of the stack: the finding is `unknown`, and names the right that the check needs.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from operations.azure.refusals import AzureRefusedError
from operations.checks import Check, Finding
from operations.doctor.examination import Examination
from operations.failures import explain

Checks = Callable[[Examination], Iterator[Check]]
_DENIED: Final = re.compile(r"perform action '(?P<action>[\w./*-]+)' over scope '(?P<scope>[^']+)'")
"""https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#access-denied-or-permission-errors
"""

_DENIED_BY_ASSIGNMENT: Final = "DenyAssignmentAuthorizationFailed"


@dataclass(frozen=True)
class Family:
    """The checks of one file."""

    checks: Checks
    asks_azure: bool
    """Whether they need a sign-in."""


def family(*, asks_azure: bool) -> Callable[[Checks], Family]:
    """Makes a family of a function from the examination to its checks."""
    return lambda checks: Family(checks, asks_azure)


@cache
def families() -> tuple[Family, ...]:
    """Every family, in the order of files."""
    package = importlib.import_module("operations.doctor")
    modules = [
        importlib.import_module(info.name)
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    ]
    return tuple(
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, Family) and value.checks.__module__ == module.__name__
    )


def checks_of(examination: Examination, chosen: Iterable[Family]) -> list[Check]:
    """The checks of these families; a refused request is a finding."""
    return [guarded(check, examination) for family in chosen for check in family.checks(examination)]


def guarded(check: Check, examination: Examination) -> Check:
    def run() -> Iterable[Finding]:
        try:
            return list(check.run())
        except AzureRefusedError as error:
            return [refusal(check.subject, check.name, error, examination)]

    return replace(check, run=run)


def refusal(subject: str, check: str, error: AzureRefusedError, examination: Examination) -> Finding:
    """The finding of a request that Azure refused."""
    text, step = _refusal(error, examination)
    return Finding(subject, check, "unknown", text, step)


def _refusal(error: AzureRefusedError, examination: Examination) -> tuple[str, str]:
    if error.is_forbidden and (match := _DENIED.search(error.text)):
        action, scope = match["action"], match["scope"]
        return f"cannot be asked: the right {action} is missing", _grant_reader(scope, examination)
    if error.code == _DENIED_BY_ASSIGNMENT:
        step = "let the owner of the deny assignment exclude the deployer: the line about it has the scope"
        return "cannot be asked: a deny assignment takes the right", step
    if error.is_forbidden:
        return f"cannot be asked: {error.code}", _grant_reader("", examination)
    if error.status == 401:
        return f"cannot be asked: Azure refuses the sign-in ({error.code})", "type az login"
    if error.status == 429:
        return "cannot be asked: Azure throttles the subscription", "run it again in some minutes"
    if error.had_no_answer:
        step = "run it again; if it stays, set HTTPS_PROXY and NO_PROXY as this network needs them"
        return f"no answer: {error.text}", step
    explanation = explain(error.symptom, {"stack": examination.stack})
    if explanation:
        return explanation.cause, explanation.next_step
    details = " ".join(filter(None, [str(error.status or ""), error.code]))
    return f"no usable answer: {details}", "run it again; if it stays, see https://status.azure.com"


def _grant_reader(scope: str, examination: Examination) -> str:
    reads = examination.azure
    scope = scope or (reads.session.subscription if reads else "")
    caller = reads.session.caller.object_id if reads else ""
    return f"az role assignment create --assignee {caller} --role Reader --scope {scope}"
