"""The newest versions that registries serve, by their ordinary clients: pip, go, npm, the index of a chart
repository. Pre-releases do not count.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from tools.engine_finder import Version
from tools.engine_installer import GO_FOLDER
from tools.node_tools.finder import NodeToolError, npm
from tools.pins.pinned import Pin, PinError

_SECONDS = 60
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def served(pin: Pin, root: Path) -> list[str]:
    """The versions that are served, the newest first. Empty: no registry serves them.

    Raises:
        PinError: the registry does not answer.
    """
    match pin.kind:
        case "engine" | "go":
            return _sorted(_go(pin, root / Path(pin.places[0].file).parent))
        case "python":
            return _sorted(_python(pin))
        case "npm":
            return _sorted(_npm(pin))
        case "chart":
            return _sorted(_chart(pin))
        case "kubernetes":
            return []


def go() -> str:
    """The Go command. Raises PinError if there is none."""
    path = shutil.which("go", path=os.pathsep.join([os.environ.get("PATH", ""), GO_FOLDER]))
    if path is None:
        raise PinError("there is no Go to ask the module proxy with; install it (https://go.dev/dl)")
    return path


def run(command: list[str], folder: Path | None = None, seconds: int = _SECONDS) -> str:
    """The output of a command. Raises PinError with its last line."""
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=False, timeout=seconds
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PinError(f"{Path(command[0]).name}: {error}") from error
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise PinError(f"{' '.join(command[:3])}: {lines[-1] if lines else 'failed'}")
    return done.stdout


def _sorted(texts: Iterable[str]) -> list[str]:
    versions = {Version.parse(text) for text in texts}
    return [str(each) for each in sorted((v for v in versions if v and v.final), reverse=True)]


def _go(pin: Pin, folder: Path) -> list[str]:
    return run([go(), "list", "-mod=mod", "-m", "-versions", pin.served_as], folder).split()[1:]


def _python(pin: Pin) -> list[str]:
    text = run([sys.executable, "-m", "pip", "index", "versions", pin.served_as])
    match = re.search(r"^Available versions: (.*)$", text, re.MULTILINE)
    if match is None:
        raise PinError(f"pip index versions {pin.served_as}: prints no versions")
    return match[1].split(", ")


def _npm(pin: Pin) -> list[str]:
    """npm prints a list, or a text if there is one version only."""
    versions = json.loads(run([*npm_command(), "view", pin.served_as, "versions", "--json"]))
    return [versions] if isinstance(versions, str) else versions


def npm_command() -> list[str]:
    """npm of this environment. Raises PinError if there is none."""
    try:
        return npm()
    except NodeToolError as error:
        raise PinError(str(error)) from error


def _chart(pin: Pin) -> list[str]:
    url = f"{pin.served_as.rstrip('/')}/index.yaml"
    try:
        with urllib.request.urlopen(url, timeout=_SECONDS) as answer:
            index = yaml.load(answer.read(), Loader=_LOADER)
        return [str(entry["version"]) for entry in index["entries"][pin.name]]
    except urllib.error.URLError as error:
        raise PinError(f"{url}: {error.reason}") from error
    except (OSError, KeyError, TypeError, yaml.YAMLError) as error:
        raise PinError(f"{url}: is no index with {pin.name} ({type(error).__name__})") from error
