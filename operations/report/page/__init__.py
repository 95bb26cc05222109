"""The report as one self-contained page: no network, no framework; it works without its script, too."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from operations.report.model import Reading, Report, Right
from operations.report.svg import chain_svg
from operations.report.wording import (
    for_whom,
    headline,
    is_alarming,
    object_of,
    status_of,
    subject_of,
    verb_of,
)

_HERE: Final = Path(__file__).parent
_COLUMNS: Final = 60
"""Objects up to which the matrix is drawn; a larger one is not readable, and the list remains."""


@dataclass(frozen=True)
class _Workload:
    name: str
    readings: tuple[Reading, ...]
    svg: Markup

    @property
    def is_changed(self) -> bool:
        return any(reading.change != "same" for reading in self.readings)

    def text(self, values: str) -> str:
        """The words of one kind, for filters: vaults, techniques …"""
        return " ".join(dict.fromkeys(str(getattr(reading, values)) for reading in self.readings))

    def cell(self, column: tuple[str, str, str]) -> Reading | None:
        return next(
            (reading for reading in self.readings if (reading.vault, reading.kind, reading.name) == column),
            None,
        )


def page(report: Report) -> str:
    """The page as HTML."""
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = (_HERE / "page.css").read_text(encoding="utf-8")
    script = (_HERE / "page.js").read_text(encoding="utf-8")
    columns = sorted({(reading.vault, reading.kind, reading.name) for reading in report.readings})
    return environment.get_template("page.html.j2").render(
        report=report,
        headline=headline(report),
        alarming=[proof for proof in report.proofs if is_alarming(proof)],
        object_of=object_of,
        subject_of=subject_of,
        for_whom=for_whom,
        verb_of=verb_of,
        style_of=_style_of,
        workloads=_workloads(report),
        columns=columns if len(columns) <= _COLUMNS else [],
        column_count=len(columns),
        vaults=sorted({reading.vault for reading in report.readings}),
        techniques=sorted({reading.technique for reading in report.readings}),
        operations=Counter(change.operation for change in report.resources),
        verdicts=_verdicts(report),
        status_of=status_of,
        style=Markup(style),
        script=Markup(script),
        style_hash=_hash(style),
        script_hash=_hash(script),
    )


def _style_of(changed: Reading | Right) -> str:
    """``gained``, ``awaited``, ``lost`` or ``same``: a right that is yet to be given is no gain."""
    return "awaited" if changed.awaits_grant and changed.change != "lost" else changed.change


def _verdicts(report: Report) -> dict[str, str]:
    """Status → the words of its badge, those that need a look first."""
    counts = Counter({proof.proof: status_of(proof) for proof in reversed(report.proofs)}.values())
    words = {"does not apply": "do not apply"}
    return {
        status: f"{counts[status]} {status if counts[status] == 1 else words.get(status, status)}"
        for status in _STATUSES
        if counts[status]
    }


_STATUSES: Final = ("broken", "unknown", "waived", "broken as a warning", "proved", "does not apply")


def _workloads(report: Report) -> list[_Workload]:
    ordered = sorted(
        report.readings, key=lambda reading: (reading.workload, reading.vault, reading.kind, reading.name)
    )
    groups = (
        (name, tuple(readings)) for name, readings in groupby(ordered, key=lambda reading: reading.workload)
    )
    workloads = [
        _Workload(name, readings, Markup(chain_svg(readings, f"chain of {name}")))
        for name, readings in groups
    ]
    return sorted(workloads, key=lambda workload: not workload.is_changed)


def _hash(text: str) -> str:
    """For the Content-Security-Policy: only this style sheet and this script run."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
