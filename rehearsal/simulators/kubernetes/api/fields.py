"""Problems of fields in the API server's words, and values as messages may show them.

Forms and words: k8s.io/apimachinery, pkg/util/validation/field/errors.go. A value that the program has marked
as secret is shown as `[secret]` in every message.
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
    """Text of a secret: rules may read it, messages may not show it."""


class _HiddenInteger(int):
    """Integer of a secret, as `_HiddenText`."""


class _HiddenNumber(float):
    """Number of a secret, as `_HiddenText`."""


def veiled(value: Any, *, inside: bool = False) -> Any:
    """The value with its secrets opened for rules, and marked so that `shown` masks them."""
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
    """The value with its secrets masked."""
    if isinstance(value, _HiddenText | _HiddenInteger | _HiddenNumber | Secret) or is_hashed(value):
        return MASK
    if isinstance(value, Mapping):
        return {name: masked(item) for name, item in value.items()}
    if isinstance(value, list):
        return [masked(item) for item in value]
    return value


class Struct(dict[str, Any]):
    """A value of one of the API server's own types, whose fields have an order."""


def shown(value: Any) -> str:
    """The value in a message: JSON, as Go prints values there, with the keys of maps sorted."""
    return json.dumps(
        masked(value), sort_keys=not isinstance(value, Struct), separators=(",", ":"), ensure_ascii=False
    )


def is_hashed(value: Any) -> bool:
    """Whether the world keeps only a hash of the value, which may have been of any type."""
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
    """A value that is not supported. A missing one is valid: the API server has a default."""
    known = tuple(supported)
    if (value := values.get(name)) is not None and value not in known and not is_hashed(value):
        yield unsupported(f"{path}.{name}", value, known)


def not_negative(values: Mapping[str, Any], path: str, *names: str) -> Iterable[Failure]:
    for name in names:
        if isinstance(value := values.get(name), int | float) and value < 0:
            yield invalid(f"{path}.{name}", value, NOT_NEGATIVE)


def mapping(value: Any) -> Mapping[str, Any]:
    """The value if it is a mapping, else an empty one: a hash may stand in its place."""
    return value if isinstance(value, Mapping) else {}


def mappings(value: Any) -> list[Mapping[str, Any]]:
    return [mapping(item) for item in value] if isinstance(value, list) else []


def invalid_object(kind: str, name: str, failures: Iterable[Failure]) -> str:
    """The refusal of an object with these problems.

    NewInvalid in pkg/api/errors/errors.go; several problems stand in brackets (Aggregate in pkg/util/errors).
    """
    reasons = list(dict.fromkeys(failure.reason for failure in failures))
    return (
        f'{kind} "{name}" is invalid: {reasons[0] if len(reasons) == 1 else "[" + ", ".join(reasons) + "]"}'
    )
