"""The External Secrets Operator as a part of the cluster: its kinds, its webhook, its reconciling.

external-secrets v2.9.0. Where the operator tries again after a while, it does so here whenever an object is
written, and at a poll. Other providers than azurekv, other generators than that of passwords,
ClusterPushSecrets, ClusterExternalSecrets and targets that are not Secrets are not simulated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.controller import Controller, register
from rehearsal.simulators.kubernetes.api.errors import ApiError
from rehearsal.simulators.kubernetes.api.events import EVENT, record_name
from rehearsal.simulators.kubernetes.api.fields import mapping, mappings
from rehearsal.simulators.kubernetes.api.kinds import CustomKind, GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import RELEASE, SECRET, Manifest, ObjectStore
from rehearsal.simulators.kubernetes.apiserver.discovery import DEFINITION, custom_kind
from rehearsal.simulators.kubernetes.operators.external_secrets import detection, reconciler, webhook
from rehearsal.simulators.kubernetes.operators.external_secrets.kinds import (
    CLUSTER_STORE,
    CUSTOM_KINDS,
    EXTERNAL_SECRET,
    PASSWORD,
    PUSH_SECRET,
    STORE,
    is_simulated,
    spec_of,
)
from rehearsal.simulators.world import World

FINALIZER: Final = reconciler.FINALIZER


@register
class ExternalSecretsOperator(Controller):
    """External Secrets Operator, by its Helm chart."""

    # appVersion of deploy/charts/external-secrets/Chart.yaml at v2.9.0
    chart_version = "2.9.0"
    plays = frozenset({"external-secrets 2.9.0"})
    charts = frozenset({detection.CHART})
    custom_kinds = CUSTOM_KINDS

    def kinds_of_release(self, values: Mapping[str, Any]) -> Iterable[CustomKind]:
        return detection.kinds_of_release(values)

    def keeps_definitions(self, world: World, values: Mapping[str, Any]) -> bool:
        return detection.keeps_definitions(world, values)

    def reports_status(self, kind: GroupVersionKind) -> bool:
        return is_simulated(kind)

    def returned_status(self, world: World, manifest: Manifest) -> Mapping[str, Any] | None:
        """https://external-secrets.io/latest/api/spec/#external-secrets.io/v1.ExternalSecretStatus"""
        if GroupVersionKind.of(manifest).name not in (EXTERNAL_SECRET.name, PUSH_SECRET.name):
            return None
        status, metadata = mapping(manifest.get("status")), mapping(manifest.get("metadata"))
        refreshed = world.times.get(f"{metadata.get('uid')}#refresh")
        conditions = [
            {**condition, "lastTransitionTime": metadata.get("creationTimestamp")}
            for condition in mappings(status.get("conditions"))
        ]
        return {
            **status,
            **({"refreshTime": refreshed} if refreshed else {}),
            **({"conditions": conditions} if conditions else {}),
        }

    def field_manager(self, secret: Mapping[str, Any]) -> str:
        owners = mappings(secret.get("ownerReferences"))
        owned = any(owner.get("kind") == EXTERNAL_SECRET.name for owner in owners)
        return f"externalsecrets.external-secrets.io/{owners[0].get('name')}" if owned else ""

    def admit(self, objects: ObjectStore, manifest: Mapping[str, Any], live: Manifest | None) -> str:
        """The webhook comes with the release, so that there is none without one."""
        operator, kind = detection.installed(objects), GroupVersionKind.of(manifest)
        if operator is None or not operator.on("webhook", "create") or not is_simulated(kind):
            return ""
        namespace = str(mapping(manifest.get("metadata")).get("namespace", ""))
        return webhook.refusal(kind, namespace, spec_of(manifest))

    def before_apply(
        self, objects: ObjectStore, manifest: Mapping[str, Any], live: Manifest, *, force: bool
    ) -> Mapping[str, Any]:
        """Status and finalizer are the operator's: an apply of the object leaves them."""
        if not is_simulated(GroupVersionKind.of(manifest)):
            return manifest
        status = {"status": live["status"]} if "status" in live else {}
        finalizers = mapping(live.get("metadata")).get("finalizers")
        metadata = {**mapping(manifest.get("metadata")), **({"finalizers": finalizers} if finalizers else {})}
        return {**manifest, "metadata": metadata, **status}

    def before_delete(self, objects: ObjectStore, live: Manifest) -> None:
        """Without an operator that removes its finalizer an ExternalSecret cannot be deleted.

        await/condition/deleted.go of pulumi-kubernetes; there the second line is a warning beside the error.
        """
        finalizers = mapping(live.get("metadata")).get("finalizers") or []
        if GroupVersionKind.of(live) != EXTERNAL_SECRET or FINALIZER not in finalizers:
            return
        if detection.installed(objects) is None:
            raise ApiError(
                f"timed out waiting for the condition\nfinalizers might be preventing deletion ({FINALIZER})"
            )

    def after_store(self, objects: ObjectStore, manifest: Mapping[str, Any], live: Manifest | None) -> None:
        if live is not None and GroupVersionKind.of(manifest) in (RELEASE, DEFINITION):
            _drop_unserved(objects)

    def after_delete(self, objects: ObjectStore, deleted: Manifest) -> None:
        if GroupVersionKind.of(deleted) in (RELEASE, DEFINITION):
            _drop_unserved(objects)
        else:
            _drop_owned(objects, deleted)

    def reconcile(self, objects: ObjectStore) -> None:
        reconciler.reconcile(objects)

    def poll(self, objects: ObjectStore) -> None:
        reconciler.reconcile(objects, interval_over=True)


def _drop_owned(objects: ObjectStore, deleted: Manifest) -> None:
    """The garbage collector removes the Secrets of an ExternalSecret.

    A Secret without an owner reference stays.
    """
    if GroupVersionKind.of(deleted).name != EXTERNAL_SECRET.name:
        return
    for secret in objects.all_of(SECRET, deleted["metadata"]["namespace"]):
        owners = mappings(secret["metadata"].get("ownerReferences"))
        if owners and all(owner.get("uid") == deleted["metadata"]["uid"] for owner in owners):
            objects.drop(SECRET, secret["metadata"]["namespace"], secret["metadata"]["name"])


def _drop_unserved(objects: ObjectStore) -> None:
    """Without their definition all objects of a kind go; the definitions go with the release.

    In a cluster an ExternalSecret keeps its finalizer for ever if the operator goes first. That race is not
    simulated.
    https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#delete-a-customresourcedefinition
    """
    for kind in (EXTERNAL_SECRET, PUSH_SECRET, PASSWORD, STORE, CLUSTER_STORE):
        if custom_kind(objects, kind) is None:
            for manifest in objects.all_of(kind):
                namespace, name = manifest["metadata"].get("namespace", ""), manifest["metadata"]["name"]
                objects.drop(kind, namespace, name)
                objects.drop(EVENT, namespace, record_name(kind, name))
                _drop_owned(objects, manifest)
