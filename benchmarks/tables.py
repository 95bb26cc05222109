"""The tables of a run, for a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from benchmarks.results import Results, limits
from benchmarks.variants import FLAT, FLAT_SILENT


def show(results: Results, console: Console) -> bool:
    """Print everything. Whether all bounds hold that were measured."""
    console.print(_measurements(results))
    if results.starts:
        console.print(_starts(results))
    bounds = limits(results)
    table = Table("bound", "at most", "measured", "", title="Bounds", title_justify="left")
    for limit in bounds:
        measured = "–" if limit.measured is None else f"{limit.measured:.2f}"
        table.add_row(limit.text, f"{limit.most:g}", measured, "" if limit.holds else "missed")
    console.print(table)
    return all(limit.holds for limit in bounds)


def _measurements(results: Results) -> Table:
    table = Table(
        "operation",
        "workloads",
        "program",
        "seconds",
        "CPU s",
        "peak MiB",
        "to flat",
        "like for like",
        title="Medians",
        title_justify="left",
    )
    for each in sorted(results.measurements, key=lambda each: (each.operation, each.workloads)):
        ratios = (
            results.ratio(each.operation, each.workloads, other, of=each.variant)
            for other in (FLAT, FLAT_SILENT)
        )
        table.add_row(
            each.operation,
            f"{each.workloads:,}",
            each.variant,
            f"{each.seconds:.1f}",
            f"{each.cpu_seconds:.1f}",
            f"{each.peak_mebibytes:.0f}",
            *("–" if ratio is None else f"{ratio:.2f}" for ratio in ratios),
        )
    return table


def _starts(results: Results) -> Table:
    table = Table("imports of", "seconds", "MiB", title="Start-up", title_justify="left")
    for start in results.starts:
        table.add_row(start["stack"], f"{start['seconds']:.2f}", f"{start['mebibytes']:.0f}")
    return table
