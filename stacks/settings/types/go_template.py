"""Go templates, as far as the settings read them: which fields a template names."""

import re

ACTION = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)

COMMENT = re.compile(r"\{\{-?\s*/\*.*?\*/\s*-?\}\}", re.DOTALL)

TEXT = re.compile(r'"(?:\\.|[^"\\])*"|`[^`]*`')

# `$` is what `.` is at the beginning: all of them.
INDEX = re.compile(r'\bindex\s+[.$]\s+"((?:\\.|[^"\\])*)"')

_FIELD = re.compile(r"(?<![\w.)\]])\.([A-Za-z_]\w*)")

HYPHENED = re.compile(r"(?<![\w.)\]])\.([A-Za-z_]\w*(?:-\w+)+)")

CHAIN = re.compile(r"(?<![\w.)\]])\.([A-Za-z_]\w*(?:\.\w+)+)")

# Inside these `.` may be something else; a bare one is all of them.
SHIFTS = re.compile(r"\b(?:range|with|define|template|block)\b|(?<![\w.)\]])[.$](?=[\s|)]|$)|\$\w")


def fields_of(template: str) -> frozenset[str] | None:
    """The keys that a template names, or None where only Go's own parser could tell."""
    found: set[str] = set()
    if unpaired(template):
        return None
    for action in ACTION.findall(COMMENT.sub("", template)):
        found |= set(INDEX.findall(action))
        rest = TEXT.sub("", INDEX.sub("", action))
        if SHIFTS.search(rest) or HYPHENED.search(rest) or CHAIN.search(rest):
            return None
        found |= set(_FIELD.findall(rest))
    return frozenset(found)


def unpaired(template: str) -> bool:
    # Closing braces alone are text: JSON around a value ends in them.
    return "{{" in ACTION.sub("", template)
