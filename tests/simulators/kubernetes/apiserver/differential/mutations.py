"""Changes of one place of an object: what people mistype, and what stands at a limit of a rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, Final

DELETED: Final = object()
Path = tuple[str | int, ...]

_TEXTS: Final = ("", "UPPER", "a b", "a_b", "/a", "../a", "a" * 64, "a" * 254, "é", "1", "true", "a.b")
_NUMBERS: Final = (0, -1, 1, 1.5, 2**31, 2**40, 65536, 1001, "1", "x", "50%")
_IDENTITY: Final = (("apiVersion",), ("kind",), ("metadata", "name"), ("metadata", "namespace"))


def mutations(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Path and new value of each change below a path, itself included; what names the object stays."""
    if path not in ((), ("metadata",), *_IDENTITY):
        yield path, DELETED
        for other in _others(value):
            yield path, other
    if isinstance(value, Mapping):
        if path:
            yield (*path, "unknownField"), 1
        for key, item in value.items():
            yield from mutations(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from mutations(item, (*path, index))


def _others(value: Any) -> Iterator[Any]:
    if isinstance(value, bool):
        yield from (not value, "true", 1)
    elif isinstance(value, int | float):
        yield from (True, {}, *(other for other in _NUMBERS if other != value))
    elif isinstance(value, str):
        yield from (5, True, {}, [], f"{value} ", *(other for other in _TEXTS if other != value))
    elif isinstance(value, list):
        yield from ("x", {}, [None])
        if value:
            yield from ([], [*value, value[-1]])
    elif isinstance(value, Mapping):
        yield from ("x", 5, [])
        if value:
            yield {}


def changed(object_: Mapping[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """A copy of the object with this change."""
    copy: Any = deepcopy(object_)
    *parents, last = path
    place = copy
    for part in parents:
        place = place[part]
    if value is DELETED:
        del place[last]
    else:
        place[last] = value
    return copy
