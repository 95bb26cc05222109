"""The controller of akv2k8s as a part of the cluster: its kind, and its reconciling.

akv2k8s 1.8.4, by its chart 2.8.4. Not simulated: the env injector, which the program leaves out; ConfigMaps;
multi-key-value-secrets; stale caches, by which two AzureKeyVaultSecrets with one Secret overwrite each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.simulators.kubernetes.api.controller import Controller, register
from rehearsal.simulators.kubernetes.api.fields import mapping, mappings
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import Manifest, ObjectStore
from rehearsal.simulators.kubernetes.operators.akv2k8s import detection, reconciler
from rehearsal.simulators.kubernetes.operators.akv2k8s.kinds import AKVS, CUSTOM_KINDS
from rehearsal.simulators.world import World


@register
class Akv2k8sController(Controller):
    """The controller of akv2k8s, by its Helm chart."""

    # appVersion of stable/akv2k8s/Chart.yaml, chart 2.8.4
    chart_version = "2.8.4"
    plays = frozenset({"akv2k8s 1.8.4"})
    charts = frozenset({detection.CHART})
    custom_kinds = CUSTOM_KINDS

    def keeps_definitions(self, world: World, values: Mapping[str, Any]) -> bool:
        """They lie in the chart's folder `crds`, which Helm installs and never deletes.

        https://helm.sh/docs/chart_best_practices/custom_resource_definitions/
        """
        return True

    def reports_status(self, kind: GroupVersionKind) -> bool:
        return kind == AKVS

    def returned_status(self, world: World, manifest: Manifest) -> Mapping[str, Any] | None:
        if GroupVersionKind.of(manifest) != AKVS:
            return None
        status, metadata = mapping(manifest.get("status")), mapping(manifest.get("metadata"))
        read = world.times.get(f"{metadata.get('uid')}#refresh")
        return {**status, **({"lastAzureUpdate": read} if read else {})}

    def field_manager(self, secret: Mapping[str, Any]) -> str:
        """The name of its binary: client-go sends no other."""
        owners = mappings(secret.get("ownerReferences"))
        return "azure-keyvault-controller" if any(owner.get("kind") == AKVS.name for owner in owners) else ""

    def runs_as(self, objects: ObjectStore) -> tuple[str, str] | None:
        operator = detection.installed(objects)
        return (operator.namespace, operator.account) if operator else None

    def before_apply(
        self, objects: ObjectStore, manifest: Mapping[str, Any], live: Manifest, *, force: bool
    ) -> Mapping[str, Any]:
        """The status is the controller's: an apply of the object leaves it."""
        if GroupVersionKind.of(manifest) != AKVS or "status" not in live:
            return manifest
        return {**manifest, "status": live["status"]}

    def after_store(self, objects: ObjectStore, manifest: Mapping[str, Any], live: Manifest | None) -> None:
        """An object that has changed (UpdateFunc). A new one is due in `reconcile`."""
        if GroupVersionKind.of(manifest) != AKVS or live is None:
            return
        metadata, operator = mapping(manifest.get("metadata")), detection.installed(objects)
        stored = objects.get(AKVS, str(metadata.get("namespace")), str(metadata.get("name")))
        if stored is not None and operator is not None and stored.get("spec") != live.get("spec"):
            reconciler.sync(objects, operator, stored)

    def after_delete(self, objects: ObjectStore, deleted: Manifest) -> None:
        if GroupVersionKind.of(deleted) == AKVS:
            reconciler.forget(objects, detection.installed(objects), deleted)

    def reconcile(self, objects: ObjectStore) -> None:
        """The controller tries what has failed five times, and again at each resync."""
        if operator := detection.installed(objects):
            for live in objects.all_of(AKVS):
                if reconciler.has_failed(objects, live):
                    reconciler.resync(objects, operator, live)

    def poll(self, objects: ObjectStore) -> None:
        operator = detection.installed(objects)
        if operator is None or not operator.polls:
            return
        for live in objects.all_of(AKVS):
            reconciler.resync(objects, operator, live)
