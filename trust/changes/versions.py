"""Versions of vault objects that a change pins, moves or lets go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from trust.chain import Chain
from trust.nodes.fields import known
from trust.techniques import named_objects

_Key: TypeAlias = tuple[str, str, str, str]
"""Workload, vault, kind and name."""


def changed_versions(before: Chain, after: Chain) -> Iterator[str]:
    """A sentence for each object of which a workload gets another version than before."""
    old, new = _versions(before), _versions(after)
    for key in sorted(old.keys() & new.keys()):
        workload, _, kind, name = key
        what = name if kind == "secret" else f"the {kind} {name}"
        added, gone = sorted(new[key] - old[key]), sorted(old[key] - new[key])
        former = f", not {_version(gone[0])}" if gone else ""
        if added and added[0]:
            yield (
                f"{workload} reads {_version(added[0])} of {what} now{former}:"
                " a rotation does not change what it gets"
            )
        elif added:
            yield f"{workload} reads {_version('')} of {what} now{former}"


def _version(version: str) -> str:
    return f"version {version}" if version else "the newest version"


def _versions(chain: Chain) -> Mapping[_Key, set[str]]:
    """The versions of each object that objects of a workload name; an empty one is the newest."""
    versions: dict[_Key, set[str]] = defaultdict(set)
    for named in named_objects(chain):
        if workload := chain.workload_of(named.node):
            key = (workload.name, known(named.vault).lower(), named.ask.kind, known(named.ask.name).lower())
            versions[key].add(named.version)
    return versions
