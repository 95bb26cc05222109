"""The comment of a pull request as text: a section for each stack that changes, within a comment's length."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MARKER = "<!-- aks-secrets: access report -->"
"""The hidden first line by which the comment is found again."""
LIMIT = 65_536
"""Characters of a comment on GitHub (https://github.com/orgs/community/discussions/27190)."""
_ROOM_FOR_TRUSTED_LINES = 1_000
_FEWEST = 400
"""A shorter rest of a section is left out whole."""


@dataclass(frozen=True)
class Section:
    """The effect of a change on one stack."""

    stack: str
    """Its name, of an example with the example's."""
    report: str
    """The access report; empty: there is none."""
    problems: tuple[str, ...] = ()
    """The reason that the rehearsal failed; such a change fails the job."""
    broken: tuple[str, ...] = ()
    """Proofs that are broken, which fails the job, too; the report says how to mend them."""
    notes: tuple[str, ...] = ()
    changes: int | None = None
    """Resources that change. None: there is nothing to compare with."""

    @property
    def fails(self) -> bool:
        return bool(self.problems or self.broken)

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to read."""
        return self.changes == 0 and not self.fails and not self.notes


def comment(sections: Sequence[Section], limit: int = LIMIT - _ROOM_FOR_TRUSTED_LINES) -> str:
    """The text, the failed stacks first, then those that change; the others are one line."""
    quiet = [section for section in sections if section.is_quiet]
    loud = [section for section in sections if section not in quiet]
    loud.sort(key=lambda section: not section.fails)
    parts = [MARKER, "## What this change does to who reads what", ""]
    if quiet:
        names = ", ".join(f"`{section.stack}`" for section in quiet)
        parts += [f"No resource changes in {names}." if loud else f"No resource changes: {names}.", ""]
    head = "\n".join(parts)
    texts = [_section(section) for section in loud]
    return head + "\n" + "".join(_within(texts, limit - len(head) - 1))


def _section(section: Section) -> str:
    has_heading = section.report.lstrip().startswith("#")
    lines = [] if has_heading else [f"### `{section.stack}`", ""]
    if has_heading and "/" in section.stack:
        lines += [f"Example `{section.stack}`:", ""]
    lines += [section.report.strip(), ""] if section.report.strip() else []
    if section.problems:
        lines += ["**The rehearsal fails:**", "", "~~~text", *_fenced(section.problems), "~~~", ""]
    lines += [f"_{note}_\n" for note in section.notes]
    return "\n".join(lines) + "\n"


def _fenced(texts: Iterable[str]) -> list[str]:
    """Lines that cannot end the block they stand in."""
    return [line.replace("~~~", "~ ~ ~") for text in texts for line in text.splitlines()]


def _within(texts: Sequence[str], limit: int) -> list[str]:
    """Every section gets an equal share; what a short one leaves, the longer ones share."""
    shares: dict[int, int] = {}
    left, waiting = limit, sorted(range(len(texts)), key=lambda number: len(texts[number]))
    for place, number in enumerate(waiting):
        shares[number] = min(len(texts[number]), left // (len(waiting) - place))
        left -= shares[number]
    return [_cut(text, shares[number]) for number, text in enumerate(texts)]


def _cut(text: str, length: int) -> str:
    """The text up to a whole line, with its open blocks closed."""
    if len(text) <= length:
        return text
    end = "\n\n_The rest is left out: a comment has a limit. The artifact `access-report-pages` has all._\n"
    kept = text[: max(0, length - len(end) - 60)]
    kept = kept[: kept.rfind("\n") + 1] if len(kept) > _FEWEST else ""
    for fence in ("```", "~~~"):
        lines = [line for line in kept.splitlines() if line.lstrip().startswith(fence)]
        kept += f"\n{fence}\n" if len(lines) % 2 else ""
    kept += "\n</details>" * max(0, kept.count("<details") - kept.count("</details>"))
    return kept + end if length > len(end) else ""
