"""Kubernetes Secrets that the driver makes of mounted files.

sigs.k8s.io/secrets-store-csi-driver, pkg/util/secretutil/secret.go and
controllers/secretproviderclasspodstatus_controller.go;
https://secrets-store-csi-driver.sigs.k8s.io/topics/sync-as-kubernetes-secret
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.errors import MountError
from rehearsal.simulators.kubernetes.api.fields import mapping, mappings
from rehearsal.simulators.kubernetes.api.store import SECRET, Manifest, ObjectStore
from rehearsal.simulators.kubernetes.operators.csi.azure_provider import MountedFile
from rehearsal.simulators.kubernetes.operators.csi.kinds import POD_STATUS

MANAGED: Final = "secrets-store.csi.k8s.io/managed"
_TLS: Final = "kubernetes.io/tls"
_TLS_KEYS: Final = ("tls.crt", "tls.key")


def sync(
    objects: ObjectStore,
    pod: Manifest,
    class_name: str,
    spec: Mapping[str, Any],
    files: Sequence[MountedFile] | None,
    owner: str,
) -> list[str]:
    """Make or overwrite each Secret of the class; returns a warning for each that could not be made."""
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
            _write(objects, namespace, name, kind, definition, content, owner)
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
    namespace: str,
    name: str,
    kind: str,
    definition: Mapping[str, Any],
    content: Mapping[str, str],
    owner: str,
) -> None:
    before = objects.get(SECRET, namespace, name)
    owners = [
        reference
        for reference in mappings(mapping((before or {}).get("metadata")).get("ownerReferences"))
        if reference.get("name") != owner
    ]
    metadata: Manifest = {
        "name": name,
        "namespace": namespace,
        "labels": {**mapping(definition.get("labels")), MANAGED: "true"},
        "ownerReferences": [
            *owners,
            {"apiVersion": POD_STATUS.api_version, "kind": POD_STATUS.name, "name": owner},
        ],
    }
    if annotations := mapping(definition.get("annotations")):
        metadata["annotations"] = dict(annotations)
    objects.put(
        {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": kind, "data": dict(content)}
    )
