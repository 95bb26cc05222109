"""The outcome of `restore`, as a document and as an exit status.

Deliberately not here: what is deleted (deleted.py), and how it comes back (recovery.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from operations.checks.finding import UNKNOWN_STATUS, WRONG_STATUS
from operations.failures import Explanation, explain
from operations.restoration.deleted import Answers, Deleted
from operations.restoration.recovery import Recovery


@dataclass
class Done:
    """The steps that were taken, and those that are left."""

    recovered: list[Deleted] = field(default_factory=list[Deleted])
    """Secrets that are back."""
    is_prepared: bool = False
    """Whether the stack file says that its vaults come back."""
    is_updated: bool | None = None
    """Whether the update has succeeded; None: it was not run."""
    next_steps: list[str] = field(default_factory=list[str])
    """Commands, in their order."""


def exit_status(answers: Answers, recovery: Recovery, done: Done) -> int:
    """0: nothing is deleted, or all of it is back or comes back by the next steps. 1: something stays
    deleted. 3: nothing does, and a vault does not tell.
    """
    comes_back = done.is_prepared and done.is_updated is not False and not recovery.by_hand
    if answers.deleted and not comes_back:
        return WRONG_STATUS
    return UNKNOWN_STATUS if answers.refusals else 0


def document(stack: str, answers: Answers, recovery: Recovery, done: Done) -> dict[str, Any]:
    """The document of ``--json``."""
    return {
        "stack": stack,
        "deleted": [_row(each, done) for each in answers.deleted],
        "unknown": [
            _unknown(str(refused), explain(refused.symptom, {"stack": stack})) for refused in answers.refusals
        ],
        "stackFile": {"name": recovery.file.name, "diff": recovery.diff, "isWritten": done.is_prepared}
        if recovery.diff
        else None,
        "byHand": list(recovery.by_hand),
        "isUpdated": done.is_updated,
        "nextSteps": list(done.next_steps),
    }


def _row(each: Deleted, done: Done) -> dict[str, Any]:
    return {
        "kind": "secret" if each.secret else "vault",
        "vault": each.vault,
        "secret": each.secret or None,
        "purgedOn": each.purged or None,
        "inState": each.in_state,
        "ofStack": each.of_stack,
        "isBack": each in done.recovered or (not each.secret and each.of_stack and done.is_updated is True),
    }


def _unknown(text: str, explained: Explanation | None) -> dict[str, Any]:
    """A vault that does not tell what is deleted in it, as a finding of `doctor` is written."""
    return {
        "text": text,
        "nextStep": explained.next_step if explained else "",
        "page": explained.page if explained else None,
    }
