"""The chain of a workload as arrows from left to right, for every kind of picture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from operations.report.model import Reading

_TRUSTS = "trusts"


@dataclass(frozen=True)
class Arrow:
    """One arrow between two ends."""

    source: str
    target: str
    label: str
    change: str
    """gained, lost or same."""


def arrows(readings: Iterable[Reading]) -> list[Arrow]:
    """The arrows of all readings, each once; one that stays for any reading is not drawn as a change.

    An identity that trusts a ServiceAccount is the other side of signing in, so it is a word on that arrow.
    """
    drawn: dict[tuple[str, str], Arrow] = {}
    for reading in sorted(readings, key=lambda reading: ("same", "gained", "lost").index(reading.change)):
        before = ""
        for link in reading.links:
            if link.what == _TRUSTS and (link.target, link.source) in drawn:
                known = drawn[link.target, link.source]
                if _TRUSTED not in known.label:
                    drawn[link.target, link.source] = Arrow(
                        known.source, known.target, f"{known.label}, {_TRUSTED}", known.change
                    )
                continue
            if before not in ("", link.source):
                drawn.setdefault((before, link.source), Arrow(before, link.source, "", reading.change))
            drawn.setdefault(
                (link.source, link.target), Arrow(link.source, link.target, link.what, reading.change)
            )
            before = link.target
    return list(drawn.values())


_TRUSTED = "which trusts it"
