"""The table at the end of a campaign: kind of the bad day × what brought the stack back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from rehearsal.bad_days.runs import FAILED, WAYS, Run
from rehearsal.simulators.faults import seeded


def table(runs: Sequence[Run]) -> list[str]:
    """One line for each kind that was met, and the sums."""
    counts = Counter((run.kind, run.way) for run in runs)
    kinds = [kind for kind in seeded.KINDS if any(run.kind == kind for run in runs)]
    width = max(len(name) for name in ("kind", *kinds))
    lines = [_line("kind", WAYS, width)]
    lines += [_line(kind, [str(counts[kind, way]) for way in WAYS], width) for kind in kinds]
    sums = Counter(run.way for run in runs)
    return [*lines, _line("all", [str(sums[way]) for way in WAYS], width)]


def failures(runs: Iterable[Run], command: str) -> list[str]:
    """For each run that failed: its day, why, and how to repeat it."""
    return [
        f"seed {run.seed}: {run.day}\n  {run.detail}\n  repeat it: {command} --seed {run.seed} --runs 1"
        for run in runs
        if run.way == FAILED
    ]


def _line(name: str, cells: Iterable[str], width: int) -> str:
    columns = (cell.rjust(max(len(way), 4)) for way, cell in zip(WAYS, cells, strict=True))
    return "  ".join([name.ljust(width), *columns])
