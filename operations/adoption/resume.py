"""One round of resuming: what the stack would create and exists, and the state with it.

Some ids are known only when others are in the state, such as the name of a role assignment, which is derived
from its principal. So a command repeats rounds until one finds nothing new.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from operations.adoption import scratch
from operations.adoption.candidates import HELM_RELEASE, Candidate, Candidates, Planned
from operations.adoption.deployment import Row, State
from operations.adoption.releases import CutOffRelease, cut_off
from operations.workspace import Document, Workspace


@dataclass(frozen=True)
class ExistingResource:
    """A resource that the stack would create and that exists."""

    candidate: Candidate
    row: Row
    """The resource as the provider has read it."""


@dataclass
class Round:
    """The resources that one round has read."""

    before: Document
    planned: Mapping[str, Planned]
    subscription: str = ""
    """Id of the stack's subscription."""
    existing: list[ExistingResource] = field(default_factory=list)
    releases: list[CutOffRelease] = field(default_factory=list)
    interrupted: list[str] = field(default_factory=list)
    """Operations of the last update that the state does not know the end of."""
    read: Document = field(default_factory=dict)
    """The state after the providers have read; its secrets are not encrypted."""

    @property
    def rows(self) -> dict[str, Row]:
        return {row["urn"]: row for row in self.read.get("deployment", {}).get("resources") or []}

    @property
    def is_empty(self) -> bool:
        return not (self.existing or self.releases or self.interrupted)

    @property
    def document(self) -> Document:
        """The state with what exists. Operations that were cut off are settled by what their resource is
        now.
        """
        state, read = State(self.before, self.planned), self.rows
        for operation in state.pending:
            urn = operation["resource"]["urn"]
            if urn in state.rows and urn in read:
                state.rows[urn] = read[urn]
            elif urn in state.rows and operation["type"] != "creating":
                del state.rows[urn]
        state.pending = []
        for resource in self.existing:
            state.adopt(resource.candidate, resource.row)
        return state.document()


class Resumption:
    """The rounds on one stack."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._looked_up: set[tuple[str, str]] = set()
        self.adopted: dict[str, ExistingResource] = {}
        """The resources that earlier rounds have taken into the state, by URN."""
        self.planned: Mapping[str, Planned] = {}
        """The steps of the last preview."""
        self.state: Document = {}
        """The state as the last round has found it."""

    def next_round(self) -> Round:
        before = self.state = self._workspace.export()
        preview = self._workspace.preview()
        candidates = Candidates(preview, before)
        self.planned = candidates.planned
        new = [c for c in candidates.readable() if (c.planned.urn, c.id) not in self._looked_up]
        self._looked_up |= {(candidate.planned.urn, candidate.id) for candidate in new}
        state = State(before, candidates.planned)
        interrupted = [f"{operation['type']} {operation['resource']['urn']}" for operation in state.pending]
        known = {urn for urn in _urns(state.pending) if urn in state.rows and state.rows[urn]["custom"]}
        releases = {
            urn
            for urn, row in state.rows.items()
            if row["type"] == HELM_RELEASE and (urn, row["id"]) not in self._looked_up
        }
        self._looked_up |= {(urn, state.rows[urn]["id"]) for urn in releases}
        for candidate in new:
            state.add_unread(candidate)
        state.pending = []
        targets = [*(candidate.planned.urn for candidate in new), *sorted(known | releases)]
        round_ = Round(before, candidates.planned, preview.subscription, interrupted=interrupted)
        if targets:
            round_.read = scratch.refreshed(state.document(), targets)
        rows = round_.rows
        round_.releases = [release for urn in targets if urn in rows and (release := cut_off(rows[urn]))]
        cut = {release.urn for release in round_.releases}
        round_.existing = [
            ExistingResource(candidate, rows[candidate.planned.urn])
            for candidate in new
            if candidate.planned.urn in rows and candidate.planned.urn not in cut
        ]
        return round_

    def take(self, round_: Round) -> None:
        """Write the state with what exists. The cloud stays as it is."""
        self._workspace.replace_state(round_.before, round_.document)
        self.adopted |= {each.candidate.planned.urn: each for each in round_.existing}

    def forget(self, urn: str) -> None:
        """Ask for the resource again in the next round."""
        self._looked_up = {pair for pair in self._looked_up if pair[0] != urn}

    def keep_what_is_not_returned(self) -> list[Planned]:
        """Give adopted resources the program's value of each property that the service does not return, where
        the next update would replace them without it; returns those that it would replace even so.
        """
        replaced = [urn for urn in self.adopted if urn in self.planned and self.planned[urn].is_replaced]
        if replaced:
            state = State(self.state, self.planned)
            for urn in replaced:
                state.adopt(self.adopted[urn].candidate, self.adopted[urn].row, keep_absent=True)
            self._workspace.replace_state(self.state, state.document())
            self.planned = Candidates(self._workspace.preview(), state.document()).planned
            self.state = self._workspace.export()
        return [self.planned[urn] for urn in replaced if self.planned[urn].is_replaced]


def _urns(operations: Iterable[Mapping[str, Any]]) -> list[str]:
    return [operation["resource"]["urn"] for operation in operations]
