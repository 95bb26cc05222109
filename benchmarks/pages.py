"""``python -m benchmarks.pages``: the tables of docs/scale.md, its picture, and the sentence of the README,
from the JSON of the last whole run.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from benchmarks.figure import figure
from benchmarks.latencies import LATENCIES
from benchmarks.results import Results, limits
from benchmarks.variants import FLAT, FLAT_SILENT, REPOSITORY, THIS, VARIANTS

PAGE: Final = REPOSITORY / "docs" / "scale.md"
README: Final = REPOSITORY / "README.md"
PICTURE: Final = REPOSITORY / "docs" / "pictures" / "scale.svg"
_CLAIM: Final = 240
"""Workloads of the README's sentence."""


def rendered(results: Results, texts: Mapping[Path, str]) -> dict[Path, str]:
    """The pages with what the results say, and the picture."""
    blocks = {
        "measurements": _measurements(results),
        "bounds": _bounds(results),
        "machine": _machine(results),
        "deployment": _deployment(results),
        "latencies": _latencies(),
        "claim": _claim(results),
        "split": _split(results),
    }
    pages = {
        path: re.sub(
            r"(<!-- bench: (\w+) -->).*?(<!-- /bench -->)",
            lambda mark: f"{mark[1]}{blocks[mark[2]]}{mark[3]}",
            text,
            flags=re.DOTALL,
        )
        for path, text in texts.items()
    }
    return {**pages, PICTURE: figure(results)}


def _table(*rows: tuple[str, ...]) -> str:
    head, *body = rows
    lines = [head, tuple("---" for _ in head), *body]
    return "\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n\n"


def _ratio(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _measurements(results: Results) -> str:
    head = (
        "", "workloads", "program", "seconds", "CPU s", "peak MiB", "to flat", "like for like",
    )  # fmt: skip
    return _table(head, *_rows(results))


def _rows(results: Results) -> Iterator[tuple[str, ...]]:
    for each in sorted(results.measurements, key=lambda each: (each.operation, each.workloads)):
        to_flat, alike = (
            results.ratio(each.operation, each.workloads, other, of=each.variant)
            for other in (FLAT, FLAT_SILENT)
        )
        yield (
            each.operation,
            f"{each.workloads:,}",
            VARIANTS[each.variant].label,
            f"{each.seconds:.1f}",
            f"{each.cpu_seconds:.1f}",
            f"{each.peak_mebibytes:.0f}",
            _ratio(to_flat),
            _ratio(alike),
        )


def _bounds(results: Results) -> str:
    rows = [
        (limit.text, f"{limit.most:g}", _ratio(limit.measured), "" if limit.holds else "missed")
        for limit in limits(results)
    ]
    return _table(("", "at most", "measured", ""), *rows)


def _machine(results: Results) -> str:
    kind = results.machine
    releases = ", ".join(f"{name} {kind[name]}" for name in kind if name.startswith("pulumi"))
    return (
        f"{kind['cpus']} CPUs ({kind['architecture']}, {kind['system']}), Python {kind['python']}, engine"
        f" {kind['engine']}, {releases}"
    )


def _deployment(results: Results) -> str:
    model = results.deployment
    if not model:
        return ""
    return _table(
        (f"`up` of {model['workloads']} workloads", "minutes of Azure"),
        ("no order can be faster: the critical path, or all work ÷ 64", _minutes(model["bound_seconds"])),
        (f"this program, `--parallel {model['parallel']}`", _minutes(model["modelled_seconds"])),
        ("one create after the other, as in the tutorials", _minutes(model["one_after_another_seconds"])),
    )


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.1f}"


def _latencies() -> str:
    rows = [(f"`{token}`", f"{value.seconds:g}", value.source) for token, value in LATENCIES.items()]
    return _table(("type", "seconds", "source"), *rows)


def _claim(results: Results) -> str:
    ours = results.find(THIS, "preview", _CLAIM)
    alike = results.ratio("preview", _CLAIM, FLAT_SILENT)
    memory = results.ratio("preview", _CLAIM, FLAT_SILENT, "peak_mebibytes")
    if ours is None or alike is None or memory is None:
        return ""
    return (
        f"A preview of {_CLAIM} workloads takes {ours.seconds:.0f} seconds on"
        f" {results.machine['cpus']} cores,"
        f" {alike:.0%} of the time and {memory:.0%} of the memory of [a flat program](docs/scale.md) like for"
        " like."
    )


def _split(results: Results) -> str:
    """One stack of 1,000 workloads, and ten of 100."""
    whole, part = (results.find(THIS, "preview", size) for size in (1000, 100))
    if whole is None or part is None:
        return ""
    return _table(
        ("preview of 1,000 workloads", "seconds", "CPU s", "peak MiB"),
        ("one stack", f"{whole.seconds:.0f}", f"{whole.cpu_seconds:.0f}", f"{whole.peak_mebibytes:.0f}"),
        ("one of ten stacks", f"{part.seconds:.1f}", f"{part.cpu_seconds:.1f}", f"{part.peak_mebibytes:.0f}"),
        (
            "ten stacks, one after the other",
            f"{10 * part.seconds:.0f}",
            f"{10 * part.cpu_seconds:.0f}",
            f"{part.peak_mebibytes:.0f}",
        ),
    )


def main() -> None:
    """Write all of them."""
    texts = {path: path.read_text(encoding="utf-8") for path in (PAGE, README)}
    for path, text in rendered(Results.read(), texts).items():
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"wrote {path.relative_to(REPOSITORY)}\n")


if __name__ == "__main__":
    main()
