"""Changes of the world, on disk before the answer to the request that made them: a kill loses no write that
was answered.

Owns: the file of changes, and the tables that remember which of their keys have changed. Deliberately not
here: what the tables hold (world.py).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

JOURNAL_FILE: Final = "cloud.journal"
T = TypeVar("T")
_ABSENT: Final = object()


class Table(dict[str, T], Generic[T]):
    """A dictionary that remembers the keys that were set or removed since the last look."""

    def __init__(self, items: Mapping[str, T] | None = None) -> None:
        super().__init__(items or {})
        self._changed: dict[str, None] = {}
        """The keys in the order of their first change: a replay keeps the order of the rows."""

    def __setitem__(self, key: str, value: T) -> None:
        self._changed[key] = None
        super().__setitem__(key, value)

    def __delitem__(self, key: str) -> None:
        self._changed[key] = None
        super().__delitem__(key)

    def pop(self, key: str, default: Any = _ABSENT) -> Any:
        self._changed[key] = None
        return super().pop(key) if default is _ABSENT else super().pop(key, default)

    def setdefault(self, key: str, default: Any = None) -> Any:
        if key not in self:
            self[key] = default
        return self[key]

    def take_changes(self) -> dict[str, T | None]:
        """The values of the changed keys; None: the key was removed."""
        changes = {key: self.get(key) for key in self._changed}
        self._changed.clear()
        return changes


class Clusters(Table[Table[dict[str, Any]]]):
    """Cluster id → objects of the cluster, each cluster a table of its own."""

    def __setitem__(self, key: str, value: Mapping[str, dict[str, Any]]) -> None:
        super().__setitem__(key, value if isinstance(value, Table) else Table(value))

    def take_object_changes(self) -> dict[str, dict[str, Any]]:
        """Cluster id → changed objects of a cluster that exists."""
        changes = {id_: objects.take_changes() for id_, objects in self.items()}
        return {id_: objects for id_, objects in changes.items() if objects}


class Journal:
    """The file of changes, one JSON document per line.

    A line is complete before the answer is sent. So a last line without an end is a write that nothing was
    answered to.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / JOURNAL_FILE
        self._descriptor: int | None = None

    @property
    def exists(self) -> bool:
        return self._path.exists()

    def entries(self) -> Iterator[dict[str, Any]]:
        """All complete entries, the oldest first."""
        if self.exists:
            *lines, _incomplete = self._path.read_bytes().split(b"\n")
            yield from (json.loads(line) for line in lines)

    def append(self, entry: Mapping[str, Any]) -> None:
        # One unbuffered write: the operating system has it then, however this process ends.
        line = json.dumps(entry).encode() + b"\n"
        if self._descriptor is None:
            self._descriptor = self._open()
        os.write(self._descriptor, line)

    def _open(self) -> int:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        content = os.pread(descriptor, os.fstat(descriptor).st_size, 0)
        os.ftruncate(descriptor, content.rfind(b"\n") + 1)
        return descriptor

    def clear(self) -> None:
        """Forget all entries: the file of the world has them."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
        self._path.unlink(missing_ok=True)
