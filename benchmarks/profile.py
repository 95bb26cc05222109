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
        statistics = pstats.Stats(str(file)).get_stats_profile()
    functions = list(statistics.func_profiles.items())
    console = Console()
    phases = Table("phase", "seconds, calls within included", title_justify="left")
    for name, (path, function) in _PHASES.items():
        for called, entry in functions:
            if called == function and entry.file_name.endswith(path):
                phases.add_row(name, f"{entry.cumtime:.2f}")
    console.print(phases)
    table = Table("function", "calls", "own seconds", "of all", title_justify="left")
    for name, entry in sorted(functions, key=lambda item: -item[1].tottime)[:top]:
        place = f"{'/'.join(Path(entry.file_name).parts[-2:])}:{entry.line_number} {name}"
        table.add_row(
            place, str(entry.ncalls), f"{entry.tottime:.2f}", f"{entry.tottime / statistics.total_tt:.1%}"
        )
    console.print(table)


if __name__ == "__main__":
    typer.run(profile)
