"""The list of failures in docs/troubleshooting.md, written by ``make docs`` from the failures themselves.

Owns: the form of the list. Deliberately not here: what a failure says (operations/failures/).
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from operations.failures import Failure
from operations.failures.table import families, filled

PAGE = Path(__file__).resolve().parents[1] / "docs" / "troubleshooting.md"
_MARKED = re.compile(r"(<!-- failures -->\n).*?(<!-- end -->)", re.DOTALL)
_SHOWN = 100
"""Characters of an example in the table."""


def rendered(page: str) -> str:
    """The page with its list made anew: a table to look in, then a section for each failure."""
    text = "\n".join((*_table(), "", *_sections()))
    return _MARKED.sub(lambda mark: f"{mark[1]}{text}\n{mark[2]}", page)


def _table() -> Iterator[str]:
    yield from ("| what one sees | failure |", "|---|---|")
    for family in families().values():
        for failure in family:
            yield f"| `{_short(failure.example)}` | [{failure.title}](#{failure.id}) |"


def _short(example: str) -> str:
    text = example.replace("|", "\\|").replace("`", "'")
    return text if len(text) <= _SHOWN else text[:_SHOWN].rstrip() + "…"


def _sections() -> Iterator[str]:
    for name, family in families().items():
        about = (importlib.import_module(f"operations.failures.{name}").__doc__ or "").partition("\n\n")[0]
        heading, _, text = " ".join(about.split()).partition(": ")
        yield f"## {heading}\n\n{text[0].upper()}{text[1:]}\n"
        yield from _family(family)


def _family(family: Iterable[Failure]) -> Iterator[str]:
    for failure in family:
        yield f"### {failure.title}\n\n```text\n{failure.example}\n```\n"
        yield f"{_markdown(failure.cause)} ([source]({failure.source}))\n"
        yield f"- **How one sees it:** {_markdown(failure.proof)}"
        next_step = failure.next_step
        yield f"- **What to do:** {_markdown(next_step[0].upper() + next_step[1:])}.\n"


def _markdown(text: str) -> str:
    """A sentence with its names as code, and the pages that it names as links."""
    parts = filled(text).split("`")
    for index in range(0, len(parts), 2):  # outside of code
        linked = re.sub(
            r"docs/([\w/-]+\.md)(#[\w-]+)?",
            lambda page: f"[{page[1]}]({page[1]}{page[2] or ''})",
            parts[index],
        )
        parts[index] = re.sub(r"(<[a-z-]+>)", r"`\1`", linked)
    return "`".join(parts)


def write() -> None:
    """Write the list anew."""
    PAGE.write_text(rendered(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
