"""The results of a run of the benchmark, as the JSON of benchmarks/results/, and the claimed ratios."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any, Final, Self

from benchmarks.engine_runs import Run
from benchmarks.variants import FLAT, FLAT_SILENT, THIS

FOLDER: Final = Path(__file__).parent / "results"
LATEST: Final = FOLDER / "latest.json"
_PACKAGES: Final = ("pulumi", "pulumi-azure-native", "pulumi-kubernetes", "grpcio")


@dataclass(frozen=True)
class Measurement:
    """The medians of all rounds of one operation of one program."""

    variant: str
    operation: str
    workloads: int
    rounds: int
    seconds: float
    """The time between the start of the engine's command and its end."""
    cpu_seconds: float
    """A figure of the program's process."""
    peak_mebibytes: float
    """A figure of the program's process."""
    engine_cpu_seconds: float

    @classmethod
    def of(cls, variant: str, operation: str, workloads: int, runs: Sequence[Run]) -> Self:
        """The medians of runs."""
        return cls(
            variant=variant,
            operation=operation,
            workloads=workloads,
            rounds=len(runs),
            seconds=round(median(run.wall_seconds for run in runs), 2),
            cpu_seconds=round(median(run.program.cpu_seconds for run in runs), 2),
            peak_mebibytes=round(median(run.program.peak_mebibytes for run in runs), 1),
            engine_cpu_seconds=round(median(run.engine_cpu_seconds for run in runs), 2),
        )


@dataclass
class Results:
    """Everything that a run found."""

    machine: dict[str, str] = field(default_factory=dict[str, str])
    measurements: list[Measurement] = field(default_factory=list[Measurement])
    starts: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    deployment: dict[str, Any] = field(default_factory=dict[str, Any])

    @classmethod
    def read(cls, file: Path = LATEST) -> Self:
        """The results in a file."""
        document = json.loads(file.read_text(encoding="utf-8"))
        measurements = [Measurement(**each) for each in document.pop("measurements")]
        return cls(measurements=measurements, **document)

    def write(self, file: Path = LATEST) -> None:
        """Write the JSON; it holds no path and no name of the machine."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    def take(self, measurements: Iterable[Measurement]) -> None:
        """Add measurements; each replaces that of the same operation."""
        for each in measurements:
            former = self.find(each.variant, each.operation, each.workloads)
            self.measurements = [kept for kept in self.measurements if kept is not former] + [each]

    def find(self, variant: str, operation: str, workloads: int) -> Measurement | None:
        """The measurement of one program; None: it was not measured."""
        return next(
            (
                each
                for each in self.measurements
                if (each.variant, each.operation, each.workloads) == (variant, operation, workloads)
            ),
            None,
        )

    def sizes(self, operation: str = "preview") -> list[int]:
        """The numbers of workloads that were measured."""
        return sorted({each.workloads for each in self.measurements if each.operation == operation})

    def ratio(
        self, operation: str, workloads: int, other: str, value: str = "seconds", of: str = THIS
    ) -> float | None:
        """This program's value, as a part of that of another program; None: one of them was not measured."""
        ours, theirs = self.find(of, operation, workloads), self.find(other, operation, workloads)
        return None if ours is None or theirs is None else getattr(ours, value) / getattr(theirs, value)

    def growth(self, smaller: int = 240, larger: int = 1000) -> float | None:
        """How many times longer the larger preview takes."""
        few, many = (self.find(THIS, "preview", size) for size in (smaller, larger))
        return None if few is None or many is None else many.seconds / few.seconds


@dataclass(frozen=True)
class Limit:
    """One bound, and what was measured. None: it was not measured."""

    text: str
    most: float
    measured: float | None

    @property
    def holds(self) -> bool:
        return self.measured is None or self.measured <= self.most


def limits(results: Results) -> list[Limit]:
    """The bounds that a whole run has to keep."""
    rows: list[Limit] = []
    for size in (240, 480):
        like, as_written = (results.ratio("preview", size, other) for other in (FLAT_SILENT, FLAT))
        memory = results.ratio("preview", size, FLAT, "peak_mebibytes")
        rows += [
            Limit(f"preview of {size}, to flat like for like", 1.0, like),
            Limit(f"preview of {size}, to flat as people write it", 0.8, as_written),
            Limit(f"memory at {size}, to flat", 0.65, memory),
        ]
    rows += [
        Limit("preview of 1,000, to one of 240", 4.4, results.growth()),
        Limit("`up` of 60, to flat as people write it", 1.0, results.ratio("up", 60, FLAT)),
    ]
    for start in results.starts:
        rows += [
            Limit(f"start-up of {start['stack']}, seconds", start["most_seconds"], start["seconds"]),
            Limit(f"start-up of {start['stack']}, MiB", start["most_mebibytes"], start["mebibytes"]),
        ]
    if results.deployment:
        modelled, least = results.deployment["modelled_seconds"], results.deployment["bound_seconds"]
        rows.append(Limit("modelled `up`, to its bound", 1.3, modelled / least))
    return rows


def machine(engine: str) -> dict[str, str]:
    """The kind of machine and the releases, without a name of it."""
    return {
        "cpus": str(os.cpu_count()),
        "architecture": platform.machine(),
        "system": platform.system(),
        "python": platform.python_version(),
        "engine": engine,
        **{name: version(name) for name in _PACKAGES},
    }
