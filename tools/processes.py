"""Long commands with a progress line, and interrupts that leave no process behind.

Owns: signal handling and child processes of tools/ and rehearsal/. Needs the standard library only, so that
it runs before anything is installed.
"""

import collections
import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import IO

INTERRUPTS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Ctrl-C, a polite kill, a closed terminal. Windows has no SIGHUP."""


class LongCommand:
    """A command whose elapsed time is shown, whose last lines are kept and whose children end with it."""

    def __init__(
        self,
        label: str,
        command: list[str],
        folder: Path,
        environment: Mapping[str, str],
        progress: Callable[[list[str]], str] | None = None,
    ) -> None:
        self.label, self.progress, self.started = label, progress, time.monotonic()
        self.lines: list[str] = []
        self.command, self.folder, self.environment = command, folder, dict(environment)
        self.process: subprocess.Popen[str] | None = None

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def last_lines(self, count: int) -> str:
        return "\n".join(collections.deque((line for line in self.lines if line), count))

    def wait(self, limit: float = float("inf")) -> int:
        """The exit status; -1 when the command was ended at the limit."""
        tty = sys.stderr.isatty()
        pause = 0.5 if tty else 10
        try:
            with deferred_interrupts():
                process = self.process = self._start()
            while self.seconds < limit:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    return process.wait(min(pause, limit - self.seconds))
                done = self.progress(self.lines) if self.progress else ""
                line = f"{self.label} … {format_seconds(self.seconds)}{f', {done}' if done else ''}"
                sys.stderr.write(f"\r\033[K  {line}" if tty else f"  {line}\n")
                sys.stderr.flush()
            self.lines.append(f"not done after {format_seconds(limit)}")
            return -1
        finally:
            if tty:
                sys.stderr.write("\r\033[K")
            self._end()

    def _start(self) -> subprocess.Popen[str]:
        # a session of its own, so that its children can be ended with it
        process = subprocess.Popen(
            self.command, cwd=self.folder, env=self.environment, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace",
        )  # fmt: skip
        self.reader = threading.Thread(target=self._read, args=(process.stdout,), daemon=True)
        self.reader.start()
        return process

    def _end(self) -> None:
        if self.process is None:
            return
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait()
        self.reader.join(timeout=5)

    def _read(self, stream: IO[str]) -> None:
        with stream:
            for line in stream:
                self.lines.append(line.rstrip())


@contextlib.contextmanager
def deferred_interrupts() -> Iterator[None]:
    """Delivers an interrupt at the end of the block, when the caller knows the process that it has to end.

    Handlers, not a mask: the new process would inherit a mask. Python interrupts the main thread only.
    """
    received: list[int] = []
    handlers = {}
    if threading.current_thread() is threading.main_thread():
        for number in INTERRUPTS:
            # an ignored signal stays ignored, in the child as well
            if callable(signal.getsignal(number)):
                handlers[number] = signal.signal(number, lambda number, _frame: received.append(number))
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for number in received[:1]:
            signal.raise_signal(number)


def install_signal_handlers(handler: Callable[[int, FrameType | None], None]) -> None:
    """Makes SIGTERM and SIGHUP call the handler. Python handles SIGINT; an ignored signal (nohup) stays
    ignored.
    """
    for number in INTERRUPTS[1:]:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)


def raise_interrupt(_signal: int, _frame: FrameType | None) -> None:
    """The handler that ends a program as Ctrl-C does."""
    raise KeyboardInterrupt


def format_seconds(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 60 else f"{seconds // 60:.0f} min {seconds % 60:.0f} s"
