"""Section ``stacks`` of a --cloud file: other stacks, with the outputs of their last update.

stacks:
  - name: organization/data/prod          # or the stack alone, in the same project
    outputs: {endpoint: https://db.example.com}
    secretOutputs: {connectionString: made-up}     # secrets of that stack

The rehearsal makes each of them with the engine, in the backend of the state folder. A world has none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from rehearsal.simulators.seed_document import SeedError, require_keys
from rehearsal.yaml_faults import kind_of

SECTION: Final = "stacks"
_NAME: Final = r"(?:([A-Za-z0-9_.-]+)/([A-Za-z0-9_.-]+)/)?([A-Za-z0-9_.-]{1,100})"
_ORGANIZATION: Final = "organization"


@dataclass(frozen=True)
class SeededStack:
    """A stack that exists before."""

    project: str
    """Empty: the project of the rehearsed stack."""
    stack: str
    outputs: Mapping[str, Any] = field(repr=False)
    secret_outputs: Mapping[str, Any] = field(repr=False)

    def is_named(self, name: str, project: str) -> bool:
        """Whether a stack of ``project`` reaches it by this name."""
        own = self.project or project
        full = f"{_ORGANIZATION}/{own}/{self.stack}"
        return name == full or (name == self.stack and own == project)


def seeded_stack(entry: Mapping[str, Any]) -> SeededStack:
    """The entry as a stack. Raises SeedError."""
    require_keys(entry, "name", "outputs", "secretOutputs")
    match = re.fullmatch(_NAME, str(entry["name"]))
    if match is None:
        raise SeedError("name is no name of a stack; write organization/project/stack")
    organization, project, stack = match.groups()
    if organization not in (None, _ORGANIZATION):
        raise SeedError(
            "name: a rehearsal has a backend of its own, where every stack is of"
            f" '{_ORGANIZATION}'; write {_ORGANIZATION}/{project}/{stack}"
        )
    lists = {key: entry.get(key) or {} for key in ("outputs", "secretOutputs")}
    for key, outputs in lists.items():
        if not isinstance(outputs, Mapping):
            raise SeedError(f"{key} should be a mapping, but it is {kind_of(outputs)}")
    if both := set(lists["outputs"]) & set(lists["secretOutputs"]):
        raise SeedError(f"{len(both)} of the outputs are in both lists; an output is a secret or it is not")
    return SeededStack(project or "", stack, lists["outputs"], lists["secretOutputs"])


def seeded_stacks(document: Any) -> list[SeededStack]:
    """The stacks of a document whose form is right otherwise. Raises SeedError."""
    entries = document.get(SECTION) if isinstance(document, Mapping) else None
    if not isinstance(entries, list):
        return []
    try:
        return [seeded_stack(entry) for entry in entries if isinstance(entry, Mapping)]
    except KeyError as error:
        raise SeedError(f"{SECTION}: the key {error} is missing") from error
