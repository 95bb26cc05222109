"""A simulated cloud and a state in a form in which two that came about in different ways are equal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from rehearsal.simulators.world import World

_VOLATILE: Final = (
    *("uid", "resourceVersion", "generation"),
    # Hashes of the values, and when the cluster got them.
    *("reconcile.external-secrets.io/data-hash", "syncedResourceVersion", "syncHash", "lastTransitionTime"),
    *("secretHash", "lastAzureUpdate"),  # of an AzureKeyVaultSecret: a hash, and when the controller wrote it
)
_SHOWN: Final = 3


def cloud_of(world_folder: Path) -> dict[str, Any]:
    """The resources that exist, without what differs between two clouds that came about in the same way:
    versions, times and the hashes of random values.
    """
    world = World(world_folder)
    return {
        "azure": {id_: _comparable(resource.properties) for id_, resource in sorted(world.azure.items())},
        "kubernetes": {
            cluster: {key: _comparable(manifest) for key, manifest in sorted(objects.items())}
            for cluster, objects in world.kubernetes.items()
        },
        "directory": sorted(world.directory),
    }


def state_of(deployment: Mapping[str, Any]) -> dict[str, Any]:
    """The resources of a state by URN. Two of one URN, or an operation that is pending, differ."""
    resources = [row for row in deployment.get("resources", ()) if row.get("custom")]
    return {
        "resources": sorted(
            (row["urn"], row.get("id") if not row["type"].startswith("random:") else "")
            for row in resources
            if not row["type"].startswith("pulumi:providers:")
        ),
        "unfinished": [row["urn"] for row in resources if row.get("initErrors") or row.get("delete")],
        "pending": [operation["resource"]["urn"] for operation in deployment.get("pending_operations") or ()],
    }


def difference(expected: Any, actual: Any) -> str:
    """The first places in which two of them differ; empty if they are equal."""
    places = list(_differences(expected, actual, ""))
    more = f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
    return "; ".join(places[:_SHOWN]) + more


def _differences(expected: Any, actual: Any, path: str) -> Iterator[str]:
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        for name in sorted({*expected, *actual}, key=str):
            if name not in actual:
                yield f"{path}/{name} is missing"
            elif name not in expected:
                yield f"{path}/{name} is too many"
            else:
                yield from _differences(expected[name], actual[name], f"{path}/{name}")
    elif expected != actual:
        yield f"{path} differs"


def _comparable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _comparable(item) for name, item in sorted(value.items()) if name not in _VOLATILE}
    if isinstance(value, list):
        return [_comparable(item) for item in value]
    if isinstance(value, str) and value.startswith("hmac-sha256:"):
        return "a secret"
    # The CSI driver's paths contain the uid of the pod, which depends on the order of creation.
    return re.sub(r"/pods/[0-9a-f-]{36}/", "/pods/uid/", value) if isinstance(value, str) else value
