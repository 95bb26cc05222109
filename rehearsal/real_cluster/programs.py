"""The programs of a real cluster, installed or built, and how they run: in a folder that goes with them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Final

from rehearsal.errors import RehearsalError
from tools.go_tools import TOOLS, GoToolError, GoToolFinder

REPOSITORY: Final = Path(__file__).resolve().parents[2]


def find_program(name: str) -> Path:
    """The program, built if it is missing. Raises RehearsalError."""
    program = _find_program(name)
    if isinstance(program, str):
        raise RehearsalError(f"--cluster real: {program}")
    return program


@cache
def _find_program(name: str) -> Path | str:
    """The program, or why there is none: a build that fails is not tried again for each secret."""
    try:
        return GoToolFinder(TOOLS[name]).path()
    except GoToolError as error:
        return str(error)


@dataclass(frozen=True)
class Programs:
    """Running programs and their folder, in which each has a log."""

    folder: Path
    _commands: IO[str]

    def start(self, program: Path, arguments: Sequence[str]) -> None:
        self._commands.write(json.dumps([str(program), *arguments]) + "\n")
        self._commands.flush()

    def has_ended(self, name: str) -> bool:
        return self._exit(name).exists()

    def forget_end(self, name: str) -> None:
        """The program of this name is started again."""
        self._exit(name).unlink()

    def log(self, name: str) -> str:
        """The last lines that the program has written."""
        log = self.folder / f"{name}.log"
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
        return "\n".join(lines[-12:])

    def _exit(self, name: str) -> Path:
        return self.folder / f"{name}.exit"


@contextmanager
def running_programs(environment: Mapping[str, str] | None = None) -> Iterator[Programs]:
    """Programs for the block, in a new folder that only its owner can read; both go with the block, also when
    this process is killed.

    `environment`: that of the programs; None: the present one.
    """
    folder = Path(tempfile.mkdtemp(prefix="rehearsal-cluster-"))
    variables = os.environ if environment is None else environment
    path = os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH")]))
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "rehearsal.real_cluster.supervisor", str(folder)],
        stdin=subprocess.PIPE,
        env={**variables, "PYTHONPATH": path},
        text=True,
        start_new_session=True,
    )
    assert supervisor.stdin is not None
    try:
        yield Programs(folder, supervisor.stdin)
    finally:
        with suppress(BrokenPipeError):
            supervisor.stdin.close()
        supervisor.wait()
