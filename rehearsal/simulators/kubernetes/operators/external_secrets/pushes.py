"""Reconciling PushSecrets: what is in a Kubernetes Secret, or a generator draws, is written into a vault.

external-secrets v2.9.0, pkg/controllers/pushsecret/pushsecret_controller.go, and its guide to PushSecrets.
`dataTo`, templates, labels that select Secrets or stores, properties of a secret, and the deletion policy
Delete are not simulated. The operator does not watch Kubernetes Secrets: it looks at them when a PushSecret
changes, when its refresh interval has passed, and after a failure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import mapping, mappings
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import SECRET, Manifest, ObjectStore
from rehearsal.simulators.kubernetes.operators.external_secrets.data import Data, client_of
from rehearsal.simulators.kubernetes.operators.external_secrets.detection import EsoInstallation
from rehearsal.simulators.kubernetes.operators.external_secrets.kinds import (
    CLUSTER_STORE,
    PASSWORD,
    PUSH_SECRET,
    STORE,
    spec_of,
)
from rehearsal.simulators.kubernetes.operators.external_secrets.status import set_failed, set_ready
from rehearsal.simulators.kubernetes.operators.external_secrets.token import StoreError
from rehearsal.simulators.kubernetes.operators.external_secrets.webhook import DurationError, seconds

_DONE: Final = "PushSecret synced successfully"
_UNCHANGED: Final = ". Existing secrets in providers unchanged."
_NO_SOURCE: Final = "could not get source secret"
_PASSWORD_KEY: Final = "password"
_VERSION_LENGTH: Final = 56


class PushError(Exception):
    """A push that failed, in the operator's words."""


def reconcile(objects: ObjectStore, operator: EsoInstallation, *, interval_over: bool) -> None:
    """Push what is due."""
    for push in objects.all_of(PUSH_SECRET) if operator.on("processPushSecret") else ():
        namespace, spec = push["metadata"]["namespace"], spec_of(push)
        version = _version(objects, push)
        if not operator.handles(objects, namespace, {}):
            continue
        if not _is_due(push, spec, version, interval_over=interval_over):
            continue
        try:
            pushed = _push(objects, operator, namespace, spec)
        except PushError as error:
            set_failed(objects, push, "Errored", str(error), "Errored", str(error))
            continue
        message = _DONE + (_UNCHANGED if spec.get("updatePolicy") == "IfNotExists" else "")
        set_ready(
            objects, push, "Synced", message, {"syncedPushSecrets": pushed, "syncedResourceVersion": version}
        )


def _is_due(push: Manifest, spec: Mapping[str, Any], version: str, *, interval_over: bool) -> bool:
    """shouldRefresh. One that has failed is tried again."""
    status = mapping(push.get("status"))
    synced = status.get("syncedResourceVersion")
    if synced != version:
        return True
    failed = any(condition.get("status") != "True" for condition in mappings(status.get("conditions")))
    return failed or (interval_over and _interval(spec) > 0)


def _interval(spec: Mapping[str, Any]) -> float:
    try:
        return seconds(str(spec.get("refreshInterval")))
    except DurationError:
        return 1


def _version(objects: ObjectStore, push: Manifest) -> str:
    metadata = push["metadata"]
    return objects.world.hex(
        _VERSION_LENGTH, push.get("spec"), metadata.get("labels"), metadata.get("annotations")
    )


def _push(
    objects: ObjectStore, operator: EsoInstallation, namespace: str, spec: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """Write everything; store → what it got, as the status has it. Raises PushError."""
    data = _source(objects, namespace, mapping(spec.get("selector")))
    pushed: dict[str, dict[str, Any]] = {}
    for kind, name, store in _stores(objects, namespace, spec):
        if not operator.handles(objects, namespace, mapping(store.get("spec")), cluster=True):
            continue
        entries = pushed.setdefault(f"{kind.name}/{name}", {})
        try:
            client = client_of(objects, operator, store, namespace)
        except StoreError as error:
            raise _failed(f"could not get secrets client for store {name}: {error}") from error
        for entry in mappings(spec.get("data")):
            match = mapping(entry.get("match"))
            remote, key = (
                str(mapping(match.get("remoteRef")).get("remoteKey")),
                str(match.get("secretKey") or ""),
            )
            value = _value(objects, data, key)
            if spec.get("updatePolicy") == "IfNotExists":
                try:
                    if client.exists(remote):
                        continue
                except StoreError as error:
                    raise _failed(f"could not verify if secret exists in store: {error}") from error
            try:
                client.push(remote, value)
            except StoreError as error:
                what = f"could not write remote ref {key} to target secretstore {name}"
                raise _failed(f"{what}: {error}") from error
            entries[remote] = entry
    return pushed


def _failed(why: str) -> PushError:
    return PushError(f"set secret failed: {why}")


def _stores(
    objects: ObjectStore, namespace: str, spec: Mapping[str, Any]
) -> Iterator[tuple[GroupVersionKind, str, Manifest]]:
    """The stores of a PushSecret. Raises PushError (getSecretStoreFromName)."""
    for reference in mappings(spec.get("secretStoreRefs")):
        kind = CLUSTER_STORE if reference.get("kind") == CLUSTER_STORE.name else STORE
        name = str(reference.get("name") or "")
        store = objects.get(kind, "" if kind == CLUSTER_STORE else namespace, name)
        if store is None:
            raise PushError(
                f'could not get {kind.name} "{name}", {kind.name}.{kind.group} "{name}" not found'
            )
        yield kind, name, store


def _source(objects: ObjectStore, namespace: str, selector: Mapping[str, Any]) -> Data:
    """Data of the Kubernetes Secret, or of the generator (resolveSecrets). Raises PushError."""
    name = str(mapping(selector.get("secret")).get("name") or "")
    if name:
        secret = objects.get(SECRET, namespace, name)
        if secret is None:
            raise PushError(_NO_SOURCE)
        return Data.of(secret)
    generator = mapping(selector.get("generatorRef"))
    password = objects.get(PASSWORD, namespace, str(generator.get("name")))
    if generator.get("kind") != PASSWORD.name or password is None:
        raise PushError(_NO_SOURCE)
    # Each time another one: only the first is written.
    return Data({_PASSWORD_KEY: objects.world.keyed_hash([namespace, password["metadata"].get("uid")])})


def _value(objects: ObjectStore, data: Data, key: str) -> str:
    """Hash of the value of a key, or of all of them. Raises PushError (secretKeyExists)."""
    if not key:
        stored = data.stored(objects.world)
        return objects.world.keyed_hash(["all", stored])
    if key in data.known:
        return data.known[key]
    if data.unknown:
        return objects.world.keyed_hash([data.unknown, key])
    raise _failed(f"secret key {key} does not exist")
