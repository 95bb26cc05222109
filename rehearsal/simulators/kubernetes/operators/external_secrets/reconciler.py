"""Reconciling SecretStores and ExternalSecrets.

external-secrets v2.9.0, pkg/controllers/secretstore/common.go,
pkg/controllers/externalsecret/externalsecret_controller.go; docs/guides/ownership-deletion-policy.md.
Statuses have no times, and sync windows are always open.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import mapping, mappings
from rehearsal.simulators.kubernetes.api.store import Manifest, ObjectStore
from rehearsal.simulators.kubernetes.operators.external_secrets import pushes, webhook
from rehearsal.simulators.kubernetes.operators.external_secrets.data import client_of, of_stores, store_of
from rehearsal.simulators.kubernetes.operators.external_secrets.detection import EsoInstallation, installed
from rehearsal.simulators.kubernetes.operators.external_secrets.kinds import (
    CLUSTER_STORE,
    EXTERNAL_SECRET,
    STORE,
    spec_of,
)
from rehearsal.simulators.kubernetes.operators.external_secrets.status import set_failed, set_ready
from rehearsal.simulators.kubernetes.operators.external_secrets.target import TargetError, TargetSecret
from rehearsal.simulators.kubernetes.operators.external_secrets.token import StoreError

FINALIZER: Final = "externalsecrets.external-secrets.io/externalsecret-cleanup"
_MESSAGES: Final = {
    "SecretSynced": "secret synced",
    "SecretMissing": "secret will not be created due to CreationPolicy=Merge",
}
_RETAINED: Final = "secret retained due to DeletionPolicy=Retain"
_DELETED: Final = "secret deleted due to DeletionPolicy=Delete"
_NO_GENERIC_TARGETS: Final = "generic targets are disabled. Enable with --unsafe-allow-generic-targets flag"
_VERSION_LENGTH: Final = 56


def reconcile(objects: ObjectStore, *, interval_over: bool = False) -> None:
    """Validate all stores, push what PushSecrets push, and sync all ExternalSecrets.

    `interval_over`: every refresh interval has passed.
    """
    operator = installed(objects)
    if operator is None:
        return
    for kind, switch in ((STORE, "processSecretStore"), (CLUSTER_STORE, "processClusterStore")):
        for store in objects.all_of(kind) if operator.on(switch) else ():
            _validate(objects, operator, store)
    pushes.reconcile(objects, operator, interval_over=interval_over)
    for secret in objects.all_of(EXTERNAL_SECRET):
        _reconcile_secret(objects, operator, secret, interval_over=interval_over)


def _validate(objects: ObjectStore, operator: EsoInstallation, store: Manifest) -> None:
    """A ClusterSecretStore that uses each ExternalSecret's own ServiceAccount is not tried.

    Source: isReferentSpec.
    """
    namespace, spec = store["metadata"].get("namespace", ""), mapping(store.get("spec"))
    cluster = store["kind"] == CLUSTER_STORE.name
    if not operator.handles(objects, namespace, spec, cluster=cluster):
        return
    azure = mapping(mapping(spec.get("provider")).get("azurekv"))
    references = (
        azure.get("serviceAccountRef"),
        *(mapping(azure.get("authSecretRef")).get(name) for name in ("clientId", "clientSecret")),
    )
    referent = cluster and any(
        isinstance(reference, Mapping) and not reference.get("namespace") for reference in references
    )
    try:
        if not referent:
            client_of(objects, operator, store, namespace)
    except StoreError as error:
        reason = "InvalidProviderConfig"
        set_failed(objects, store, reason, "unable to create client", reason, str(error))
        return
    set_ready(objects, store, "Valid", "store validated", {"capabilities": "ReadWrite"})


def _reconcile_secret(
    objects: ObjectStore, operator: EsoInstallation, secret: Manifest, *, interval_over: bool
) -> None:
    namespace, spec = secret["metadata"]["namespace"], spec_of(secret)
    if not operator.handles(objects, namespace, {}) or _is_anothers(objects, operator, namespace, spec):
        return
    if FINALIZER not in (secret["metadata"].get("finalizers") or []):
        secret = objects.put({**secret, "metadata": {**secret["metadata"], "finalizers": [FINALIZER]}})
    try:
        _sync(objects, operator, secret, spec, interval_over=interval_over)
    except TargetError as error:
        set_failed(objects, secret, "SecretSyncedError", error.condition, "UpdateFailed", str(error))


def _sync(
    objects: ObjectStore,
    operator: EsoInstallation,
    secret: Manifest,
    spec: Mapping[str, Any],
    *,
    interval_over: bool,
) -> None:
    """Bring the target up to date if the ExternalSecret is due. Raises TargetError."""
    namespace, policy = secret["metadata"]["namespace"], mapping(spec.get("target")).get("deletionPolicy")
    if mapping(spec.get("target")).get("manifest") is not None:
        if mapping(operator.values.get("genericTargets")).get("enabled") is not True:
            raise TargetError("invalid generic target", _NO_GENERIC_TARGETS)
        return
    target, version = TargetSecret(objects, secret, spec), _version(objects, secret)
    if not _is_due(secret, spec, version, interval_over=interval_over) and target.is_valid():
        return
    try:
        data = of_stores(objects, operator, namespace, spec)
    except StoreError as error:
        raise TargetError("could not get secret data from provider", str(error)) from error
    synced = {"syncedResourceVersion": version}
    if not data and policy == "Delete":
        if target.policy != "Owner":
            why = f"unable to delete secret {target.name}: creationPolicy={target.policy} is not Owner"
            raise TargetError("could not delete secret", why)
        target.remove()
        set_ready(objects, secret, "SecretDeleted", _DELETED, synced)
    elif not data and policy == "Retain":
        set_ready(objects, secret, "SecretSynced", _RETAINED, synced)
    else:
        reason = target.write(data)
        bound = target.policy != "None" and reason != "SecretMissing"
        binding = {"binding": {"name": target.name}} if bound else {}
        set_ready(objects, secret, reason, _MESSAGES[reason], {**synced, **binding})


def _is_due(secret: Manifest, spec: Mapping[str, Any], version: str, *, interval_over: bool) -> bool:
    """shouldRefresh. A failed ExternalSecret is due until it succeeds."""
    status = mapping(secret.get("status"))
    synced, policy = status.get("syncedResourceVersion"), spec.get("refreshPolicy")
    if policy == "CreatedOnce":
        return not synced
    if policy == "OnChange":
        return synced != version
    if synced and _interval(spec) <= 0:
        return False
    failed = any(condition.get("status") != "True" for condition in mappings(status.get("conditions")))
    return synced != version or interval_over or failed


def _interval(spec: Mapping[str, Any]) -> float:
    try:
        return webhook.seconds(str(spec.get("refreshInterval")))
    except webhook.DurationError:
        return 1


def _is_anothers(
    objects: ObjectStore, operator: EsoInstallation, namespace: str, spec: Mapping[str, Any]
) -> bool:
    """Whether another operator handles one of its stores.

    shouldSkipClusterSecretStore, shouldSkipUnmanagedStore.
    """
    reference = mapping(spec.get("secretStoreRef"))
    if reference.get("kind") == CLUSTER_STORE.name and not operator.on("processClusterStore"):
        return True
    entries = [
        entry
        for entry in (*mappings(spec.get("data")), *mappings(spec.get("dataFrom")))
        if entry.get("sourceRef")
    ]
    for entry in ({}, *entries):
        store = store_of(objects, namespace, spec, entry)[2]
        if store and not operator.handles(objects, namespace, mapping(store.get("spec")), cluster=True):
            return True
    return False


def _version(objects: ObjectStore, secret: Manifest) -> str:
    """Hash of spec, labels and annotations.

    The operator uses the generation, which a status raises here as well.
    """
    metadata = secret["metadata"]
    return objects.world.hex(
        _VERSION_LENGTH, secret.get("spec"), metadata.get("labels"), metadata.get("annotations")
    )
