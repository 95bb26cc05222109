"""The report as the comment of a pull request: what a reviewer must know first, the rest folded.

Text of resources and settings is untrusted here: names stand in code spans, sentences are escaped.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from operations.report.mermaid import flowchart
from operations.report.model import Proof, Reading, Report, ResourceChange, Right, Waiver
from operations.report.wording import headline, is_alarming, object_of, route, status_of, verb_of

LIMIT: Final = 65_536
"""Characters of a comment on GitHub (https://github.com/orgs/community/discussions/27190)."""
_MARGIN: Final = 400
_FIRST: Final = 15
"""Entries of a list before the rest is folded."""
_MARKS: Final = {"broken": "❌", "unknown": "❔", "waived": "⏳", "proved": "✅"}
_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>#|~@&$])")


def escaped(text: str) -> str:
    """Text that Markdown, HTML and GitHub's mentions leave alone, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split())).replace("\\<", "&lt;").replace("\\@", "@\u200b")


def code(text: str) -> str:
    """A name in a code span; a table's bars and the span's own mark cannot end it."""
    return "`" + " ".join(text.split()).replace("`", "'").replace("|", "¦") + "`" if text.strip() else "–"


def markdown(report: Report, *, limit: int = LIMIT, marker: str = "") -> str:
    """The comment, at most `limit` characters long.

    What does not fit is left out from the end, the matrix first, then chains, then resources; each says so.
    """
    first, more = _first_screen(report)
    parts = [
        *(more, _proofs(report), _resources(report)),
        *(_rights(report), _chains(report), _matrix(report)),
    ]
    text = "\n".join([*([marker] if marker else []), *first])
    for number, part in enumerate(parts):
        room = limit - _MARGIN * (len(parts) - number) - len(text)
        text += _fitting(part, room)
    return text.rstrip() + "\n"


Part = tuple[str, Sequence[str], str]
"""(head, blocks that may be left out from the end, tail)."""


def _fitting(part: Part | None, room: int) -> str:
    if part is None:
        return ""
    head, blocks, tail = part
    taken: list[str] = []
    room -= len(head) + len(tail) + 200
    for block in blocks:
        room -= len(block) + 1
        if room < 0:
            break
        taken.append(block)
    left_out = len(blocks) - len(taken)
    if left_out:
        taken.append(
            f"\n_{left_out} more are left out here, since a comment has a limit; the HTML page has all._\n"
        )
    return "\n".join([head, *taken, tail])


def _first_screen(report: Report) -> tuple[list[str], Part | None]:
    """The lines above the first fold, and the rest of a list that is too long for them."""
    changed = [reading for reading in report.readings if reading.change != "same"]
    # Rights to write or to use a key come first: they weigh more than those to read.
    access = [_right(right) for right in report.rights if right.change != "same"]
    access += [
        _change(reading) for reading in sorted(changed, key=lambda reading: reading.change != "gained")
    ]
    groups = _attention(report)
    # Each group has room, so that no number of entries in one hides another.
    room = _FIRST if sum(map(len, groups)) <= _FIRST else _FIRST // len(groups)
    attention = [line for group in groups for line in group[:room]]
    lines = [f"### {code(report.stack)}: {escaped(headline(report))}", "", *access[:_FIRST]]
    if attention:
        lines += ["", "**Look at this**", "", *attention]
    rest = [*access[_FIRST:], *(line for group in groups for line in group[room:])]
    head = f"\n<details><summary>{len(rest)} more to look at</summary>\n"
    return [*lines, ""], (head, rest, "\n</details>\n") if rest else None


def _change(reading: Reading) -> str:
    mark = {"gained": "⏳" if reading.awaits_grant else "➕", "lost": "➖"}[reading.change]
    unnamed = "" if reading.named or reading.change == "lost" else ", which no object of it names"
    who, whom = (
        (reading.reader, f" for {code(reading.workload)}") if reading.reader else (code(reading.workload), "")
    )
    verb, once = verb_of(reading)
    return f"- {mark} {who} {verb} {_object(reading)}{whom}{once}{unnamed} ({escaped(route(reading))})"


def _right(right: Right) -> str:
    gained = "⏳" if right.awaits_grant else "➕"
    mark = "➖" if right.change == "lost" else gained
    rest = right.text.removeprefix(f"{right.workload} ")
    return f"- {mark} {code(right.workload)} {escaped(rest)} of {code(right.vault)}"


def _rights(report: Report) -> Part | None:
    """The rights of workloads besides reading."""
    now = [right for right in report.rights if right.change != "lost"]
    rows = [
        f"| {code(right.workload)} | {code(right.name)} of {code(right.vault)} | {right.kind} "
        f"| {escaped(', '.join(right.rights)) or '–'} | {escaped(', '.join(right.besides)) or '–'} "
        f"| {escaped(', '.join(right.by))} |"
        for right in now
    ]
    head = (
        f"\n<details><summary>Who may do more than read ({len(now)})</summary>\n\n"
        "| workload | object | kind | rights | besides | by |\n|---|---|---|---|---|---|"
    )
    return (head, rows, "\n</details>") if rows else None


def _object(reading: Reading) -> str:
    if reading.name == "*":
        return f"**every {reading.kind}** of {code(reading.vault)}"
    kind = "" if reading.kind == "secret" else f"the {reading.kind} "
    return f"{kind}{code(reading.name)} of {code(reading.vault)}"


def _attention(report: Report) -> list[list[str]]:
    """Changes that a reviewer must not miss, by group, the weightiest first."""
    proofs = [proof for proof in _findings(report, "broken") if is_alarming(proof)]
    possible = [item for item in report.possible if item.change == "gained" and not item.expected]
    return [
        [f"- ⚠️ {escaped(value.text)}" for value in report.moved],
        [f"- ⚠️ {escaped(change.text)}" for change in report.resources if change.weighty],
        [f"- ⚠️ {escaped(text)}" for text in report.loosened],
        [f"- ⚠️ {escaped(text)}" for text in report.notices],
        [f"- ⚠️ {escaped(item.text)}" for item in possible],
        [f"- {_mark(proof)} {_finding(proof)}" for proof in proofs],
    ]


def _findings(report: Report, *statuses: str) -> list[Proof]:
    return [proof for proof in report.proofs if proof.status in statuses and proof.text]


def _finding(proof: Proof) -> str:
    text = f"**{proof.proof}**: {escaped(proof.text)}."
    if proof.fix and proof.status != "unknown":  # nothing is wrong as far as anybody knows
        text += f" Mend {code(proof.fix)}."
    return text + (f" (follows from {proof.cause})" if proof.cause else "")


_WORDS: Final = ("broken", "unknown", "waived", "broken as a warning", "proved")


def _mark(proof: Proof) -> str:
    return "⚠️" if proof.status == "broken" and proof.severity == "warning" else _MARKS[proof.status]


def _proofs(report: Report) -> Part | None:
    if not report.proofs:
        return None
    counts = Counter({proof.proof: status_of(proof) for proof in reversed(report.proofs)}.values())
    words = [f"{counts[status]} {status}" for status in _WORDS if counts[status]]
    findings = [
        f"- {_mark(proof)} {_finding(proof)}"
        for proof in _findings(report, "broken", "unknown", "waived")
        if not is_alarming(proof)
    ]
    head = f"\n**Proofs**: {', '.join(words)}"
    return head, [*findings, *map(_waiver, report.waivers)], ""


def _waiver(waiver: Waiver) -> str:
    of = code(waiver.workload) if waiver.workload else "the whole stack"
    verb = "has been waived" if waiver.expired else "is waived"
    return (
        f"- {_MARKS['waived']} **{escaped(waiver.proof)}** {verb} for {of} until {escaped(waiver.expires)}:"
        f" {escaped(waiver.reason)}"
    )


def _resources(report: Report) -> Part | None:
    if not report.resources:
        return "\n**Resources**: nothing changes", [], ""
    counts = Counter(change.operation for change in report.resources)
    named = [change for change in report.resources if change.operation in ("replace", "delete")]
    head = f"\n**Resources**: {', '.join(f'{count} to {operation}' for operation, count in counts.items())}"
    rows: list[str] = []
    if named:
        head += "\n\n| | resource | because of |\n|---|---|---|"
        rows = [
            f"| {change.operation} | {_resource(change)} | {', '.join(map(code, change.causes)) or '–'} |"
            for change in named
        ]
    others = [change for change in report.resources if change not in named]
    tail = "" if not others else "\n" + _by_kind(others)
    return head, rows, tail


def _resource(change: ResourceChange) -> str:
    return f"{code(change.type)} {code(change.name)}"


def _by_kind(changes: Iterable[ResourceChange]) -> str:
    counts = Counter((change.operation, change.type.rsplit(":", 1)[-1]) for change in changes)
    rows = [f"| {operation} | {code(kind)} | {count} |" for (operation, kind), count in counts.most_common()]
    return "\n".join(
        [
            f"<details><summary>{sum(counts.values())} others by kind</summary>\n",
            "| | kind | number |\n|---|---|---|",
            *rows,
            "\n</details>",
        ]
    )


def _chains(report: Report) -> Part | None:
    changed = dict.fromkeys(reading.workload for reading in report.readings if reading.change != "same")
    blocks = [_chain(report, workload) for workload in changed]
    return ("", blocks, "") if blocks else None


def _chain(report: Report, workload: str) -> str:
    readings = [reading for reading in report.readings if reading.workload == workload]
    name = html.escape(" ".join(workload.split()))
    summary = f"<details><summary>Chain of {name}</summary>"
    return f"{summary}\n\n```mermaid\n{flowchart(readings)}\n```\n\n</details>"


def _matrix(report: Report) -> Part | None:
    now = [reading for reading in report.readings if reading.change != "lost"]
    rows = [
        f"| {code(reading.workload)} | {code(f'{reading.namespace}/{reading.service_account}')} "
        f"| {code(object_of(reading))} | {reading.technique} |"
        for reading in sorted(now, key=lambda reading: (reading.workload, reading.vault, reading.name))
    ]
    head = (
        f"\n<details><summary>Who reads what ({len(now)})</summary>\n\n"
        "| workload | ServiceAccount | object | technique |\n|---|---|---|---|"
    )
    return (head, rows, "\n</details>") if rows else None
