"""``python -m benchmarks``: this program and a flat one on the real engine, side by side, as tables and JSON.

The programs take turns, so that a busy minute of the machine meets each of them. A whole run is for an idle
machine; the ratio of CPU seconds holds on a busy one too.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from benchmarks import imports
from benchmarks.deployment import model
from benchmarks.engine_runs import Bench, BenchmarkError, Run, open_bench
from benchmarks.results import LATEST, Measurement, Results, machine
from benchmarks.tables import show
from benchmarks.variants import VARIANTS

PROGRAMS: Final = ",".join(VARIANTS)
SIZES: Final = "10,60,100,240,480,1000"
_MOST_ROUNDS: Final = {240: 2, 480: 2, 1000: 1}
"""For long previews, whose noise is small: a whole run is to take a quarter of an hour."""
SCALE: Final = 0.1
"""Seconds of the modelled deployment that stand for one of Azure."""

SizesOption = Annotated[
    str, typer.Option("--sizes", metavar="N,N,…", help="Previews of this many workloads.")
]
UpsOption = Annotated[
    str, typer.Option("--ups", metavar="N,…", help="Updates of this many workloads; '' is none.")
]
RoundsOption = Annotated[
    int, typer.Option("--rounds", min=1, help="Rounds at most; 240 and 480 have two, 1000 one.")
]
ProgramsOption = Annotated[
    str, typer.Option("--programs", metavar="NAME,…", help="Programs that take turns.")
]
OnlyOption = Annotated[bool, typer.Option("--no-more", help="No start-up and no modelled deployment.")]
UpdateOption = Annotated[
    bool, typer.Option("--update", help="Keep in the file whatever this run does not measure.")
]
OutOption = Annotated[Path, typer.Option("--out", metavar="FILE", help="File for the JSON.")]


def bench(
    sizes: SizesOption = SIZES,
    ups: UpsOption = "60",
    rounds: RoundsOption = 3,
    programs: ProgramsOption = PROGRAMS,
    no_more: OnlyOption = False,
    update: UpdateOption = False,
    out: OutOption = LATEST,
) -> None:
    """Measure, print the tables, and write the JSON. Exit status 1: a bound is missed."""
    console = Console()
    names = programs.split(",")
    if unknown := [name for name in names if name not in VARIANTS]:
        raise typer.BadParameter(f"{unknown[0]!r}; choose of {', '.join(VARIANTS)}", param_hint="--programs")
    try:
        with open_bench() as running:
            results = _begun(machine(running.engine_version), out if update else None)
            for operation, workloads in [
                *(("preview", size) for size in _numbers(sizes)),
                *(("up", size) for size in _numbers(ups)),
            ]:
                results.take(_measured(running, operation, workloads, rounds, names, console))
            if not no_more:
                modules = {stack: imports.modules_of(running, stack) for stack in imports.LIMITS}
                results.starts = imports.measure(modules)
                results.deployment = model(running, 60, SCALE)
    except BenchmarkError as error:
        raise SystemExit(f"benchmarks: {error}") from None
    results.write(out)
    sys.exit(0 if show(results, console) else 1)


def _begun(kind: dict[str, str], file: Path | None) -> Results:
    """The results so far: those of a file, if it is of this kind of machine with these releases."""
    if file is None or not file.exists():
        return Results(machine=kind)
    results = Results.read(file)
    if results.machine != kind:
        raise BenchmarkError(f"{file}: measured with {results.machine}, this is {kind}; leave out --update")
    return results


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",") if number]


def _measured(
    running: Bench, operation: str, workloads: int, rounds: int, names: Sequence[str], console: Console
) -> Iterator[Measurement]:
    runs: dict[str, list[Run]] = {name: [] for name in names}
    for number in range(min(rounds, _MOST_ROUNDS.get(workloads, rounds))):
        for name, done in runs.items():
            done.append(running.run(VARIANTS[name], workloads, operation))
            last = done[-1]
            console.print(
                f"{operation} {workloads}, round {number + 1}, {name}: {last.wall_seconds:.1f} s,"
                f" CPU {last.program.cpu_seconds:.1f} s, {last.program.peak_mebibytes:.0f} MiB",
                highlight=False,
            )
    return (Measurement.of(name, operation, workloads, done) for name, done in runs.items())


if __name__ == "__main__":
    typer.run(bench)
