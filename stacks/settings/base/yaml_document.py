"""A YAML file as data, with the line of each value.

Owns: values as the Pulumi engine reads those of a stack file (YAML 1.2 with Go's numbers, so that `yes` is
text and `0777` a number; tests/engine/test_stages.py compares them), and the kind and line of a fault, which
repeats no text of the file, since a line may hold a secret.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

import yaml

from stacks.settings.validation.commands import Path

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml is ten times as fast
_MAX_DEPTH, _MAX_VALUES = 100, 200_000
"""An alias repeats what its anchor holds, so that a short file can stand for a very long one."""

_TAB, _QUOTE = "a tab stands where only spaces indent", "a quote is not closed"
_BRACKET = "a bracket is not closed, or a comma is missing"
_NO_KEY = "a line has no key, or no space behind its colon"
_FAULTS = (
    ("mapping values are not allowed", "a colon stands in a value; put the value in quotes"),
    ("could not find expected ':'", _NO_KEY),
    ("while scanning a simple key", _NO_KEY),
    ("while scanning a quoted scalar", _QUOTE),
    ("found a tab", _TAB),
    ("found character", "a value begins with a character that needs quotes around it"),
    ("while parsing a flow", _BRACKET),
    ("expected ',' or", _BRACKET),
    ("while parsing a block", "the indentation does not fit the lines above"),
    ("control characters are not allowed", "a character is not allowed in YAML"),
    ("special characters are not allowed", "a character is not allowed in YAML"),
)
_BEGIN_BEFORE = (_QUOTE, _BRACKET, _NO_KEY)
"""Faults that begin before the place where they show."""
_STRING, _NULLS = "tag:yaml.org,2002:str", ("", "~", "null", "Null", "NULL")
_BOOLEANS = {word: word.lower() == "true" for word in ("true", "True", "TRUE", "false", "False", "FALSE")}
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NO_NUMBER = re.compile(r"(?i)[-+]?\.(?:inf|nan)")
_MOMENT = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:(?:[Tt](?=.*(?:Z|[-+][0-9]{2}:[0-9]{2})$)| (?!.*[Z+]))"
    r"([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(\.[0-9]{1,9})?(Z|[-+][0-9]{2}:[0-9]{2})?)?"
)
_INTEGERS = (
    (re.compile(r"[-+]?0[xX][0-9a-fA-F]+"), 16),
    (re.compile(r"[-+]?0[bB][01]+"), 2),
    (re.compile(r"[-+]?0[oO]?[0-7]+"), 8),
    (re.compile(r"[-+]?(?:0|[1-9][0-9]*)"), 10),
)


class YamlFaultError(Exception):
    """A fault of the file: `line 3: a key is listed twice`."""

    def __init__(self, line: int, fault: str) -> None:
        super().__init__(f"line {line}: {fault}")
        self.line, self.fault = line, fault


@dataclass(frozen=True)
class Document:
    """The value of a file."""

    value: Any
    lines: dict[Path, int] = field(default_factory=dict[Path, int])
    """Path → the line of its key, or of the item."""

    def line_of(self, path: Path) -> int:
        """The line of what stands at a path, or of what holds it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def parse(text: str) -> Document:
    """The document in a text. An empty one is None.

    Raises:
        YamlFaultError: the text is no YAML document, or not one of values that JSON has.
    """
    try:
        return _Events(text).document()
    except yaml.YAMLError as error:
        raise _fault(error, text) from None  # its own text has lines of the file


def _fault(error: yaml.YAMLError, text: str) -> YamlFaultError:
    mark = getattr(error, "context_mark", None) or getattr(error, "problem_mark", None)
    words = [str(getattr(error, name, None) or "") for name in ("problem", "context", "reason")]
    fault = next(
        (fault for start, fault in _FAULTS if any(word.startswith(start) for word in words)),
        "the text is no YAML from here on",
    )
    if mark is None:  # a character that YAML does not have
        position = getattr(error, "position", 0)
        return YamlFaultError(text.count("\n", 0, position) + 1, fault)
    late = getattr(error, "problem_mark", None) or mark
    if text[late.index : late.index + 1] == "\t":
        fault = _TAB
    begins_before = fault in _BEGIN_BEFORE
    return YamlFaultError((mark if begins_before else late).line + 1, fault)


