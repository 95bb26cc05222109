"""The end of a preview: what a person wants to know, in at most thirty lines.

Owns: which lines there are, and what is left out. Deliberately not here: what a change does to access
(trust/changes) and what is proved (trust/proofs).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.text import Text

from rehearsal.proving import broken
from rehearsal.report import Report

if TYPE_CHECKING:
    from trust import Graph
    from trust.changes.resources import ResourceChange
    from trust.proofs import Verdict

_HEADING: Final = "Rehearsed with every value known: "
LIMIT: Final = 30
"""Lines of a summary."""
_STYLES: Final = {"create": "green", "update": "yellow", "replace": "magenta", "delete": "red"}
_VERBS: Final = {"import": "take into the state"}
_NAMED: Final = ("replace", "delete")
"""Operations whose resources are named."""


@dataclass
class Section:
    """A line, and entries below it."""

    heading: Text
    entries: Sequence[Text] = ()
    shown: int = 12
    """Entries shown at most; the others are counted in a line of their own."""

    def lines(self) -> list[Text]:
        left = len(self.entries) - self.shown
        more = [Text(f"  … and {left} more", style="dim")] if left > 0 else []
        return [self.heading, *self.entries[: self.shown], *more]


def _fitted(sections: Sequence[Section]) -> list[Text]:
    """The lines of all sections, of which the longest give way first."""
    while sum(len(section.lines()) for section in sections) > LIMIT:
        longest = max(sections, key=lambda section: len(section.lines()))
        longest.shown = len(longest.lines()) - 3
    return [line for section in sections for line in section.lines()]


def show_summary(
    report: Report, before: Mapping[str, Any], verdicts: Sequence[Verdict], console: Console
) -> None:
    """Print the summary of a rehearsal in which the engine succeeded.

    Args:
        report: The rehearsal, in which every value is known.
        before: The exported state that it began with; empty for a new stack.
        verdicts: The proofs' verdicts on it; none if they were not run.
        console: Where it is printed.
    """
    for line in summary(report, before, verdicts):
        console.print(line)


def summary(report: Report, before: Mapping[str, Any], verdicts: Sequence[Verdict]) -> list[Text]:
    """The lines of the summary."""
    from trust import Graph, read_rehearsal, read_state
    from trust.changes.resources import resource_changes

    after = read_rehearsal(report.document())
    old = read_state(before) if before else Graph([], "state")
    sections = [
        _resources(report.summary, resource_changes(after)),
        _access(old, after),
        _attention(old, after),
        _warnings(report),
        _proofs(verdicts),
    ]
    return _fitted([section for section in sections if section])


def _resources(counts: Mapping[str, int], changes: Sequence[ResourceChange]) -> Section:
    """The engine's own counts, so that they are those of Pulumi's display."""
    numbers = {op: count for op, count in counts.items() if count and op != "same"}
    if not numbers:
        return Section(Text(f"{_HEADING}nothing changes"))
    heading = Text(_HEADING)
    for number, (op, count) in enumerate(numbers.items()):
        heading.append(", " if number else "").append(f"{count} to {_VERBS.get(op, op)}", _STYLES.get(op, ""))
    entries = [Text(f"  {change}", style=_STYLES[change.op]) for change in changes if change.op in _NAMED]
    kinds = Counter(change.node.type.rsplit(":", 1)[-1] for change in changes if change.op not in _NAMED)
    if kinds:
        listed = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common(5))
        more = f" and {len(kinds) - 5} other kinds" if len(kinds) > 5 else ""
        entries.insert(0, Text(f"  {listed}{more}", style="dim"))
    return Section(heading, entries)


def _access(before: Graph, after: Graph) -> Section:
    from trust.access import readings
    from trust.chain import Chain
    from trust.changes.access import access_changes

    changes = access_changes(readings(Chain.read(before)), readings(Chain.read(after)))
    counts = Counter(change.verdict for change in changes)
    if not counts["gained"] and not counts["lost"]:
        return Section(Text(f"Access: nobody gains or loses a secret ({counts['same']} readings stay)"))
    entries = [
        Text(f"  {'+' if change.verdict == 'gained' else '-'} {change}", _VERDICT_STYLES[change.verdict])
        for change in changes
        if change.verdict != "same"
    ]
    stay = f", {counts['same']} stay" if counts["same"] else ""
    return Section(Text(f"Access: {counts['gained']} gained, {counts['lost']} lost{stay}"), entries)


_VERDICT_STYLES: Final = {"gained": "green", "lost": "red"}


def _attention(before: Graph, after: Graph) -> Section | None:
    from trust.changes.locks import loosened

    entries = [Text(f"  {lock.text}", style="bold red") for lock in loosened(before, after)]
    return Section(Text("Loosened: "), entries) if entries else None


def _warnings(report: Report) -> Section | None:
    entries = [
        Text(f"  {' '.join(entry['message'].split())}", style="yellow", overflow="ellipsis", no_wrap=True)
        for entry in report.diagnostics
        if entry["severity"] == "warning"
    ]
    return Section(Text(f"Warnings: {len(entries)}"), entries) if entries else None


def _proofs(verdicts: Sequence[Verdict]) -> Section | None:
    if not verdicts:
        return None
    counts = Counter(
        "broken as a warning" if verdict.status == "broken" and not verdict.fails else verdict.status
        for verdict in verdicts
    )
    words = [f"{counts[status]} {status}" for status in _STATUSES if counts[status]]
    entries = broken(verdicts)
    return Section(Text(f"Proofs: {', '.join(words)}"), entries)


_STATUSES: Final = ("broken", "unknown", "waived", "broken as a warning", "proved")
