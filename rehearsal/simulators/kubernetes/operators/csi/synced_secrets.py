"""Kubernetes Secrets that the driver makes of mounted files.

sigs.k8s.io/secrets-store-csi-driver v1.5.6, pkg/util/secretutil/secret.go,
controllers/secretproviderclasspodstatus_controller.go and pkg/rotation/reconciler.go: a mount makes a Secret
that is missing and leaves the data of one that exists; only a rotation writes that. From 1.6.0 on a mount
writes it too (createOrUpdateK8sSecret).
https://secrets-store-csi-driver.sigs.k8s.io/topics/sync-as-kubernetes-secret
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.errors import MountError
from rehearsal.simulators.kubernetes.api.fields import mapping, mappings
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import SECRET, Manifest, ObjectStore
from rehearsal.simulators.kubernetes.operators.csi.azure_provider import MountedFile
from rehearsal.simulators.kubernetes.operators.csi.kinds import CLASS, POD_STATUS

MANAGED: Final = "secrets-store.csi.k8s.io/managed"
_TLS: Final = "kubernetes.io/tls"
_TLS_KEYS: Final = ("tls.crt", "tls.key")


def sync(
    objects: ObjectStore,
    pod: Manifest,
    class_name: str,
    spec: Mapping[str, Any],
    files: Sequence[MountedFile] | None,
    *,
    rotates: bool,
) -> list[str]:
    """Make each Secret of the class that is missing; returns a warning for each that could not be made.

    `rotates`: write the Secrets that exist as well.
    """
    namespace, warnings = pod["metadata"]["namespace"], list[str]()
    for definition in mappings(spec.get("secretObjects")):
        name, kind, data = (
            str(definition.get("secretName", "")).strip(),
            str(definition.get("type", "")).strip(),
            mappings(definition.get("data")),
        )
        for absent, what in ((not name, "secret name"), (not kind, "secret type"), (not data, "data")):
            if absent:
                # The driver writes this into its own log only.
                warnings.append(
                    f"failed to validate secret object in spc {namespace}/{class_name}, err: {what} is empty"
                )
                break
        else:
            try:
                content = _content(objects, data, kind, files)
            except MountError as error:
                warnings.append(
                    f"failed to get data in spc {namespace}/{class_name} for secret {name}, err: {error}"
                )
                continue
            if kind == _TLS and (absent_keys := [key for key in _TLS_KEYS if key not in content]):
                # ValidateSecret in pkg/apis/core/validation/validation.go refuses it; the driver reports no
                # more.
                warnings.append(
                    f"timed out waiting for the condition (data[{absent_keys[0]}]: Required value)"
                )
                continue
            _write(objects, pod, {**definition, "secretName": name, "type": kind}, content, rotates=rotates)
    return warnings


def _content(
    objects: ObjectStore, data: Sequence[Mapping[str, Any]], kind: str, files: Sequence[MountedFile] | None
) -> dict[str, str]:
    """Data of a Secret (GetSecretData; Azure/secrets-store-csi-driver-provider-azure#673 shows its errors).

    Raises MountError.
    """
    content: dict[str, str] = {}
    for entry in data:
        name, key = str(entry.get("objectName", "")).strip(), str(entry.get("key", "")).strip()
        if not name:
            raise MountError("object name in secretObjects.data")
        if not key:
            raise MountError("key in secretObjects.data is empty")
        file = next((file for file in files or () if file.path == name), None)
        if file is None and files is not None:
            raise MountError(f"file matching objectName {name} not found in the pod")
        if kind == _TLS and key not in _TLS_KEYS:
            raise MountError(
                f"failed to get cert data from file {name}, err: key '{key}' is not supported. Only "
                "'tls.key' and 'tls.crt' are supported"
            )
        if kind == _TLS and key == "tls.key" and file is not None and file.type != "secret":
            # A certificate without its key: the driver then tries to read it as PKCS#12.
            raise MountError(f"failed to get cert data from file {name}, err: pkcs12: error reading P12 data")
        content[key] = file.content if file else objects.world.keyed_hash([name, key])
    return content


def _write(
    objects: ObjectStore,
    pod: Manifest,
    definition: Mapping[str, Any],
    content: Mapping[str, str],
    *,
    rotates: bool,
) -> None:
    namespace, name = pod["metadata"]["namespace"], definition["secretName"]
    before = objects.get(SECRET, namespace, name)
    if before is None:
        metadata: Manifest = {
            "name": name,
            "namespace": namespace,
            "labels": {**mapping(definition.get("labels")), MANAGED: "true"},
            "ownerReferences": _owners(objects, pod, definition),
        }
        if annotations := mapping(definition.get("annotations")):
            metadata["annotations"] = dict(annotations)
        made = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": definition["type"]}
        objects.put({**made, "data": dict(content)})
        return
    metadata = before["metadata"]
    if MANAGED not in mapping(metadata.get("labels")):
        return  # the driver's cache holds only its own Secrets (cmd/secrets-store-csi-driver/main.go)
    owners = mappings(metadata.get("ownerReferences"))
    known = {owner.get("name") for owner in owners}
    new = [owner for owner in _owners(objects, pod, definition) if owner["name"] not in known]
    if new or rotates:
        data = dict(content) if rotates else before["data"]
        objects.put({**before, "metadata": {**metadata, "ownerReferences": [*owners, *new]}, "data": data})


def _owners(objects: ObjectStore, pod: Manifest, definition: Mapping[str, Any]) -> list[Manifest]:
    """The pod's own owners, else its SecretProviderClassPodStatuses (Patcher).

    Here the Deployment stands for its ReplicaSets, which it keeps for a rollback.
    """
    metadata = pod["metadata"]
    return [dict(owner) for owner in mappings(metadata.get("ownerReferences"))] or [
        {**_reference(status), "uid": status["metadata"]["uid"]}
        for status in objects.all_of(POD_STATUS, metadata["namespace"])
        if mapping(status.get("status")).get("podName") == metadata["name"]
        and _makes(objects, status, definition["secretName"])
    ]


def _makes(objects: ObjectStore, status: Manifest, secret_name: str) -> bool:
    """Whether the class of the mount makes this Secret."""
    name = str(mapping(status.get("status")).get("secretProviderClassName"))
    class_ = objects.get(CLASS, status["metadata"]["namespace"], name)
    definitions = mappings(mapping(mapping(class_).get("spec")).get("secretObjects"))
    return any(str(definition.get("secretName", "")).strip() == secret_name for definition in definitions)


def _reference(object_: Manifest) -> Manifest:
    return {"apiVersion": object_["apiVersion"], "kind": object_["kind"], "name": object_["metadata"]["name"]}


def collect(objects: ObjectStore, namespace: str) -> None:
    """Remove the driver's Secrets whose owners are all gone.

    https://kubernetes.io/docs/concepts/architecture/garbage-collection/#owners-dependents
    """
    for secret in objects.all_of(SECRET, namespace):
        owners = mappings(secret["metadata"].get("ownerReferences"))
        is_managed = MANAGED in mapping(secret["metadata"].get("labels"))
        if is_managed and owners and not any(_exists(objects, namespace, owner) for owner in owners):
            objects.drop(SECRET, namespace, secret["metadata"]["name"])


def _exists(objects: ObjectStore, namespace: str, owner: Mapping[str, Any]) -> bool:
    live = objects.get(GroupVersionKind.of(owner), namespace, str(owner.get("name")))
    return live is not None and live["metadata"]["uid"] == owner.get("uid")
