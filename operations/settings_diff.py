"""Differences between the settings of two stacks, item by item of a list instead of index by index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from operations.effective_settings import DEFAULT, Row
from stacks.settings.validation.commands import Path, format_path


@dataclass(frozen=True)
class Difference:
    """One value that differs. None: the stack has no such value."""

    path: str
    """Items of a list by name: ``aks-secrets:workloads[api].image``."""
    first: Row | None
    second: Row | None

    def document(self) -> dict[str, Any]:
        """The difference in the JSON document."""
        rows = {"first": self.first, "second": self.second}
        return {"path": self.path} | {
            side: row and {key: value for key, value in row.document().items() if key != "path"}
            for side, row in rows.items()
        }


def differences(first: Sequence[Row], second: Sequence[Row]) -> Iterator[Difference]:
    """The values that differ, in the order of the first stack; those that only the second has come last."""
    ours, theirs = _by_name(first), _by_name(second)
    for path in dict.fromkeys([*ours, *theirs]):
        row, other = ours.get(path), theirs.get(path)
        if row is None or other is None:
            lone = row or other
            if lone and lone.source != DEFAULT:  # the defaults of an item say nothing beside the item itself
                yield Difference(path, row, other)
        elif row.value != other.value:
            yield Difference(path, row, other)


def _by_name(rows: Sequence[Row]) -> dict[str, Row]:
    names: dict[Path, str] = {}
    for row in rows:
        if row.path[-1] == "name" and isinstance(row.path[-2], int):
            item = row.path[:-1]
            taken = [name for other, name in names.items() if other[:-1] == item[:-1]]
            count = sum(name.partition("#")[0] == str(row.value) for name in taken)
            names[item] = f"{row.value}#{count + 1}" if count else str(row.value)
    return {_named(row.path, names): row for row in rows}


def _named(path: Path, names: dict[Path, str]) -> str:
    text = ""
    for end, step in enumerate(path, 1):
        if name := names.get(path[:end]):
            text += f"[{name}]"
        elif isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{format_path((step,))}" if text else step
    return text
