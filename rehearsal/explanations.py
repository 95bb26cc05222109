"""Cause and next step of what fails in a rehearsal: the simulators send the real parts' messages.

Owns: which messages are explained, and the commands of a rehearsal in the place of the real ones.
Deliberately not here: the failures (operations/failures) and what only a rehearsal lacks (hints.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from operations.failures import Explanation, Symptom, explain
from rehearsal.operations import Outcome
from rehearsal.report import STACK_TYPE

MOST: Final = 5
"""Failures that are explained; the others are counted."""
_TAKE_INTO_THE_STATE: Final = frozenset(
    ("exists-outside-the-state", "object-exists-in-the-cluster", "helm-operation-in-progress")
)
"""Failures whose next step hints.py names, with the command of a rehearsal."""


def explanations(outcome: Outcome, stack: str = "dev") -> list[str]:
    """One text for each failure: `ForbiddenByRbac: <cause> Next step: <what to type> (<page>)`."""
    if outcome.succeeded:
        return []
    texts = list(dict.fromkeys(_text(explained) for explained in _explained(outcome, stack)))
    left = len(texts) - MOST
    return [*texts[:MOST], *([f"and {left} more failures, each with its message above"] if left > 0 else [])]


def _explained(outcome: Outcome, stack: str) -> Iterator[Explanation]:
    rows = {row["urn"]: row for row in outcome.report.resources}
    for entry in outcome.report.diagnostics:
        # The program's own refusals have their next step in them; they are messages of the stack.
        if entry["severity"] != "error" or f"::{STACK_TYPE}::" in entry["urn"]:
            continue
        names = {"stack": stack, **_names(rows.get(entry["urn"], {}))}
        explained = explain(Symptom(text=entry["message"]), names)
        if explained and explained.failure.id not in _TAKE_INTO_THE_STATE:
            yield explained


def _names(row: Mapping[str, Any]) -> dict[str, str]:
    """Workload and namespace of an object that did not become ready."""
    if not str(row.get("type", "")).startswith("kubernetes:"):
        return {}
    metadata = (row.get("inputs") or {}).get("metadata")
    if not isinstance(metadata, Mapping):
        return {}
    names = {"workload": metadata.get("name"), "namespace": metadata.get("namespace")}
    return {name: value for name, value in names.items() if isinstance(value, str)}


def _text(explained: Explanation) -> str:
    next_step = re.sub(r"`pulumi (?=(?:up|refresh|destroy)\b)", "`python -m rehearsal ", explained.next_step)
    next_step = next_step.replace("python -m operations ", "python -m rehearsal ")
    return f"{explained.title}: {explained.cause} Next step: {next_step} ({explained.page})"
