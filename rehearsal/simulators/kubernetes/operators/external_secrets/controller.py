"""The External Secrets Operator: what its controllers make of SecretStores and ExternalSecrets.

external-secrets v2.9.0, pkg/controllers/secretstore/common.go, pkg/controllers/externalsecret/externalsecret_controller.go;
docs/guides/ownership-deletion-policy.md. There a failure is tried again after a while; here whenever somebody writes into the cluster, and
at a poll. Statuses have no times, and sync windows are always open. Other providers than azurekv, generators' values, PushSecrets,
ClusterExternalSecrets and targets that are no Secrets are not simulated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.events import EVENT, record_name
from rehearsal.simulators.kubernetes.api.fields import mapping, mappings
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import (
    CLUSTER_STORE,
    EXTERNAL_SECRET,
    SECRET,
    STORE,
    Manifest,
    ObjectStore,
)
from rehearsal.simulators.kubernetes.apiserver.custom_resources import defaulted, schema_of
from rehearsal.simulators.kubernetes.operators.external_secrets import webhook
from rehearsal.simulators.kubernetes.operators.external_secrets.data import client_of, of_stores, store_of
from rehearsal.simulators.kubernetes.operators.external_secrets.installation import EsoInstallation, installed
from rehearsal.simulators.kubernetes.operators.external_secrets.target import TargetError, TargetSecret
from rehearsal.simulators.kubernetes.operators.external_secrets.token import StoreError

GROUP: Final = EXTERNAL_SECRET.group
FINALIZER: Final = "externalsecrets.external-secrets.io/externalsecret-cleanup"
_MESSAGES: Final = {
    "SecretSynced": "secret synced",
    "SecretMissing": "secret will not be created due to CreationPolicy=Merge",
}
_RETAINED: Final = "secret retained due to DeletionPolicy=Retain"
_VERSION_LENGTH: Final = 56
_DELETED: Final = "secret deleted due to DeletionPolicy=Delete"


def reports(kind: GroupVersionKind) -> bool:
    """Whether the simulated operator gives objects of this kind a status."""
    return kind.group == GROUP and kind.name in (STORE.name, CLUSTER_STORE.name, EXTERNAL_SECRET.name)


def refusal(objects: ObjectStore, manifest: Mapping[str, Any]) -> str:
    """What the webhook has against an object; empty without a webhook, which goes with the release."""
    operator, kind = installed(objects), GroupVersionKind.of(manifest)
    if operator is None or not operator.on("webhook", "create") or not reports(kind):
        return ""
    return webhook.refusal(kind, str(mapping(manifest.get("metadata")).get("namespace", "")), _spec(manifest))


def kept(manifest: Mapping[str, Any], live: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the operator has set stays when somebody else applies the object: status and finalizer."""
    if not reports(GroupVersionKind.of(manifest)):
        return manifest
    status = {"status": live["status"]} if "status" in live else {}
    finalizers = mapping(live.get("metadata")).get("finalizers")
    metadata = {**mapping(manifest.get("metadata")), **({"finalizers": finalizers} if finalizers else {})}
    return {**manifest, "metadata": metadata, **status}


def holds(objects: ObjectStore, manifest: Mapping[str, Any]) -> bool:
    """Whether a deletion waits for an operator that is no longer there to take its finalizer away."""
    finalizers = mapping(manifest.get("metadata")).get("finalizers") or []
    return (
        GroupVersionKind.of(manifest) == EXTERNAL_SECRET
        and FINALIZER in finalizers
        and installed(objects) is None
    )


def removed(objects: ObjectStore, gone: Manifest) -> None:
    """The garbage collector takes what an ExternalSecret owns; without an owner reference the Secret stays."""
    if GroupVersionKind.of(gone).name != EXTERNAL_SECRET.name:
        return
    for secret in list(objects.all_of(SECRET, gone["metadata"]["namespace"])):
        owners = mappings(secret["metadata"].get("ownerReferences"))
        if owners and all(owner.get("uid") == gone["metadata"]["uid"] for owner in owners):
            objects.drop(SECRET, secret["metadata"]["namespace"], secret["metadata"]["name"])


