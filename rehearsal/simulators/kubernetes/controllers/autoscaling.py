"""Scaling: the HorizontalPodAutoscaler, and who owns `spec.replicas`.

`spec.replicas` of Deployments and StatefulSets is the only field whose manager is recorded in the simulated
cluster.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.controller import Controller, register
from rehearsal.simulators.kubernetes.api.errors import ConflictError
from rehearsal.simulators.kubernetes.api.fields import mapping, mappings
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import Manifest, ObjectStore

AUTOSCALER: Final = GroupVersionKind("autoscaling", "v2", "HorizontalPodAutoscaler")
SCALABLE: Final = (
    GroupVersionKind("apps", "v1", "Deployment"),
    GroupVersionKind("apps", "v1", "StatefulSet"),
)
CONTROLLER: Final = "kube-controller-manager"
"""Field manager of a HorizontalPodAutoscaler (pulumi-kubernetes#2491)."""
_REPLICAS: Final[Mapping[str, Any]] = {"f:spec": {"f:replicas": {}}}


def scaled(owner: Mapping[str, Any], replicas: int, manager: str = CONTROLLER) -> Manifest:
    """The object after an update of its subresource `scale`, which takes the field from other managers.

    https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management. An update to the same
    number takes nothing. The API server records no manager if none had the field before (ToSubresource in
    k8s.io/apimachinery, pkg/util/managedfields/scalehandler.go); the number stays nevertheless.
    """
    metadata, present = mapping(owner.get("metadata")), mapping(owner["spec"]).get("replicas")
    if replicas == (1 if present is None else present):
        return dict(owner)
    has_owner = scaler_of(owner) is not None or (present is not None and not _was_scaled(owner))
    entry = {
        "manager": manager,
        "operation": "Update",
        "apiVersion": owner["apiVersion"],
        "fieldsType": "FieldsV1",
        "fieldsV1": dict(_REPLICAS) if has_owner else {},
        "subresource": "scale",
    }
    return {
        **owner,
        "metadata": {**metadata, "managedFields": [entry]},
        "spec": {**owner["spec"], "replicas": replicas},
    }


def scaler_of(live: Mapping[str, Any]) -> str | None:
    """Manager that has taken the number by scaling since it was applied; None if none has."""
    return next((str(entry["manager"]) for entry in _scalings(live) if entry.get("fieldsV1")), None)


def _was_scaled(live: Mapping[str, Any]) -> bool:
    """Whether the number is none that was applied."""
    return bool(_scalings(live))


def _scalings(live: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    entries = mappings(mapping(live.get("metadata")).get("managedFields"))
    return [entry for entry in entries if entry.get("subresource") == "scale"]


def conflict(manifest: Mapping[str, Any], live: Mapping[str, Any]) -> str:
    """The API server's refusal of an apply with another number than the scaler's; empty if there is none.

    https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts; the words:
    Source: pulumi-kubernetes#2491.
    """
    scaler, replicas = scaler_of(live), mapping(manifest.get("spec")).get("replicas")
    if scaler is None or replicas is None or replicas == mapping(live.get("spec")).get("replicas"):
        return ""
    return (
        f'Apply failed with 1 conflict: conflict with "{scaler}" with subresource "scale" using '
        f"{live['apiVersion']}: .spec.replicas"
    )


def applied(
    manifest: Mapping[str, Any], live: Mapping[str, Any], *, force: bool = False
) -> Mapping[str, Any]:
    """The object as an apply leaves it: the scaler's number stays unless the apply forces its own."""
    spec, there = mapping(manifest.get("spec")), mapping(live.get("spec"))
    replicas = spec.get("replicas")
    is_others = scaler_of(live) is not None
    if not _was_scaled(live) or not spec or (replicas is not None and not is_others):
        return manifest
    if force and replicas not in (None, there.get("replicas")):
        return manifest
    metadata = {
        **mapping(manifest.get("metadata")),
        "managedFields": mapping(live.get("metadata"))["managedFields"],
    }
    return {**manifest, "metadata": metadata, "spec": {**spec, "replicas": there.get("replicas")}}


@register
class HorizontalPodAutoscaling(Controller):
    """The HorizontalPodAutoscaler, and the owner of `spec.replicas` when an object is applied."""

    def before_apply(
        self, objects: ObjectStore, manifest: Mapping[str, Any], live: Manifest, *, force: bool
    ) -> Mapping[str, Any]:
        if GroupVersionKind.of(manifest) not in SCALABLE:
            return manifest
        if not force and (why := conflict(manifest, live)):
            raise ConflictError(why)
        return applied(manifest, live, force=force)

    def reconcile(self, objects: ObjectStore) -> None:
        """Without a metric an autoscaler keeps its target within its bounds; one with 0 replicas stays.

        reconcileAutoscaler in kubernetes/kubernetes, pkg/controller/podautoscaler/horizontal.go. Tests set
        the load with `scaled`.
        """
        for autoscaler in objects.all_of(AUTOSCALER):
            spec, metadata = mapping(autoscaler.get("spec")), autoscaler["metadata"]
            live = _target(objects, metadata.get("namespace", ""), mapping(spec.get("scaleTargetRef")))
            if live is None:
                continue
            replicas = mapping(live.get("spec")).get("replicas", 1)
            least, most = spec.get("minReplicas", 1), spec.get("maxReplicas")
            if isinstance(replicas, int) and isinstance(least, int) and isinstance(most, int) and replicas:
                within = min(max(replicas, least), most)
                if within != replicas:
                    objects.put(scaled(live, within))


def _target(objects: ObjectStore, namespace: str, reference: Mapping[str, Any]) -> Manifest | None:
    target = (reference.get("apiVersion"), reference.get("kind"))
    kind = next((kind for kind in SCALABLE if (kind.api_version, kind.name) == target), None)
    return objects.get(kind, namespace, str(reference.get("name"))) if kind else None
