"""The processes that an acceptance waits for: the engine and other commands. An interrupt leaves none behind.

Owns: Ctrl-C, SIGTERM and a closed terminal (SIGHUP) while one runs. Each process has a session of its own, so
that these reach the acceptance only, which passes the first one on as Ctrl-C and waits. The second one kills.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO, Any, Final

INTERRUPTS: Final = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
"""Windows has no SIGHUP."""

_LEFT_SECONDS: Final = 30
"""How long the output of a process may stay open when it has ended: a killed engine may leave plug-ins."""

OnLine = Callable[[str], Any]


@dataclass(frozen=True)
class Ended:
    """A process that has ended."""

    status: int
    output: Sequence[str] = ()
    errors: Sequence[str] = ()


@contextmanager
def interrupts_raised() -> Iterator[None]:
    """SIGTERM and SIGHUP raise KeyboardInterrupt, as Ctrl-C does."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    with _handled(interrupt):
        yield


def run_child(
    command: Sequence[str],
    environment: Mapping[str, str],
    folder: Path | str | None = None,
    *,
    on_output: OnLine | None = None,
    on_error: OnLine | None = None,
    is_captured: bool = True,
) -> Ended:
    """Run a command to its end. Its lines are kept, unless it writes to this process' own output.

    Raises:
        KeyboardInterrupt: this process was interrupted meanwhile. The command has ended.
    """
    stream = subprocess.PIPE if is_captured else None
    interrupts = _Interrupts()
    with _handled(interrupts):
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        interrupts.pass_on_to(process)
        output, errors = _read(process.stdout, on_output), _read(process.stderr, on_error)
        status = process.wait()
        ended = Ended(status, output(), errors())
    if interrupts.number:
        raise KeyboardInterrupt
    return ended


@dataclass
class _Interrupts:
    """The interrupts while a process runs; also those that come before it is known."""

    number: int = 0
    _process: subprocess.Popen[str] | None = field(default=None, init=False)

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        self.number += 1
        if self._process is not None:
            _interrupt(self._process, self.number)

    def pass_on_to(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        if self.number:
            _interrupt(process, self.number)


def _interrupt(process: subprocess.Popen[str], number: int) -> None:
    if not hasattr(os, "killpg"):  # Windows: the console's Ctrl-C reaches the process itself
        if number > 1:
            process.kill()
        return
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT if number == 1 else signal.SIGKILL)


def _read(stream: IO[str] | None, on_line: OnLine | None) -> Callable[[], list[str]]:
    """The lines of a stream, when it has ended."""
    lines: list[str] = []

    def read() -> None:
        assert stream is not None
        with stream:
            for line in stream:
                lines.append(line.rstrip("\n"))
                if on_line:
                    on_line(lines[-1])

    if stream is None:
        return lambda: lines
    reader = threading.Thread(target=read, daemon=True)
    reader.start()

    def ended() -> list[str]:
        reader.join(_LEFT_SECONDS)
        return lines

    return ended


@contextmanager
def _handled(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Interrupts go to the handler; one that is ignored (nohup) stays ignored."""
    before: dict[int, Any] = {}
    if threading.current_thread() is threading.main_thread():  # Python interrupts no other
        for number in INTERRUPTS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, handler)
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
