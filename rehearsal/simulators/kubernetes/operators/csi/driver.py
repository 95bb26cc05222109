"""The Secrets Store CSI driver: mounts, synced Secrets, rotation.

sigs.k8s.io/secrets-store-csi-driver, pkg/secrets-store/nodeserver.go, pkg/util/secretutil/secret.go and
controllers/secretproviderclasspodstatus_controller.go; https://secrets-store-csi-driver.sigs.k8s.io/topics/sync-as-kubernetes-secret
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import is_sealed, mapping, mappings
from rehearsal.simulators.kubernetes.api.kinds import chart_name
from rehearsal.simulators.kubernetes.api.store import (
    CLASS,
    POD_STATUS,
    RELEASE,
    SECRET,
    Manifest,
    ObjectStore,
)
from rehearsal.simulators.kubernetes.controllers import scheduler
from rehearsal.simulators.kubernetes.operators.csi.azure_provider import MountedFile, MountError, mounted

DRIVER: Final = "secrets-store.csi.k8s.io"
MANAGED: Final = "secrets-store.csi.k8s.io/managed"
_ADDON: Final = "azureKeyvaultSecretsProvider"
_WITH_PROVIDER: Final = "csi-secrets-store-provider-azure"
_ALONE: Final = "secrets-store-csi-driver"
_TLS: Final = "kubernetes.io/tls"
_TLS_KEYS: Final = ("tls.crt", "tls.key")


@dataclass(frozen=True)
class CsiInstallation:
    """What of the driver there is in a cluster."""

    driver: bool = False
    provider: bool = False
    rotates: bool = False
    syncs: bool = False
    windows: bool = False
    """Whether the nodes of Windows have both too."""


def installed(objects: ObjectStore) -> CsiInstallation:
    """By the add-on, whose driver syncs always, or by charts, whose defaults are off.

    https://learn.microsoft.com/azure/aks/csi-secrets-store-configuration-options; values.yaml of both charts.
    """
    cluster = objects.world.get(objects.id)
    addon = mapping(mapping((cluster.properties if cluster else {}).get("addonProfiles")).get(_ADDON))
    if addon.get("enabled"):
        rotates = objects.world.matches(mapping(addon.get("config")).get("enableSecretRotation"), "true")
        return CsiInstallation(driver=True, provider=True, rotates=rotates, syncs=True, windows=True)
    driver, provider, rotates, syncs, windows = False, False, False, False, True
    for release in objects.all_of(RELEASE):
        chart, values = chart_name(release["spec"]["chart"]), mapping(release["spec"].get("values"))
        if chart in (_WITH_PROVIDER, _ALONE):
            windows = windows and mapping(values.get("windows")).get("enabled", False) is True
        if chart == _WITH_PROVIDER:
            provider, values = True, mapping(values.get(_ALONE))
        if chart == _ALONE or (chart == _WITH_PROVIDER and values.get("install", True)):
            driver = True
            windows = windows and mapping(values.get("windows")).get("enabled", False) is True
            rotates = rotates or values.get("enableSecretRotation", False) is True
            syncs = syncs or mapping(values.get("syncSecret")).get("enabled", False) is True
    return CsiInstallation(driver, provider, rotates, syncs, windows and driver and provider)


def is_ours(volume: Mapping[str, Any]) -> bool:
    return mapping(volume.get("csi")).get("driver") == DRIVER


def mount(objects: ObjectStore, pod: Manifest, volume: Mapping[str, Any]) -> list[str]:
    """The files come, and the Secrets are synced. Answers what the driver warns of; raises `MountError` if nothing comes."""
    source, here = mapping(volume.get("csi")), installed(objects)
    if not here.driver or (scheduler.runs_on(pod) == "windows" and not here.windows):
        # Azure/secrets-store-csi-driver-provider-azure#101
        missing = f"driver name {DRIVER} not found in the list of registered CSI drivers"
        raise MountError(f"kubernetes.io/csi: mounter.SetUpAt failed to get CSI client: {missing}")
    secrets = _credentials(objects, pod["metadata"]["namespace"], source)
    class_name = str(mapping(source.get("volumeAttributes")).get("secretProviderClass", ""))
    spec = _spec(objects, pod, class_name)
    if not source.get("readOnly"):
        raise MountError("rpc error: code = InvalidArgument desc = Readonly is not true in request")
    files = _fetched(objects, pod, spec, secrets, here)
    metadata = pod["metadata"]
    status = {
        "podName": metadata["name"],
        "targetPath": f"/var/lib/kubelet/pods/{metadata.get('uid', '')}/volumes/kubernetes.io~csi/{volume.get('name')}/mount",
        "mounted": True,
        "secretProviderClassName": class_name,
        "objects": sorted(
            ({"id": file.uid, "version": file.version} for file in files or ()), key=lambda one: one["id"]
        ),
    }
    name = f"{metadata['name']}-{metadata['namespace']}-{class_name}"
    objects.put(
        {
            "apiVersion": POD_STATUS.api_version,
            "kind": POD_STATUS.name,
            "metadata": {"name": name, "namespace": metadata["namespace"]},
            "status": status,
        }
    )
    return _synced(objects, pod, class_name, spec, files, name) if here.syncs else []


def unmount(objects: ObjectStore, pod: Manifest) -> None:
    """What goes with a pod: its status, and each Secret that no other pod is an owner of."""
    namespace = pod["metadata"]["namespace"]
    gone = [
        status
        for status in objects.all_of(POD_STATUS, namespace)
        if mapping(status.get("status")).get("podName") == pod["metadata"]["name"]
    ]
    for status in gone:
        objects.drop(POD_STATUS, namespace, status["metadata"]["name"])
    left = {status["metadata"]["name"] for status in objects.all_of(POD_STATUS, namespace)}
    for secret in objects.all_of(SECRET, namespace):
        owners = mappings(secret["metadata"].get("ownerReferences"))
        mine = [owner for owner in owners if owner.get("kind") == POD_STATUS.name]
        if mine and len(mine) == len(owners) and not any(owner.get("name") in left for owner in mine):
            objects.drop(SECRET, namespace, secret["metadata"]["name"])


def _spec(objects: ObjectStore, pod: Manifest, class_name: str) -> Mapping[str, Any]:
    namespace = pod["metadata"]["namespace"]
    if not class_name:
        raise MountError("rpc error: code = Unknown desc = secretProviderClass is not set")
    found = objects.get(CLASS, namespace, class_name)
    if found is None:
        raise MountError(
            f"rpc error: code = Unknown desc = failed to get secretproviderclass {namespace}/{class_name}, error: "
            f'SecretProviderClass.secrets-store.csi.x-k8s.io "{class_name}" not found'
        )
    spec = mapping(found.get("spec"))
    for name in ("provider", "parameters"):
        if not spec.get(name):
            raise MountError(f"rpc error: code = Unknown desc = {name} not set in {namespace}/{class_name}")
    return spec


def _fetched(
    objects: ObjectStore,
    pod: Manifest,
    spec: Mapping[str, Any],
    secrets: Mapping[str, Any] | None,
    here: CsiInstallation,
) -> list[MountedFile] | None:
    """None if the world knows the parameters as a hash only: then nobody can tell."""
    metadata, parameters = pod["metadata"], spec["parameters"]
    failed = f"rpc error: code = Unknown desc = failed to mount secrets store objects for pod {metadata['namespace']}/{metadata['name']}, err: "
    if spec["provider"] != "azure" or not here.provider:
        shown = spec["provider"]
        raise MountError(
            f'{failed}error connecting to provider "{shown}": provider not found: provider "{shown}"'
        )
    if is_sealed(parameters) or any(is_sealed(value) for value in parameters.values()):
        return None
    try:
        files = mounted(objects, parameters, pod, secrets)
    except MountError as error:
        raise MountError(
            f"{failed}rpc error: code = Unknown desc = failed to mount objects, error: {error}"
        ) from error
    if not files:
        raise MountError(f"{failed}missing object versions")
    return files


def _credentials(objects: ObjectStore, namespace: str, source: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What the kubelet reads before it calls the driver."""
    name = mapping(source.get("nodePublishSecretRef")).get("name")
    if not name:
        return None
    found = objects.get(SECRET, namespace, str(name))
    if found is None:
        # pkg/volume/csi/csi_mounter.go and csi_util.go of kubernetes
        raise MountError(
            f"fetching NodePublishSecretRef {namespace}/{name} failed: kubernetes.io/csi: failed to find the secret {name} in the "
            f'namespace {namespace} with error: secrets "{name}" not found'
        )
    return {**mapping(found.get("data")), **mapping(found.get("stringData"))}


