"""The effective settings of a stack, and where each stands: base file, stack file, Pulumi.yaml or default.

Owns: the reading of a stack file as Pulumi passes it to the program, without decrypting it. Deliberately not
here: how files are merged (stacks/settings/base/), and the text for a person (settings_text.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from operations.errors import OperationError
from stacks.settings import Settings
from stacks.settings.base.layers import STACK_FILE, Layers, layered
from stacks.settings.base.merge import Merged, merged
from stacks.settings.base.project_file import NAME, ProjectValue, project_name, project_values
from stacks.settings.base.yaml_document import Document, YamlFaultError, parse
from stacks.settings.config_keys import SECRET_VALUES
from stacks.settings.loader import SCALARS, SECTIONS, read
from stacks.settings.validation.commands import Path as ConfigPath
from stacks.settings.validation.problems import Problem, format_path

SECRET: Final = "[secret]"
DEFAULT: Final = "default"


@dataclass(frozen=True)
class Row:
    """One value, with the place where it stands."""

    path: ConfigPath
    """The first step is a full key: ``("aks-secrets:cluster", "tier")``."""
    value: Any
    source: str
    """``base``, ``stack``, ``project`` or ``default``."""
    file: str = ""
    line: int = 0

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}" if self.file else self.source

    def document(self) -> dict[str, Any]:
        """The row in the JSON document."""
        row: dict[str, Any] = {"path": format_path(self.path), "value": self.value, "source": self.source}
        return row | ({"file": self.file, "line": self.line} if self.file else {})


@dataclass(frozen=True)
class EffectiveSettings:
    """The settings of a stack, or why they are refused."""

    rows: list[Row] = field(default_factory=list[Row])
    problems: list[Problem] = field(default_factory=list[Problem])


@dataclass(frozen=True)
class StackSettings:
    """A stack file and its settings, or why they are refused."""

    settings: Settings | None
    problems: list[Problem]
    document: Mapping[str, Any]
    """The file itself: `config`, and Pulumi's own keys beside it."""
    config: Mapping[str, str]
    """Full keys with their values as text, merged with the base file; an encrypted one is [secret]."""


def effective_settings(stack: str, folder: Path, stack_file: Path) -> EffectiveSettings:
    """The settings of a stack file, merged as the program merges them.

    Raises:
        OperationError: the file cannot be read.
    """
    reading = _reading(folder, stack_file)
    settings, problems = _settings(stack, reading)
    if settings is None or problems:
        return EffectiveSettings(problems=problems)
    written = reading.rows()
    sources = {row.path: row for row in written}
    return EffectiveSettings([*written, *_defaults(settings, reading.project, sources)])


def stack_settings(stack: str, folder: Path, stack_file: Path) -> StackSettings:
    """The settings of a stack file as the program reads them. Raises OperationError as above."""
    reading = _reading(folder, stack_file)
    settings, problems = _settings(stack, reading)
    document = reading.document.value if isinstance(reading.document.value, dict) else {}
    return StackSettings(None if problems else settings, problems, document, reading.layers().config)


def _reading(folder: Path, stack_file: Path) -> _Reading:
    project = project_name(folder)
    if project is None:
        raise OperationError(f"there is no Pulumi project: {folder / NAME} is missing, or has no name")
    return _Reading(project, folder, stack_file, _document(stack_file))


def _settings(stack: str, reading: _Reading) -> tuple[Settings | None, list[Problem]]:
    settings, problems = read(
        reading.project, stack, reading.config, reading.secret_keys.__contains__, reading.folder
    )
    return settings, [reading.located(problem) for problem in problems]


