"""The user's Pulumi.yaml and stack file, and their copies for the engine, which lack the user's encryption.

Each `secure:` value is replaced by a stand-in: the rehearsal has no key to decrypt it and must not need one.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, MutableMapping, MutableSequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from ruamel.yaml import YAML, RoundTripConstructor
from ruamel.yaml.error import YAMLError

from rehearsal.errors import RehearsalError
from rehearsal.yaml_faults import MALFORMED, UNREADABLE, describe, is_json, kind_of, reason_of

STAND_IN: Final = "rehearsal-stand-in-for-"
"""Prefix of the value that replaces an encrypted one."""
_ENCRYPTION: Final = ("secretsprovider", "encryptedkey", "encryptionsalt")
_USER_STACK_KEYS: Final = (*_ENCRYPTION, "environment")
_USER_PROJECT_KEYS: Final = ("backend", "main", "stackConfigDir", "plugins", "packages", "options")
"""Keys that the copies lack: they belong to the user's backend, secrets provider and language host."""

Step = str | int
"""One step of a path in a document: the key of a mapping or the index of a list."""


@dataclass(frozen=True)
class UserFiles:
    """The parsed documents of the user."""

    project: dict[str, Any]
    stack: dict[str, Any]

    @classmethod
    def read(cls, stack: str, program: Path, config_file: Path | None) -> UserFiles:
        """Raises RehearsalError for a missing or unreadable file, before anything is written."""
        check_stack_name(stack)
        project = read_document(program / "Pulumi.yaml", "there is no Pulumi project: {path} is missing")
        source = config_file or program / f"Pulumi.{stack}.yaml"
        if config_file:
            document = read_document(config_file, "there is no file {path}", option="--config-file")
        elif source.exists():
            document = read_document(source)
        else:
            raise RehearsalError(_missing_stack_file(program, stack, source), status=2)
        if problem := _misplaced_key(document, project.get("name")) or _unreadable_key(
            document.get("config")
        ):
            raise RehearsalError(f"{source}: {problem}", status=2)
        return cls(project, document)

    @property
    def warnings(self) -> list[str]:
        """Files that the copies lack and the program may need."""
        if not (environment := self.stack.get("environment")):
            return []
        names = environment if isinstance(environment, list) else [environment]
        listed = ", ".join(str(name) for name in names if isinstance(name, str)) or "of its own"
        return [
            f"environment: a rehearsal does not open the Pulumi ESC environment {listed}, so its values are"
            " missing; write them into a copy of the stack file, and rehearse that (--config-file)"
        ]


def _misplaced_key(document: Mapping[str, Any], project: object) -> str | None:
    """A key that Pulumi would ignore: a misspelled one, or one beside `config` that belongs below it.

    Pulumi reads five keys and ignores all others, so that a file may keep YAML anchors of its own.
    """
    known = {re.sub(r"[^a-z]", "", key): key for key in ("config", *_USER_STACK_KEYS)}
    for key in map(str, document):
        if ":" in key:
            namespace = key.partition(":")[0]  # the rest may be a value in the wrong place
            is_known = namespace == project or re.fullmatch(r"[a-z]+(?:-[a-z]+)+", namespace)
            name = f"{namespace}:…" if is_known else "a key with a colon"
            return f"{name} is beside `config`, where Pulumi does not read it; indent it below `config`"
        near = difflib.get_close_matches(re.sub(r"[^a-z]", "", key.lower()), known, n=1, cutoff=0.8)
        if key not in known.values() and near:
            return f"unknown key {key!r}, which Pulumi ignores; did you mean {known[near[0]]!r}? rename it"
    return None


def _unreadable_key(config: Any) -> str | None:
    """A key below `config` that the engine cannot read. Its own message repeats the key, to which a value may
    stick.
    """
    if config is not None and not isinstance(config, Mapping):
        return "config should hold keys with values"
    for number, (key, value) in enumerate((config or {}).items(), 1):
        # config/key.go, ParseKey: `name`, `namespace:name` or `namespace:config:name`.
        parts = key.split(":") if isinstance(key, str) else [""]
        if len(parts) > 3 or (len(parts) == 3 and parts[1] != "config") or not all(parts):
            return (
                f"key {number} of config is not of the form namespace:name; write a space behind the colon"
                " that ends a key, and quotes around a key that is no text"
            )
        if not is_json(value):
            return (
                f"key {number} of config holds what JSON does not have, such as .nan or a list as a key; put"
                " it in quotes"
            )
    return None


def check_stack_name(stack: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,100}", stack):
        raise RehearsalError(
            f"--stack: '{stack}' is no stack name; use letters, digits, '-', '_' and '.'", status=2
        )


def _missing_stack_file(program: Path, stack: str, source: Path) -> str:
    known = sorted(path.name[len("Pulumi.") : -len(".yaml")] for path in program.glob("Pulumi.*.yaml"))
    choose = f"choose --stack {' or '.join(known)}" if known else "make one"
    return (
        f"--stack: there is no stack '{stack}': {source} is missing; {choose}, or name a file with "
        "--config-file"
    )


def write_copies(files: UserFiles, project_file: Path, stack_file: Path) -> dict[tuple[Step, ...], str]:
    """Write the copies; returns the stand-ins that the engine has yet to encrypt, by path in `config`."""
    for name in _USER_PROJECT_KEYS:
        files.project.pop(name, None)
    _write(project_file, files.project)
    earlier = _earlier_copy(stack_file, next(secure_values(files.stack, ()), None) is not None)
    pending = _replace_secure_values(files.stack, earlier)
    _write(stack_file, files.stack)
    return pending