def _synced(
    objects: ObjectStore,
    pod: Manifest,
    class_name: str,
    spec: Mapping[str, Any],
    files: Sequence[MountedFile] | None,
    owner: str,
) -> list[str]:
    """Makes or overwrites each Secret of the class; answers why some did not come."""
    namespace, warnings = pod["metadata"]["namespace"], list[str]()
    for wanted in mappings(spec.get("secretObjects")):
        name, kind, data = (
            str(wanted.get("secretName", "")).strip(),
            str(wanted.get("type", "")).strip(),
            mappings(wanted.get("data")),
        )
        for absent, what in ((not name, "secret name"), (not kind, "secret type"), (not data, "data")):
            if absent:
                # The driver says this in its own log only.
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
                # ValidateSecret in pkg/apis/core/validation/validation.go refuses it; the driver tells no more of it.
                warnings.append(
                    f"timed out waiting for the condition (data[{absent_keys[0]}]: Required value)"
                )
                continue
            _write(objects, namespace, name, kind, wanted, content, owner)
    return warnings


def _content(
    objects: ObjectStore, data: Sequence[Mapping[str, Any]], kind: str, files: Sequence[MountedFile] | None
) -> dict[str, str]:
    """GetSecretData; Azure/secrets-store-csi-driver-provider-azure#673 shows what it says."""
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
                f"failed to get cert data from file {name}, err: key '{key}' is not supported. Only 'tls.key' and 'tls.crt' are supported"
            )
        if kind == _TLS and key == "tls.key" and file is not None and file.type != "secret":
            # A certificate without its key: the driver tries it as PKCS#12 then.
            raise MountError(f"failed to get cert data from file {name}, err: pkcs12: error reading P12 data")
        content[key] = file.content if file else objects.world.keyed_hash([name, key])
    return content


def _write(
    objects: ObjectStore,
    namespace: str,
    name: str,
    kind: str,
    wanted: Mapping[str, Any],
    content: Mapping[str, str],
    owner: str,
) -> None:
    before = objects.get(SECRET, namespace, name)
    owners = [
        one
        for one in mappings(mapping((before or {}).get("metadata")).get("ownerReferences"))
        if one.get("name") != owner
    ]
    metadata: Manifest = {
        "name": name,
        "namespace": namespace,
        "labels": {**mapping(wanted.get("labels")), MANAGED: "true"},
        "ownerReferences": [
            *owners,
            {"apiVersion": POD_STATUS.api_version, "kind": POD_STATUS.name, "name": owner},
        ],
    }
    if annotations := mapping(wanted.get("annotations")):
        metadata["annotations"] = dict(annotations)
    objects.put(
        {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": kind, "data": dict(content)}
    )
