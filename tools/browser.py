"""Chromium, in which tests look at the report's page: a browser that is installed, or Debian's package.

    python -m tools.browser    find it or install it, print its path

Playwright's own downloads are not used: they come from no package registry.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_MACOS = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
_PACKAGE = (
    ("apt-get", "-qq", "update"),
    ("apt-get", "-qq", "install", "--yes", "--no-install-recommends", "chromium"),
)


class BrowserError(Exception):
    """There is no browser, and none could be installed; the text names the remedy."""


def find_browser() -> str | None:
    """The path of a browser of Chromium's family."""
    return next((path for name in (*NAMES, _MACOS) if (path := shutil.which(name))), None)


def browser(run: Callable[[Sequence[str]], int] | None = None) -> str:
    """The path of a browser; Debian's package is installed if there is none and the user is root.

    Raises BrowserError if there is none in the end.
    """
    if path := find_browser():
        return path
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise BrowserError(
            "Chromium or Chrome is not on PATH, and the tests of the report's page need one; install it "
            "(Debian: sudo apt-get install chromium; macOS: brew install --cask google-chrome)"
        )
    print("browser: installing Debian's chromium (a minute, once)", file=sys.stderr, flush=True)
    for command in _PACKAGE:
        if (run or _run)(command):
            raise BrowserError(
                f"{' '.join(command)} failed, its reason stands above; mend that, or install Chromium"
            )
    if path := find_browser():
        return path
    raise BrowserError("apt-get has installed no chromium; install Chromium or Chrome so that it is on PATH")


def _run(command: Sequence[str]) -> int:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.call(command, env=environment, stdout=sys.stderr)


def main() -> int:
    """The exit status."""
    try:
        print(browser())
    except BrowserError as error:
        print(f"browser: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