def _earlier_copy(stack_file: Path, has_secure_values: bool) -> Mapping[str, Any]:
    """The copy that the engine has written its encryption into; its values count only if they are encrypted.

    The round trip reads a file ten times as slowly as libyaml, and every operation reads this one.
    """
    if not stack_file.is_file():
        return {}
    if not has_secure_values:
        with suppress(yaml.YAMLError, OSError, UnicodeDecodeError):
            document = yaml.load(stack_file.read_text(encoding="utf-8"), Loader=_FAST_LOADER)
            if isinstance(document, dict):
                return document
    return read_document(stack_file)


_FAST_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _replace_secure_values(
    document: dict[str, Any], earlier: Mapping[str, Any]
) -> dict[tuple[Step, ...], str]:
    """Replace the user's encrypted values; values that the engine has encrypted in the earlier copy stay."""
    for name in _USER_STACK_KEYS:
        document.pop(name, None)
    own = {name: earlier[name] for name in _ENCRYPTION if earlier.get(name)}
    document.update(own)
    pending: dict[tuple[Step, ...], str] = {}
    config = document.get("config")
    if not isinstance(config, MutableMapping):
        return pending
    for path, holder, step in list(secure_values(config, ())):
        ciphertext = _value_at(earlier.get("config"), path) if own else None
        if _is_secure(ciphertext):
            holder[step] = {"secure": _value_at(ciphertext, ("secure",))}
        else:
            holder[step] = ""
            pending[path] = STAND_IN + re.sub(r"\W+", "-", "-".join(str(part) for part in path)).strip("-")
    return pending


def secure_values(node: Any, path: tuple[Step, ...]) -> Iterator[tuple[tuple[Step, ...], Any, Step]]:
    """The path of each `secure:` value, with the mapping or list that holds it and its key there."""
    items: Any = ()
    if isinstance(node, MutableMapping):
        items = node.items()
    elif isinstance(node, MutableSequence):
        items = enumerate(node)
    for step, value in items:
        # An integer step is an index; a mapping's key is text, even if YAML reads it as a number.
        path_step = step if isinstance(node, MutableSequence) else str(step)
        if _is_secure(value):
            yield (*path, path_step), node, step
        else:
            yield from secure_values(value, (*path, path_step))


def _is_secure(value: Any) -> bool:
    return isinstance(value, Mapping) and list(value) == ["secure"]


def _value_at(node: Any, path: tuple[Step, ...]) -> Any:
    for step in path:
        try:
            node = (
                {str(name): value for name, value in node.items()}[str(step)]
                if isinstance(node, Mapping)
                else node[step]
            )
        except (KeyError, IndexError, TypeError):
            return None
    return node


def config_path(path: tuple[Step, ...]) -> str:
    """The path as `pulumi config set-all --path` reads it: `ns:key.list[0]["odd name"]`.

    A path of one step is the key itself.
    """
    namespace, colon, key = str(path[0]).rpartition(":")
    # io.go, ParseConfigKey: a path begins behind the namespace, at the first dot or bracket.
    is_odd = len(path) > 1 and re.search(r"[.\[]", key)
    text = f"{namespace}{colon}{_quoted(key) if is_odd else key}"
    for step in path[1:]:
        if isinstance(step, int):
            text += f"[{step}]"
        elif re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", step):
            text += f".{step}"
        else:
            text += _quoted(step)
    # io.go, parseKeyValuePair: a path that is quoted as a whole may contain an equals sign.
    return f"'{text}'" if "=" in text else text


def _quoted(step: str) -> str:
    # properties_path.go has one escape, for the quote; a backslash before any other character is literal.
    escaped = step.replace('"', '\\"')
    return f'["{escaped}"]'


class _Constructor(RoundTripConstructor):
    """Reads a day that the calendar does not have as text, as the engine does: resolve.go of go-yaml v3."""

    def construct_yaml_timestamp(self, node: Any, values: Any = None) -> Any:
        try:
            return super().construct_yaml_timestamp(node, values)
        except ValueError:
            return self.construct_scalar(node)


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", _Constructor.construct_yaml_timestamp)


def _yaml() -> YAML:
    # Round trip and YAML 1.2, as the engine reads it: YAML 1.1 would turn `yes` into `true`.
    round_trip = YAML(typ="rt")
    round_trip.Constructor = _Constructor
    round_trip.preserve_quotes = True
    round_trip.width = 10**6
    return round_trip


def read_document(path: Path, if_missing: str = "", *, option: str = "") -> dict[str, Any]:
    """The mapping in a YAML file.

    Raises RehearsalError; with `option` the message names that option and the status is 2.
    """

    def refused(problem: str) -> RehearsalError:
        return RehearsalError(f"{option}: {problem}" if option else problem, status=2 if option else 1)

    try:
        document = _yaml().load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise refused(if_missing.format(path=path)) from error
    except UNREADABLE as error:
        raise refused(f"{path} cannot be read: {reason_of(error)}") from error
    except (YAMLError, *MALFORMED) as error:
        raise refused(f"{path} is not YAML: {describe(error)}") from None  # its text has lines of the file
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise refused(f"{path} should hold a mapping, but it holds {kind_of(document)}")
    return document


def _write(path: Path, document: Mapping[str, Any]) -> None:
    # In one step: a kill must not leave half a file, whose encryptionsalt the next run would miss.
    draft = path.with_suffix(".new")
    with draft.open("w", encoding="utf-8") as file:
        _yaml().dump(document, file)
    draft.replace(path)
