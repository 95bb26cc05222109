"""Engines that are shell scripts."""

import stat
from pathlib import Path

from tools.engine_installer import EngineInstaller


def script(path: Path, body: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def pulumi(path: Path, version: str) -> Path:
    """A ``pulumi`` that prints a version and counts its calls in a file beside it."""
    return script(path, f'echo called >> "{path}.log"\necho {version}')


def calls_of(path: Path) -> int:
    log = Path(f"{path}.log")
    return len(log.read_text().splitlines()) if log.exists() else 0


def on_path(installer: EngineInstaller) -> Path:
    return Path(installer.environment["PATH"]) / "pulumi"
