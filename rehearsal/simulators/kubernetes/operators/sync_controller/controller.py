"""The Secrets Store Sync Controller as a part of the cluster: its kinds, its policies, its reconciling.

secrets-store-sync-controller v0.0.4, with the Azure provider of the CSI driver. The controller watches
SecretSyncs alone: another SecretProviderClass counts at the next poll. Not simulated: metrics, leaders.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.simulators.kubernetes.api.controller import Controller, register
from rehearsal.simulators.kubernetes.api.fields import mapping, mappings
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import SECRET, Manifest, ObjectStore
from rehearsal.simulators.kubernetes.operators.sync_controller import detection, reconciler
from rehearsal.simulators.kubernetes.operators.sync_controller.admission import LABEL, refused_sync
from rehearsal.simulators.kubernetes.operators.sync_controller.kinds import CUSTOM_KINDS, SYNC
from rehearsal.simulators.world import World


@register
class SyncController(Controller):
    """Secrets Store Sync Controller, by its Helm chart."""

    # appVersion of charts/secrets-store-sync-controller/Chart.yaml at v0.0.4
    chart_version = "0.0.4"
    plays = frozenset({"secrets-store-sync-controller 0.0.4"})
    charts = frozenset({detection.CHART})
    custom_kinds = CUSTOM_KINDS

    def keeps_definitions(self, world: World, values: Mapping[str, Any]) -> bool:
        """They lie in the chart's folder `crds`, which Helm installs and never deletes.

        https://helm.sh/docs/chart_best_practices/custom_resource_definitions/
        """
        return True

    def reports_status(self, kind: GroupVersionKind) -> bool:
        return kind == SYNC

    def returned_status(self, world: World, manifest: Manifest) -> Mapping[str, Any] | None:
        if GroupVersionKind.of(manifest) != SYNC:
            return None
        status, metadata = mapping(manifest.get("status")), mapping(manifest.get("metadata"))
        synced = world.times.get(f"{metadata.get('uid')}#refresh")
        return {**status, **({"lastSuccessfulSyncTime": synced} if synced else {})}

    def field_manager(self, secret: Mapping[str, Any]) -> str:
        is_own = mapping(secret.get("labels")).get(LABEL) == ""
        return "v1-secrets-store-sync-controller" if is_own else ""

    def admit(self, objects: ObjectStore, manifest: Mapping[str, Any], live: Manifest | None) -> str:
        if GroupVersionKind.of(manifest) != SYNC:
            return ""
        return refused_sync(detection.installed(objects), manifest)

    def before_apply(
        self, objects: ObjectStore, manifest: Mapping[str, Any], live: Manifest, *, force: bool
    ) -> Mapping[str, Any]:
        """The status is the controller's: an apply of the object leaves it."""
        if GroupVersionKind.of(manifest) != SYNC or "status" not in live:
            return manifest
        return {**manifest, "status": live["status"]}

    def after_store(self, objects: ObjectStore, manifest: Mapping[str, Any], live: Manifest | None) -> None:
        """A SecretSync whose generation has changed (processIfSecretChanged)."""
        if GroupVersionKind.of(manifest) != SYNC or live is None:
            return
        metadata = mapping(manifest.get("metadata"))
        stored = objects.get(SYNC, str(metadata.get("namespace")), str(metadata.get("name")))
        operator = detection.installed(objects)
        if stored is not None and operator is not None and stored.get("spec") != live.get("spec"):
            reconciler.sync(objects, operator, stored)

    def after_delete(self, objects: ObjectStore, deleted: Manifest) -> None:
        """The garbage collector removes the Secret of a SecretSync; one without an owner reference stays."""
        if GroupVersionKind.of(deleted) != SYNC:
            return
        metadata = deleted["metadata"]
        secret = objects.get(SECRET, metadata["namespace"], metadata["name"])
        owners = mappings(mapping((secret or {}).get("metadata")).get("ownerReferences"))
        if owners and all(owner.get("uid") == metadata["uid"] for owner in owners):
            objects.drop(SECRET, metadata["namespace"], metadata["name"])

    def reconcile(self, objects: ObjectStore) -> None:
        if operator := detection.installed(objects):
            for live in objects.all_of(SYNC):
                if reconciler.has_failed(live):
                    reconciler.sync(objects, operator, live)

    def poll(self, objects: ObjectStore) -> None:
        """Source: providerPollingFunc."""
        operator = detection.installed(objects)
        if operator is None or not operator.polls:
            return
        for live in objects.all_of(SYNC):
            reconciler.sync(objects, operator, live)
