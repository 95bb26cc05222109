"""Whether two values are the same to the API server: apiequality.Semantic in k8s.io/apimachinery,
pkg/api/equality/semantic.go. Absent, empty and Go's zero values are one; amounts count, not their texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.apiserver.validation.quantity import parse

_ZERO: Final = frozenset(
    {
        *("hostNetwork", "hostPID", "hostIPC", "stdin", "stdinOnce", "tty", "readOnly", "minReadySeconds"),
        *("initialDelaySeconds", "hostPort", "paused", "targetPort", "nodePort"),
    }
)
"""Fields that are no pointers in Go: false and 0 are as if absent."""
_AMOUNTS: Final = frozenset({"limits", "requests", "overhead", "hard"})


def same(value: Any, another: Any) -> bool:
    return filled(value) == filled(another)


def filled(value: Any) -> Any:
    """The value without what is empty, with amounts as numbers."""
    if isinstance(value, Mapping):
        items = {name: _item(name, item) for name, item in value.items()}
        return {name: item for name, item in items.items() if not _is_zero(name, item)}
    return [filled(item) for item in value] if isinstance(value, list) else value


def _item(name: str, item: Any) -> Any:
    if name in _AMOUNTS and isinstance(item, Mapping):
        amounts = {key: parse(amount) for key, amount in item.items()}
        return {key: item[key] if amount is None else amount for key, amount in amounts.items()}
    return filled(item)


def _is_zero(name: str, value: Any) -> bool:
    return value in ({}, [], None, "") or (name in _ZERO and value in (False, 0))
