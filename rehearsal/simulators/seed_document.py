"""A --cloud document as plain JSON: what YAML can say beyond that is refused where it stands. Pure, and quick to import."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, time
from typing import Any


class SeedError(Exception):
    """The --cloud file does not say what it should."""


def require_json(document: Any) -> None:
    """Raises SeedError for the first value that JSON has no form for, naming its place: `azure[1]: tags.made: …`."""
    for where, problem in _problems(document, (), ()):
        raise SeedError(f"{where}: {problem}" if where else problem)


def _problems(value: Any, path: tuple[str | int, ...], above: tuple[int, ...]) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict | list):
        if id(value) in above:
            yield _where(path), "it contains itself; a YAML anchor may not be used inside what it names"
            return
        above = (*above, id(value))
    if isinstance(value, dict):
        for name, item in value.items():
            if isinstance(name, str):
                yield from _problems(item, (*path, name), above)
            else:
                yield _where(path), f"the key {name!r} is no text; put it in quotes"
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _problems(item, (*path, index), above)
    elif isinstance(value, date | time):
        yield _where(path), f"{value} is read as a date; put it in quotes"
    elif isinstance(value, float) and not math.isfinite(value):
        yield _where(path), f"{value} is no number that JSON has; put it in quotes or leave it out"
    elif not (value is None or isinstance(value, str | bool | int | float)):
        yield (
            _where(path),
            f"a {type(value).__name__} is no JSON value; write a text, a number, true, false, a list or a mapping",
        )


def _where(path: tuple[str | int, ...]) -> str:
    """`azure[1]: tags.made`: the entry, then the place in it."""
    entry, text = "", ""
    for depth, step in enumerate(path):
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
        if depth == 1:
            entry, text = text, ""
    return f"{entry}: {text}" if entry and text else entry or text