def drop_unserved(objects: ObjectStore) -> None:
    """With a definition all objects of its kind go; the definitions are templates of the chart, so Helm takes them with the release.

    There an ExternalSecret has a finalizer, which nobody takes away if the operator is gone first: a race, which is not simulated.
    https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#delete-a-customresourcedefinition
    """
    for kind in (EXTERNAL_SECRET, STORE, CLUSTER_STORE):
        if objects.knows(kind) is None:
            for found in list(objects.all_of(kind)):
                namespace, name = found["metadata"].get("namespace", ""), found["metadata"]["name"]
                objects.drop(kind, namespace, name)
                objects.drop(EVENT, namespace, record_name(kind, name))
                removed(objects, found)


def settle(objects: ObjectStore, *, interval_over: bool = False) -> None:
    """What the operator does about what it sees; `interval_over`: every refresh interval has passed."""
    operator = installed(objects)
    if operator is None:
        return
    for kind, switch in ((STORE, "processSecretStore"), (CLUSTER_STORE, "processClusterStore")):
        for store in list(objects.all_of(kind)) if operator.on(switch) else ():
            _validate(objects, operator, store)
    for secret in list(objects.all_of(EXTERNAL_SECRET)):
        _reconcile(objects, operator, secret, interval_over=interval_over)


def _validate(objects: ObjectStore, operator: EsoInstallation, store: Manifest) -> None:
    """A cluster's store that takes each ExternalSecret's own account is not tried (isReferentSpec)."""
    namespace, spec = store["metadata"].get("namespace", ""), mapping(store.get("spec"))
    cluster = store["kind"] == CLUSTER_STORE.name
    if not operator.handles(objects, namespace, spec, cluster=cluster):
        return
    azure = mapping(mapping(spec.get("provider")).get("azurekv"))
    references = (
        azure.get("serviceAccountRef"),
        *(mapping(azure.get("authSecretRef")).get(name) for name in ("clientId", "clientSecret")),
    )
    referent = cluster and any(isinstance(one, Mapping) and not one.get("namespace") for one in references)
    try:
        if not referent:
            client_of(objects, operator, store, namespace)
    except StoreError as error:
        _mark(
            objects,
            store,
            "InvalidProviderConfig",
            "unable to create client",
            failure=("InvalidProviderConfig", str(error)),
        )
        return
    _mark(objects, store, "Valid", "store validated", status={"capabilities": "ReadWrite"})


def _reconcile(
    objects: ObjectStore, operator: EsoInstallation, secret: Manifest, *, interval_over: bool
) -> None:
    namespace, spec = secret["metadata"]["namespace"], _spec(secret)
    if not operator.handles(objects, namespace, {}) or _is_anothers(objects, operator, namespace, spec):
        return
    if FINALIZER not in (secret["metadata"].get("finalizers") or []):
        secret = objects.put({**secret, "metadata": {**secret["metadata"], "finalizers": [FINALIZER]}})
    given = mapping(spec.get("target"))
    if given.get("manifest") is not None:
        if mapping(operator.values.get("genericTargets")).get("enabled") is not True:
            why = "generic targets are disabled. Enable with --unsafe-allow-generic-targets flag"
            _mark(
                objects, secret, "SecretSyncedError", "invalid generic target", failure=("UpdateFailed", why)
            )
        return
    target, version = TargetSecret(objects, secret, spec), _version(objects, secret)
    if not _is_due(secret, spec, version, interval_over=interval_over) and target.is_valid():
        return
    try:
        data = of_stores(objects, operator, namespace, spec)
    except StoreError as error:
        _mark(
            objects,
            secret,
            "SecretSyncedError",
            "could not get secret data from provider",
            failure=("UpdateFailed", str(error)),
        )
        return
    synced = {"syncedResourceVersion": version}
    if not data and given.get("deletionPolicy") == "Delete":
        if target.policy != "Owner":
            why = f"unable to delete secret {target.name}: creationPolicy={target.policy} is not Owner"
            _mark(
                objects, secret, "SecretSyncedError", "could not delete secret", failure=("UpdateFailed", why)
            )
            return
        target.remove()
        _mark(objects, secret, "SecretDeleted", _DELETED, status=synced)
    elif not data and given.get("deletionPolicy") == "Retain":
        _mark(objects, secret, "SecretSynced", _RETAINED, status=synced)
    else:
        try:
            reason = target.write(data)
        except TargetError as error:
            _mark(objects, secret, "SecretSyncedError", error.condition, failure=("UpdateFailed", str(error)))
            return
        binding = (
            {} if target.policy == "None" or reason == "SecretMissing" else {"binding": {"name": target.name}}
        )
        _mark(objects, secret, reason, _MESSAGES[reason], status={**synced, **binding})


