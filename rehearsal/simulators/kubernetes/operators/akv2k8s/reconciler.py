"""Reconciling AzureKeyVaultSecrets.

akv2k8s 1.8.4: cmd/azure-keyvault-controller/controller/{azureKeyVaultSecret,secret}.go. An object that has
changed goes through syncAzureKeyVaultSecret, and one whose resync is due through syncAzureKeyVault. The first
writes a failed read into the log alone; the event comes with the next resync. Here both have it at once. What
the API server answers to a Secret stands in the log alone, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.azure.entra import VaultError
from rehearsal.simulators.kubernetes.api.events import EVENT, event, record_name
from rehearsal.simulators.kubernetes.api.fields import is_hashed, mapping, mappings
from rehearsal.simulators.kubernetes.api.store import SECRET, Manifest, ObjectStore
from rehearsal.simulators.kubernetes.operators.akv2k8s.detection import Akv2k8sInstallation
from rehearsal.simulators.kubernetes.operators.akv2k8s.key_vault import data_of, is_simulated, secret_of
from rehearsal.simulators.kubernetes.operators.akv2k8s.kinds import AKVS

_HASH_LENGTH: Final = 32
_OPAQUE: Final = "Opaque"
_NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    # ValidateSecret in pkg/apis/core/validation/validation.go of kubernetes
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
}


class _WriteError(Exception):
    """A Secret that the controller or the API server refuses to write. The log alone has it."""


def sync(objects: ObjectStore, operator: Akv2k8sInstallation, live: Manifest) -> None:
    """The object has changed (syncAzureKeyVaultSecret, getOrCreateKubernetesSecret).

    The Secret is written if it is missing, has another type, lacks the key, or has not the value of which the
    status has the hash. So a changed object behind the same key waits for the resync.
    """
    if (data := _read(objects, operator, live)) is None:
        return
    secret, status = _secret(objects, live), mapping(live.get("status"))
    try:
        if secret is None:
            _write(objects, live, None, data)
            _set_status(objects, live, {"secretHash": _hash(objects, data)})
        elif _has_changed(objects, live, secret, data, str(status.get("secretHash") or "")):
            _write(objects, live, secret, data)
    except _WriteError:
        return
    _require_ownership(objects, live)


def resync(objects: ObjectStore, operator: Akv2k8sInstallation, live: Manifest) -> None:
    """The period is over (syncAzureKeyVault). It writes the status, so that the object has changed."""
    if (data := _read(objects, operator, live)) is None:
        return
    hash_ = _hash(objects, data)
    if mapping(live.get("status")).get("secretHash") != hash_:
        try:
            _write(objects, live, _secret(objects, live), data)
        except _WriteError:
            return
        live = _set_status(objects, live, {"secretHash": hash_})
    objects.world.note_time(f"{live['metadata']['uid']}#refresh")
    sync(objects, operator, live)


def forget(objects: ObjectStore, operator: Akv2k8sInstallation | None, deleted: Manifest) -> None:
    """The object is gone: the garbage collector removes a Secret that it alone owns. From another one the
    controller takes its keys, if it can read the vault then (deleteKubernetesSecretValues).
    """
    secret, uid = _secret(objects, deleted), deleted["metadata"]["uid"]
    if secret is None:
        return
    metadata = secret["metadata"]
    owners = mappings(metadata.get("ownerReferences"))
    others = [owner for owner in owners if owner.get("uid") != uid]
    if owners and not others:
        objects.drop(SECRET, metadata["namespace"], metadata["name"])
        return
    if operator is None or not operator.watches(metadata["namespace"]):
        return
    try:
        gone = data_of(objects, operator, deleted)
    except VaultError:
        return
    kept = {key: value for key, value in _data(secret).items() if key not in gone}
    source = {name: deleted["metadata"].get(name) or {} for name in ("labels", "annotations")}
    metadata = {**metadata, **source, "ownerReferences": others}
    objects.put({**secret, "metadata": metadata, "data": kept, "stringData": None})


def has_failed(objects: ObjectStore, live: Manifest) -> bool:
    """Whether its Secret is not there yet, or its last read has failed."""
    metadata, status = live["metadata"], mapping(live.get("status"))
    event_ = objects.get(EVENT, metadata["namespace"], record_name(AKVS, metadata["name"]))
    return not status.get("secretHash") or event_ is not None


def _read(objects: ObjectStore, operator: Akv2k8sInstallation, live: Manifest) -> dict[str, str] | None:
    """Data of the Secret. None: there is none, and an event has the reason."""
    metadata, spec = live["metadata"], mapping(live.get("spec"))
    if not operator.watches(metadata["namespace"]) or not is_simulated(spec):
        return None
    try:
        data = data_of(objects, operator, live)
    except VaultError as error:
        vault = mapping(spec.get("vault")).get("name")
        why = f"Failed to get secret for '{metadata['name']}' from Azure Key Vault '{vault}': {error}"
        _warn(objects, live, "ErrAzureVault", why)
        return None
    objects.drop(EVENT, metadata["namespace"], record_name(AKVS, metadata["name"]))
    return data


def _warn(objects: ObjectStore, live: Manifest, reason: str, message: str) -> None:
    namespace, name = live["metadata"]["namespace"], live["metadata"]["name"]
    known = objects.get(EVENT, namespace, record_name(AKVS, name))
    if known is None or known.get("message") != message:
        about = {"apiVersion": AKVS.api_version, "kind": AKVS.name, "namespace": namespace, "name": name}
        objects.put(event(AKVS, namespace, name, about, reason, message))


def _secret(objects: ObjectStore, live: Manifest) -> Manifest | None:
    name = str(secret_of(mapping(live.get("spec"))).get("name"))
    return objects.get(SECRET, live["metadata"]["namespace"], name)


def _data(secret: Mapping[str, Any]) -> dict[str, Any]:
    """Data of a Secret: the API server takes it in either field. A hash of the whole has no keys."""
    parts = [secret.get(part) for part in ("data", "stringData")]
    return {key: value for part in parts if not is_hashed(part) for key, value in mapping(part).items()}


def _hash(objects: ObjectStore, data: Mapping[str, Any]) -> str:
    """getMD5HashOfByteValues"""
    return objects.world.hex(_HASH_LENGTH, *(part for entry in sorted(data.items()) for part in entry))


def _has_changed(
    objects: ObjectStore, live: Manifest, secret: Manifest, data: Mapping[str, str], hash_: str
) -> bool:
    """hasAzureKeyVaultSecretChangedForSecret"""
    expected, present = secret_of(mapping(live.get("spec"))), _data(secret)
    if (expected.get("type") or _OPAQUE) != secret.get("type", _OPAQUE):
        return True
    if expected.get("dataKey") and expected["dataKey"] not in present:
        return True
    return hash_ != _hash(objects, {key: present[key] for key in data if key in present})


def _write(objects: ObjectStore, live: Manifest, secret: Manifest | None, data: Mapping[str, str]) -> None:
    """createNewSecret, createNewSecretFromExisting: keys of others stay, labels and annotations do not.

    Raises _WriteError.
    """
    spec, metadata = mapping(live.get("spec")), live["metadata"]
    type_, owners = str(secret_of(spec).get("type") or _OPAQUE), [_owner(live)]
    content: dict[str, Any] = dict(data)
    if secret is not None:
        known = mappings(secret["metadata"].get("ownerReferences"))
        before = secret.get("type", _OPAQUE)
        is_own = _owns(secret, live)
        if (before != _OPAQUE and not is_own) or before != type_ or secret.get("immutable") is True:
            raise _WriteError  # "cannot update existing secret …"; type: field is immutable
        owners = [dict(owner) for owner in known] + ([] if is_own else owners)
        content = {**_data(secret), **data}
    if "" in content or any(key not in content for key in _NEEDS.get(type_, ())):
        raise _WriteError  # the API server refuses the Secret
    made: Manifest = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": str(secret_of(spec)["name"]),
            "namespace": metadata["namespace"],
            "labels": dict(mapping(metadata.get("labels"))),
            "annotations": dict(mapping(metadata.get("annotations"))),
            "ownerReferences": owners,
        },
        "type": type_,
        "data": content,
    }
    objects.put(made)


def _owner(live: Manifest) -> dict[str, Any]:
    """newOwnerRef"""
    return {
        "apiVersion": AKVS.api_version,
        "kind": AKVS.name,
        "name": live["metadata"]["name"],
        "uid": live["metadata"]["uid"],
        "blockOwnerDeletion": True,
        "controller": False,
    }


def _owns(secret: Mapping[str, Any], live: Manifest) -> bool:
    owners = mappings(mapping(secret.get("metadata")).get("ownerReferences"))
    return any(owner.get("uid") == live["metadata"]["uid"] for owner in owners)


def _require_ownership(objects: ObjectStore, live: Manifest) -> None:
    """A Secret with the right value that something has taken from it (azure-key-vault-to-kubernetes#691)."""
    secret = _secret(objects, live)
    if secret is not None and not _owns(secret, live):
        name = secret["metadata"]["name"]
        why = f"Resource '{name}' already exists and is not managed by AzureKeyVaultSecret"
        _warn(objects, live, "ErrResourceExists", why)


def _set_status(objects: ObjectStore, live: Manifest, more: Mapping[str, Any]) -> Manifest:
    name = secret_of(mapping(live.get("spec"))).get("name")
    status = {**mapping(live.get("status")), **more, "secretName": name}
    objects.world.note_time(f"{live['metadata']['uid']}#refresh")
    return objects.put({**live, "status": status})