class _Events:
    """One pass over the events of a text."""

    def __init__(self, text: str) -> None:
        self._events: Iterator[Any] = iter(yaml.parse(text, Loader=_LOADER))
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._lines: dict[Path, int] = {}
        self._count = 0

    def document(self) -> Document:
        next(self._events)  # the stream
        if isinstance(next(self._events), yaml.StreamEndEvent):
            return Document(None)
        value, _ = self._value(next(self._events), ())
        next(self._events)  # the document's end
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise YamlFaultError(_line(after), "a second document begins; keep one")
        return Document(value, self._lines)

    def _value(self, event: Any, path: Path) -> tuple[Any, int]:
        """The value that begins with an event, and how many values it holds."""
        self._lines.setdefault(path, _line(event))
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise YamlFaultError(
                    _line(event),
                    "a value begins with an asterisk; put it in quotes, or anchor that name above",
                )
            value, size = self._anchors[event.anchor]
            self._counted(size, event)
            return value, size
        if len(path) > _MAX_DEPTH:
            raise YamlFaultError(_line(event), f"more than {_MAX_DEPTH} levels")
        self._counted(1, event)
        if isinstance(event, yaml.ScalarEvent):
            value, size = _scalar(event), 1
        elif isinstance(event, yaml.SequenceStartEvent):
            value, size = self._items(path)
        else:
            value, size = self._keys(path)
        if event.anchor:
            self._anchors[event.anchor] = value, size
        return value, size

    def _items(self, path: Path) -> tuple[list[Any], int]:
        items: list[Any] = []
        size = 1
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            item, its_size = self._value(event, (*path, len(items)))
            items.append(item)
            size += its_size
        return items, size

    def _keys(self, path: Path) -> tuple[dict[str, Any], int]:
        keys: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        size = 1
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise YamlFaultError(_line(event), "a key is no text")
            key = str(event.value)
            is_merge = key == "<<" and event.implicit[0]
            if key in keys and not is_merge:
                raise YamlFaultError(_line(event), "a key is listed twice")
            self._lines[(*path, key)] = _line(event)
            value, its_size = self._value(next(self._events), (*path, key))
            size += its_size
            if not is_merge:
                keys[key] = value
                continue
            for each in cast("list[Any]", value) if isinstance(value, list) else [value]:
                if not isinstance(each, dict):
                    raise YamlFaultError(_line(event), "<<: needs keys with values")
                merged = {**cast("dict[str, Any]", each), **merged}
                for inherited in cast("dict[str, Any]", each):
                    self._lines.setdefault((*path, inherited), _line(event))
        return {**merged, **keys}, size

    def _counted(self, size: int, event: Any) -> None:
        self._count += size
        if self._count > _MAX_VALUES:
            raise YamlFaultError(_line(event), f"more than {_MAX_VALUES} values")


def _line(event: Any) -> int:
    return event.start_mark.line + 1


def _scalar(event: Any) -> Any:
    text = str(event.value)
    if event.tag == _STRING or (event.tag in (None, "!") and not event.implicit[0]):
        return text
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _NO_NUMBER.fullmatch(text):
        raise YamlFaultError(_line(event), "a value is no number that JSON has; put it in quotes")
    return _moment(text) or _number(text)


def _moment(text: str) -> str | None:
    """A moment without quotes, which the engine writes as Go does. None: it is something else."""
    match = _MOMENT.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.group(*range(1, 7)))
    try:
        moment = datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None
    fraction = (match[7] or "").rstrip("0").rstrip(".")
    zone = (match[8] or "Z").replace(":", "")
    is_utc = zone in ("Z", "+0000", "-0000")
    return f"{moment.isoformat(' ')}{fraction} {'+0000 UTC' if is_utc else f'{zone} {zone}'}"


def _number(text: str) -> int | float | str:
    """The number as Go reads it, or the text. JSON has one kind of number, so 1.0 is 1."""
    digits = text.replace("_", "")
    if not re.match(r"[-+.]?[0-9]|[-+]\.[0-9]", text):
        return text
    for pattern, radix in _INTEGERS:
        if pattern.fullmatch(digits):
            return int(re.sub(r"0[xXbBoO]", "", digits, count=1) if radix != 10 else digits, radix)
    if not _FLOAT.fullmatch(digits):
        return text
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        return text
    return int(number) if number.is_integer() else number
