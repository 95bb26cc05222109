"""Place and kind of a fault in a YAML file, without the file's text: a line may hold a secret."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

UNREADABLE: Final = (OSError, UnicodeDecodeError)
"""Errors of a file that cannot be read as text."""
MALFORMED: Final = (RecursionError, ValueError)
"""Errors that parsers of YAML do not report as their own: levels below levels, a day that is none."""

_FAULTS: Final = (
    ("found duplicate key", "a key is listed twice"),
    ("found unexpected end of stream", "a quote is not closed"),
    ("found unexpected document separator", "a quote is not closed"),
    ("could not find expected ':'", "a line has no key, or no space behind its colon"),
    ("found character '\\t'", "a tab stands where only spaces indent"),
    ("found a tab", "a tab stands where only spaces indent"),
    ("found character", "a value begins with a character that needs quotes around it"),
    ("mapping values are not allowed", "a colon stands in a value; put the value in quotes"),
    ("found undefined alias", "a value begins with an asterisk; put it in quotes"),
    ("found unknown escape character", "a backslash stands in double quotes; use single quotes"),
    ("expected ',' or", "a bracket is not closed, or a comma is missing"),
    ("expected <block end>", "the indentation does not fit the lines above"),
    ("expected the node content", "a value is missing"),
    ("but found another document", "a second document begins; keep one"),
    ("expected a mapping", "<<: needs a mapping"),
    ("special characters are not allowed", "a character is not allowed in YAML"),
    ("control characters are not allowed", "a character is not allowed in YAML"),
)
_ELSE: Final = "the text is no YAML from here on"
_AT_THE_BEGINNING: Final = ("a quote is not closed", "a line has no key, or no space behind its colon")
"""Faults that begin before the place where they show."""


def reason_of(error: OSError | UnicodeDecodeError) -> str:
    """The reason that a file cannot be read."""
    return "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error.strerror or error)


def kind_of(value: Any) -> str:
    """The kind of a value in the words of YAML, with its article."""
    if value is None or isinstance(value, bool):
        return "nothing" if value is None else "true or false"
    kinds = ((Mapping, "a mapping"), (list, "a list"), (str, "a text"), (int | float, "a number"))
    return next((words for kind, words in kinds if isinstance(value, kind)), f"a {type(value).__name__}")


def is_json(value: Any, above: tuple[int, ...] = ()) -> bool:
    """Whether the engine can pass a value to the program. What contains itself it cuts off."""
    if id(value) in above:
        return True
    if isinstance(value, Mapping):
        if any(isinstance(key, Mapping | list | tuple) for key in value):
            return False
        return all(is_json(item, (*above, id(value))) for item in value.values())
    if isinstance(value, list):
        return all(is_json(item, (*above, id(value))) for item in value)
    return not (isinstance(value, float) and not math.isfinite(value))


def describe(error: Any) -> str:
    """`line 3, column 5: a key is listed twice`, for an error of ruamel.yaml or PyYAML."""
    if isinstance(error, RecursionError):
        return "it has too many levels"
    if isinstance(error, ValueError):
        return "a value is no number or date, though it looks like one; put it in quotes"
    text = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "")
    fault = next((words for beginning, words in _FAULTS if text.startswith(beginning)), _ELSE)
    mark = getattr(error, "problem_mark", None)
    if fault in _AT_THE_BEGINNING or mark is None:
        mark = getattr(error, "context_mark", None) or mark
    return f"line {mark.line + 1}, column {mark.column + 1}: {fault}" if mark else fault
