"""Effective settings as text: YAML, with the place of each value in a comment behind it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from operations.effective_settings import Row
from stacks.settings.base.yaml_document import YamlFaultError, parse

_WIDEST: Final = 72
"""Column beyond which a comment follows its value directly."""


def as_yaml(rows: Sequence[Row]) -> str:
    """The rows as a document in the form of a stack file's ``config``, in their order."""
    tree: dict[Any, Any] = {}
    for row in rows:
        node = tree
        for step in row.path[:-1]:
            if isinstance(node.get(step), Row):  # an empty section, now with defaults in it
                node[step] = {}
            node = node.setdefault(step, {})
        node[row.path[-1]] = row
    lines = list(_lines(tree, 0))
    width = max((len(text) for text, place in lines if place and len(text) <= _WIDEST), default=0)
    return "".join(f"{text.ljust(width)}  # {place}\n" if place else f"{text}\n" for text, place in lines)


def _lines(node: dict[Any, Any], indent: int) -> Iterator[tuple[str, str]]:
    """Text and place of each line."""
    for step, inner in sorted(node.items(), key=lambda item: item[0] if isinstance(item[0], int) else 0):
        if isinstance(step, int):
            yield from _item(inner, indent)
        elif isinstance(inner, Row):
            yield f"{' ' * indent}{_scalar(step)}: {as_text(inner.value)}", inner.place
        else:
            yield f"{' ' * indent}{_scalar(step)}:", ""
            yield from _lines(inner, indent + 2)


def _item(inner: Any, indent: int) -> Iterator[tuple[str, str]]:
    if isinstance(inner, Row):
        yield f"{' ' * indent}- {as_text(inner.value)}", inner.place
        return
    first = True
    for text, place in _lines(inner, indent + 2):
        yield (f"{text[:indent]}- {text[indent + 2 :]}" if first else text), place
        first = False


def as_text(value: Any) -> str:
    """A value in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_scalar(key)}: {as_text(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_text, value)) + "]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    """A value as YAML has it: text in quotes only where it would be something else without them."""
    if not isinstance(value, str):
        return json.dumps(value)
    try:
        plain = parse(f"[{value}, {{{value}: {value}}}]").value == [value, {value: value}]
    except YamlFaultError:
        plain = False
    return (
        value if plain and "\n" not in value and "#" not in value else json.dumps(value, ensure_ascii=False)
    )
