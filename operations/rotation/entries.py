"""The entries of a secret in the settings: which workloads list it, and where its value comes from."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from operations.effective_settings import Row
from operations.errors import OperationError

_LISTS: Final = ("pushes", "secrets")
"""Entries that the operator writes come first: their value is not rotated where it is read."""
_SECTIONS: Final = ("stack", "resource", "generate")
"""Sections that name where a value comes from."""
PUSH: Final = "push"
"""Source of a secret that the External Secrets Operator writes."""


@dataclass(frozen=True)
class Entry:
    """A secret in the list of one workload."""

    workload: str
    keys: Mapping[str, Any] = field(repr=False)  # a literal's value may be in it
    place: str = ""
    """`Pulumi.dev.yaml:12`."""

    @property
    def name(self) -> str:
        return str(self.keys.get("name", ""))

    @property
    def vault(self) -> str:
        """Label of the vault; empty: the vault of section `vault`."""
        return str(self.keys.get("vault") or "")

    @property
    def source(self) -> str:
        return str(self.keys.get("from", ""))


def entries_of(rows: Sequence[Row], name: str, vault: str = "") -> list[Entry]:
    """The entries of a secret. Raises OperationError: no workload lists it, or it is in several vaults."""
    every = _entries(rows)
    entries = [entry for entry in every if entry.name.lower() == name.lower()]
    if vault:
        entries = [entry for entry in entries if entry.vault == vault]
    if not entries:
        names = sorted({entry.name for entry in every})
        near = difflib.get_close_matches(name, names, n=3) or names[:10]
        offered = f"; did you mean {' or '.join(near)}?" if near else ""
        raise OperationError(f"no workload of the stack lists a secret '{name}'{offered}")
    vaults = {entry.vault for entry in entries}
    if len(vaults) > 1:
        labels = " or ".join(label or "''" for label in sorted(vaults))
        raise OperationError(f"--vault: several vaults have a secret '{name}'; name one: {labels}")
    return entries


def _entries(rows: Sequence[Row]) -> list[Entry]:
    workloads: dict[int, str] = {}
    keys: dict[tuple[int, int, int], dict[str, Any]] = {}
    places: dict[tuple[int, int, int], str] = {}
    for row in rows:
        match row.path:
            case (section, int(workload), "name") if _is_workloads(section):
                workloads[workload] = str(row.value)
            case (section, int(workload), str(listed), int(secret), str(key)) if (
                _is_workloads(section) and listed in _LISTS
            ):
                at = (_LISTS.index(listed), workload, secret)
                values = keys.setdefault(at, {"from": PUSH} if at[0] == 0 else {})
                values[key] = row.value
                if key == "name":
                    places[at] = row.place
            case (section, int(workload), str(listed), int(secret), str(key), str(inner)) if (
                _is_workloads(section) and listed in _LISTS and key in _SECTIONS
            ):
                at = (_LISTS.index(listed), workload, secret)
                keys.setdefault(at, {"from": PUSH} if at[0] == 0 else {}).setdefault(key, {})[inner] = (
                    row.value
                )
            case _:
                pass
    return [
        Entry(workloads.get(at[1], ""), values, places.get(at, "")) for at, values in sorted(keys.items())
    ]


def _is_workloads(section: str | int) -> bool:
    return str(section).rpartition(":")[2] == "workloads"
