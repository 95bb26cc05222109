"""Tokens of a Go template, and Go's errors about text that is none.

Go's text/template/parse, lex.go. A token's position is its offset in the text, its line counts from 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

KEYWORDS: Final = (
    "block",
    "break",
    "continue",
    "define",
    "else",
    "end",
    "if",
    "nil",
    "range",
    "template",
    "with",
)
_NUMBER: Final = re.compile(
    r"[+-]?(0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|[0-9_]*(?:\.[0-9_]*)?([eEpP][+-]?[0-9_]+)?)i?"
)
_ENDS: Final = " \t\r\n.,|:()"


class TemplateError(Exception):
    """A template that does not parse or execute, in Go's words, which begin with the template's name."""


@dataclass(frozen=True)
class Token:
    """`kind`: left, right, space, field, dot, variable, word, keyword, bool, string, char, number, pipe,
    assign, other, or a bracket.
    """

    kind: str
    text: str
    position: int
    line: int


class Lexer:
    """The lexer of one named template."""

    def __init__(self, name: str, text: str) -> None:
        self._name, self._input = name, text

    def error(self, line: int, message: str) -> TemplateError:
        return TemplateError(f"template: {self._name}:{line}: {message}")

    def tokens(self) -> Iterator[Token]:
        at, text = 0, self._input
        while (start := text.find("{{", at)) >= 0:
            inner = start + 2
            body = inner + 2 if re.match(r"-[ \t\r\n]", text[inner:]) else inner
            if text.startswith("/*", body):
                close = text.find("*/", body)
                if close < 0:
                    raise self.error(self._line(start), "unclosed comment")
                end = re.match(r"([ \t\r\n]-)?\}\}", text[close + 2 :])
                if end is None:
                    raise self.error(self._line(start), "comment ends before closing delimiter")
                at = close + 2 + end.end()
                continue
            yield Token("left", "{{", start, self._line(start))
            for token in self._inside(body):
                yield token
                at = token.position + len(token.text)

    def _line(self, position: int) -> int:
        return self._input.count("\n", 0, position) + 1

    def _inside(self, at: int) -> Iterator[Token]:
        text, depth = self._input, 0
        while True:
            line = self._line(at)
            if end := re.match(r"([ \t\r\n]-)?\}\}", text[at:]):
                if depth:
                    raise self.error(line, "unclosed left paren")
                yield Token("right", end.group(), at, line)
                return
            if at >= len(text):
                raise self.error(line, "unclosed action")
            token = self._next(at, line)
            depth += {"(": 1, ")": -1}.get(token.kind, 0)
            if depth < 0:
                raise self.error(line, "unexpected right paren")
            yield token
            at += len(token.text)

    def _next(self, at: int, line: int) -> Token:
        text, first = self._input, self._input[at]
        if space := re.match(r"[ \t\r\n]+", text[at:]):
            # The blank before `-}}` belongs to the delimiter.
            kept = space.group()[:-1] if text.startswith("-}}", at + space.end()) else space.group()
            return Token("space", kept or " ", at, line)
        if first == ":":
            if not text.startswith(":=", at):
                raise self.error(line, "expected :=")
            return Token("assign", ":=", at, line)
        if first in "=|()":
            return Token({"=": "assign", "|": "pipe"}.get(first, first), first, at, line)
        if first in "\"'`":
            return self._quoted(at, line)
        if first == "$" or (first == "." and not text[at + 1 : at + 2].isdigit()):
            return self._named(at, line)
        if first in "+-." or first.isdigit():
            match = _NUMBER.match(text, at)
            end = match.end() if match else at
            if end == at or _is_word(text[end : end + 1]):
                raise self.error(line, f'bad number syntax: "{text[at : end + 1]}"')
            return Token("number", text[at:end], at, line)
        if _is_word(first):
            return self._named(at, line)
        if not first.isprintable():
            raise self.error(line, f"unrecognized character in action: {_code(first)}")
        return Token("other", first, at, line)

    def _quoted(self, at: int, line: int) -> Token:
        text, mark = self._input, self._input[at]
        pattern = "`[^`]*`" if mark == "`" else rf"{mark}(\\[^\n]|[^\\\n{mark}])*{mark}"
        if (match := re.match(pattern, text[at:])) is None:
            what = {"`": "unterminated raw quoted string", "'": "unterminated character constant"}.get(
                mark, "unterminated quoted string"
            )
            raise self.error(line, what)
        if mark == "'" and len(match.group()) != 3 and not match.group().startswith("'\\"):
            raise self.error(line, f"malformed character constant: {match.group()}")
        return Token("char" if mark == "'" else "string", match.group(), at, line)

    def _named(self, at: int, line: int) -> Token:
        """A field, a variable or a word.

        Raises TemplateError if the character after it cannot follow a name.
        """
        text, end = self._input, at + 1
        while _is_word(text[end : end + 1]):
            end += 1
        name, after = text[at:end], text[end : end + 1]
        if after and after not in _ENDS and not text.startswith("}}", end):
            raise self.error(line, f"bad character {_code(after)}")
        if name[0] in ".$":
            return Token("dot" if name == "." else "field" if name[0] == "." else "variable", name, at, line)
        kind = "bool" if name in ("true", "false") else "keyword" if name in KEYWORDS else "word"
        return Token(kind, name, at, line)


def _is_word(character: str) -> bool:
    return character == "_" or character.isalnum()


def _code(character: str) -> str:
    """Code point and character, as Go's %#U prints them."""
    return f"U+{ord(character):04X} '{character}'"
