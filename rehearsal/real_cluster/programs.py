"""The programs of a real cluster, installed or built."""

from __future__ import annotations

from pathlib import Path

from rehearsal.errors import RehearsalError
from tools.go_tools import TOOLS, GoToolError, GoToolFinder


def find_program(name: str) -> Path:
    """The program, built if it is missing. Raises RehearsalError."""
    try:
        return GoToolFinder(TOOLS[name]).path()
    except GoToolError as error:
        raise RehearsalError(f"--cluster real: {error}") from error
