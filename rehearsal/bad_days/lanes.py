"""The processes of a campaign, which run side by side. Each has a lane of its own."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from rehearsal.bad_days.runs import Lane, Plan, Run, Stack


@dataclass
class _Own:
    """State of a process of the pool."""

    lane: Lane
    deadline: float


_own: Final[list[_Own]] = []


def begin(stack: Stack, plan: Plan, deadline: float) -> None:
    """Called once in each process."""
    _own.append(_Own(Lane(stack, plan), deadline))


def run(seed: int) -> Run | None:
    """The run of a seed. None: the time is over."""
    (own,) = _own
    return None if time.monotonic() > own.deadline else own.lane.run(seed)
