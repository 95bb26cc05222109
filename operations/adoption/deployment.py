"""The state with resources that exist: rows of the engine's state document.

Owns: the form of a row, the components and providers that it needs, the order of all rows. Deliberately not
here: which resources exist (scratch.py).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from graphlib import TopologicalSorter
from typing import Any

from operations.adoption.candidates import HELM_RELEASE, Candidate, Planned, is_provider
from operations.adoption.values import existing_inputs, known, overlaid
from operations.workspace import Document

Row = dict[str, Any]
_FIELDS = ("parent", "protect", "additionalSecretOutputs", "ignoreChanges")
"""Options that a plan and a row have in common; the next update adds the others."""


class State:
    """A state document, whose rows are added, replaced and removed."""

    def __init__(self, document: Document, planned: Mapping[str, Planned]) -> None:
        self._document = document
        self._planned = planned
        rows: list[Row] = document["deployment"].get("resources") or []
        self.rows = {row["urn"]: row for row in rows if not row.get("delete")}
        self._deleted = [row for row in rows if row.get("delete")]
        self.pending: list[Mapping[str, Any]] = document["deployment"].get("pending_operations") or []
        """Operations that were running when the last update ended."""

    def document(self) -> Document:
        """The document, each row behind the rows that it refers to."""
        deployment = {**self._document["deployment"], "resources": [*self._ordered(), *self._deleted]}
        deployment.pop("pending_operations", None)
        if self.pending:
            deployment["pending_operations"] = self.pending
        return {**self._document, "deployment": deployment}

    def add_unread(self, candidate: Candidate) -> None:
        """A row for a resource that may exist, for its provider to read."""
        inputs = known(candidate.inputs)
        self._add(candidate.planned, id=candidate.id, inputs=inputs, outputs=_outputs(candidate, inputs))

    def adopt(self, candidate: Candidate, read: Row, *, keep_absent: bool = False) -> None:
        """A row for a resource that exists, as its provider has read it."""
        live = overlaid(read.get("outputs") or {}, read.get("inputs") or {})
        inputs = existing_inputs(candidate.inputs, live, keep_absent=keep_absent)
        outputs = {**(read.get("outputs") or {}), **_outputs(candidate, inputs, only_extra=True)}
        row = self._add(candidate.planned, id=read["id"], inputs=inputs, outputs=outputs)
        if read.get("initErrors"):
            row["initErrors"] = read["initErrors"]

    def adopt_value(self, planned: Planned, id_: str, outputs: Mapping[str, Any]) -> None:
        """A row for a resource that exists in the state only."""
        self._add(planned, id=id_, inputs=dict(planned.inputs), outputs=outputs)

    def _add(self, planned: Planned, **fields: Any) -> Row:
        goal = planned.goal
        for urn in filter(None, (planned.parent, planned.provider)):
            if urn not in self.rows:
                self._add_support(self._planned[urn])
        row: Row = {"urn": planned.urn, "custom": goal["custom"], "type": planned.type, **fields}
        row |= {name: goal[name] for name in _FIELDS if goal.get(name)}
        if planned.provider:
            row["provider"] = f"{planned.provider}::{self.rows[planned.provider]['id']}"
        dependencies = goal.get("dependencies") or ()
        by_property = goal.get("propertyDependencies") or {}
        row |= {"dependencies": dependencies} if dependencies else {}
        row |= {"propertyDependencies": by_property} if by_property else {}
        self.rows[planned.urn] = row
        return row

    def _add_support(self, planned: Planned) -> None:
        """A provider, a component or the stack: what exists in the state only."""
        inputs = dict(planned.inputs)
        if is_provider(planned.type):
            outputs = {name: value for name, value in inputs.items() if name != "__internal"}
            self._add(planned, id=str(uuid.uuid4()), inputs=inputs, outputs=outputs)
        else:
            self._add(planned)

    def _ordered(self) -> list[Row]:
        """The rows, without references to rows that do not exist; an update adds those again."""
        rows = {urn: self._with_existing_references(row) for urn, row in self.rows.items()}
        order = TopologicalSorter({urn: _references(row) for urn, row in rows.items()})
        return [rows[urn] for urn in order.static_order()]

    def _with_existing_references(self, row: Row) -> Row:
        row = dict(row)
        if "dependencies" in row:
            row["dependencies"] = [urn for urn in row["dependencies"] if urn in self.rows]
        if "propertyDependencies" in row:
            row["propertyDependencies"] = {
                name: [urn for urn in urns or () if urn in self.rows]
                for name, urns in row["propertyDependencies"].items()
            }
        return row


def _references(row: Row) -> list[str]:
    provider = row.get("provider", "").rpartition("::")[0]
    urns = [row.get("parent"), provider, row.get("deletedWith"), row.get("viewOf")]
    urns += [*(row.get("dependencies") or ()), *(row.get("replaceWith") or ())]
    urns += [urn for more in (row.get("propertyDependencies") or {}).values() for urn in more]
    return [urn for urn in urns if urn]


def _outputs(candidate: Candidate, inputs: Mapping[str, Any], *, only_extra: bool = False) -> Row:
    """Outputs that stand for what a provider would have returned: the inputs themselves.

    A release keeps its inputs among its outputs as well, and compares with those: parseCheckpointRelease in
    helm_release.go of pulumi-kubernetes.
    """
    extra = {"__inputs": dict(inputs)} if candidate.planned.type == HELM_RELEASE else {}
    return extra if only_extra else {**inputs, **extra}
