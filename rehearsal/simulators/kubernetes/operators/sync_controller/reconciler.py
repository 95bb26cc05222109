"""Reconciling SecretSyncs.

secrets-store-sync-controller v0.0.4, internal/controller/{secretsync_controller,conditions}.go and
pkg/util/secretutil/secret.go. The controller shows its reasons in conditions; the words of the provider are
in its log alone. Where it tries again after a while, it does so here whenever something changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.errors import MountError
from rehearsal.simulators.kubernetes.api.fields import is_hashed, mapping, mappings
from rehearsal.simulators.kubernetes.api.store import SECRET, Manifest, ObjectStore
from rehearsal.simulators.kubernetes.apiserver.admission import SERVICE_ACCOUNT
from rehearsal.simulators.kubernetes.operators.csi.azure_provider import MountedFile, mounted
from rehearsal.simulators.kubernetes.operators.csi.kinds import CLASS
from rehearsal.simulators.kubernetes.operators.sync_controller.admission import LABEL, refused_secret
from rehearsal.simulators.kubernetes.operators.sync_controller.detection import SyncInstallation
from rehearsal.simulators.kubernetes.operators.sync_controller.kinds import SYNC

_LOOK: Final = "check the logs or the events for more information."
_PROVIDER_ERROR: Final = "ProviderError"
_CLASS_ERROR: Final = "ControllerSPCError"
_INPUT_ERROR: Final = "UserInputValidationFailed"
_POLICY_ERROR: Final = "ValidatingAdmissionPolicyCheckFailed"
_UNKNOWN_ERROR: Final = "UnknownError"
_FAILED: Final[Mapping[str, tuple[str, str]]] = {
    # Reason → status and message of the condition
    _PROVIDER_ERROR: ("False", f"Secret creation failed due to provider error, {_LOOK}"),
    _CLASS_ERROR: (
        "False",
        "Secret update failed because the controller could not retrieve the Secret Provider Class or the SPC "
        "is misconfigured. Check the logs or the events for more information.",
    ),
    _INPUT_ERROR: (
        "False",
        f"Secret create or update failed due to SecretProviderClass or SecretSync error, {_LOOK}",
    ),
    _POLICY_ERROR: (
        "False",
        f"Secret update failed due to validating admission policy check failure, {_LOOK}",
    ),
    _UNKNOWN_ERROR: ("Unknown", f"Secret patch failed due to unknown error, {_LOOK}"),
}
_CREATED: Final = ("CreateSucceeded", "Secret created successfully.")
_CHANGED: Final = (
    "UpdateValueChangeOrForceUpdateSucceeded",
    "The secret was updated successfully: a value change or a force update was detected.",
)
_SAME: Final = (
    "UpdateNoValueChangeSucceeded",
    "The secret was updated successfully at the end of the poll interval and no value change was detected.",
)
_TLS: Final = "kubernetes.io/tls"
_NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    # ValidateSecret in pkg/apis/core/validation/validation.go of kubernetes
    _TLS: ("tls.crt", "tls.key"),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
}
_HASH_LENGTH: Final = 64


class _SyncError(Exception):
    """A SecretSync that cannot be synced; its reason is the message."""


def sync(objects: ObjectStore, operator: SyncInstallation, live: Manifest) -> None:
    """Read the objects of one SecretSync, and write its Secret if something has changed."""
    status = mapping(live.get("status"))
    kind = "Update" if status.get("syncHash") else "Create"
    try:
        data, provider_class = _read(objects, operator, live)
        hash_ = objects.world.hex(
            _HASH_LENGTH,
            data,
            provider_class["metadata"]["uid"],
            provider_class.get("spec"),
            live.get("spec"),
        )
        if hash_ == status.get("syncHash") and not has_failed(live):
            _write_status(objects, live, kind, "True", *_SAME)
            return
        _write(objects, operator, live, data)
    except _SyncError as error:
        reason = str(error)
        status_, message = _FAILED[reason]
        _write_status(objects, live, kind, status_, reason, message)
        return
    objects.world.note_time(f"{live['metadata']['uid']}#refresh")
    reason, message = _CREATED if kind == "Create" else _CHANGED
    _write_status(objects, live, kind, "True", reason, message, {"syncHash": hash_})


def has_failed(live: Mapping[str, Any]) -> bool:
    """Whether its last attempt has failed, after which the controller tries again."""
    conditions = mappings(mapping(live.get("status")).get("conditions"))
    return not conditions or any(condition.get("status") != "True" for condition in conditions)


def _read(
    objects: ObjectStore, operator: SyncInstallation, live: Manifest
) -> tuple[dict[str, str], Manifest]:
    """Data of the Secret, and the class. Raises _SyncError."""
    namespace, spec = live["metadata"]["namespace"], mapping(live.get("spec"))
    account = str(spec.get("serviceAccountName"))
    if objects.get(SERVICE_ACCOUNT, namespace, account) is None:
        raise _SyncError(_UNKNOWN_ERROR)
    provider_class = objects.get(CLASS, namespace, str(spec.get("secretProviderClassName")))
    of_class = mapping((provider_class or {}).get("spec"))
    if provider_class is None or of_class.get("provider") != "azure" or not operator.has_provider:
        raise _SyncError(_CLASS_ERROR)
    files = _fetched(objects, operator, of_class, namespace, account)
    return _content(objects, mapping(spec.get("secretObject")), files), provider_class


def _fetched(
    objects: ObjectStore, operator: SyncInstallation, spec: Mapping[str, Any], namespace: str, account: str
) -> Sequence[MountedFile] | None:
    """Files of the provider. None: the world has only hashes of the parameters. Raises _SyncError."""
    parameters = spec.get("parameters")
    if is_hashed(parameters) or any(is_hashed(value) for value in mapping(parameters).values()):
        return None
    # prepareCSIProviderParams: the namespace and the ServiceAccount of the SecretSync, not of a pod
    pod = {"metadata": {"namespace": namespace}, "spec": {"serviceAccountName": account}}
    needs_token = mapping(parameters).get("clientID")
    if needs_token and not operator.has_token:
        raise _SyncError(_PROVIDER_ERROR)
    try:
        files = mounted(objects, {k: str(v) for k, v in mapping(parameters).items()}, pod, None)
    except MountError as error:
        raise _SyncError(_PROVIDER_ERROR) from error
    if not files:
        raise _SyncError(_PROVIDER_ERROR)  # errMissingObjectVersions
    return files


def _content(
    objects: ObjectStore, secret: Mapping[str, Any], files: Sequence[MountedFile] | None
) -> dict[str, str]:
    """Data of the Secret (GetSecretData). Raises _SyncError."""
    content: dict[str, str] = {}
    is_tls = secret.get("type") == _TLS
    for entry in mappings(secret.get("data")):
        source, key = str(entry.get("sourcePath")), str(entry.get("targetKey"))
        file = next((file for file in files or () if file.path == source), None)
        if file is None and files is not None:
            raise _SyncError(_INPUT_ERROR)
        # GetCertPart; of a certificate without its key, it reads the key as PKCS#12.
        is_no_key = key == "tls.key" and file is not None and file.type != "secret"
        if is_tls and (key not in _NEEDS[_TLS] or is_no_key):
            raise _SyncError(_INPUT_ERROR)
        content[key] = file.content if file else objects.world.keyed_hash([source, key])
    return content


def _write(objects: ObjectStore, operator: SyncInstallation, live: Manifest, data: Mapping[str, str]) -> None:
    """The Secret, by server-side apply without force (serverSidePatchSecret). Raises _SyncError."""
    metadata, secret = live["metadata"], mapping(mapping(live.get("spec")).get("secretObject"))
    type_ = str(secret.get("type") or "Opaque").strip()
    before = objects.get(SECRET, metadata["namespace"], metadata["name"])
    if refused_secret(operator, type_, before, metadata["name"]):
        raise _SyncError(_POLICY_ERROR)
    is_foreign = before is not None and mapping(before["metadata"].get("labels")).get(LABEL) != ""
    if is_foreign or any(key not in data for key in _NEEDS.get(type_, ())):
        raise _SyncError(_UNKNOWN_ERROR)  # a conflict with another manager; a key that the type requires
    if before is not None and before.get("type") != type_:
        raise _SyncError(_UNKNOWN_ERROR)  # type: field is immutable
    owner = {
        "apiVersion": SYNC.api_version,
        "kind": SYNC.name,
        "name": metadata["name"],
        "uid": metadata["uid"],
    }
    made: Manifest = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": metadata["name"],
            "namespace": metadata["namespace"],
            "labels": {**mapping(secret.get("labels")), LABEL: ""},
            "annotations": {**mapping(secret.get("annotations")), LABEL: ""},
            "ownerReferences": [owner],
        },
        "type": type_,
        "data": dict(data),
    }
    objects.put(made)


def _write_status(
    objects: ObjectStore,
    live: Manifest,
    kind: str,
    status: str,
    reason: str,
    message: str,
    more: Mapping[str, Any] | None = None,
) -> None:
    condition = {
        "type": kind,
        "status": status,
        "reason": reason,
        "message": message,
        # The definition requires it; of the times of an object the world has the first.
        "lastTransitionTime": objects.world.times.get(live["metadata"]["uid"]),
    }
    kept = [
        other
        for other in mappings(mapping(live.get("status")).get("conditions"))
        if other.get("type") != kind and other.get("status") == "True"
    ]
    written = {**mapping(live.get("status")), **(more or {}), "conditions": [*kept, condition]}
    if written != live.get("status"):
        objects.put({**live, "status": written})
