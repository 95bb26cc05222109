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
    return _about(path, value, f"Invalid value: {shown(value)}" + (f": {detail}" if detail else ""))


def invalid_value(path: str, detail: str) -> Failure:
    """Invalid, without the value (OmitValueType)."""
    return Failure(path, f"{path}: Invalid value: {detail}")


def duplicate(path: str, value: Any) -> Failure:
    return _about(path, value, f"Duplicate value: {shown(value)}")


def not_found(path: str, value: Any, detail: str = "") -> Failure:
    return _about(path, value, f"Not found: {shown(value)}" + (f": {detail}" if detail else ""))


def forbidden(path: str, detail: str) -> Failure:
    return Failure(path, f"{path}: Forbidden: {detail}")


def too_long(path: str, most: int) -> Failure:
    return Failure(path, f"{path}: Too long: may not be more than {most} bytes")


def too_many(path: str, count: int, most: int) -> Failure:
    items = "item" if most == 1 else "items"
    return Failure(path, f"{path}: Too many: {count}: must have at most {most} {items}")


def unsupported(path: str, value: Any, supported: Iterable[str]) -> Failure:
    known = ", ".join(f'"{name}"' for name in supported)
    detail = f": supported values: {known}" if known else ""
    return _about(path, value, f"Unsupported value: {shown(value)}{detail}")


def _about(path: str, value: Any, text: str) -> Failure:
    """A failure; without a reason if the value is a hash, about which nothing is known."""
    return Failure(path, "" if is_hashed(value) else f"{path}: {text}")


def wrong(path: str, value: Any, details: Iterable[str]) -> Iterable[Failure]:
    """One failure for each thing that is wrong with the value."""
    return (invalid(path, value, detail) for detail in details)


def one_of(values: Mapping[str, Any], name: str, path: str, supported: Iterable[str]) -> Iterable[Failure]:
    """A value that is not supported. A missing one is valid: the API server has a default."""
    if name in values and (value := values[name]) not in (known := tuple(supported)):
        yield unsupported(f"{path}.{name}", value, known)


def not_negative(values: Mapping[str, Any], path: str, *names: str) -> Iterable[Failure]:
    for name in names:
        if (value := number(values, name)) is not None and value < 0:
            yield invalid(f"{path}.{name}", value, NOT_NEGATIVE)


def text(values: Mapping[str, Any], name: str) -> str:
    """The text of this name; empty if there is none, as in Go."""
    value = values.get(name)
    return value if isinstance(value, str) else ""


def number(values: Mapping[str, Any], name: str) -> int | None:
    value = values.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def texts(value: Any) -> list[str]:
    """The texts of a list; null is an empty one, as in Go."""
    items = value if isinstance(value, list) else []
    return ["" if item is None else item for item in items if item is None or isinstance(item, str)]


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
