"""Check that a --cloud document is plain JSON.

YAML has more types; each value of one is refused with its path. Quick to import.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date, time
from typing import Any

from rehearsal.simulators.nearest import nearest
from rehearsal.yaml_faults import kind_of


class SeedError(Exception):
    """The --cloud file is wrong."""


def require_json(document: Any) -> None:
    """Raise SeedError with the path of the first value that JSON cannot represent."""
    for path, problem in _problems(document, (), ()):
        raise SeedError(f"{path}: {problem}" if path else problem)


def require_keys(entry: Mapping[str, Any], *known: str) -> None:
    """Raise SeedError for the first key that no entry of the section has: misspelled, it would do nothing."""
    for key in entry:
        if key not in known:
            raise SeedError(f"unknown key '{key}'{nearest(key, known)}")


def require_list(entry: Mapping[str, Any], name: str) -> list[Any]:
    """The list under a key; empty if the key is missing."""
    value = entry.get(name) or []
    if not isinstance(value, list):
        raise SeedError(f"{name} should be a list, but it is {kind_of(value)}")
    return value


def _problems(value: Any, path: tuple[str | int, ...], above: tuple[int, ...]) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict | list):
        if id(value) in above:
            yield _format_path(path), "it contains itself; do not use a YAML anchor inside its own value"
            return
        above = (*above, id(value))
    if isinstance(value, dict):
        for name, item in value.items():
            if isinstance(name, str):
                yield from _problems(item, (*path, name), above)
            else:
                yield _format_path(path), f"the key {name!r} is no text; put it in quotes"
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _problems(item, (*path, index), above)
    elif isinstance(value, date | time):
        yield _format_path(path), f"{value} is read as a date; put it in quotes"
    elif isinstance(value, float) and not math.isfinite(value):
        yield _format_path(path), f"{value} is not a number in JSON; put it in quotes or leave it out"
    elif not (value is None or isinstance(value, str | bool | int | float)):
        yield (
            _format_path(path),
            (f"{kind_of(value)} is no JSON value; use a text, a number, true, false, a list or a mapping"),
        )


def _format_path(path: tuple[str | int, ...]) -> str:
    """`azure[1]: tags.made`: the entry, then the path in it."""
    entry, text = "", ""
    for depth, step in enumerate(path):
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
        if depth == 1:
            entry, text = text, ""
    return f"{entry}: {text}" if entry and text else entry or text