def _is_due(secret: Manifest, spec: Mapping[str, Any], version: str, *, interval_over: bool) -> bool:
    """shouldRefresh. One that failed is due until it does not fail."""
    status = mapping(secret.get("status"))
    synced, policy = status.get("syncedResourceVersion"), spec.get("refreshPolicy")
    if policy == "CreatedOnce":
        return not synced
    if policy == "OnChange":
        return synced != version
    if synced and _interval(spec) <= 0:
        return False
    failed = any(one.get("status") != "True" for one in mappings(status.get("conditions")))
    return synced != version or interval_over or failed


def _interval(spec: Mapping[str, Any]) -> float:
    try:
        return webhook.seconds(str(spec.get("refreshInterval")))
    except webhook.DurationError:
        return 1


def _is_anothers(
    objects: ObjectStore, operator: EsoInstallation, namespace: str, spec: Mapping[str, Any]
) -> bool:
    """shouldSkipClusterSecretStore, shouldSkipUnmanagedStore."""
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


def _spec(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    """With its defaults."""
    schema = schema_of(GroupVersionKind(GROUP, "v1", str(manifest.get("kind"))), ()) or {}
    return mapping(
        defaulted(mapping(manifest.get("spec")), mapping(schema.get("properties")).get("spec") or {})
    )


def _version(objects: ObjectStore, secret: Manifest) -> str:
    """There the generation and a hash of labels and annotations, here a hash of the spec as well: a status counts as a write here."""
    metadata = secret["metadata"]
    return objects.world.hex(
        _VERSION_LENGTH, secret.get("spec"), metadata.get("labels"), metadata.get("annotations")
    )


def _mark(
    objects: ObjectStore,
    object_: Manifest,
    reason: str,
    message: str,
    failure: tuple[str, str] | None = None,
    status: Mapping[str, Any] | None = None,
) -> None:
    """The condition Ready, and the event that says more."""
    kind, metadata = GroupVersionKind.of(object_), object_["metadata"]
    namespace, name = metadata.get("namespace", ""), metadata["name"]
    condition = {
        "type": "Ready",
        "status": "False" if failure else "True",
        "reason": reason,
        "message": message,
    }
    wanted = {**mapping(object_.get("status")), **(status or {}), "conditions": [condition]}
    if wanted != object_.get("status"):
        objects.put({**object_, "status": wanted})
    place = {"name": record_name(kind, name), "namespace": namespace}
    known = objects.get(EVENT, namespace, place["name"])
    if failure is None:
        if known:
            objects.drop(EVENT, namespace, place["name"])
        return
    about = {"apiVersion": kind.api_version, "kind": kind.name, "namespace": namespace, "name": name}
    event = {
        "apiVersion": "v1",
        "kind": "Event",
        "involvedObject": about,
        "type": "Warning",
        "reason": failure[0],
        "message": failure[1],
    }
    if known is None or known.get("message") != failure[1]:
        objects.put({**event, "metadata": place})
