"""Findings as a table for people and as a document for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from operations.checks.finding import Finding, State, counts, worst_first

_STYLES: Final[dict[State, str]] = {
    "wrong": "bold red",
    "waiting": "yellow",
    "unknown": "magenta",
    "fine": "green",
}


def table(findings: Sequence[Finding], title: str, *, subject: str = "subject", whole: bool = True) -> Table:
    """The findings, the worst first. Without ``whole``, what is fine takes one line per subject, but for
    what could be changed nevertheless.
    """
    rows = worst_first(findings)
    if not whole:
        rows = _in_short(rows)
    shown = Table(title=title, title_justify="left", title_style="bold")
    shown.add_column("state", no_wrap=True)
    for heading, width in ((subject, 28), ("check", 32), ("what is there", None), ("next step", None)):
        shown.add_column(heading, overflow="fold", max_width=width)
    for row in rows:
        state = f"[{_STYLES[row.state]}]{row.state}[/]"
        shown.add_row(state, *map(escape, (row.subject, row.check, row.text, row.next_step)))
    return shown


def print_lines(findings: Sequence[Finding], show: Console) -> None:
    """The findings, the worst first, each on a line of its own, and below it what to type.

    No line is broken, so that a command can be copied whole.
    """
    for row in worst_first(findings):
        style = _STYLES[row.state]
        text = f"[{style}]{row.state:<8}[/] {escape(f'{row.subject}: {row.check}: {row.text}')}"
        show.print(text, soft_wrap=True)
        if row.next_step:
            show.print(f"         → {escape(row.next_step)}", soft_wrap=True)
    number = counts(findings)
    show.print(", ".join(f"{count} {state}" for state, count in number.items() if count))


def _in_short(rows: Sequence[Finding]) -> list[Finding]:
    fine: dict[str, list[str]] = {}
    for row in rows:
        if row.state == "fine" and not row.next_step:
            fine.setdefault(row.subject, []).append(row.check)
    short = [row for row in rows if row.state != "fine" or row.next_step]
    for subject, checks in fine.items():
        number = f"{len(checks)} checks" if len(checks) != 1 else "1 check"
        short.append(Finding(subject, number, "fine", ", ".join(dict.fromkeys(checks))))
    return short


def document(findings: Sequence[Finding]) -> dict[str, Any]:
    """The findings for ``--json``, the worst first."""
    return {
        "findings": [
            {
                "subject": finding.subject,
                "check": finding.check,
                "state": finding.state,
                "text": finding.text,
                "nextStep": finding.next_step,
            }
            for finding in worst_first(findings)
        ],
        "counts": counts(findings),
    }
