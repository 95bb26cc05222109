"""The document of a bad day: YAML behind `--faults`, or JSON in the environment of a rehearsal.

    calls:
      - {type: "azure-native:keyvault:Vault", answer: throttled, times: 2, retry_after: 30s}
      - {type: "*", call: 7, answer: lost, times: 4}
    propagation: {role_assignments: 5m, federated_credentials: 2m}
    kill: {process: engine, write: 9}

Pure: it knows neither a world nor a provider.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

VARIABLE: Final = "REHEARSAL_FAULTS"
STALLED_FILE: Final = "stalled"
"""Made in the world's folder when the simulators answer nothing any more."""
ANY: Final = "*"
ALL_TRIES: Final = 4
"""Tries of a request by azure-native: one, and three more (clients.py)."""
MAX_DELAY_SECONDS: Final = 86_400
_PLANES: Final = ("answers", "unsettled_credentials", "unsettled_roles", "issuers", "expired_secret")
"""Keys of the data planes, which read them themselves."""
_DURATION: Final = re.compile(r"(\d{1,6})(s|m|h)?")
_UNITS: Final = {"s": 1, "m": 60, "h": 3600}
_TYPE: Final = re.compile(r"[\w-]{1,60}:[\w./-]{1,120}:\w{1,80}")


class FaultsError(ValueError):
    """The document of a bad day cannot be used."""


class Answer(StrEnum):
    """The fault that a call gets in the place of its answer."""

    CONFLICT = "conflict"
    """409: another operation runs on the resource."""
    THROTTLED = "throttled"
    """429, with Retry-After."""
    SERVER_ERROR = "server-error"
    """500."""
    UNAVAILABLE = "unavailable"
    """503."""
    TIMED_OUT = "timed-out"
    """504; the write was not made."""
    LOST = "lost"
    """The write is made, and the connection breaks before its answer."""
    INTERRUPTED = "interrupted"
    """Azure accepts the write and makes it, and the question for its end gets no answer."""


