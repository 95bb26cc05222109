"""The end of a preview: what a person wants to know, in at most thirty lines.

Owns: which lines there are, and what is left out. Deliberately not here: what a change does to access
(trust/changes) and what is proved (trust/proofs).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.text import Text

from rehearsal.proving import broken
from rehearsal.report import Report

if TYPE_CHECKING:
    from trust.access import Reading
    from trust.chain import Chain
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
class Group:
    """Entries of one kind, of which the first ones are shown and the others counted."""

    entries: Sequence[Text]
    is_weighty: bool = False
    """Whether it keeps its entries as long as another group has some to give."""
    more: str = "more"
    shown: int = 12
    """Entries shown at most; the others are counted in a line of their own."""

    def lines(self) -> list[Text]:
        left = len(self.entries) - self.shown
        more = [Text(f"  … and {left} {self.more}", style="dim")] if left > 0 else []
        return [*self.entries[: self.shown], *more]


@dataclass
class Section:
    """A line, and groups of entries below it."""

    heading: Text
    groups: Sequence[Group] = ()

    def lines(self) -> list[Text]:
        return [self.heading, *(line for group in self.groups for line in group.lines())]


def _rows(lines: Sequence[Text], console: Console | None) -> int:
    """Rows that lines take in a terminal, which wraps them; without one, the lines."""
    return sum(len(line.wrap(console, console.width)) if console else 1 for line in lines)


_STEPS: Final = ((False, 3), (True, 3), (False, 1), (True, 1), (False, 0))
"""Steps in which groups give way: whether the weighty ones do, and the entries that are kept."""


def _fitted(sections: Sequence[Section], console: Console | None) -> list[Text]:
    """The lines of all sections, of which the longest groups give way first."""
    groups = [group for section in sections for group in section.groups]
    for is_weighty, least in _STEPS:
        while _rows([line for section in sections for line in section.lines()], console) > LIMIT:
            among = [
                group
                for group in groups
                if group.is_weighty is is_weighty and min(group.shown, len(group.entries)) > least
            ]
            if not among:
                break
            longest = max(among, key=lambda group: _rows(group.lines(), console))
            longest.shown = min(longest.shown, len(longest.entries)) - 1
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
    terminal = console if console.is_terminal else None
    for line in summary(report, before, verdicts, terminal):
        console.print(line, soft_wrap=terminal is None)


def summary(
    report: Report, before: Mapping[str, Any], verdicts: Sequence[Verdict], terminal: Console | None = None
) -> list[Text]:
    """The lines of the summary, which take 30 rows at most, also of a terminal that wraps them."""
    from trust import Graph, read_rehearsal, read_state
    from trust.access import readings
    from trust.chain import Chain
    from trust.changes.resources import resource_changes

    after = read_rehearsal(report.document())
    old = read_state(before) if before else Graph([], "state")
    chains = Chain.read(old), Chain.read(after)
    was, now = (readings(chain) for chain in chains)
    sections = [
        _resources(report.summary, resource_changes(after, old)),
        _access(was, now),
        _rights(*chains),
        _attention(chains, was, now),
        _warnings(report),
        _proofs(verdicts),
    ]
    return _fitted([section for section in sections if section], terminal)


def _resources(counts: Mapping[str, int], changes: Sequence[ResourceChange]) -> Section:
    """The engine's own counts, so that they are those of Pulumi's display."""
    numbers = {op: count for op, count in counts.items() if count and op != "same"}
    if not numbers:
        return Section(Text(f"{_HEADING}nothing changes"))
    heading = Text(_HEADING)
    for number, (op, count) in enumerate(numbers.items()):
        heading.append(", " if number else "").append(f"{count} to {_VERBS.get(op, op)}", _STYLES.get(op, ""))
    named = [change for change in changes if change.op in _NAMED]
    kinds = Counter(_kind(change.node.type) for change in changes if change.op not in _NAMED)
    listed = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common(5))
    more = f" and {len(kinds) - 5} other kinds" if len(kinds) > 5 else ""
    weighty, others = (
        [Text(f"  {change}", style=_STYLES[change.op]) for change in named if change.is_weighty is is_weighty]
        for is_weighty in (True, False)
    )
    return Section(
        heading,
        [
            Group([Text(f"  {listed}{more}", style="dim")] if kinds else [], is_weighty=True),
            Group(weighty, is_weighty=True, more="more on which others live"),
            Group(others),
        ],
    )


def _kind(token: str) -> str:
    name = token.rsplit(":", 1)[-1]
    return f"{name} provider" if token.startswith("pulumi:providers:") else name


def _access(before: Sequence[Reading], after: Sequence[Reading]) -> Section:
    from trust.changes.access import access_changes, described
    from trust.changes.routes import depends
    from trust.grants import EVERY

    changes = access_changes(before, after)
    counts = Counter(change.verdict for change in changes)
    old = {reading.key: reading for reading in before}
    conditional = sum(depends(old[reading.key], reading) for reading in after if reading.key in old)
    if not counts["gained"] and not counts["lost"]:
        if conditional:
            return Section(
                Text(f"Access: {conditional} of {counts['same']} readings depend on another tool now")
            )
        stay = f" ({counts['same']} readings)" if counts["same"] else ""
        return Section(Text(f"Access: each workload reads the same secrets as before{stay}"))
    changed = [change for change in changes if change.verdict != "same"]
    entries: dict[tuple[str, bool], list[Text]] = defaultdict(list)
    for change, text in zip(changed, described(changed), strict=True):
        kind = "awaited" if change.awaits_grant and change.verdict == "gained" else change.verdict
        line = Text(f"  {_SIGNS[kind]} {text}", _VERDICT_STYLES[kind])
        entries[kind, kind != "lost" and change.reading.name == EVERY].append(line)
    awaited = len(entries["awaited", True]) + len(entries["awaited", False])
    once = f", {awaited} once granted" if awaited else ""
    stay = f", {counts['same']} stay" if counts["same"] else ""
    return Section(
        Text(f"Access: {counts['gained'] - awaited} gained{once}, {counts['lost']} lost{stay}"),
        [
            Group(entries["gained", True], is_weighty=True, more="more gained"),
            Group(entries["awaited", True], is_weighty=True, more="more once granted"),
            Group(entries["gained", False], more="more gained"),
            Group(entries["awaited", False], more="more once granted"),
            Group(entries["lost", False], is_weighty=True, more="more lost"),
        ],
    )


def _rights(before: Chain, after: Chain) -> Section | None:
    """The rights of workloads besides reading, if they change."""
    from trust.changes.rights import right_changes
    from trust.rights.uses import uses

    changed = [change for change in right_changes(uses(before), uses(after)) if change.verdict != "same"]
    vaults = {change.use.vault for change in changed}
    entries = [
        Text(
            f"  {_SIGNS[kind]} {change}{f' of {change.use.vault}' if len(vaults) > 1 else ''}",
            _VERDICT_STYLES[kind],
        )
        for change in changed
        for kind in ["awaited" if change.awaits_grant else change.verdict]
    ]
    return Section(Text("Rights beyond reading:"), [Group(entries, is_weighty=True)]) if entries else None


_VERDICT_STYLES: Final = {"gained": "green", "awaited": "yellow", "lost": "red"}
_SIGNS: Final = {"gained": "+", "awaited": "?", "lost": "-"}


def _attention(
    chains: tuple[Chain, Chain], before: Sequence[Reading], after: Sequence[Reading]
) -> Section | None:
    from trust.changes.attention import locks, new_possibilities, notices
    from trust.changes.moved_values import moved_values

    old, new = chains
    if not len(old.graph):
        return None
    groups = [
        Group(texts, is_weighty=True)
        for texts in (
            [Text(f"  {value.text}", style="yellow") for value in moved_values(old, new, before, after)],
            [Text(f"  {text}", style="bold red") for text in locks(old.graph, new.graph)],
            [Text(f"  {text}", style="yellow") for text in new_possibilities(old, new)],
            [
                Text(f"  {text}", style="yellow")
                for text in notices(old, new, before, after, datetime.now(UTC).date())
            ],
        )
        if texts
    ]
    return Section(Text("Look at this:"), groups) if groups else None


def _warnings(report: Report) -> Section | None:
    entries = [
        Text(f"  {_first_line(entry['message'])}", style="yellow")
        for entry in report.diagnostics
        if entry["severity"] == "warning"
    ]
    return Section(Text(f"Warnings: {len(entries)}"), [Group(entries)]) if entries else None


def _first_line(message: str) -> str:
    """A warning without the commands below it: each is longer than a line, and the diagnostics have them."""
    first, _, rest = message.strip().partition("\n")
    commands = len(rest.splitlines())
    return " ".join(first.split()) + (
        f" … {commands} more lines" if commands > 1 else " … 1 more line" if commands else ""
    )


def _proofs(verdicts: Sequence[Verdict]) -> Section | None:
    if not verdicts:
        return None
    counts = Counter(
        "broken as a warning" if verdict.status == "broken" and not verdict.fails else verdict.status
        for verdict in verdicts
    )
    words = [f"{counts[status]} {status}" for status in _STATUSES if counts[status]]
    failing, others = (
        broken([verdict for verdict in verdicts if verdict.fails is fails]) for fails in (True, False)
    )
    return Section(Text(f"Proofs: {', '.join(words)}"), [Group(failing, is_weighty=True), Group(others)])


_STATUSES: Final = ("broken", "unknown", "waived", "broken as a warning", "proved")
