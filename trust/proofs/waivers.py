"""Waivers: proofs that may be broken until a day, and why; a stack publishes them as its output ``waivers``.

Owns: which finding a waiver covers, and until when. Deliberately not here: what a covered finding becomes
(``runner.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from trust.graph import Graph
from trust.nodes.fields import known, listed, mapping, text
from trust.proofs.proof import Finding


@dataclass(frozen=True, kw_only=True)
class Waiver:
    """Allows a proof to be broken until a day."""

    proof: str
    workload: str = ""
    """The workload that may break it. Empty: the whole stack may."""
    reason: str
    expires: date | None
    """The last day, in UTC. None: what is written is no day, so it has expired."""

    def covers(self, proof: str, finding: Finding) -> bool:
        """Whether it is meant for a finding of a proof, expired or not."""
        return self.proof == proof and self.workload in ("", finding.workload)

    def is_expired(self, today: date) -> bool:
        return self.expires is None or self.expires < today

    @property
    def subject(self) -> str:
        """Its entry, as a config path that names it."""
        return f"waivers[proof={self.proof}{f', workload={self.workload}' if self.workload else ''}]"

    @property
    def last_day(self) -> str:
        return self.expires.isoformat() if self.expires else "a day that the calendar does not have"


def waivers_of(graph: Graph) -> tuple[Waiver, ...]:
    """The waivers of a stack, by its outputs, or by the config of a preview."""
    return tuple(waiver_of(mapping(entry)) for entry in listed(graph.waivers))


def waiver_of(entry: Mapping[str, Any]) -> Waiver:
    """A waiver, as the output has it."""
    return Waiver(
        proof=known(text(entry.get("proof"))),
        workload=known(text(entry.get("workload"))),
        reason=known(text(entry.get("reason"))),
        expires=_day(known(text(entry.get("expires")))),
    )


def _day(written: str) -> date | None:
    # 2027-01-31 without quotes is a moment in the config that Pulumi passes on.
    try:
        return date.fromisoformat(written.removesuffix(" 00:00:00 +0000 UTC"))
    except ValueError:
        return None
