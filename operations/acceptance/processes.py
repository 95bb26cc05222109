"""Other commands of operations/, each run as a person runs it: as a process, with its own exit status."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from operations.acceptance.children import run_child
from operations.acceptance.run_folder import RunFolder
from operations.azure.documents import objects_at, text_at
from operations.options import REPOSITORY

UNKNOWN_STATUS: Final = 3
"""Nothing is wrong, and something cannot be asked."""


@dataclass(frozen=True)
class Finished:
    """A command that has run."""

    status: int
    output: str
    document: Mapping[str, Any]
    """The document of `--json`; empty if it printed none."""

    @property
    def is_good(self) -> bool:
        return self.status in (0, UNKNOWN_STATUS)

    @property
    def _rows(self) -> list[Mapping[str, Any]]:
        """The findings of doctor, and those of verify, which has two lists."""
        places = ((), ("delivery",), ("surplus",))
        return [row for place in places for row in objects_at(self.document, *place, "findings")]

    @property
    def findings(self) -> dict[str, str]:
        """Subject and check → state."""
        return {
            f"{text_at(row, 'subject')}, {text_at(row, 'check')}": text_at(row, "state") for row in self._rows
        }

    @property
    def counts(self) -> str:
        """``60 fine, 7 unknown``."""
        numbers = Counter(text_at(row, "state") for row in self._rows)
        return ", ".join(f"{number} {state}" for state, number in sorted(numbers.items()))

    @property
    def faults(self) -> list[str]:
        """Findings that are not fine, one line each, with the command to type."""
        return [
            f"{text_at(row, 'subject')}: {text_at(row, 'check')}: {text_at(row, 'text')}"
            f" → {text_at(row, 'nextStep')}"
            for row in self._rows
            if text_at(row, "state") in ("wrong", "waiting")
        ]


def run_operation(folder: RunFolder, show: Callable[[str], None], *arguments: str) -> Finished:
    """The outcome of `python -m operations` on the stack of a run. Its progress is shown."""
    command = [sys.executable, "-m", "operations", *arguments, "--stack", folder.stack]
    command += ["--program", str(folder.program), "--folder", str(folder.path)]
    path = os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, **folder.environment, "PYTHONPATH": path}
    ended = run_child(command, environment, folder.path, on_error=show)
    document = _document("\n".join(ended.output))
    return Finished(ended.status, "\n".join([*ended.errors, *ended.output]), document)


def _document(text: str) -> Mapping[str, Any]:
    try:
        document = json.loads(text)
    except ValueError:
        return {}
    return document if isinstance(document, Mapping) else {}
