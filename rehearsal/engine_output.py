"""The engine's display, with each message once.

Owns: which lines of the display reach the reader. Deliberately not here: the rehearsal's own tables
(display.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from rehearsal.report import UNHANDLED

Line = Callable[[str], Any]
_COLOR: Final = re.compile(r"\x1b\[[0-9;]*m")
_HEADING: Final = "Diagnostics:"
_MESSAGE: Final = re.compile(r"    (warning|error|info|debug): ")
# The row of a resource ends with its latest message, which the section Diagnostics repeats.
_ROW_WITH_WARNING: Final = re.compile(r"\s*(\S{1,2} +)?[\w.-]+:[\w./-]*:\S+ .* warning: ")


class EngineOutput:
    """Passes the lines of an operation on, or of a preview and of the operation after it.

    A warning of the program appears once: not in the row of its resource, and not again in the operation
    after the preview. An error of the program appears once, too: Automation API's language server logs a
    RunError and then returns it as the program's error, so the engine prints it twice; under the real
    language host it appears once.
    """

    def __init__(self, show: Line) -> None:
        self._show = show
        self._shown: set[str] = set()
        self._known_warnings: set[str] = set()
        self._section: list[str] | None = None
        """Lines of the section Diagnostics. None: the display is not in it."""
        self._repeating = False

    def __call__(self, line: str) -> None:
        plain = _plain(line)
        if self._section is not None and (not plain or plain.startswith("  ")):
            self._section.append(line)
            return
        self.close()
        if plain == _HEADING:
            self._section = [line]
        elif not _ROW_WITH_WARNING.match(plain):
            self._show_unless_repeated(line)

    def close(self) -> None:
        """Pass the section Diagnostics on; the operation is over, or another section begins."""
        section, self._section = self._section or [], None
        for line in self._new_lines(section):
            self._show_unless_repeated(line)

    def _new_lines(self, section: list[str]) -> Iterator[str]:
        """The lines of a section without known warnings, and without headings that have nothing else."""
        headings: list[str] = []
        is_known = False
        for line in section:
            plain = _plain(line)
            if plain and not plain.startswith("    "):
                headings = [*headings[: plain != _HEADING], line]
                is_known = False
                continue
            if message := _MESSAGE.match(plain):
                is_known = message[1] == "warning" and plain in self._known_warnings
                if message[1] == "warning":
                    self._known_warnings.add(plain)
            if is_known or (headings and not plain):
                continue
            yield from headings
            headings = []
            yield line

    def _show_unless_repeated(self, line: str) -> None:
        if "run `pulumi stack rm" in line:
            # The engine's own hint would remove the real stack of that name.
            line = "To forget this rehearsal, delete its state folder."
        if UNHANDLED in line:
            self._repeating = True
        elif not self._repeating or line not in self._shown or not line.strip():
            self._repeating = False
            self._shown.add(line)
            self._show(line)


def _plain(line: str) -> str:
    return _COLOR.sub("", line).rstrip()
