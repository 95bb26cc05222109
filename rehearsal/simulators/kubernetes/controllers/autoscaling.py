"""Who says how many pods there are: whoever scales, and whoever applies the object.

Of all fields of all objects, `spec.replicas` of what can be scaled is the one whose manager is recorded here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import mapping, mappings
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import Manifest, ObjectStore

AUTOSCALER: Final = GroupVersionKind("autoscaling", "v2", "HorizontalPodAutoscaler")
SCALABLE: Final = (
    GroupVersionKind("apps", "v1", "Deployment"),
    GroupVersionKind("apps", "v1", "StatefulSet"),
)
CONTROLLER: Final = "kube-controller-manager"
"""Under this name a HorizontalPodAutoscaler scales (pulumi-kubernetes#2491)."""
_REPLICAS: Final[Mapping[str, Any]] = {"f:spec": {"f:replicas": {}}}


def scaled(owner: Mapping[str, Any], replicas: int, manager: str = CONTROLLER) -> Manifest:
    """The object when somebody has scaled it: an update by its subresource `scale`, which takes the field over from whoever had it.

    https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
    """
    metadata = mapping(owner.get("metadata"))
    entry = {
        "manager": manager,
        "operation": "Update",
        "apiVersion": owner["apiVersion"],
        "fieldsType": "FieldsV1",
        "fieldsV1": dict(_REPLICAS),
        "subresource": "scale",
    }
    return {
        **owner,
        "metadata": {**metadata, "managedFields": [entry]},
        "spec": {**owner["spec"], "replicas": replicas},
    }


def scaler_of(live: Mapping[str, Any]) -> str | None:
    """Who has scaled it since it was applied."""
    entries = mappings(mapping(live.get("metadata")).get("managedFields"))
    return next((str(one.get("manager")) for one in entries if one.get("subresource") == "scale"), None)


def conflict(manifest: Mapping[str, Any], live: Mapping[str, Any]) -> str:
    """What the API server answers to an apply that says another number than whoever has scaled; empty if there is none.

    https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts; the words: pulumi-kubernetes#2491.
    """
    scaler, wanted = scaler_of(live), mapping(manifest.get("spec")).get("replicas")
    if scaler is None or wanted is None or wanted == mapping(live.get("spec")).get("replicas"):
        return ""
    return f'Apply failed with 1 conflict: conflict with "{scaler}" with subresource "scale" using {live["apiVersion"]}: .spec.replicas'


def applied(
    manifest: Mapping[str, Any], live: Mapping[str, Any], *, force: bool = False
) -> Mapping[str, Any]:
    """The object as an apply leaves it: a number that somebody else has said stays, unless the apply takes it away by force."""
    spec, there = mapping(manifest.get("spec")), mapping(live.get("spec"))
    if (
        scaler_of(live) is None
        or not spec
        or (force and spec.get("replicas") not in (None, there.get("replicas")))
    ):
        return manifest
    metadata = {
        **mapping(manifest.get("metadata")),
        "managedFields": mapping(live.get("metadata"))["managedFields"],
    }
    return {**manifest, "metadata": metadata, "spec": {**spec, "replicas": there.get("replicas")}}


def settle(objects: ObjectStore) -> None:
    """What a HorizontalPodAutoscaler does without a metric: it brings its target between its ends. One that is at 0 it leaves there.

    reconcileAutoscaler in kubernetes/kubernetes, pkg/controller/podautoscaler/horizontal.go. The load is a test's: `scaled`.
    """
    for autoscaler in objects.all_of(AUTOSCALER):
        spec, metadata = mapping(autoscaler.get("spec")), autoscaler["metadata"]
        target = mapping(spec.get("scaleTargetRef"))
        kind = next(
            (
                one
                for one in SCALABLE
                if (one.api_version, one.name) == (target.get("apiVersion"), target.get("kind"))
            ),
            None,
        )
        live = objects.get(kind, metadata.get("namespace", ""), str(target.get("name"))) if kind else None
        if live is None:
            continue
        found, least, most = (
            mapping(live.get("spec")).get("replicas", 1),
            spec.get("minReplicas", 1),
            spec.get("maxReplicas"),
        )
        if isinstance(found, int) and isinstance(least, int) and isinstance(most, int) and found:
            wanted = min(max(found, least), most)
            if wanted != found:
                objects.put(scaled(live, wanted))
