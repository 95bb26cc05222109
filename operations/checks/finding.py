"""One finding of a check, and what several of them come to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

State = Literal["wrong", "waiting", "unknown", "fine"]
"""``waiting``: wrong as yet, and known to need time. ``unknown``: the right to look at it is missing, or the
service did not answer.
"""
WORST_FIRST: Final[tuple[State, ...]] = ("wrong", "waiting", "unknown", "fine")
WRONG_STATUS: Final = 1
UNKNOWN_STATUS: Final = 3
"""Status 2 is that of a wrong command line."""


@dataclass(frozen=True)
class Finding:
    """The result of a check on one thing. No text contains a secret value."""

    subject: str
    """The workload, vault or service that it is about."""
    check: str
    """The thing that was checked, as a noun: ``issuer``, ``role assignment of db-password``."""
    state: State
    text: str
    """The thing as it is, or the fault; lower case, no full stop."""
    next_step: str = ""
    """The command to type, or what to change; empty if nothing is to be done."""


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """The findings by state, in their order otherwise."""
    return sorted(findings, key=lambda finding: WORST_FIRST.index(finding.state))


def counts(findings: Sequence[Finding]) -> dict[State, int]:
    """How many findings are in each state."""
    return {state: sum(finding.state == state for finding in findings) for state in WORST_FIRST}


def exit_status(findings: Sequence[Finding]) -> int:
    """0: all is fine. 1: something is wrong or still missing. 3: nothing is, and something is unknown."""
    number = counts(findings)
    if number["wrong"] or number["waiting"]:
        return WRONG_STATUS
    return UNKNOWN_STATUS if number["unknown"] else 0
