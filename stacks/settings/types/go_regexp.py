"""Regular expressions of Go, as far as Python can tell what they match and replace.

https://pkg.go.dev/regexp/syntax, https://pkg.go.dev/regexp#Regexp.Expand
"""

import re
from collections.abc import Sequence

# Syntax that Python has and Go has not (https://github.com/google/re2/wiki/Syntax).
_NOT_IN_GO = re.compile(r"\(\?(?:[=!]|<[=!]|P=|#|\()|\\[1-9]|[*+?}]\+")
_ONLY_IN_GO = re.compile(r"\\(?:[pP](?:\{\w+\}|\w)|[zQECa])")
_REPEATED_GROUP = re.compile(r"\)[*+{]")
_REFERENCE = re.compile(r"\$(?:\$|\{(\w+)\}|(\w+))")


def fault(source: str) -> tuple[str, str] | None:
    """The fault of an expression and its remedy. None: none that Python can find."""
    if _NOT_IN_GO.search(source):
        return (
            "has syntax that Go does not support",
            "write it without lookahead, lookbehind and backreferences",
        )
    try:
        # Go judges the classes that Python does not have (\pL, \z).
        re.compile(_ONLY_IN_GO.sub("x", source))
    except re.error as error:
        return f"is no regular expression: {error.msg}", "correct it"
    return None


def compiled(source: str) -> "re.Pattern[str] | None":
    """The expression, if Python reads it as Go does, and soon. None: it does not.

    Go matches in linear time, Python tries every way through a repeated group.
    """
    if fault(source) or _ONLY_IN_GO.search(source) or _REPEATED_GROUP.search(source):
        return None
    return re.compile(source, re.ASCII)


def unknown_groups(pattern: "re.Pattern[str]", target: str) -> list[str]:
    """The groups to which a replacement refers and which the expression does not have: Go inserts nothing."""
    named = {name for match in _REFERENCE.finditer(target) if (name := match[1] or match[2])}
    return sorted(name for name in named if not _has_group(pattern, name))


def _has_group(pattern: "re.Pattern[str]", name: str) -> bool:
    return int(name) <= pattern.groups if name.isdecimal() else name in pattern.groupindex


def rewritten(text: str, rules: Sequence[tuple[str, str]]) -> str | None:
    """A text after several replacements. None: only Go can tell."""
    for source, target in rules:
        pattern = compiled(source)
        if pattern is None:
            return None
        text = pattern.sub(lambda match, to=target: _expanded(match, to), text)
    return text


def _expanded(match: "re.Match[str]", target: str) -> str:
    def group(reference: "re.Match[str]") -> str:
        name = reference[1] or reference[2]
        if name is None:
            return "$"
        if not _has_group(match.re, name):
            return ""
        return match[int(name) if name.isdecimal() else name] or ""

    return _REFERENCE.sub(group, target)
