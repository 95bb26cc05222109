"""Go templates, as far as the settings read them: the fields that a template names.

Each function reads the text once, whatever is in it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# `$` is the root, as `.` is at the start: all keys.
_INDEX = re.compile(r'\bindex\s+[.$]\s+"((?:\\.|[^"\\])*)"')

_FIELD = re.compile(r"(?<![\w.)\]])\.([A-Za-z_]\w*(?:[-.]\w+)*)")

_COMMENT = re.compile(r"\{\{-?\s*/\*")

# Inside these `.` can be something else; a bare `.` is all keys.
_SHIFTS = re.compile(r"\b(?:range|with|define|template|block)\b|(?<![\w.)\]])[.$](?=[\s|)]|$)|\$\w")


@dataclass(frozen=True)
class Action:
    """The text between two pairs of braces, without comments."""

    code: str
    """The action without quoted texts."""
    indexed: tuple[str, ...]
    """The keys of `index . "key"`."""

    @property
    def fields(self) -> list[str]:
        """The names behind a full stop, with the hyphens and full stops in them."""
        return _FIELD.findall(self.code)


def actions(template: str) -> list[Action]:
    """The actions of a template. What follows an action that is not closed is not read."""
    return [
        Action(_without_texts(_INDEX.sub("", text)), tuple(_INDEX.findall(text)))
        for text in _between_braces(template)
        if text is not None and not text.lstrip("- \t\r\n").startswith("/*")
    ]


def unpaired(template: str) -> bool:
    """Whether an action is not closed. Closing braces alone are text: JSON around a value ends in them."""
    return None in _between_braces(template)


def fields_of(template: str) -> frozenset[str] | None:
    """The keys that a template names. None: only Go's own parser could tell."""
    fields: set[str] = set()
    if unpaired(template):
        return None
    for action in actions(template):
        fields |= set(action.indexed)
        if _SHIFTS.search(action.code) or any("-" in name or "." in name for name in action.fields):
            return None
        fields |= set(action.fields)
    return frozenset(fields)


def _between_braces(template: str) -> Iterator[str | None]:
    """The text of each action; None, if the last one is not closed.

    A comment ends at its own end: https://pkg.go.dev/text/template#hdr-Actions
    """
    start = template.find("{{")
    while start >= 0:
        comment = _COMMENT.match(template, start)
        after = template.find("*/", comment.end()) if comment else start + 2
        end = template.find("}}", after) if after >= 0 else -1
        if end < 0:
            yield None
            return
        yield template[start + 2 : end]
        start = template.find("{{", end + 2)


def _without_texts(code: str) -> str:
    """The code without what is quoted. An open quote ends at the end."""
    kept: list[str] = []
    at = 0
    while at < len(code):
        quote = code[at]
        if quote not in '"`':
            end = next((index for index in range(at, len(code)) if code[index] in '"`'), len(code))
            kept.append(code[at:end])
        else:
            end = at + 1
            while end < len(code) and code[end] != quote:
                end += 2 if quote == '"' and code[end] == "\\" else 1
            if end >= len(code):
                kept.append(code[at:])  # an open quote hides nothing
                break
            end += 1
        at = end
    return "".join(kept)
