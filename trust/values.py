"""Values of resources: unknown ones, secret ones, and the way to a nested one.

Owns: what the engine writes for a value that it does not know or does not show. No value of a secret passes
``cleaned``, whether the engine has encrypted it, masked it, or written it in plain text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, TypeAlias, final

SECRET: Final = "[secret]"
"""Stands for every secret value."""


@final
class Unknown:
    """The type of ``UNKNOWN``: a value that only an update will tell. It is false, and equals nothing
    else.
    """

    _only: Unknown | None = None

    def __new__(cls) -> Unknown:
        if cls._only is None:
            cls._only = super().__new__(cls)
        return cls._only

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "unknown"

    def __copy__(self) -> Unknown:
        return self

    def __deepcopy__(self, _: object) -> Unknown:
        return self


UNKNOWN: Final = Unknown()
Text: TypeAlias = str | Unknown
Flag: TypeAlias = bool | Unknown
Step: TypeAlias = str | int
Path: TypeAlias = str | Sequence[Step]
"""``spec.containers[0].image``, or its steps where a key contains a dot."""

# https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/properties.go (SigKey and the others)
_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_SECRET_SIGNATURE: Final = "1b47061264138c4ac30d75fd1eb44270"
_OUTPUT_SIGNATURE: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_ASSET_SIGNATURES: Final = ("c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7")
# What a value is written as while it is unknown: Unknown*Value in sdk/go/common/resource/plugin/rpc.go.
UNKNOWN_VALUES: Final = frozenset(
    {
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)


def cleaned(value: Any) -> Any:
    """A value as the engine writes it, with ``SECRET`` for each secret and ``UNKNOWN`` for each unknown."""
    if isinstance(value, Mapping):
        return _cleaned_object(value)
    if isinstance(value, list | tuple):
        return [cleaned(item) for item in value]
    if isinstance(value, str) and any(unknown in value for unknown in UNKNOWN_VALUES):
        return UNKNOWN
    return value


def _cleaned_object(value: Mapping[str, Any]) -> Any:
    signature = value.get(_SIGNATURE)
    if signature is None:
        return {str(key): cleaned(item) for key, item in value.items()}
    if signature in _ASSET_SIGNATURES:
        return "[asset]"
    if signature == _OUTPUT_SIGNATURE and not value.get("secret"):
        return cleaned(value["value"]) if "value" in value else UNKNOWN
    if signature in (_SECRET_SIGNATURE, _OUTPUT_SIGNATURE):
        return SECRET
    return {str(key): cleaned(item) for key, item in value.items() if key != _SIGNATURE}


class _Missing:
    pass


MISSING: Final = _Missing()
"""Result of ``at`` for a property that is not there."""


def at(value: Any, path: Path) -> Any:
    """The nested value, ``UNKNOWN`` if it is in something unknown, or ``MISSING``."""
    for step in steps(path):
        if value is UNKNOWN:
            return UNKNOWN
        value = _step_into(value, step)
    return value


def _step_into(value: Any, step: Step) -> Any:
    if type(value) is dict or isinstance(value, Mapping):  # the first is quick, and most are that
        return value.get(step, MISSING)
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return MISSING


def steps(path: Path) -> tuple[Step, ...]:
    """The steps of a path."""
    return _steps_in(path) if isinstance(path, str) else tuple(path)


@lru_cache(maxsize=4096)
def _steps_in(path: str) -> tuple[Step, ...]:
    return tuple(
        int(part) if part.isdecimal() else part
        for part in path.replace("[", ".").replace("]", "").split(".")
        if part
    )


def leaves(value: Any, path: tuple[Step, ...] = ()) -> Iterator[tuple[tuple[Step, ...], Any]]:
    """Each value that holds no others, with its path."""
    if type(value) is dict or isinstance(value, Mapping):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))
    else:
        yield path, value


def written(path: Sequence[Step]) -> str:
    """A path as text: ``spec.containers[0].image``."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif "." in step:
            text += f'["{step}"]'
        else:
            text += f".{step}" if text else step
    return text
