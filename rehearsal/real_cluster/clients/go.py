"""Go: azidentity and azsecrets, in the program of tools/vault-reader."""

from __future__ import annotations

from typing import Final

from rehearsal.real_cluster.programs import find_program
from tools.go_tools import TOOLS, GoToolFinder

PROGRAM: Final = "vault-reader"


def name() -> str:
    finder = GoToolFinder(TOOLS[PROGRAM])
    modules = (finder.tool.module, *finder.tool.other_modules)
    return f"Go: {' and '.join(f'{_last(module)} {finder.pinned_version(module)}' for module in modules)}"


def command() -> list[str]:
    return [str(find_program(PROGRAM))]


def _last(module: str) -> str:
    return module.rpartition("/")[2]
