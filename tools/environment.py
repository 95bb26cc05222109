"""Virtual environments: how they are made, filled from locks, and recognised as ready.

The syntax of this file is that of Python 3.8, since an older Python may start tools/bootstrap.py.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

OLDEST = (3, 11)
PYTHON_IN_ENVIRONMENT = "Scripts/python.exe" if os.name == "nt" else "bin/python"
LIBRARY = "Lib" if os.name == "nt" else "lib"


class SetupError(Exception):
    """Set-up cannot go on; the text names the remedy."""


class Environment:
    """A virtual environment and its stamp, an empty file named after the checksum of its locks and its Python
    version.
    """

    def __init__(self, root: Path, folder: str, locks: Sequence[str]) -> None:
        self.root, self.locks = root, locks
        self.name = folder
        """As the messages show it, relative to the repository."""
        self.folder = root / folder
        self.python = self.folder / PYTHON_IN_ENVIRONMENT

    def version(self) -> str | None:
        """The Python version that made it, from pyvenv.cfg. None: there is no environment, or its Python is
        gone.
        """
        if not os.access(str(self.python), os.X_OK):
            return None
        try:
            match = re.search(r"^version = (\S+)", (self.folder / "pyvenv.cfg").read_text(), re.MULTILINE)
        except OSError:
            return None
        return match.group(1) if match else None

    def stamp(self, version: str) -> Path:
        checksum = hashlib.sha256()
        for lock in self.locks:
            checksum.update((self.root / lock).read_bytes())
        return self.folder / f".ready-{checksum.hexdigest()[:16]}-{version}"

    def is_ready(self, version: str | None) -> bool:
        """Whether the locked packages were installed with this Python version."""
        return version is not None and version == self.version() and self.stamp(version).exists()

    def works(self) -> bool:
        """Whether its Python starts, is new enough and has pip."""
        code = f"import pip, sys; sys.exit(sys.version_info < {OLDEST})"
        return exit_status([str(self.python), "-c", code]) == 0

    def make(self, python: str, command: str) -> None:
        done = run([python, "-m", "venv", "--clear", str(self.folder)])
        if done is None or done.returncode != 0:
            lines = (done.stdout if done else "").strip().splitlines()
            raise SetupError(
                failure(f"{python} could not make {self.name}: {lines[-1] if lines else ''}", command)
            )

    def install(self) -> bool:
        """Installs the locked packages and compiles them. False: pip failed, and has printed why."""
        command = [str(self.python), "-m", "pip", "install", "--require-hashes", "--no-input"]
        # --no-compile: compileall does it on all cores
        command += ["--no-compile", "--disable-pip-version-check", "--progress-bar", "off"]
        for lock in self.locks:
            command += ["-r", str(self.root / lock)]
        texts = [(self.root / lock).read_text(encoding="utf-8") for lock in self.locks]
        with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8", errors="replace") as process:
            try:
                show_pip_progress(process.stdout or (), count_packages(texts), sys.stdout.isatty())
            except KeyboardInterrupt:
                process.terminate()
                raise
        if process.returncode != 0:
            return False
        print("  compiling to bytecode", flush=True)
        # its warnings are about other people's code, and Python reports a file that does not compile when it
        # is imported
        exit_status([str(self.python), "-m", "compileall", "-q", "-j", "0", str(self.folder / LIBRARY)])
        for stamp in self.folder.glob(".ready-*"):
            stamp.unlink()
        version = self.version()
        if version is not None:
            self.stamp(version).touch()
        return True


def count_packages(locks: Iterable[str]) -> int:
    """Number of packages in the texts of the locks."""
    names = re.compile(r"^[a-z0-9][a-z0-9._-]*(?===)", re.MULTILINE)
    return len({name for text in locks for name in names.findall(text)})


def show_pip_progress(lines: Iterable[str], total: int, terminal: bool) -> None:
    """Shows the progress of pip: one updating line on a terminal, else a line for every tenth package."""
    count = 0
    for line in lines:
        verb, _, rest = line.strip().partition(" ")
        if verb == "Collecting":
            count += 1
            name = re.split(r"[ =<>]", rest, maxsplit=1)[0]
            if terminal:
                print(f"\r\033[K  {count} of at most {total}: {name}", end="", flush=True)
            elif count % 10 == 0:
                print(f"  {count} of at most {total} packages", flush=True)
        elif verb == "Installing":
            if terminal:
                print("\r\033[K", end="")
            if rest.startswith("collected"):
                print("  unpacking", flush=True)


def failure(problem: str, command: str) -> str:
    return f"{problem}; mend that and type {command}"


def run(command: Sequence[str]) -> subprocess.CompletedProcess[str] | None:
    """Runs a command and returns both of its outputs together. None: it could not be started."""
    try:
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    except OSError:
        return None


def exit_status(command: Sequence[str]) -> int | None:
    done = run(command)
    return None if done is None else done.returncode
