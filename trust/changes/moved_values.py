"""Variables and files of pods that carry another vault object than before: swapped ones, say.

No principal gains or loses a secret by it, no proof breaks, and the application fails nevertheless.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from trust.access import Reading
from trust.chain import Chain
from trust.changes.pod_values import Place, Values, pod_values
from trust.nodes.fields import known
from trust.requests import Part
from trust.values import UNKNOWN


@dataclass(frozen=True)
class MovedValue:
    """A place of a workload that carries another object, or an object that has another place."""

    workload: str
    text: str
    """A sentence without a full stop, such as "variable DB_PASSWORD of worker now carries api-key instead of
    db-password".
    """
    is_another: bool = True
    """Whether the place carries another object; else the object has another place, or none."""


def moved_values(
    before: Chain, after: Chain, old: Sequence[Reading], new: Sequence[Reading]
) -> tuple[MovedValue, ...]:
    """Places whose object changes, then names in plain variables, then objects whose place changes."""
    was, now = pod_values(before), pod_values(after)
    moved = [*_changed(was, now), *_renamed(before, after, old, new), *_elsewhere(was, now, new)]
    return tuple(dict.fromkeys(moved))


def _changed(was: Values, now: Values) -> Iterator[MovedValue]:
    for place in sorted(was.keys() & now.keys(), key=str):
        former, parts = was[place], now[place]
        if _keys(former) != _keys(parts) and not _is_unknown((*former, *parts)):
            has_vaults = _labels(former) == _labels(parts)
            text = f"{_labels(parts, has_vaults)} instead of {_labels(former, has_vaults)}"
            yield MovedValue(place.workload, f"{place} now carries {text}")


def _elsewhere(was: Values, now: Values, new: Sequence[Reading]) -> Iterator[MovedValue]:
    """Places that go, of objects that the workload still reads."""
    read = {reading.key for reading in new if reading.state != "missing"}
    for place in sorted(was.keys() - now.keys(), key=str):
        parts = was[place]
        if _is_unknown(parts) or not all((place.workload, *_key(part)[:3]) in read for part in parts):
            continue
        others = [
            other
            for other in now.keys() - was.keys()
            if (other.workload, other.container) == (place.workload, place.container)
            and _keys(now[other]) == _keys(parts)
        ]
        where = " and ".join(sorted(_short(other) for other in others))
        yield MovedValue(
            place.workload,
            f"{_labels(parts)} of {place.workload} is in {where} now, not in {_short(place)}"
            if where
            else f"{place} is gone, which carried {_labels(parts)}",
            is_another=False,
        )


_LISTS: Final = "SECRET_NAME"
"""The beginning of variables that list what an application may ask for: a change is one of its access."""


def _renamed(
    before: Chain, after: Chain, old: Sequence[Reading], new: Sequence[Reading]
) -> Iterator[MovedValue]:
    """Plain variables with the name of an object: an application that reads by itself takes it from there."""
    names = {(reading.workload, known(reading.name).lower()) for reading in (*old, *new)}
    was, now = (_plain(chain) for chain in (before, after))
    for place in sorted(was.keys() & now.keys(), key=str):
        pair = was[place], now[place]
        if pair[0] != pair[1] and all((place.workload, value.lower()) in names for value in pair):
            yield MovedValue(place.workload, f"{place} now names {pair[1]} instead of {pair[0]}")


def _plain(chain: Chain) -> Mapping[Place, str]:
    return {
        Place(workload.name, str(container.get("name")), False, str(variable.get("name"))): value
        for workload in chain.workloads
        for pods in workload.pods
        for container, variable in pods.env
        if isinstance(value := variable.get("value"), str)
        if not str(variable.get("name")).startswith(_LISTS)
    }


def _short(place: Place) -> str:
    return f"{'file' if place.is_file else 'variable'} {place.name}"


def _key(part: Part) -> tuple[str, str, str, str]:
    """As Azure compares names, and as readings do."""
    return known(part.vault).lower(), part.kind, known(part.name).lower(), part.property


def _keys(parts: Sequence[Part]) -> list[tuple[str, str, str, str]]:
    return [_key(part) for part in parts]


def _is_unknown(parts: Sequence[Part]) -> bool:
    return any(UNKNOWN in (part.vault, part.name) for part in parts)


def _labels(parts: Sequence[Part], has_vaults: bool = False) -> str:
    return " and ".join(_label(part) + (f" of {part.vault}" if has_vaults else "") for part in parts)


def _label(part: Part) -> str:
    name = f"{part.name}" if part.kind == "secret" else f"the {part.kind} {part.name}"
    return f"property {part.property} of {name}" if part.property else name
