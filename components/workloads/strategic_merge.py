"""Overrides: a strategic merge of one manifest over another, as ``kubectl patch --type strategic`` does it.

Keys merge into keys; null takes a key out; a list replaces a list, but for the lists below, whose items are known by a key of their own.
https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/#notes-on-the-strategic-merge-patch
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

MERGE_KEYS = {
    "containers": "name",
    "initContainers": "name",
    "env": "name",
    "volumes": "name",
    "volumeMounts": "mountPath",
    "ports": "containerPort",
}
"""List → what tells its items apart (``x-kubernetes-patch-merge-key`` in Kubernetes' OpenAPI)."""


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """``base`` with ``over`` upon it; neither is changed. Values may be Pulumi outputs: they are leaves."""
    merged = dict(base)
    for key, value in over.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = _merged(key, merged.get(key), value)
    return merged


def _merged(key: str, base: Any, over: Any) -> Any:
    if isinstance(over, Mapping):
        # Merged even into nothing: a null below it would otherwise go to the wire.
        return merge(
            cast("Mapping[str, Any]", base) if isinstance(base, Mapping) else {},
            cast("Mapping[str, Any]", over),
        )
    if (
        key in MERGE_KEYS and isinstance(base, list | tuple) and isinstance(over, list | tuple)
    ):  # a label may be called `env`
        return _merged_items(
            MERGE_KEYS[key],
            cast("Sequence[Mapping[str, Any]]", base),
            cast("Sequence[Mapping[str, Any]]", over),
        )
    return over


def _merged_items(
    name: str, base: Sequence[Mapping[str, Any]], over: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The items of ``base`` in their order, each with the one of ``over`` that has its name; new ones behind them."""
    by_name = {item.get(name): item for item in over}
    known = {item.get(name) for item in base}
    return [
        *(merge(item, by_name.get(item.get(name), {})) for item in base),
        *(merge({}, item) for item in over if item.get(name) not in known),
    ]
