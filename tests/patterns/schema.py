"""The patterns of a JSON schema."""

from collections.abc import Iterator
from typing import Any, cast


def patterns_of(schema: Any) -> list[str]:
    """Every pattern in a schema, once."""
    return list(dict.fromkeys(_patterns(schema)))


def _patterns(schema: Any) -> Iterator[str]:
    if isinstance(schema, list):
        for item in cast("list[Any]", schema):
            yield from _patterns(item)
    elif isinstance(schema, dict):
        for key, value in cast("dict[str, Any]", schema).items():
            if key == "pattern" and isinstance(value, str):
                yield value
            elif key == "patternProperties":
                yield from value
            yield from _patterns(value)
