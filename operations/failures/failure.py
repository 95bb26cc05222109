"""A failure: the signs by which one sees it, its cause, how one proves it, and what to type.

Owns: what a failure consists of, and when a sign is there. Deliberately not here: the failures (one file per
family), and which one explains a symptom (``table.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Final, Literal

Part = Literal["", "entra", "key vault", "arm", "kubernetes", "operator", "pulumi", "az"]
"""The part that sent a symptom; empty: unknown."""
MOST: Final = 200_000
"""Characters of a symptom that are read."""


@dataclass(frozen=True, kw_only=True)
class Symptom:
    """An observation: an HTTP answer, an event, a condition, or the output of a command."""

    text: str = field(default="", repr=False)
    """The message. It may hold anything, so nothing repeats it."""
    code: str = ""
    """Code of an error: ``ForbiddenByRbac``, ``AADSTS700213``, ``ERR_SECRET_STORE_NOT_FOUND``."""
    status: int = 0
    """HTTP status. 0: unknown."""
    reason: str = ""
    """Reason of a Kubernetes event, condition or container state: ``FailedMount``."""
    part: Part = ""

    @cached_property
    def message(self) -> str:
        """The text as a person reads it: without the backslashes of a quoted text."""
        text = self.text[:MOST]
        for escaped, plain in ((r"\r\n", "\n"), (r"\n", "\n"), (r"\"", '"')):
            text = text.replace(escaped, plain)
        return text


@dataclass(frozen=True, kw_only=True)
class Sign:
    """One form that a failure shows itself in. Everything that it names has to be there."""

    code: str = ""
    """The symptom's code, or a whole word of its text."""
    text: str = ""
    """Regular expression for a part of the text. Its named groups are the names in cause and next step."""
    status: int = 0
    reason: str = ""
    part: Part = ""
    """The part that sends it, where a status alone says too little. A symptom of unknown part does not fit.
    """

    def match(self, symptom: Symptom) -> re.Match[str] | bool | None:
        """The match of ``text``, True for a sign without one; None: the sign is not there."""
        if self.status and self.status != symptom.status:
            return None
        if self.reason and self.reason != symptom.reason:
            return None
        if self.part and self.part != symptom.part:
            return None
        if self.code and self.code != symptom.code and not _has_word(symptom.message, self.code):
            return None
        return _compiled(self.text).search(symptom.message) if self.text else True

    def __post_init__(self) -> None:
        if not (self.code or self.text or self.reason or (self.status and self.part)):
            raise ValueError("a sign needs a code, a text, a reason, or the status of a part")


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A failure that a person meets. ``{vault}`` in its sentences is a name that the symptom or the caller
    gives; without one it reads ``<vault>``.
    """

    id: str
    """Its anchor in docs/troubleshooting.md: the title in lower case, with hyphens."""
    title: str
    symptom: tuple[Sign, ...]
    """One of them is enough."""
    example: str
    """A line as the part sends it."""
    cause: str
    proof: str
    """Proof that this is the failure: a command, and its output."""
    next_step: str
    """The command to type."""
    source: str
    """URL of the page, the issue or the source file that shows the symptom."""
    wraps: int = 0
    """0: a cause of its own. Else its message also stands around that of a failure with a lower number, which
    then is the cause: `FailedMount` around what the CSI driver says, that around what the vault says.
    """

    def signs(self, symptom: Symptom) -> Iterator[re.Match[str] | bool]:
        """Each sign of this failure that the symptom shows."""
        yield from (match for sign in self.symptom if (match := sign.match(symptom)) is not None)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _has_word(text: str, word: str) -> bool:
    """Whether a text has a whole word. Most texts do not have it at all, which takes no expression."""
    return word in text and _word(word).search(text) is not None


@cache
def _word(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])")
