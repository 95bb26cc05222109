"""Storage of tables in a file: whole at the end of an operation, change by change while it runs.

Owns: the file of the world, its sections, its replay after a kill. Deliberately not here: what the sections
hold (world.py).
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rehearsal.simulators.journal import Clusters, Journal, Table

FILE: Final = "cloud.json"
_ABOUT: Final = "simulated by the rehearsal; nothing here exists in Azure"


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class Section:
    """A table, and its form in the file."""

    name: str
    table: Table[Any]
    encode: Callable[[Any], Any] = _same
    decode: Callable[[Any], Any] = _same
    key: Callable[[Any], str] | None = None
    """The key of a row. With it the section is a list of rows, without it a mapping."""
    is_optional: bool = False
    """Files of earlier versions lack the section."""

    def rows(self) -> Any:
        rows = {key: self.encode(value) for key, value in self.table.items()}
        return list(rows.values()) if self.key else rows

    def read(self, document: Mapping[str, Any]) -> None:
        rows = document.get(self.name, {}) if self.is_optional else document[self.name]
        self.replay({self.key(row): row for row in rows} if self.key else rows)

    def changes(self) -> dict[str, Any]:
        changes = self.table.take_changes()
        return {key: None if value is None else self.encode(value) for key, value in changes.items()}

    def replay(self, changes: Mapping[str, Any]) -> None:
        for key, row in changes.items():
            if row is None:
                self.table.pop(key, None)
            else:
                self.table[key] = self.decode(row)


class Storage:
    """The file of a world and its journal. The caller holds the world's lock."""

    def __init__(
        self,
        folder: Path,
        sections: Sequence[Section],
        clusters: Clusters,
        write_rest: Callable[[], Mapping[str, Any]],
        read_rest: Callable[[Mapping[str, Any]], None],
    ) -> None:
        self.path = folder / FILE
        self._sections = sections
        self._clusters = clusters
        self._write_rest = write_rest
        self._read_rest = read_rest
        self._journal = Journal(folder)

    def load(self) -> None:
        """Read the file, then what a killed process has answered since."""
        with suppress(FileNotFoundError):
            document = json.loads(self.path.read_text(encoding="utf-8"))
            for section in self._sections:
                section.read(document)
            self._read_rest(document)
        for entry in self._journal.entries():
            self._replay(entry)
        self._changes()

    def commit(self, *, with_rest: bool) -> None:
        """Append what has changed since the last commit to the journal."""
        entry = self._changes()
        if with_rest:
            entry["rest"] = self._write_rest()
        if entry:
            self._journal.append(entry)

    def save(self) -> None:
        """Replace the journal by a whole file, which readers see old or new, never half."""
        if self._journal.exists:
            write_atomically(self.path, json.dumps(self.document(), indent=1, sort_keys=True).encode())
            self._journal.clear()

    def document(self) -> dict[str, Any]:
        rows = {section.name: section.rows() for section in self._sections}
        return {"about": _ABOUT, "version": 1, **self._write_rest(), **rows}

    def _changes(self) -> dict[str, Any]:
        changes = {section.name: section.changes() for section in self._sections}
        changes["objects"] = self._clusters.take_object_changes()
        return {name: rows for name, rows in changes.items() if rows}

    def _replay(self, entry: Mapping[str, Any]) -> None:
        for section in self._sections:
            section.replay(entry.get(section.name, {}))
        for id_, objects in entry.get("objects", {}).items():
            Section("objects", self._clusters[id_]).replay(objects)
        if "rest" in entry:
            self._read_rest(entry["rest"])


def write_atomically(path: Path, content: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(temporary).replace(path)