def _document(stack_file: Path) -> Document:
    try:
        document = parse(stack_file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise OperationError(f"there is no file {stack_file}; name one with --config-file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise OperationError(
            f"{stack_file} cannot be read: {getattr(error, 'strerror', 'it is not UTF-8')}"
        ) from error
    except YamlFaultError as error:
        raise OperationError(f"{stack_file}:{error.line}: {error.fault}") from error
    if document.value is not None and not isinstance(document.value, dict):
        raise OperationError(f"{stack_file} holds no keys; write them below config")
    config = (document.value or {}).get("config")
    if config is not None and not isinstance(config, dict):
        raise OperationError(
            f"{stack_file}:{document.line_of(('config',))}: config should hold keys with values"
        )
    return document


class _Reading:
    """A stack file as Pulumi passes it to the program: with the values of Pulumi.yaml that it has not."""

    def __init__(self, project: str, folder: Path, stack_file: Path, document: Document) -> None:
        self.project, self.folder, self.file, self.document = project, folder, stack_file, document
        config: Mapping[str, Any] = (document.value or {}).get("config") or {}
        self.names = {key if ":" in key else f"{project}:{key}": key for key in config}
        own = {full: config[key] for full, key in self.names.items()}
        self.secret_keys = {key for key, value in own.items() if _holds_secure(value)}
        self.declared: Mapping[str, ProjectValue] = {
            key: value for key, value in project_values(folder).items() if key not in own
        }
        values = {**{key: declared.value for key, declared in self.declared.items()}, **own}
        self.values = {key: _masked(value) for key, value in values.items()}
        self.config = {key: _text(value) for key, value in self.values.items()}

    def layers(self) -> Layers:
        """The stack file over its base file, if it names one."""
        keys = (*SCALARS, *SECTIONS)
        return layered(self.project, self.config, self.secret_keys.__contains__, keys, self.folder)

    def rows(self) -> list[Row]:
        """Every value that a file has."""
        layers = self.layers()
        prefix = f"{self.project}:"
        own = {
            key.removeprefix(prefix): value for key, value in self.values.items() if key.startswith(prefix)
        }
        result = layers.result if layers.base else merged({}, own)
        rows = [
            self._row((key,), SECRET if key.startswith(f"{SECRET_VALUES}:") else value)
            for key, value in self.values.items()
            if not key.startswith(prefix)
        ]
        base = self.values.get(f"{prefix}base")
        rows += [self._row((f"{prefix}base",), base)] if base and layers.base else []
        rows += [
            self._merged_row(layers, result, path, value, prefix) for path, value in _leaves(result.value, ())
        ]
        return rows

    def _merged_row(self, layers: Layers, result: Merged, path: ConfigPath, value: Any, prefix: str) -> Row:
        place = result.place_of(path)
        full: ConfigPath = (f"{prefix}{path[0]}", *path[1:])
        if place.in_stack is None and place.in_base is not None and layers.base:
            name, line = layers.base.where(place.in_base).rsplit(":", 1)
            return Row(full, value, "base", name, int(line))
        in_stack = place.in_stack or path
        return replace(self._row((f"{prefix}{in_stack[0]}", *in_stack[1:]), value), path=full)

    def _row(self, path: ConfigPath, value: Any) -> Row:
        """The row of a value that the stack file or Pulumi.yaml has; the path is the one there."""
        key = str(path[0])
        if declared := self.declared.get(key):
            if declared.is_default and declared.value in ("", {}, []):
                return Row(path, value, DEFAULT)
            return Row(path, value, "project", NAME, declared.line)
        line = self.document.line_of(("config", self.names.get(key, key), *path[1:]))
        return Row(path, value, "stack", self.file.name, line)

    def located(self, problem: Problem) -> Problem:
        """The problem with the line of the stack file."""
        if problem.where not in ("", STACK_FILE):
            return problem
        name = str(problem.path[0]) if problem.path else ""
        full = name if ":" in name else f"{self.project}:{name}"
        if full not in self.names:
            return replace(problem, where=self.file.name)
        line = self.document.line_of(("config", self.names[full], *problem.path[1:]))
        return replace(problem, where=f"{self.file.name}:{line}")


def _leaves(value: Any, path: ConfigPath) -> Iterator[tuple[ConfigPath, Any]]:
    """The values of a document: scalars, lists of scalars, and what is empty."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key))
    elif isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        for index, item in enumerate(value):
            yield from _leaves(item, (*path, index))
    elif path:
        yield path, value


def _holds_secure(value: Any) -> bool:
    if isinstance(value, dict):
        return list(value) == ["secure"] or any(map(_holds_secure, value.values()))
    return isinstance(value, list) and any(map(_holds_secure, value))


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        is_secure = list(value) == ["secure"]
        return SECRET if is_secure else {key: _masked(inner) for key, inner in value.items()}
    return [_masked(item) for item in value] if isinstance(value, list) else value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _defaults(settings: Settings, project: str, rows: Mapping[ConfigPath, Row]) -> Iterator[Row]:
    """The values that no file has."""
    for path, value in _unset(settings, ()):
        key = str(path[0])
        if key in ("project", "stack", "location"):
            continue
        full: ConfigPath = (f"{project}:{key}", *path[1:])
        if full not in rows:
            yield Row(full, value, DEFAULT)


def _unset(section: BaseModel, at: ConfigPath) -> Iterator[tuple[ConfigPath, Any]]:
    for name, declared in type(section).model_fields.items():
        path: ConfigPath = (*at, declared.alias or name)
        value = getattr(section, name)
        if isinstance(value, BaseModel):
            yield from _unset(value, path)
        elif isinstance(value, tuple) and any(isinstance(item, BaseModel) for item in value):
            for index, item in enumerate(value):
                yield from _unset(item, (*path, index))
        elif value is not None and (name not in section.model_fields_set or path[-1] == "technique"):
            yield path, _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value if isinstance(value, bool | int | float) else str(value)
