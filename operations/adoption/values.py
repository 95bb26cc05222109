"""Property values as the engine writes them into plans and states: unknown values, secrets, and what a
program's inputs have in common with what exists.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""sdk/go/common/resource/plugin/rpc.go, UnknownStringValue."""
_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"
_ABSENT: Final = object()


def secret(value: Any) -> dict[str, str]:
    """The value as a secret that the CLI encrypts when it reads the state."""
    return {_SIGNATURE: _SECRET, "plaintext": json.dumps(value)}


def is_secret(value: Any) -> bool:
    return isinstance(value, Mapping) and value.get(_SIGNATURE) == _SECRET


def plain(value: Any) -> Any:
    """The value of a secret that is not encrypted, or of what is no secret."""
    return json.loads(value["plaintext"]) if is_secret(value) else value


def has_unknown(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return value == UNKNOWN


def known(value: Any) -> Any:
    """The value without its unknown parts: a key with an unknown value is left out, and a list with one."""
    if isinstance(value, Mapping):
        return {
            name: known(item)
            for name, item in value.items()
            if item != UNKNOWN and not (isinstance(item, list) and has_unknown(item))
        }
    if isinstance(value, list):
        return [known(item) for item in value]
    return value


def existing_inputs(program: Any, live: Any, *, keep_absent: bool = False) -> Any:
    """The inputs of the program, with the values that exist instead of its own.

    So the next update sees exactly the properties that differ. Properties that only the service has, such as
    its defaults, are left out: the program does not manage them. A text that differs in case only is equal:
    ARM returns locations and ids in a case of its own. `keep_absent`: the program's value of a property that
    the service does not return.
    """
    result = _existing(program, live, keep_absent)
    return {} if result is _ABSENT else result


def _existing(program: Any, live: Any, keep: bool) -> Any:
    if live is _ABSENT:
        # No service returns a secret.
        return program if is_secret(program) or (keep and not has_unknown(program)) else _ABSENT
    if program == UNKNOWN or is_secret(program):
        return live
    if isinstance(program, Mapping) and isinstance(live, Mapping):
        merged = {name: _existing(item, live.get(name, _ABSENT), keep) for name, item in program.items()}
        return {name: item for name, item in merged.items() if item is not _ABSENT}
    if isinstance(program, list):
        return _existing_items(program, live, keep)
    return program if _normal(program) == _normal(live) else live


def _existing_items(program: Sequence[Any], live: Any, keep: bool) -> Any:
    if isinstance(live, Mapping):
        # ARM returns the ids of a list as the keys of a mapping: identity.userAssignedIdentities.
        live = list(live)
    if not isinstance(live, list):
        return live
    if not has_unknown(program) and sorted(map(_normal, program)) == sorted(map(_normal, live)):
        return program
    by_name = {item.get("name"): item for item in live if isinstance(item, Mapping)}
    names = [item.get("name") if isinstance(item, Mapping) else None for item in program]
    if None not in names and all(name in by_name for name in names):
        # Items of other owners stay out: a cluster lists the pools that are resources of their own.
        return [_existing(item, by_name[name], keep) for item, name in zip(program, names, strict=True)]
    if len(program) == len(live):
        return [_existing(item, there, keep) for item, there in zip(program, live, strict=True)]
    return live


def _normal(value: Any) -> str:
    text = json.dumps(value, sort_keys=True)
    return text.replace(" ", "").lower()


def overlaid(below: Any, above: Any) -> Any:
    """Both values, the second one where both have one."""
    if isinstance(below, Mapping) and isinstance(above, Mapping) and not is_secret(above):
        both = {**below, **above}
        return {
            name: overlaid(below.get(name), above[name]) if name in above else both[name] for name in both
        }
    return above
