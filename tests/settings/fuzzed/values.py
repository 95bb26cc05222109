"""Values of every type of the settings: valid ones, those at their limits, and what people mistype.

The strategies come from the models, so that a new key is tried without an entry anywhere. A free text and a
free mapping have none that a type could tell: ``texts.py`` and ``manifests.py`` have those.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from stacks.settings.validation.constraints import IntRange, Pattern

Values = SearchStrategy[Any]
_ASCII: Final = st.characters(min_codepoint=0x20, max_codepoint=0x7E)
TEXTS: Final = (
    *(
        "",
        " ",
        "a",
        "A",
        "-",
        ".",
        "..",
        "/",
        "a b",
        "a/b",
        "a//b",
        "a.b",
        "-a",
        "a-",
        "é",
        "²",
        "\t",
        "a\nb",
    ),
    *(
        "0",
        "1",
        "101",
        "0%",
        "1%",
        "00%",
        "100%",
        "101%",
        "1000%",
        "true",
        "1e3",
        "$(A)",
        "{{ .a }}",
        "a" * 63,
        "a" * 64,
        "a" * 253,
        "a" * 254,
    ),
    *(
        "10.0.0.1",
        "010.0.0.1",
        "::1",
        "FE80::1",
        "::ffff:1.2.3.4",
        "/a",
        "/a/",
        "/a?b=c",
        "%zz",
        "a=b",
        "a:b",
    ),
)
_DATES: Final = ("2027-01-31T00:00:00Z", "2027-06-30T12:00:00+02:00", "1969-01-01T00:00:00Z")
_LENGTHS: Final = (11, 24, 31, 52, 53, 59, 63, 64, 127, 200, 253, 255)


_LISTED_BY_AZURE: Final = ("vm-size",)
"""Rules about names that Azure alone lists: what is drawn would be none of them."""


def of_field(field: FieldInfo) -> Values:
    """Values of a key."""
    return of_type(field.annotation, field.metadata)


def of_type(kind: Any, constraints: Iterable[Any] = ()) -> Values:
    """Values of a type with its constraints."""
    if hasattr(kind, "__metadata__"):
        return of_type(kind.__origin__, (*kind.__metadata__, *constraints))
    for constraint in constraints:
        if isinstance(constraint, Pattern) and constraint.rule.id in _LISTED_BY_AZURE:
            return st.just(constraint.example)
        if isinstance(constraint, Pattern):
            return _of_pattern(
                TypeAdapter(Annotated[str, constraint]).json_schema()["pattern"], constraint.example
            )
        if isinstance(constraint, IntRange):
            return _of_range(constraint.low, constraint.high)
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, UnionType):
        return st.one_of(*(of_type(item) for item in inner if item is not NoneType))
    if origin is tuple:
        return st.lists(of_type(inner[0]), max_size=3)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return st.dictionaries(of_type(inner[0]), of_type(inner[1]), max_size=3)
    if isinstance(kind, type):
        return _of_class(kind)
    return st.sampled_from([None, "a", 1, {}, []])


def _of_class(kind: type) -> Values:
    if issubclass(kind, BaseModel):
        keys = {field.alias or name: of_field(field) for name, field in kind.model_fields.items()}
        needed = {field.alias or name for name, field in kind.model_fields.items() if field.is_required()}
        return st.fixed_dictionaries(
            {key: values for key, values in keys.items() if key in needed},
            optional={key: values for key, values in keys.items() if key not in needed},
        )
    if issubclass(kind, StrEnum):
        return st.sampled_from([member.value for member in kind])
    if kind is bool:
        return st.booleans()
    if kind is int:
        return st.sampled_from([0, 1, -1, 100, 2**31 - 1, 2**31, 2**40])
    return st.sampled_from(_DATES if kind is datetime else TEXTS)


def _of_range(low: int, high: int) -> Values:
    return st.sampled_from(sorted({low, low + 1, high - 1, high})) | st.integers(low, high)


@cache
def _of_pattern(pattern: str, example: str | None) -> Values:
    """Texts that match, short ones and such of the lengths at which a limit may be."""
    compiled = re.compile(pattern)
    fitting = [text for text in (*TEXTS, example or "") if compiled.fullmatch(text)]
    long = [text for seed in fitting for text in _stretched(seed) if compiled.fullmatch(text)]
    drawn = st.from_regex(compiled, fullmatch=True, alphabet=_ASCII)
    return st.one_of(drawn, st.sampled_from([*fitting, *long])) if fitting else drawn


def _stretched(text: str) -> Iterable[str]:
    for position in [match.start() for match in re.finditer(r"[A-Za-z0-9]", text)][-1:]:
        for length in _LENGTHS:
            yield text[:position] + text[position] * max(0, length - len(text)) + text[position:]
