"""The Pulumi engine that the project uses: a new enough one on PATH, or the project's own copy in .tools/bin.

Owns: releases and their order, the pinned release, the cached versions of binaries. Deliberately not here:
downloading and building (tools/engine_installer.py). Needs the standard library only, so that it runs before
anything is installed.
"""

import contextlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

MODULE = "github.com/pulumi/pulumi/pkg/v3"


class EngineError(Exception):
    """There is no engine; the text names the remedy."""


class Version(NamedTuple):
    """A release; an alpha, beta or rc sorts before the release it leads to."""

    major: int
    minor: int
    patch: int
    final: bool = True

    @classmethod
    def parse(cls, text: str) -> "Version | None":
        """``v3.256.0``, ``3.257.0-alpha.1`` …; None: the text is no version."""
        match = re.fullmatch(r"v?(\d+)\.(\d+)\.(\d+)(-[0-9A-Za-z.-]+)?(?:\+\S+)?", text.strip())
        return cls(*(int(part) for part in match.group(1, 2, 3)), final=match[4] is None) if match else None

    def satisfies(self, pinned: "Version") -> bool:
        """Whether this release has the same major version and is not older."""
        return self.major == pinned.major and self >= pinned

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}{'' if self.final else ' (pre-release)'}"


@dataclass(frozen=True)
class EngineBinary:
    """A usable ``pulumi``."""

    path: Path
    version: Version
    origin: str
    """Its origin, as a phrase for the user."""


@dataclass
class EngineFinder:
    """Looks for a usable engine on PATH and in .tools/bin."""

    root: Path
    """The repository."""
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    rejections: list[str] = field(default_factory=list)
    """Reasons that `find` rejected the binaries that exist."""

    @property
    def go_module(self) -> Path:
        return self.root / "tools" / "pulumi"

    @property
    def tools(self) -> Path:
        return self.root / ".tools"

    @property
    def own_binary(self) -> Path:
        return self.tools / "bin" / "pulumi"

    @property
    def version_cache(self) -> Path:
        return self.tools / "engine.json"

    def pinned_version(self) -> Version:
        """The release that tools/pulumi/go.mod names."""
        path = self.go_module / "go.mod"
        try:
            text = path.read_text()
        except OSError as error:
            raise EngineError(f"{path}, which names the release, cannot be read: {error.strerror}") from error
        match = re.search(rf"^\s*{re.escape(MODULE)} (v\S+)", text, re.MULTILINE)
        version = Version.parse(match[1]) if match else None
        if version is None:
            raise EngineError(f"{path} names no release of {MODULE}")
        return version

    def find(self) -> EngineBinary | None:
        """The engine to use. None: there is none, and ``rejections`` lists the unusable ones."""
        pinned = self.pinned_version()
        self.rejections.clear()
        on_path = shutil.which("pulumi", path=self.environment.get("PATH", ""))
        if on_path and not (self.own_binary.exists() and self.own_binary.samefile(on_path)):
            version = self.version_of(Path(on_path))
            if version and version.satisfies(pinned):
                return EngineBinary(Path(on_path), version, f"the one on PATH, at least {pinned}")
            self.rejections.append(
                f"{on_path} on PATH is {version or 'no working pulumi'}; the project needs {pinned} or newer"
            )
        if self.own_binary.exists():
            version = self.version_of(self.own_binary)
            if version and version == pinned:
                return EngineBinary(self.own_binary, version, "the project's own copy")
            self.rejections.append(
                f"the project's own copy is {version or 'no working pulumi'}; the project needs {pinned}"
            )
        return None

    def version_of(self, binary: Path) -> Version | None:
        """The version that ``pulumi version`` prints, cached while the file is the same: it takes 0.2 s."""
        status = binary.stat()
        stamp = [status.st_mtime_ns, status.st_size]
        cached = self._read_cache()
        match cached.get(str(binary)):
            case {"file": file, "version": str(text)} if file == stamp:
                return Version.parse(text)
            case _:
                text = self._run_version(binary)
        version = Version.parse(text)
        if version:
            kept = {path: entry for path, entry in cached.items() if Path(path).exists()}
            self._write_cache({**kept, str(binary): {"file": stamp, "version": text}})
        return version

    def _run_version(self, binary: Path) -> str:
        # Even this command writes a log into the engine's home folder.
        with (
            contextlib.suppress(OSError, subprocess.SubprocessError),
            tempfile.TemporaryDirectory() as home,
        ):
            environment = {**self.environment, "PULUMI_SKIP_UPDATE_CHECK": "true", "PULUMI_HOME": home}
            run = subprocess.run(
                [binary, "version"], capture_output=True, text=True, env=environment, timeout=30
            )
            return run.stdout.strip() if run.returncode == 0 else ""
        return ""

    def _read_cache(self) -> dict[str, object]:
        with contextlib.suppress(OSError, ValueError):
            cached = json.loads(self.version_cache.read_text())
            return cached if isinstance(cached, dict) else {}
        return {}

    def _write_cache(self, versions: Mapping[str, object]) -> None:
        with contextlib.suppress(OSError):  # a read-only checkout works too, only slower
            self.tools.mkdir(exist_ok=True)
            draft = self.version_cache.with_suffix(f".{os.getpid()}")
            draft.write_text(json.dumps(versions, indent=2) + "\n")
            draft.replace(self.version_cache)
