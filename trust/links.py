"""A link of the chain between two things, and whether it holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

State = Literal["held", "unknown", "external", "missing"]
"""``unknown``: only an update or another stack tells. ``external``: made by another person or tool."""
BEST_FIRST: Final[tuple[State, ...]] = ("held", "external", "unknown", "missing")


@dataclass(frozen=True)
class Link:
    """One link."""

    what: str
    """``mounts``, ``runs as``, ``signs in as``, ``is trusted by``, ``may read`` …"""
    start: str
    end: str
    urn: str = ""
    """The resource that makes it; empty if none does."""
    state: State = "held"

    def __str__(self) -> str:
        return f"{self.start} {self.what} {self.end}"


def worst(links: Iterable[Link]) -> State:
    """The state of a chain: that of its weakest link."""
    states: list[State] = ["held", *(link.state for link in links)]
    return max(states, key=BEST_FIRST.index)
