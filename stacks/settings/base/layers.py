"""The layers of the settings: what the stack file says, over its base file.

Owns: the config that results, in which file each of its values stands, and which command on the stack file
changes a value of the result. Deliberately not here: the rule of the merge (merge.py).
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Any, cast

from stacks.settings.base.base_file import BASE, BaseFile, read_base
from stacks.settings.base.merge import DELETE, PATCH, Merged, Place, merge_key, merged
from stacks.settings.base.project_file import NAME, ProjectValue, project_values
from stacks.settings.model.settings import Settings
from stacks.settings.validation.commands import BASE as EDITED
from stacks.settings.validation.commands import ConfigCommand, Path
from stacks.settings.validation.empty_keys import EMPTY
from stacks.settings.validation.model_tree import fields_by_key, section_at
from stacks.settings.validation.problems import Problem
from stacks.settings.validation.registry import register_rule
from stacks.settings.validation.repeatable import HIDDEN

STACK_FILE = "stack file"
HIDDEN_BASE = register_rule(
    "base-is-not-hidden", "https://www.pulumi.com/docs/iac/concepts/config/#project-level-configuration"
).id


@dataclass(frozen=True)
class Layers:
    """The config of a stack over its base, if it names one."""

    project: str
    config: Mapping[str, str]
    """Full key → text, merged."""
    problems: tuple[Problem, ...] = ()
    """Those of the base file and of directives."""
    base: BaseFile | None = None
    is_broken: bool = False
    """The base file cannot be read, so that every key of it would seem to be missing."""
    result: Merged = field(default_factory=lambda: Merged({}))
    project_values: Callable[[], Mapping[str, ProjectValue]] = dict[str, ProjectValue]
    """Those of Pulumi.yaml, read when a problem needs them."""
    stack_config: Mapping[str, str] = field(default_factory=dict[str, str])
    """As Pulumi passes it: of the stack file, or of the project."""

    def located(self, problem: Problem) -> Problem:
        """The problem with the file in which the value stands, and its path there."""
        if problem.where or not problem.path:
            return problem
        name = str(problem.path[0])
        key = name if ":" in name else f"{self.project}:{name}"
        from_project = self._from_project(key)
        if self.base is None:
            return replace(problem, where=f"{NAME}:{from_project.line}") if from_project else problem
        place = self.result.place_of(problem.path)
        if problem.path[-1] == HIDDEN:
            place = self._place_of_unknown(problem.path) or place
        if place.in_stack is None and place.in_base is not None:
            return self._in_base(problem, place.in_base)
        where = f"{NAME}:{from_project.line}" if from_project else STACK_FILE
        return replace(problem, path=_masked(place.in_stack or problem.path, problem.path), where=where)

    def at_key(self, key: str, problem: Problem) -> Problem:
        """The problem of a key that the program does not have, with the file in which it stands."""
        if self.base is None or key not in self.base.values or f"{self.project}:{key}" in self.stack_config:
            return problem
        return replace(self._in_base(problem, (key,)), path=problem.path)

    def _place_of_unknown(self, path: Path) -> Place | None:
        """The place of a key whose name is not shown: the first one of its section that no section has."""
        section = section_at(Settings, path[:-1])
        known = list(fields_by_key(section)) if section else []
        for at, place in self.result.places.items():
            if at[:-1] == path[:-1] and at[-1] not in known:
                return place
        return None

    def _in_base(self, problem: Problem, path: Path) -> Problem:
        assert self.base is not None
        return replace(
            problem,
            path=_masked(path, problem.path),
            problem=problem.problem.replace("the stack file", self.base.name),
            remedy=problem.remedy.replace("the stack file", self.base.name),
            where=self.base.where(path),
        )

    def own_command(self, command: ConfigCommand) -> ConfigCommand | None:
        """The command that does to the result what this one does to a stack file that holds all of it.

        None: no single command does.
        """
        path, name = command.path, str(command.path[0])
        if len(path) > 1 and self._from_project(f"{self.project}:{name}"):
            return None  # it would write a key that hides all of the project's value
        if self.base is None:
            return command
        if command.removes and path[-1:] == (PATCH,):
            return None  # what removes a key is the same directive
        if self._joins(path):
            return None  # by another name the item would no longer change that of the base
        place = self.result.place_of(path)
        if place.in_stack is not None:
            return replace(command, path=place.in_stack)
        own = self._below_own_item(path)
        if own is None:
            # the stack file's list would replace the base's, or grow an item without a name
            return self._command_on_base(command, place.in_base)
        return ConfigCommand((*own, PATCH), DELETE) if command.removes else replace(command, path=own)

    def _command_on_base(self, command: ConfigCommand, path: Path | None) -> ConfigCommand | None:
        """The command on the base file. None: the CLI would write the key there with the project's name."""
        if self.base is None or path is None or str(path[0]) not in self.base.with_full_name:
            return None
        return replace(command, path=path, file=self.base.name)

    def tried_config(self, config: Mapping[str, str]) -> dict[str, str]:
        """A config on which commands are tried: with the base file's values, which commands change too."""
        values: Mapping[str, Any] = self.base.values if self.base else {}
        return {**config, **{f"{EDITED}{key}": json.dumps(value) for key, value in values.items()}}

    def _joins(self, path: Path) -> bool:
        """Whether the value is the name by which an item of the stack file changes one of the base."""
        item = self.result.places.get(path[:-1])
        is_in_both = item is not None and None not in (item.in_base, item.in_stack)
        return is_in_both and isinstance(path[-2], int) and path[-1] == merge_key(path[:-2])

    def _below_own_item(self, path: Path) -> Path | None:
        """The path in the stack file of a value that only the base has. None: it lies in a list item that the
        stack file has not.
        """
        item = max((end for end, step in enumerate(path, 1) if isinstance(step, int)), default=0)
        if not item:
            return path
        place = self.result.places.get(path[:item])
        return (*place.in_stack, *path[item:]) if place and place.in_stack else None

    def settled(self, problem: Problem) -> Problem:
        """The problem where it stands, with a command on the stack file. For problems that only Azure shows,
        whose commands cannot be tried on the settings.
        """
        own = [command for each in problem.config_commands if (command := self.own_command(each))]
        if problem.config_commands:
            problem = replace(problem, suggested_value=None, command=own[0] if own else None, remove=False)
        return self.located(problem)

    def _from_project(self, key: str) -> ProjectValue | None:
        """The project's value of a key, if it is what the program got and is not empty."""
        value = self.project_values().get(key)
        own = self.stack_config.get(key)
        return (
            value
            if value and value.value not in ("", {}, []) and own is not None and value.equals(own)
            else None
        )


