"""Go templates, as far as the settings read them: the fields that a template names."""

import re

ACTION = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)

COMMENT = re.compile(r"\{\{-?\s*/\*.*?\*/\s*-?\}\}", re.DOTALL)

TEXT = re.compile(r'"(?:\\.|[^"\\])*"|`[^`]*`')

# `$` is the root, as `.` is at the start: all keys.
INDEX = re.compile(r'\bindex\s+[.$]\s+"((?:\\.|[^"\\])*)"')

_FIELD = re.compile(r"(?<![\w.)\]])\.([A-Za-z_]\w*)")

HYPHENED = re.compile(r"(?<![\w.)\]])\.([A-Za-z_]\w*(?:-\w+)+)")

CHAIN = re.compile(r"(?<![\w.)\]])\.([A-Za-z_]\w*(?:\.\w+)+)")

# Inside these `.` can be something else; a bare `.` is all keys.
SHIFTS = re.compile(r"\b(?:range|with|define|template|block)\b|(?<![\w.)\]])[.$](?=[\s|)]|$)|\$\w")


def fields_of(template: str) -> frozenset[str] | None:
    """The keys that a template names. None: only Go's own parser could tell."""
    fields: set[str] = set()
    if unpaired(template):
        return None
    for action in ACTION.findall(COMMENT.sub("", template)):
        fields |= set(INDEX.findall(action))
        rest = TEXT.sub("", INDEX.sub("", action))
        if SHIFTS.search(rest) or HYPHENED.search(rest) or CHAIN.search(rest):
            return None
        fields |= set(_FIELD.findall(rest))
    return frozenset(fields)


def unpaired(template: str) -> bool:
    """Whether an action is not closed. Closing braces alone are text: JSON around a value ends in them."""
    return "{{" in ACTION.sub("", template)
