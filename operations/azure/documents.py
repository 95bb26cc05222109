"""Fields of documents that Azure sends. What has not the expected form is as if it were missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def at(document: Any, *path: str) -> Any:
    """The value at a path; None if it is missing."""
    for key in path:
        document = document.get(key) if isinstance(document, Mapping) else None
    return document


def text_at(document: Any, *path: str) -> str:
    """The text at a path; empty if it is missing."""
    value = at(document, *path)
    return value if isinstance(value, str) else ""


def objects_at(document: Any, *path: str) -> list[Mapping[str, Any]]:
    """The objects of a list at a path."""
    value = at(document, *path)
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def texts_at(document: Any, *path: str) -> list[str]:
    """The texts of a list at a path."""
    value = at(document, *path)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def number_at(document: Any, *path: str) -> int | None:
    """The number at a path, also one that is written as text."""
    value = at(document, *path)
    try:
        return int(value)
    except (TypeError, ValueError):
        return None