class Operation(StrEnum):
    """Calls of a type that count."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    WRITE = "write"
    """Creates, updates and deletes."""
    READ = "read"
    """Reads of a refresh, and calls of a function."""


class Process(StrEnum):
    """A process that dies."""

    ENGINE = "engine"
    PROGRAM = "program"
    SIMULATORS = "simulators"
    ALL = "all"


@dataclass(frozen=True, kw_only=True)
class CallFault:
    """One call that goes wrong."""

    type: str
    answer: Answer
    operation: Operation = Operation.WRITE
    call: int = 1
    """Number of the call of this type, from 1."""
    times: int = 1
    """Number of tries of this call that get the answer."""
    retry_after: int | None = None
    """Seconds of the header Retry-After. None: 15 for `throttled`, no header for others."""

    def fits(self, token: str, operation: Operation) -> bool:
        writes = operation is not Operation.READ
        counted = self.operation is operation or (self.operation is Operation.WRITE and writes)
        return counted and self.type in (ANY, token)


@dataclass(frozen=True, kw_only=True)
class Kill:
    """The death of a process by SIGKILL behind a write, counted from 1."""

    process: Process
    write: int


@dataclass(frozen=True, kw_only=True)
class BadDay:
    """Everything that goes wrong."""

    calls: Sequence[CallFault] = ()
    role_assignments: int = 0
    """Seconds until a new role assignment works."""
    federated_credentials: int = 0
    """Seconds until a new federated credential works."""
    kill: Kill | None = None
    stall_at: int = 0
    """Behind this write nothing answers any more. 0: never."""
    pending: bool = False
    """Whether Helm is cut off in the middle of an install whose answer is lost."""
    planes: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """The part of the data planes, as it was given."""


def read_text(text: str) -> BadDay:
    """As `read`, from JSON; empty text is an ordinary day."""
    try:
        document = json.loads(text or "{}")
    except ValueError as error:
        raise FaultsError(f"{VARIABLE} is no JSON: {error}") from None
    return read(document)


def read(document: object) -> BadDay:
    """The bad day of a document. Raises FaultsError, which names the key."""
    keys = _Keys(document, "")
    lost = keys.values("lost_answers", _token)
    calls = [_call(entry, f"calls[{index}]") for index, entry in enumerate(keys.entries("calls"))]
    # A create of each type, which no further try of the client brings back.
    calls += [
        CallFault(type=token, answer=Answer.LOST, operation=Operation.CREATE, times=ALL_TRIES)
        for token in lost
    ]
    propagation = _Keys(keys.get("propagation", {}), "propagation")
    kill = keys.get("kill")
    day = BadDay(
        calls=calls,
        role_assignments=propagation.value("role_assignments", _seconds, 0),
        federated_credentials=propagation.value("federated_credentials", _seconds, 0),
        kill=None if kill is None else _kill(kill),
        stall_at=keys.value("stall_at", _count, 0),
        pending=keys.value("pending", _flag, False),
        planes={name: keys.get(name) for name in _PLANES if name in keys.mapping},
    )
    propagation.refuse_others(("role_assignments", "federated_credentials"))
    keys.refuse_others(("calls", "propagation", "kill", "lost_answers", "pending", "stall_at", *_PLANES))
    return day


def _call(entry: object, path: str) -> CallFault:
    keys = _Keys(entry, path)
    fault = CallFault(
        type=keys.value("type", _token),
        answer=keys.value("answer", _one_of(Answer)),
        operation=keys.value("operation", _one_of(Operation), Operation.WRITE),
        call=keys.value("call", _count, 1),
        times=keys.value("times", _count, 1),
        retry_after=keys.value("retry_after", _seconds, None),
    )
    keys.refuse_others(CallFault.__dataclass_fields__)
    if fault.operation is Operation.READ and fault.answer in (Answer.LOST, Answer.INTERRUPTED):
        raise FaultsError(f"{path}.answer: a read has no answer '{fault.answer}'; choose timed-out")
    if fault.answer is Answer.INTERRUPTED and not fault.type.startswith("azure-native:"):
        raise FaultsError(
            f"{path}.answer: 'interrupted' is for types of Azure only, not '{fault.type}'; choose lost"
        )
    return fault


def _kill(entry: object) -> Kill:
    keys = _Keys(entry, "kill")
    kill = Kill(process=keys.value("process", _one_of(Process)), write=keys.value("write", _count))
    keys.refuse_others(("process", "write"))
    return kill


_MISSING: Final = object()


class _Keys:
    """A mapping of the document, with the path that its refusals begin with."""

    def __init__(self, value: object, path: str) -> None:
        if not isinstance(value, Mapping):
            raise FaultsError(f"{path or 'the file'}: not a mapping of keys to values")
        self.mapping: Mapping[Any, Any] = value
        self._path = path

    def _at(self, name: object) -> str:
        return f"{self._path}.{name}" if self._path else str(name)

    def get(self, name: str, default: Any = None) -> Any:
        return self.mapping.get(name, default)

    def value(self, name: str, check: Callable[[Any], Any], default: Any = _MISSING) -> Any:
        if name not in self.mapping:
            if default is _MISSING:
                raise FaultsError(f"{self._at(name)}: missing")
            return default
        try:
            return check(self.mapping[name])
        except ValueError as error:
            raise FaultsError(f"{self._at(name)}: {error}") from None

    def entries(self, name: str) -> Sequence[Any]:
        value = self.mapping.get(name) or []
        if not isinstance(value, list):
            raise FaultsError(f"{self._at(name)}: not a list")
        return value

    def values(self, name: str, check: Callable[[Any], Any]) -> list[Any]:
        return [_Keys({name: entry}, self._path).value(name, check) for entry in self.entries(name)]

    def refuse_others(self, known: Iterable[str]) -> None:
        names = list(known)
        for name in self.mapping:
            if name not in names:
                near = difflib.get_close_matches(str(name), names, n=1)
                remedy = f"did you mean '{near[0]}'?" if near else f"choose {', '.join(names)}"
                raise FaultsError(f"{self._at(str(name)[:60])}: unknown key; {remedy}")


def _token(value: Any) -> str:
    if isinstance(value, str) and (value == ANY or _TYPE.fullmatch(value)):
        return value
    raise ValueError(
        f"{_shown(value)} is no type; write it as in a plan, for example azure-native:keyvault:Vault, or '*'"
    )


def _one_of(choices: type[StrEnum]) -> Callable[[Any], StrEnum]:
    def check(value: Any) -> StrEnum:
        try:
            return choices(value)
        except ValueError:
            raise ValueError(f"{_shown(value)} is not allowed; choose {', '.join(choices)}") from None

    return check


def _count(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 1_000_000:
        return value
    raise ValueError(f"{_shown(value)} is no number from 1 to 1000000")


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError(f"{_shown(value)} is neither true nor false")


def _seconds(value: Any) -> int:
    text = str(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
    match = _DURATION.fullmatch(text)
    seconds = int(match[1]) * _UNITS[match[2] or "s"] if match else MAX_DELAY_SECONDS + 1
    if seconds > MAX_DELAY_SECONDS:
        raise ValueError(f"{_shown(value)} is no duration up to a day; write 30s, 5m or 1h")
    return seconds


def _shown(value: object) -> str:
    text = str(value)
    return f"'{text[:60]}…'" if len(text) > 60 else f"'{text}'"
