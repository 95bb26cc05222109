"""``python -m benchmarks.profile``: where a preview's time goes, by function and by phase of the program.

cProfile makes everything slower, calls of Python most of all: the order of the functions holds, their seconds
do not.
"""

from __future__ import annotations

import pstats
import tempfile
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.engine_runs import open_bench
from benchmarks.profiled import PROGRAM, STATISTICS
from benchmarks.variants import REPOSITORY, THIS, VARIANTS, Variant

_PHASES: Final = {
    "settings": ("stacks/settings/loader.py", "load"),
    "preflight": ("stacks/preflight/run.py", "run_preflight"),
    "identities": ("stacks/builders/identities.py", "make_identities"),
    "vaults and grants": ("stacks/builders/vaults.py", "make_vaults"),
    "workloads": ("stacks/builders/workloads.py", "make_workloads"),
    "SDK: registrations": ("pulumi/runtime/resource.py", "do_register"),
    "SDK: stack traces": ("pulumi/runtime/resource.py", "_get_stack_trace"),
    "SDK: aliases": ("pulumi/runtime/resource.py", "collapse_alias_to_urn_worker"),
    "SDK: outputs": ("pulumi/output.py", "run"),
}

ProgramOption = Annotated[str, typer.Option("--of", metavar="NAME", help="One of the compared programs.")]
WorkloadsOption = Annotated[int, typer.Option("--workloads", metavar="N")]
TopOption = Annotated[int, typer.Option("--top", metavar="N", help="Functions to show.")]


def profile(of: ProgramOption = THIS, workloads: WorkloadsOption = 240, top: TopOption = 25) -> None:
    """Profile a preview, and print the functions with the most time of their own."""
    profiled = Variant(of, REPOSITORY / "benchmarks" / "profiled" / "__main__.py", VARIANTS[of].environment)
    with tempfile.TemporaryDirectory() as folder, open_bench() as bench:
        file = Path(folder) / "statistics"
        environment = {STATISTICS: str(file), PROGRAM: str(VARIANTS[of].program)}
        bench.run(profiled, workloads, "preview", environment=environment)
        statistics = vars(pstats.Stats(str(file)))  # the typed view of it has one function of each name
    console = Console()
    phases = Table("phase", "seconds, calls within included")
    table = Table("function", "calls", "own seconds", "of all")
    functions: dict[tuple[str, int, str], tuple[int, int, float, float, object]] = statistics["stats"]
    for name, (path, function) in _PHASES.items():
        seconds = [
            cost[3] for (place, _, called), cost in functions.items() if called == function and path in place
        ]
        phases.add_row(name, f"{sum(seconds):.2f}")
    total = sum(cost[2] for cost in functions.values())
    slowest = sorted(functions.items(), key=lambda each: -each[1][2])[:top]
    for (place, line, name), (_, calls, own, *_) in slowest:
        short = f"{'/'.join(Path(place).parts[-2:])}:{line} {name}"
        table.add_row(short, f"{calls:,}", f"{own:.2f}", f"{own / total:.1%}")
    console.print(phases)
    console.print(table)


if __name__ == "__main__":
    typer.run(profile)
