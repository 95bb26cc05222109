"""The rotation of a secret that the program draws: the change of the stack file, checked by a second reading.

Owns: that the change sets the time of rotation of this secret and nothing else. Deliberately not here: the
form of the text (`stack_file.py`), and what a person types for other values (`advice.py`).
"""

from __future__ import annotations

import difflib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from operations.effective_settings import EffectiveSettings, Row, effective_settings
from operations.errors import OperationError
from operations.rotation.entries import Entry, entries_of
from operations.rotation.stack_file import KEY, Target, with_rotation
from stacks.settings.base.project_file import project_name
from stacks.settings.loader import report

RANDOM: Final = "random"
EXISTING: Final = "existing"


@dataclass(frozen=True)
class Rotation:
    """A secret, and the change of the stack file that rotates it."""

    file: Path
    entries: tuple[Entry, ...]
    before: str = ""
    after: str = ""
    """Equal to `before`: the program does not draw the value."""

    @property
    def name(self) -> str:
        return self.entries[0].name

    @property
    def source(self) -> str:
        return self.entries[0].source

    @property
    def diff(self) -> str:
        """The change as `diff -u` shows it, without lines around it: those may be of anything."""
        lines = difflib.unified_diff(
            self.before.splitlines(), self.after.splitlines(), self.file.name, self.file.name, "", "", 0, ""
        )
        return "\n".join(lines)

    def write(self) -> None:
        """Write the file in one step, so that no reader meets half of it."""
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="", dir=self.file.parent, delete=False
        ) as temporary:
            temporary.write(self.after)
        written = Path(temporary.name)
        written.chmod(self.file.stat().st_mode & 0o777)
        written.replace(self.file)


def rotation(
    stack: str, folder: Path, file: Path, name: str, vault: str = "", now: datetime | None = None
) -> Rotation:
    """The rotation of a secret of a stack. Raises OperationError: the settings or the name are wrong."""
    rows = _rows(effective_settings(stack, folder, file), stack)
    entries = tuple(entries_of(rows, name, vault))
    # One workload has the value drawn, and others read the object as one that exists.
    entries = tuple(entry for entry in entries if entry.source != EXISTING) or entries
    if entries[0].source != RANDOM:
        return Rotation(file, entries)
    project = project_name(folder) or ""
    moment = (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
    with file.open(encoding="utf-8", newline="") as opened:
        before = opened.read()
    after = before
    for entry in entries:
        after = with_rotation(after, project, Target(entry.workload, entry.name, entry.vault), moment)
    _check(stack, folder, file, rows, after, entries, moment)
    return Rotation(file, entries, before, after)


def _check(
    stack: str,
    folder: Path,
    file: Path,
    rows: Sequence[Row],
    after: str,
    entries: Sequence[Entry],
    moment: str,
) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        edited = Path(temporary) / file.name
        edited.write_text(after, encoding="utf-8")
        changed = _rows(effective_settings(stack, folder, edited), stack)
    was, now = _values(rows), _values(changed)
    others = {path for path in was.keys() | now.keys() if was.get(path) != now.get(path) and path[-1] != KEY}
    rotated = [value for path, value in now.items() if path[-1] == KEY and value == moment]
    if others or len(rotated) != len(entries):
        places = ", ".join(entry.place for entry in entries)
        raise OperationError(
            f'{file.name} has a form that cannot be changed here; write {KEY}: "{moment}" at the secret '
            f"yourself ({places})"
        )


def _values(rows: Sequence[Row]) -> dict[tuple[str | int, ...], Any]:
    return {tuple(row.path): row.value for row in rows}


def _rows(effective: EffectiveSettings, stack: str) -> list[Row]:
    if effective.problems:
        raise OperationError(report(effective.problems, f"in the settings of {stack}"))
    return effective.rows
