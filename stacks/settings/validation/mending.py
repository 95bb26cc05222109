"""The commands that a list of problems offers: only those that mend, also if they are run one after another.

Owns: the trial of each command on the config, as `pulumi config` would change it. A command is left out if
its problem would stay, if another problem would appear, or if an earlier command of the list has changed
what it relies on. The message without a command still says what is allowed.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from stacks.settings.validation.commands import ConfigCommand, remove_command
from stacks.settings.validation.problems import Problem

Examine = Callable[[Mapping[str, str], frozenset[str]], "Examined"]
"""The problems of a config; the second argument are keys that a command has encrypted."""

_CHOICE = "unknown-choice"
"""Rule of a value that is none of a closed list."""
_MAX_TRIALS = 200
_MAX_READ = 1_000_000
"""Beyond them commands are left out: a trial reads the whole config again, characters and all. 200 workloads
with a wrong key each would take minutes.
"""


@dataclass(frozen=True)
class Examined:
    """The problems of a config."""

    problems: list[Problem]
    complete: bool
    """Whether every rule was checked. While a key is missing or misspelled, rules across sections are not."""
    own_command: Callable[[ConfigCommand], ConfigCommand | None] = field(default=lambda command: command)
    """The command on the stack file that does the same, where the config is merged from several files."""


def with_commands_that_mend(
    examined: Examined, config: Mapping[str, str], project: str, examine: Examine
) -> list[Problem]:
    """The problems, each with the first of its commands that mends it."""
    trials = _Trials(examined, dict(config), project, examine)
    return [trials.settled(problem) for problem in examined.problems]


class _Trials:
    """The config as the commands that were offered so far would leave it."""

    def __init__(self, examined: Examined, config: dict[str, str], project: str, examine: Examine) -> None:
        self._now, self._project, self._examine = examined, project, examine
        self._config: dict[str, str] = config
        self._encrypted: frozenset[str] = frozenset()
        size = sum(map(len, config.values()))
        self._left = min(_MAX_TRIALS, 1 + _MAX_READ // (1 + size))

    def settled(self, problem: Problem) -> Problem:
        """The problem with a command that mends it, or without one."""
        candidates = problem.config_commands
        if not candidates:
            return problem
        command = self._first_that_mends(problem, candidates)
        return replace(problem, suggested_value=None, command=command, remove=False)

    def _first_that_mends(self, problem: Problem, candidates: list[ConfigCommand]) -> ConfigCommand | None:
        if _key(problem) not in map(_key, self._now.problems):
            return None  # an earlier command mends it too, or has moved the items of its list
        waiting, tried = list(candidates), set[ConfigCommand]()
        while waiting:
            command = waiting.pop(0)
            if command in tried or not self._left:
                continue
            tried.add(command)
            self._left -= 1
            own = self._now.own_command(command)
            changed = own.applied(self._config, self._project) if own else None
            if changed is None:
                continue
            encrypted = self._encrypted
            if command.secret:
                encrypted = encrypted | {str(command.path[0])}
            after = self._examine(changed, encrypted)
            new = self._new_problems(problem, after, command)
            if self._is_gone(problem, after) and not new:
                self._now, self._config, self._encrypted = after, changed, encrypted
                return own
            # A limit that another rule narrows: that rule's value is the nearest one. Another choice is not
            # what the person means: `os: Windows` is no slip of linux.
            waiting += [
                next_command
                for other in new
                if other.path == problem.path and problem.rule != _CHOICE and len(tried) < 4
                for next_command in other.config_commands
                if not next_command.removes
            ]
        return None

    def _is_gone(self, problem: Problem, after: Examined) -> bool:
        """Whether the key has one problem less, and not this one in other words."""
        there = [(other.rule, other.path) for other in after.problems].count((problem.rule, problem.path))
        before = [(other.rule, other.path) for other in self._now.problems].count(
            (problem.rule, problem.path)
        )
        return there < before and _key(problem) not in map(_key, after.problems)

    def _new_problems(self, problem: Problem, after: Examined, command: ConfigCommand) -> list[Problem]:
        """The problems that a command would raise."""
        before = self._now
        if not before.complete:
            # Rules across sections are not checked while a key is wrong: judged without the other wrong keys.
            before, after = self._without_other_wrongs(problem, command) or (before, after)
        known = Counter(map(place_of, before.problems))
        raised: list[Problem] = []
        for other in after.problems:
            if known[place_of(other)]:
                known[place_of(other)] -= 1
            elif after.complete or other.path[: len(command.path)] == command.path:
                raised.append(other)
        return raised

    def _without_other_wrongs(
        self, problem: Problem, command: ConfigCommand
    ) -> tuple[Examined, Examined] | None:
        """The problems before and after the command, if the other wrong keys were not there.

        None: a key without a default is among them.
        """
        config = self._config
        for other in reversed(self._now.problems):
            if other.path != problem.path:
                config = self._applied(remove_command(other.path), config) or config
        changed = self._applied(command, config)
        after = self._examine(changed, self._encrypted) if changed else None
        if after is None or not after.complete:
            return None
        without = self._applied(remove_command(command.path), config) or config
        before = self._examine(without, self._encrypted)
        return (before if before.complete else Examined([], complete=True)), after

    def _applied(self, command: ConfigCommand, config: Mapping[str, str]) -> dict[str, str] | None:
        own = self._now.own_command(command)
        return own.applied(config, self._project) if own else None


def _key(problem: Problem) -> tuple[object, ...]:
    return problem.rule, problem.path, problem.problem


def place_of(problem: Problem) -> tuple[object, ...]:
    """Rule and path without the indexes, which the removal of an item changes."""
    return problem.rule, *(step for step in problem.path if isinstance(step, str))
