"""One thing that is wrong with the settings, in words, with the command that mends it."""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with the settings."""

    rule: str
    """Id of the rule that is broken, a key of ``RULES``."""
    path: Path
    """Path of the key: ``("workloads", 2, "technique")``."""
    problem: str
    """What is wrong, with the value got, unless the value may be a secret."""
    remedy: str
    """The values allowed, or what to do."""
    suggested_value: str | None = None
    """A valid value: the message ends with ``pulumi config set …``."""
    command: str | None = None
    """The command that mends the problem, where setting this key does not."""
    remove: bool = False
    """Removing the key mends the problem: the message ends with ``pulumi config rm …``."""

    def __str__(self) -> str:
        command = self.command
        if command is None and self.suggested_value is not None:
            command = set_command(self.path, self.suggested_value)
        suffix = f" ({command})" if command else ""
        return f"{format_path(self.path)}: {self.problem}; {self.remedy}{suffix}"


def format_path(path: Path) -> str:
    """``workloads[2].technique``: the form that ``pulumi config set --path`` takes."""
    formatted = ""
    for step in path:
        if isinstance(step, int):
            formatted += f"[{step}]"
        elif not formatted:
            formatted = step
        else:
            formatted += f".{step}" if re.fullmatch(r"[A-Za-z_][\w-]*", step) else f'["{truncate(step)}"]'
    return formatted


def truncate(text: str) -> str:
    """A value of at most 80 characters, so that a message stays readable."""
    return text if len(text) <= 80 else f"{text[:60]}… ({len(text)} characters)"


def join_or(words: Sequence[str]) -> str:
    """``sdk, csi or kubernetes-secret``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def join_and(words: Sequence[str]) -> str:
    """``20.1.2.3, 20.1.2.4 and 20.1.2.5``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


_NEAR = 0.8
"""Share of equal letters from which one name is taken for the other."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that was meant: the same but for case and separators, or nearly the same letters."""
    by_letters = {_letters(other): other for other in reversed([*known])}
    near = difflib.get_close_matches(_letters(name), by_letters, n=1, cutoff=_NEAR)
    return by_letters[near[0]] if near else None


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def set_command(path: Path, value: str) -> str:
    """The command that sets a key."""
    if len(path) == 1:
        return f"pulumi config set {format_path(path)} {value}"
    return f"pulumi config set --path '{format_path(path)}' {value}"


def remove_command(path: Path) -> str:
    """The command that removes a key."""
    return (
        f"pulumi config rm --path '{format_path(path)}'"
        if len(path) > 1
        else f"pulumi config rm {format_path(path)}"
    )
