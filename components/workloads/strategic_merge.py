"""Overrides: a strategic merge of one manifest over another, like ``kubectl patch --type strategic``.

Mappings are merged; null removes a key; a list replaces a list, except for the lists below, whose items are
merged by a key.
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
"""List → the key that identifies its items (``x-kubernetes-patch-merge-key`` in Kubernetes' OpenAPI)."""


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of ``base`` with ``over`` merged into it. Pulumi outputs are treated as leaves."""
    merged = dict(base)
    for key, value in over.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = _merged(key, merged.get(key), value)
    return merged


def _merged(key: str, base: Any, over: Any) -> Any:
    if isinstance(over, Mapping):
        # Merged even without a base, so that a null inside it is removed and not sent.
        return merge(
            cast("Mapping[str, Any]", base) if isinstance(base, Mapping) else {},
            cast("Mapping[str, Any]", over),
        )
    if (
        key in MERGE_KEYS and isinstance(base, list | tuple) and isinstance(over, list | tuple)
    ):  # a label may be named `env`
        return _merged_items(
            MERGE_KEYS[key],
            cast("Sequence[Mapping[str, Any]]", base),
            cast("Sequence[Mapping[str, Any]]", over),
        )
    return over


def _merged_items(
    name: str, base: Sequence[Mapping[str, Any]], over: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The items of ``base`` in their order, each merged with the item of ``over`` with the same key, followed
    by new items.
    """
    by_name = {item.get(name): item for item in over}
    known = {item.get(name) for item in base}
    return [
        *(merge(item, by_name.get(item.get(name), {})) for item in base),
        *(merge({}, item) for item in over if item.get(name) not in known),
    ]
