"""One thing that is wrong with the settings, in words, with the command that mends it."""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stacks.settings.validation.commands import ConfigCommand, Path, format_path, remove_command, set_command
from stacks.settings.validation.repeatable import repeatable, shown_path, truncate

__all__ = [
    "Path",
    "Problem",
    "format_path",
    "join_or",
    "other_names",
    "remove_command",
    "set_command",
    "truncate",
]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with the settings."""

    rule: str
    """Id of the rule that is broken, a key of ``RULES``."""
    path: Path
    """Path of the key: ``("workloads", 2, "technique")``. Empty: the problem is the file's."""
    problem: str
    """The fault, with the value got, unless the value may be a secret."""
    remedy: str
    """The values allowed, or what to do."""
    suggested_value: str | tuple[str, ...] | None = None
    """A valid value, or several of which the first one that mends the problem is offered: the message ends
    with ``pulumi config set …``.
    """
    command: str | ConfigCommand | None = None
    """The command that mends the problem, where setting this key does not."""
    remove: bool = False
    """Removing the key mends the problem: the message ends with ``pulumi config rm …``."""
    where: str = ""
    """The file in which the value stands, if there are several: ``config/base.yaml:7``."""

    @property
    def config_commands(self) -> list[ConfigCommand]:
        """The commands on the stack file that may mend the problem, the first choice first."""
        if self.command is not None:
            return [self.command] if isinstance(self.command, ConfigCommand) else []
        if self.remove:
            return [remove_command(self.path)]
        values = (self.suggested_value,) if isinstance(self.suggested_value, str) else self.suggested_value
        # What a message does not repeat is not in a command either.
        return [set_command(self.path, value) for value in values or () if repeatable(value) == value]

    def __str__(self) -> str:
        command = self.command if isinstance(self.command, str) else next(iter(self.config_commands), None)
        # A command cannot be shortened, so there is none for a key that is not shown whole.
        if isinstance(command, ConfigCommand) and shown_path(command.path) != command.path:
            command = None
        suffix = f" ({command})" if command else ""
        place = ": ".join(filter(None, (self.where, format_path(shown_path(self.path)))))
        return f"{place}: {self.problem}; {self.remedy}{suffix}"


def other_names(name: str, *, separator: str = "-") -> tuple[str, ...]:
    """Names to choose instead of one that is taken: ``payments-2``, ``payments-3`` …"""
    return tuple(f"{name}{separator}{number}" for number in range(2, 6))


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
