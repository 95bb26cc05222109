"""Deaths of a bad day: a process is killed behind a write, when the simulators answer nothing any more."""

from __future__ import annotations

import os
import signal
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rehearsal.simulator_process import Simulators
from rehearsal.simulators.faults.document import STALLED_FILE, Kill, Process


@contextmanager
def deaths(kill: Kill | None, world: Path, simulators: Simulators) -> Iterator[None]:
    """Kill the process of the bad day when its write is stored, during the block."""
    stalled, ended = world / STALLED_FILE, threading.Event()
    stalled.unlink(missing_ok=True)
    if kill is None:
        yield
        return

    def watch() -> None:
        while not ended.wait(0.05):
            if stalled.exists():
                stalled.unlink()
                _kill(kill.process, simulators)
                return

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        ended.set()


def _kill(process: Process, simulators: Simulators) -> None:
    """The program last: it is this process."""
    if process in (Process.ENGINE, Process.ALL):
        # Automation API warns of the event stream that the engine takes along; the line of the run says why.
        warnings.filterwarnings("ignore", message="Error in event stream")
        for pid in _engines():
            os.kill(pid, signal.SIGKILL)
    if process in (Process.SIMULATORS, Process.ALL):
        simulators.kill()
    if process in (Process.PROGRAM, Process.ALL):
        os.kill(os.getpid(), signal.SIGKILL)


def _engines() -> Iterator[int]:
    """Process ids of the engines that this process has started."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                status = (folder / "stat").read_text().rpartition(")")[2].split()
                command = (folder / "cmdline").read_text().split("\0")[0]
            except OSError:  # it has ended meanwhile
                continue
            if int(status[1]) == os.getpid() and Path(command).name.startswith("pulumi"):
                yield int(folder.name)
