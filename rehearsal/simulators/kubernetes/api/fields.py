"""Problems with fields in the API server's words, and what a message may show of a value.

Forms and words: k8s.io/apimachinery, pkg/util/validation/field/errors.go. A value that the program marked as secret
is shown as `[secret]`, whatever is wrong with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from rehearsal.simulators.secret_hashes import HASH_PREFIX
from rehearsal.simulators.shape import Failure
from rehearsal.simulators.wire import Secret

MASK: Final = "[secret]"
NOT_NEGATIVE: Final = "must be greater than or equal to 0"


class _HiddenText(str):
    """Of a secret: rules may look at it, messages may not show it."""


class _HiddenInteger(int):
    """As `_HiddenText`."""


class _HiddenNumber(float):
    """As `_HiddenText`."""


def veiled(value: Any, *, inside: bool = False) -> Any:
    """The value with secrets opened, and their texts and numbers marked, so that `shown` masks them."""
    if isinstance(value, Secret):
        return veiled(value.value, inside=True)
    if isinstance(value, Mapping):
        return {name: veiled(item, inside=inside) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [veiled(item, inside=inside) for item in value]
    if not inside or isinstance(value, bool):
        return value
    for base, hidden in ((str, _HiddenText), (int, _HiddenInteger), (float, _HiddenNumber)):
        if isinstance(value, base):
            return hidden(value)
    return value


def masked(value: Any) -> Any:
    """The value as messages may show it."""
    if isinstance(value, _HiddenText | _HiddenInteger | _HiddenNumber | Secret) or is_sealed(value):
        return MASK
    if isinstance(value, Mapping):
        return {name: masked(item) for name, item in value.items()}
    if isinstance(value, list):
        return [masked(item) for item in value]
    return value


class Struct(dict[str, Any]):
    """A value of one of the API server's own types: its fields have an order."""


def shown(value: Any) -> str:
    """As JSON, which is how Go prints all that is no text or number; a map's keys are sorted."""
    return json.dumps(
        masked(value), sort_keys=not isinstance(value, Struct), separators=(",", ":"), ensure_ascii=False
    )


def is_sealed(value: Any) -> bool:
    """Whether this stands for something that the world keeps as its hash only: it may have been of any type."""
    return isinstance(value, str) and value.startswith(HASH_PREFIX)


def required(path: str, detail: str = "") -> Failure:
    return Failure(path, f"{path}: Required value" + (f": {detail}" if detail else ""))


def invalid(path: str, value: Any, detail: str) -> Failure:
    return Failure(path, f"{path}: Invalid value: {shown(value)}: {detail}")


def duplicate(path: str, value: Any) -> Failure:
    return Failure(path, f"{path}: Duplicate value: {shown(value)}")


def not_found(path: str, value: Any) -> Failure:
    return Failure(path, f"{path}: Not found: {shown(value)}")


def forbidden(path: str, detail: str) -> Failure:
    return Failure(path, f"{path}: Forbidden: {detail}")


def unsupported(path: str, value: Any, supported: Iterable[str]) -> Failure:
    known = ", ".join(f'"{name}"' for name in supported)
    return Failure(path, f"{path}: Unsupported value: {shown(value)}: supported values: {known}")


def one_of(values: Mapping[str, Any], name: str, path: str, supported: Iterable[str]) -> Iterable[Failure]:
    """Absent is fine: the API server has a default."""
    known = tuple(supported)
    if (value := values.get(name)) is not None and value not in known and not is_sealed(value):
        yield unsupported(f"{path}.{name}", value, known)


def not_negative(values: Mapping[str, Any], path: str, *names: str) -> Iterable[Failure]:
    for name in names:
        if isinstance(value := values.get(name), int | float) and value < 0:
            yield invalid(f"{path}.{name}", value, NOT_NEGATIVE)


def mapping(value: Any) -> Mapping[str, Any]:
    """Itself if it is one, else an empty one: a sealed value may stand in its place."""
    return value if isinstance(value, Mapping) else {}


def mappings(value: Any) -> list[Mapping[str, Any]]:
    return [mapping(item) for item in value] if isinstance(value, list) else []


def invalid_object(kind: str, name: str, failures: Iterable[Failure]) -> str:
    """NewInvalid in pkg/api/errors/errors.go; several problems stand in brackets (Aggregate in pkg/util/errors)."""
    reasons = list(dict.fromkeys(failure.reason for failure in failures))
    return (
        f'{kind} "{name}" is invalid: {reasons[0] if len(reasons) == 1 else "[" + ", ".join(reasons) + "]"}'
    )
