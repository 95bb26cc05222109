"""`pulumi config set` and `pulumi config rm`: their words, and what they make of the config.

Deliberately not here: whether a command mends a problem (mending.py).
"""

import json
import math
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

Path = tuple[str | int, ...]

_STAND_IN = "the value that a person types"
BASE = "base file:"
"""Begins the keys of the base file in a config on which commands are tried; the CLI passes no such key."""


@dataclass(frozen=True)
class ConfigCommand:
    """A command that sets or removes a key of the stack file."""

    path: Path
    """The first step is a key of the program (``vault``), or a full key (``azure-native:location``)."""
    value: str | None = None
    """None: the CLI asks for the value, or removes the key."""
    removes: bool = False
    secret: bool = False
    as_text: bool = False
    """The CLI would make a number or a boolean of the text."""
    file: str = ""
    """The base file that it changes, instead of the stack file."""

    def __str__(self) -> str:
        words = ["pulumi config", "rm" if self.removes else "set"]
        words += [f"--config-file {shlex.quote(self.file)}"] if self.file else []
        nested = len(self.path) > 1
        words += ["--path"] * nested + ["--secret"] * self.secret + ["--type string"] * self.as_text
        text = format_path(self.path)
        if not self.secret and self.value is not None and _looks_secret(text, self.value):
            words.append("--plaintext")
        words.append(f"'{text}'" if nested and "'" not in text else shlex.quote(text))
        if self.value is not None:
            words += (["--"] if self.value.startswith("-") else []) + [shlex.quote(self.value)]
        return " ".join(words)

    def applied(self, config: Mapping[str, str], project: str) -> dict[str, str] | None:
        """The config after the command. None: the CLI refuses it."""
        name = str(self.path[0])
        key = name if ":" in name else f"{project}:{name}"
        key = f"{BASE}{name}" if self.file else key
        changed = dict(config)
        if len(self.path) == 1:
            if self.removes:
                changed.pop(key, None)
            else:
                changed[key] = _STAND_IN if self.value is None else self.value
            return changed
        try:
            document = json.loads(changed[key]) if key in changed else None
        except ValueError:
            document = None
        if not isinstance(document, dict | list):
            document = None  # the CLI writes a map or a list over text
        try:
            value = self.value if self.as_text or self.value is None else _typed(self.value)
            document = (
                _removed(document, self.path[1:]) if self.removes else _set(document, self.path[1:], value)
            )
        except (TypeError, IndexError):
            return None
        changed[key] = json.dumps(document)
        return changed


def set_command(path: Path, value: str, *, as_text: bool = False) -> ConfigCommand:
    """The command that sets a key; ``as_text`` keeps a number text."""
    return ConfigCommand(path, value, as_text=as_text)


def remove_command(path: Path) -> ConfigCommand:
    """The command that removes a key."""
    return ConfigCommand(path, removes=True)


def set_secret_command(key: str) -> ConfigCommand:
    """The command that asks for a value and encrypts it."""
    return ConfigCommand((key,), secret=True)


def format_path(path: Path) -> str:
    """``workloads[2].technique``: the form that ``pulumi config set --path`` takes."""
    formatted = ""
    for step in path:
        if isinstance(step, int):
            formatted += f"[{step}]"
        elif not formatted:
            formatted = step
        elif re.fullmatch(r"[A-Za-z_][\w-]*", step):
            formatted += f".{step}"
        else:
            escaped = step.replace('"', '\\"')
            formatted += f'["{escaped}"]'
    return formatted


# The CLI refuses such a value without --secret or --plaintext if its key has one of these words:
# https://github.com/pulumi/pulumi/blob/v3.256.0/pkg/cmd/pulumi/config/config.go (looksLikeSecret)
_SECRET_WORDS = re.compile(r"(?i)pass|pwd|secret|token")
_LETTERS = ((r"[a-z]", 26), (r"[A-Z]", 26), (r"[0-9]", 10), (r"[^a-zA-Z0-9]", 33))


def _looks_secret(key: str, value: str) -> bool:
    """Whether the first 16 characters can have 40 bits of entropy. The CLI counts known words for less, and
    ``--plaintext`` changes nothing for a value that it takes without.
    """
    head = value[:16]
    letters = sum(size for pattern, size in _LETTERS if re.search(pattern, head))
    return bool(_SECRET_WORDS.search(key)) and bool(head) and len(head) * math.log2(letters) >= 40


def _typed(value: str) -> str | int | bool:
    """The value as the CLI stores it at a path."""
    if value in ("true", "false"):
        return value == "true"
    is_number = re.fullmatch(r"[+-]?[0-9]+", value) and not (len(value) > 1 and value[0] == "0")
    return int(value) if is_number else value


def _set(container: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    step = path[0]
    if isinstance(step, int):
        if container is not None and not isinstance(container, list):
            raise TypeError(step)
        items = cast("list[Any]", container or [])
        if step > len(items):
            raise IndexError(step)
        inner = items[step] if step < len(items) else None
        return [*items[:step], _set(inner, path[1:], value), *items[step + 1 :]]
    if container is None or isinstance(container, dict):
        keys = cast("dict[str, Any]", container or {})
        return {**keys, step: _set(keys.get(step), path[1:], value)}
    raise TypeError(step)


def _removed(container: Any, path: Path) -> Any:
    step, inner = path[0], path[1:]
    if isinstance(container, list) and isinstance(step, int) and step < len(cast("list[Any]", container)):
        items = cast("list[Any]", container)
        return [*items[:step], *([_removed(items[step], inner)] if inner else []), *items[step + 1 :]]
    if isinstance(container, dict) and step in container:
        keys = cast("dict[str | int, Any]", container)
        rest = {key: item for key, item in keys.items() if key != step}
        return {**rest, step: _removed(keys[step], inner)} if inner else rest
    return cast("Any", container)
