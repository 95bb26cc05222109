"""A process that runs the programs of one cluster in a folder, and leaves neither them nor the folder behind.

    python -m rehearsal.real_cluster.supervisor FOLDER

Each line of standard input is a JSON list: a command to start, its name first. The command's output is in
NAME.log of the folder, its exit status in NAME.exit when it has ended. When standard input closes, also since
the parent was killed, the programs end and the folder goes. Needs the standard library only.
"""

from __future__ import annotations

import ctypes
import json
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

_PR_SET_PDEATHSIG: Final = 1


def main(folder: Path) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles Ctrl-C
    running: list[_Program] = []
    try:
        for line in sys.stdin:
            name, *arguments = json.loads(line)
            running.append(_Program(Path(name), arguments, folder))
    finally:
        for program in running:
            program.end()
        shutil.rmtree(folder, ignore_errors=True)


class _Program:
    """A running program."""

    def __init__(self, path: Path, arguments: list[str], folder: Path) -> None:
        with (folder / f"{path.name}.log").open("wb") as log:
            self._process = subprocess.Popen(
                [str(path), *arguments],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,
            )
        self._exit = folder / f"{path.name}.exit"
        self._watch = threading.Thread(target=self._note, daemon=True)
        self._watch.start()

    def _note(self) -> None:
        status = self._process.wait()
        self._exit.write_text(str(status), encoding="utf-8")

    def end(self) -> None:
        """Kill it: what it stores goes with the folder, and a kube-apiserver takes six seconds to end in
        order.
        """
        self._process.kill()
        self._watch.join()


def _end_with_parent() -> None:
    """Linux ends the program when this process is killed: https://man7.org/linux/man-pages/man2/prctl.2.html"""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
