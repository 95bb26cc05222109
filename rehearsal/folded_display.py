"""Pulumi's display while an operation runs: streamed, and folded away on success where the terminal allows.

Owns: the window of latest lines on a terminal. Deliberately not here: which lines there are
(engine_output.py) and what a person reads at the end (summary.py).
"""

from __future__ import annotations

import sys
from collections import deque
from typing import Final

from rich.console import Console
from rich.live import Live
from rich.text import Text

_WINDOW: Final = 12
"""Lines of the display that a terminal shows at a time."""


class FoldedDisplay:
    """Shows each line as it comes.

    A terminal shows a window of the latest lines, which disappears at the end of the block; unless `fold` is
    called, all of them are printed then. A
    log, a pipe or a dumb terminal gets every line at once, and has nothing to fold.
    """

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console()
        self._folds = self._console.is_terminal and not self._console.is_dumb_terminal
        self._lines: list[str] = []
        self._window: deque[Text] = deque(maxlen=_WINDOW)
        self._live: Live | None = None

    def __enter__(self) -> FoldedDisplay:
        return self

    def __exit__(self, *_: object) -> None:
        self._unfold()

    def show(self, line: str) -> None:
        """One more line of the display; it may hold colours."""
        if not self._folds:
            print(line, flush=True)
            return
        self._lines.append(line)
        if line.strip():
            self._window.append(Text.from_ansi(line, overflow="ellipsis", no_wrap=True))
        if self._live is None:
            # The program's own lines go to standard output while the window is up: Rich prints them above it.
            self._live = Live(console=self._console, transient=True, redirect_stdout=False)
            self._live.start()
        self._live.update(Text("\n").join(self._window))

    def fold(self) -> None:
        """The operation has succeeded: its lines disappear where they can."""
        self._lines.clear()

    def _unfold(self) -> None:
        """The window disappears; the lines of an operation that has not succeeded stand there whole."""
        if self._live is not None:
            self._live.stop()
            self._live = None
        for line in self._lines:
            print(line)
        self._lines.clear()
        sys.stdout.flush()
