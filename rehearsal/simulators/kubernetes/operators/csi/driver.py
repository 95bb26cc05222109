"""The Secrets Store CSI driver on the nodes: mounts, and what a pod leaves.

sigs.k8s.io/secrets-store-csi-driver v1.5.6, pkg/secrets-store/nodeserver.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.errors import MountError
from rehearsal.simulators.kubernetes.api.fields import is_hashed, mapping
from rehearsal.simulators.kubernetes.api.store import SECRET, Manifest, ObjectStore
from rehearsal.simulators.kubernetes.controllers import scheduler
from rehearsal.simulators.kubernetes.operators.csi.azure_provider import MountedFile, mounted
from rehearsal.simulators.kubernetes.operators.csi.detection import CsiInstallation, installed
from rehearsal.simulators.kubernetes.operators.csi.kinds import CLASS, POD_STATUS
from rehearsal.simulators.kubernetes.operators.csi.synced_secrets import collect, sync

DRIVER: Final = "secrets-store.csi.k8s.io"


def mount(
    objects: ObjectStore, pod: Manifest, volume: Mapping[str, Any], *, rotates: bool = False
) -> list[str]:
    """Mount the files of a volume and sync the Secrets; returns the driver's warnings. Raises MountError.

    `rotates`: a poll mounts a volume again that is mounted already.
    """
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
    pod_folder = f"/var/lib/kubelet/pods/{metadata.get('uid', '')}"
    status = {
        "podName": metadata["name"],
        "targetPath": f"{pod_folder}/volumes/kubernetes.io~csi/{volume.get('name')}/mount",
        "mounted": True,
        "secretProviderClassName": class_name,
        "objects": sorted(
            ({"id": file.uid, "version": file.version} for file in files or ()),
            key=lambda object_: object_["id"],
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
    return sync(objects, pod, class_name, spec, files, rotates=rotates) if here.syncs else []


def unmount(objects: ObjectStore, pod: Manifest) -> None:
    """Remove the status of a pod, and the Secrets that nothing owns any more."""
    namespace = pod["metadata"]["namespace"]
    gone = [
        status
        for status in objects.all_of(POD_STATUS, namespace)
        if mapping(status.get("status")).get("podName") == pod["metadata"]["name"]
    ]
    for status in gone:
        objects.drop(POD_STATUS, namespace, status["metadata"]["name"])
    collect(objects, namespace)


def _spec(objects: ObjectStore, pod: Manifest, class_name: str) -> Mapping[str, Any]:
    namespace = pod["metadata"]["namespace"]
    if not class_name:
        raise MountError("rpc error: code = Unknown desc = secretProviderClass is not set")
    class_ = objects.get(CLASS, namespace, class_name)
    if class_ is None:
        raise MountError(
            "rpc error: code = Unknown desc = failed to get secretproviderclass "
            f"{namespace}/{class_name}, error: "
            f'SecretProviderClass.secrets-store.csi.x-k8s.io "{class_name}" not found'
        )
    spec = mapping(class_.get("spec"))
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
    """Files that the provider returns. None: the world has only hashes of the parameters.

    Raises MountError.
    """
    metadata, parameters = pod["metadata"], spec["parameters"]
    failed = (
        "rpc error: code = Unknown desc = failed to mount secrets store objects for pod "
        f"{metadata['namespace']}/{metadata['name']}, err: "
    )
    if spec["provider"] != "azure" or not here.provider:
        shown = spec["provider"]
        raise MountError(
            f'{failed}error connecting to provider "{shown}": provider not found: provider "{shown}"'
        )
    if is_hashed(parameters) or any(is_hashed(value) for value in parameters.values()):
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
    """Data of the nodePublishSecretRef, which the kubelet reads before it calls the driver.

    None: the volume has none.
    """
    name = mapping(source.get("nodePublishSecretRef")).get("name")
    if not name:
        return None
    secret = objects.get(SECRET, namespace, str(name))
    if secret is None:
        # pkg/volume/csi/csi_mounter.go and csi_util.go of kubernetes
        raise MountError(
            f"fetching NodePublishSecretRef {namespace}/{name} failed: kubernetes.io/csi: failed to find "
            f"the secret {name} in the "
            f'namespace {namespace} with error: secrets "{name}" not found'
        )
    return {**mapping(secret.get("data")), **mapping(secret.get("stringData"))}
