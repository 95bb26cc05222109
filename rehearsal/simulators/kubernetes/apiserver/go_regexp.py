"""Regular expressions as Go decides them: in time that grows with the text, whatever the expression is.

The API server judges `pattern` of a schema by Go's regexp, which never goes back. Python's `re` does: an
expression such as SecretSync's takes exponential time for a text that does not match. And `$` is the end of
the text in Go, not the place before a last newline.
https://pkg.go.dev/regexp, https://swtch.com/~rsc/regexp/regexp1.html (Thompson's automaton, with its states
remembered).
Deliberately not here: groups, flags and Unicode classes, which no definition uses; lookarounds and
backreferences, which Go does not have. They raise.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

_parser: Any = importlib.import_module("re._parser")  # Python's own reader of the syntax that both share
_MATCH: Final = 0
_BEGIN: Final = ("AT_BEGINNING", "AT_BEGINNING_STRING")
_END: Final = ("AT_END", "AT_END_STRING")
_CATEGORIES: Final = {"DIGIT": "0123456789", "SPACE": "\t\n\f\r "}
Test = Callable[[str], bool]


def matches(pattern: str, text: str) -> bool:
    """Whether the expression matches anywhere in the text."""
    return _automaton(pattern).accepts(text)


@dataclass(frozen=True)
class _State:
    """A step of the automaton."""

    next: tuple[int, ...]
    test: Test | None = None
    """Whether a character leads on. None: no character is read."""
    place: str = ""
    """`begin` or `end`, where the text has to be at its begin or end."""


class _Automaton:
    def __init__(self, pattern: str) -> None:
        self._states: list[_State] = [_State(())]
        self._start = self._sequence(_parser.parse(pattern), _MATCH)
        self._steps: dict[tuple[frozenset[int], str], frozenset[int]] = {}
        self._anywhere = self._reached({self._start})

    def accepts(self, text: str) -> bool:
        current = self._reached({self._start}, begin=True)
        for character in text:
            if _MATCH in current:
                return True
            step = (current, character)
            if step not in self._steps:
                passed = {
                    following
                    for state in map(self._states.__getitem__, current)
                    if state.test is not None and state.test(character)
                    for following in state.next
                }
                self._steps[step] = self._reached(passed) | self._anywhere
            current = self._steps[step]
        return _MATCH in self._reached(current, begin=not text, end=True)

    def _reached(self, states: Iterable[int], *, begin: bool = False, end: bool = False) -> frozenset[int]:
        """The states, and those that need no character after them."""
        passable = {"": True, "begin": begin, "end": end}
        reached, open_ = set[int](), list(states)
        while open_:
            if (number := open_.pop()) not in reached:
                reached.add(number)
                state = self._states[number]
                if state.test is None and passable[state.place]:
                    open_ += state.next
        return frozenset(reached)

    def _add(self, following: Iterable[int], test: Test | None = None, place: str = "") -> int:
        self._states.append(_State(tuple(following), test, place))
        return len(self._states) - 1

    def _sequence(self, parsed: Sequence[tuple[Any, Any]], following: int) -> int:
        """The first state of a sequence that leads to ``following``."""
        for operation, argument in reversed(parsed):
            following = self._part(str(operation), argument, following)
        return following

    def _part(self, operation: str, argument: Any, following: int) -> int:
        match operation:
            case "LITERAL" | "NOT_LITERAL":
                character, equal = chr(argument), operation == "LITERAL"
                return self._add([following], lambda other: (other == character) is equal)
            case "ANY":
                return self._add([following], lambda other: other != "\n")
            case "IN":
                return self._add([following], lambda other: _is_in(other, argument))
            case "SUBPATTERN":
                return self._sequence(argument[3], following)
            case "BRANCH":
                return self._add([self._sequence(branch, following) for branch in argument[1]])
            case "MAX_REPEAT" | "MIN_REPEAT":
                least, most, body = argument
                return self._repeated(least, most, body, following)
            case "AT" if str(argument) in (*_BEGIN, *_END):
                return self._add([following], place="begin" if str(argument) in _BEGIN else "end")
            case _:
                raise ValueError(f"{operation} in a pattern is not known here")

    def _repeated(self, least: int, most: Any, body: Any, following: int) -> int:
        if most is _parser.MAXREPEAT:
            loop = self._add([])
            first = self._sequence(body, loop)
            self._states[loop] = _State((first, following))
            following = loop
        else:
            end = following
            for _ in range(most - least):
                following = self._add([self._sequence(body, following), end])
        for _ in range(least):
            following = self._sequence(body, following)
        return following


_automaton = cache(_Automaton)


def _is_in(character: str, items: Sequence[tuple[Any, Any]]) -> bool:
    contained, negated = False, False
    for operation, argument in items:
        match str(operation):
            case "NEGATE":
                negated = True
            case "LITERAL":
                contained |= ord(character) == argument
            case "RANGE":
                contained |= argument[0] <= ord(character) <= argument[1]
            case _:
                contained |= _is_of(character, str(argument))
    return contained is not negated


def _is_of(character: str, category: str) -> bool:
    """Of `\\d`, `\\s`, `\\w` and their opposites, which are of ASCII in Go."""
    kind = category.rpartition("_")[2]
    word = character.isascii() and (character.isalnum() or character == "_")
    return (word if kind == "WORD" else character in _CATEGORIES[kind]) is ("_NOT_" not in category)
