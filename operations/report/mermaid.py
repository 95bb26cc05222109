"""A workload's chain as a Mermaid flowchart, which GitHub, GitLab and Azure DevOps draw in a comment."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from operations.report.drawing import arrows
from operations.report.model import Reading

_UNSAFE: Final = re.compile(r"[^\w .,:/@()*+=-]")
_COLORS: Final = {"gained": "#1a7f37", "lost": "#cf222e"}


def flowchart(readings: Iterable[Reading]) -> str:
    """The arrows of all readings; what is gained is green, what is lost is red and dashed."""
    drawn = arrows(readings)
    ends = dict.fromkeys(end for arrow in drawn for end in (arrow.source, arrow.target))
    number = {end: index for index, end in enumerate(ends)}
    lines = ["flowchart LR", *(f'  n{index}["{_label(end)}"]' for end, index in number.items())]
    styles: list[str] = []
    for index, arrow in enumerate(drawn):
        line = "-.->" if arrow.change == "lost" else "-->"
        label = f'|"{_label(arrow.label)}"|' if arrow.label else ""
        lines.append(f"  n{number[arrow.source]} {line}{label} n{number[arrow.target]}")
        if arrow.change in _COLORS:
            styles.append(f"  linkStyle {index} stroke:{_COLORS[arrow.change]},stroke-width:2px")
    return "\n".join([*lines, *styles])


def _label(text: str) -> str:
    """Text without what ends a label or begins markup."""
    return _UNSAFE.sub("_", text)
