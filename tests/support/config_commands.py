"""`pulumi config set` and `pulumi config rm` on a parsed stack file, as the CLI runs them.

A process of the CLI takes 0.4 s, and the settings offer some thousand commands.
``tests/engine/test_commands.py`` compares a sample of these results with the real CLI. The semantics are
those of
https://github.com/pulumi/pulumi/blob/v3.256.0/pkg/cmd/pulumi/config/config.go and
sdk/go/common/resource/config/{map,object}.go there.
"""

import copy
import math
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PROJECT = "aks-secrets"
NEW_VALUE = "value-from-the-terminal"
"""The value that a person types if a command has none."""


class RefusedError(Exception):
    """The CLI refuses the command."""


@dataclass(frozen=True)
class ConfigCommand:
    """A parsed `pulumi config set` or `rm`."""

    verb: str
    key: str
    value: str | None = None
    path: bool = False
    secret: bool = False
    plaintext: bool = False
    type: str | None = None
    file: str = ""
    """The file that it changes; empty: that of the stack."""


def parse_command(command: str) -> ConfigCommand:
    """The parts of a command, split as a POSIX shell does."""
    words = shlex.split(command)
    if words[:2] != ["pulumi", "config"] or words[2] not in ("set", "rm"):
        raise RefusedError(f"no command of `pulumi config`: {command}")
    flags: dict[str, Any] = {}
    plain: list[str] = []
    rest = words[3:]
    while rest:
        word = rest.pop(0)
        if word == "--":
            plain, rest = plain + rest, []
        elif word in ("--path", "--secret", "--plaintext"):
            flags[word[2:]] = True
        elif word == "--type":
            flags["type"] = rest.pop(0)
        elif word == "--config-file":
            flags["file"] = rest.pop(0)
        elif word.startswith("-"):
            raise RefusedError(f"unknown flag: {word}")
        else:
            plain.append(word)
    if not 1 <= len(plain) <= (2 if words[2] == "set" else 1):
        raise RefusedError(f"{len(plain)} arguments: {command}")
    key, *values = plain
    return ConfigCommand(words[2], key, values[0] if values else None, **flags)


def apply_command(
    command: str, config: Mapping[str, Any], secret_keys: tuple[str, ...] = ()
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The config and its encrypted keys after a command.

    What stands in another file is the value of the key that is the file's name.

    Raises:
        RefusedError: the CLI refuses the command.
    """
    parsed, whole, secrets = parse_command(command), copy.deepcopy(dict(config)), set(secret_keys)
    changed: dict[str, Any] = whole[parsed.file] if parsed.file else whole
    namespace, name = _split_key(parsed.key, is_path=parsed.path)
    steps: list[str | int] = parse_path(name) if parsed.path else [name]
    key = f"{namespace}:{steps[0]}"
    if parsed.verb == "rm":
        if len(steps) == 1:
            changed.pop(key, None)
            secrets.discard(key)
        else:
            _remove(changed.get(key), steps[1:])
        return whole, tuple(secrets)
    value = parsed.value if parsed.value is not None else NEW_VALUE
    if not parsed.secret and not parsed.plaintext and looks_like_secret(name, value):
        raise RefusedError(f"config value for '{name}' looks like a secret")
    if len(steps) == 1:
        changed[key] = value
    else:
        changed[key] = _set(changed.get(key), steps[1:], _typed(value, parsed), first=True)
    if parsed.secret:
        secrets.add(key)
    return whole, tuple(secrets)


def _split_key(key: str, *, is_path: bool) -> tuple[str, str]:
    """Namespace and name. A key without a namespace belongs to the project."""
    head = re.split(r"[.\[]", key, maxsplit=1)[0] if is_path else key
    if ":" not in head:
        return PROJECT, key
    namespace, _, name = key.partition(":")
    return namespace, name


_STEP = re.compile(r"\.?([^.\[\]\"]+)|\[(\d+)\]|\[\"((?:[^\"\\]|\\.)*)\"\]")


def parse_path(text: str) -> list[str | int]:
    """``a.b[0]["c.d"]`` → its steps."""
    steps: list[str | int] = []
    position = 0
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            raise RefusedError(f"invalid config key path: {text}")
        plain, index, quoted = match.groups()
        steps.append(
            plain if plain is not None else int(index) if index is not None else quoted.replace('\\"', '"')
        )
        position = match.end()
    return steps


def _typed(value: str, command: ConfigCommand) -> Any:
    """The value as the CLI stores it at a path."""
    match command.type:
        case "string":
            return value
        case "int":
            return int(value)
        case "bool":
            return {"true": True, "false": False}[value]
        case "float":
            return float(value)
        case _:
            pass
    if command.secret:
        return value
    if value in ("true", "false"):
        return value == "true"
    if len(value) > 1 and value.startswith("0"):
        return value
    return int(value) if re.fullmatch(r"[+-]?[0-9]+", value) and abs(int(value)) < 2**63 else value


def _set(container: Any, steps: list[str | int], value: Any, *, first: bool = False) -> Any:
    if not steps:
        return value
    step = steps[0]
    if container is None or (first and not isinstance(container, dict | list)):
        container = [None] if isinstance(step, int) else {}
        if isinstance(step, int) and step:
            raise RefusedError("array index out of range")
    if isinstance(container, list):
        if not isinstance(step, int):
            raise RefusedError("key for an array must be an int")
        if step > len(container):
            raise RefusedError("array index out of range")
        if step == len(container):
            container.append(None)
        container[step] = _set(container[step], steps[1:], value)
    elif isinstance(container, dict):
        if isinstance(step, int):
            raise RefusedError("key for a map must be a string")
        container[step] = _set(container.get(step), steps[1:], value)
    else:
        raise RefusedError("expected an array" if isinstance(step, int) else "expected a map")
    return container


def _remove(container: Any, steps: list[str | int]) -> None:
    step: Any = steps[0]
    inside = (
        isinstance(step, int) and step < len(container)
        if isinstance(container, list)
        else isinstance(container, dict) and step in container
    )
    if not inside:
        return
    if len(steps) > 1:
        _remove(container[step], steps[1:])
    else:
        del container[step]


_SECRET_KEY = re.compile(r"(?i)passwd|pass|password|pwd|secret|token")


def looks_like_secret(name: str, value: str) -> bool:
    """An upper bound of the CLI's heuristic, which counts known words for less (zxcvbn)."""
    if not _SECRET_KEY.search(name):
        return False
    head = value[:16]
    classes = ((r"[a-z]", 26), (r"[A-Z]", 26), (r"[0-9]", 10), (r"[^a-zA-Z0-9]", 33))
    letters = sum(size for pattern, size in classes if re.search(pattern, head))
    return bool(head) and len(head) * math.log2(letters) >= 40