def _masked(path: Path, shown: Path) -> Path:
    """A path with the steps hidden that the shown one hides: they may be secrets."""
    hidden = {len(shown) - at: step for at, step in enumerate(shown) if HIDDEN in str(step)}
    return tuple(hidden.get(len(path) - at, step) for at, step in enumerate(path))


def layered(
    project: str,
    config: Mapping[str, str],
    is_secret: Callable[[str], bool],
    keys: Sequence[str],
    folder: FilePath,
) -> Layers:
    """The config over the base file that it names. ``keys`` are those of the program.

    Values of the base file that a command has changed on trial stand in the config (``tried_config``).
    """

    def values() -> Mapping[str, ProjectValue]:
        return project_values(folder)

    prefix = f"{project}:"
    edited = {
        key.removeprefix(EDITED): json.loads(text) for key, text in config.items() if key.startswith(EDITED)
    }
    config = {key: text for key, text in config.items() if not key.startswith(EDITED)}
    name = config.get(f"{prefix}{BASE}", "")
    if name.strip() in EMPTY or is_secret(f"{prefix}{BASE}"):
        return Layers(project, config, project_values=values, stack_config=config)
    base = read_base(folder, name, project)
    if isinstance(base, Problem):
        return Layers(project, config, (base,), is_broken=True, project_values=values, stack_config=config)
    if edited:
        base = replace(base, values=edited)
    over: dict[str, Any] = {}
    under = {key: value for key, value in base.values.items() if key != BASE}
    for key in keys:
        text = config.get(prefix + key)
        if text is None or key == BASE:
            continue
        value = _structured(text)
        is_readable = not is_secret(prefix + key) and (key in under or isinstance(value, dict | list))
        if not is_readable:
            under.pop(key, None)  # the stack file's value is reported, not the base's
        elif not _hides_a_fault(under.get(key, {}), value):
            over[key] = value
    result = merged(under, over)
    own = {
        prefix + key: value if isinstance(value, str) else json.dumps(value)
        for key, value in result.value.items()
    }
    left_out = {prefix + key for key in over if key not in result.value}
    others = {key: text for key, text in config.items() if key not in left_out}
    hidden = tuple(_hidden(prefix, base, config, values()))
    return Layers(
        project,
        {**others, **own},
        (*base.problems, *(replace(problem, where=STACK_FILE) for problem in result.problems), *hidden),
        base,
        not base.values and bool(base.problems),
        result,
        values,
        config,
    )


def _hides_a_fault(base: Any, stack: Any) -> bool:
    """Whether the base has no section where the stack has one, as Pulumi.yaml does: the base is reported."""
    return not isinstance(base, dict | list) and isinstance(stack, dict | list) and PATCH not in stack


def _structured(text: str) -> Any:
    """The value of a section, or the text of a key that is none."""
    try:
        value: Any = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return cast("Any", value) if isinstance(value, dict | list) else text


def _hidden(
    prefix: str, base: BaseFile, config: Mapping[str, str], values: Mapping[str, ProjectValue]
) -> Iterator[Problem]:
    """A default of Pulumi.yaml arrives as if the stack file had it."""
    for key in base.values:
        default = values.get(prefix + key)
        if default is None or not default.is_default or default.value in ("", {}, []):
            continue
        if default.equals(config.get(prefix + key, "")):
            problem = f"has a default here, which would replace the value of {base.name}"
            yield Problem(HIDDEN_BASE, (key,), problem, "remove that default", where=f"{NAME}:{default.line}")
