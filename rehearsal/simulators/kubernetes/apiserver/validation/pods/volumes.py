"""Volumes of a pod: ValidateVolumes, validateVolumeSource in kubernetes/kubernetes 1.36.3,
pkg/apis/core/validation/validation.go. A volume without a source is an `emptyDir` (defaults/pods.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import (
    duplicate,
    forbidden,
    invalid,
    mapping,
    mappings,
    required,
    text,
    too_long,
    unsupported,
    wrong,
)
from rehearsal.simulators.kubernetes.apiserver.validation import claims, content
from rehearsal.simulators.kubernetes.apiserver.validation.pods import storage_volumes
from rehearsal.simulators.kubernetes.apiserver.validation.pods.mounts import Volumes
from rehearsal.simulators.kubernetes.apiserver.validation.pods.projected import (
    downward_failures,
    item_failures,
    mode_failures,
    projected_failures,
)
from rehearsal.simulators.kubernetes.apiserver.validation.pods.rules import PodRules
from rehearsal.simulators.kubernetes.apiserver.validation.quantity import parse
from rehearsal.simulators.shape import Failure

_HOST_PATHS: Final = (
    *("", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"),
)
_POLICIES: Final = ("Always", "IfNotPresent", "Never")

Source = Mapping[str, Any]


def volume_failures(volumes: Any, path: str, rules: PodRules) -> tuple[Volumes, list[Failure]]:
    """The valid volumes by name, and the problems of the others."""
    valid: dict[str, Source] = {}
    failures: list[Failure] = []
    items = mappings(volumes)
    created = {f"{rules.pod_name}-{text(v, 'name')}" for v in items if rules.pod_name and "ephemeral" in v}
    for index, volume in enumerate(items):
        place, name = f"{path}[{index}]", text(volume, "name")
        own = list(_source_failures(volume, place, rules))
        own += [required(f"{place}.name")] if not name else wrong(f"{place}.name", name, content.label(name))
        if name in valid:
            own.append(duplicate(f"{place}.name", name))
        if not any(failure.reason for failure in own):
            valid[name] = volume
        failures += own
        if (claim := text(mapping(volume.get("persistentVolumeClaim")), "claimName")) in created:
            why = "must not reference a PVC that gets created for an ephemeral volume"
            failures.append(invalid(f"{place}.persistentVolumeClaim.claimName", claim, why))
    return valid, failures


def _source_failures(volume: Source, path: str, rules: PodRules) -> Iterator[Failure]:
    count = 0
    for kind, check in _SOURCES:
        if not isinstance(source := volume.get(kind), Mapping):
            continue
        count += 1
        if count > 1:
            shown = {"downwardAPI": "downwarAPI", "cephfs": "cephFS"}.get(kind, kind)
            yield forbidden(f"{path}.{shown}", "may not specify more than 1 volume type")
        else:
            yield from check(source, f"{path}.{kind}")
    if (
        count == 1
        and isinstance(image := volume.get("image"), Mapping)
        and rules.of_pod
        and not image.get("reference")
    ):
        yield required(f"{path}.image.reference")
    if isinstance(iscsi := volume.get("iscsi"), Mapping) and "initiatorName" in iscsi:
        name = text(volume, "name")
        if len(f"{name}:{text(iscsi, 'targetPortal')}") > 64:
            why = (
                "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if "
                "iscsi.initiatorName is specified."
            )
            yield invalid(f"{path}.name", name, why)
    if "ephemeral" in volume and rules.pod_name and (name := text(volume, "name")):
        claim = f"{rules.pod_name}-{name}"
        details = (f'PVC name "{claim}": {why}' for why in content.subdomain(claim))
        yield from wrong(f"{path}.name", name, details)


def _empty(source: Source, path: str) -> Iterator[Failure]:
    if (size := parse(source.get("sizeLimit"))) is not None and size < 0:
        yield forbidden(f"{path}.sizeLimit", "SizeLimit field must be a valid resource quantity")


def _host_path(source: Source, path: str) -> Iterator[Failure]:
    where, kind = text(source, "path"), source.get("type")
    if not where:
        yield required(f"{path}.path")
        return
    yield from wrong(f"{path}.path", where, content.no_backsteps(where))
    if kind is not None and kind not in _HOST_PATHS:
        yield unsupported(f"{path}.type", kind, _HOST_PATHS)


def _secret(source: Source, path: str) -> Iterator[Failure]:
    if not text(source, "secretName"):
        yield required(f"{path}.secretName")
    yield from mode_failures(source, "defaultMode", path)
    yield from item_failures(source.get("items"), f"{path}.items")


def _config_map(source: Source, path: str) -> Iterator[Failure]:
    if not text(source, "name"):
        yield required(f"{path}.name")
    yield from mode_failures(source, "defaultMode", path)
    yield from item_failures(source.get("items"), f"{path}.items")


def _claim(source: Source, path: str) -> Iterator[Failure]:
    if not text(source, "claimName"):
        yield required(f"{path}.claimName")


def _downward(source: Source, path: str) -> Iterator[Failure]:
    yield from mode_failures(source, "defaultMode", path)
    yield from downward_failures(source.get("items"), path)


def _csi(source: Source, path: str) -> Iterator[Failure]:
    driver = text(source, "driver")
    if not driver:
        yield required(f"{path}.driver")
    else:
        if len(driver.encode()) > 63:
            yield too_long(f"{path}.driver", 63)
        yield from wrong(f"{path}.driver", driver, content.subdomain(driver.lower()))
    if isinstance(secret := source.get("nodePublishSecretRef"), Mapping):
        if not (name := text(secret, "name")):
            yield required(f"{path}.nodePublishSecretRef.name")
        else:
            yield from wrong(f"{path}.name", name, content.subdomain(name))


def _ephemeral(source: Source, path: str) -> Iterator[Failure]:
    if not isinstance(template := source.get("volumeClaimTemplate"), Mapping):
        yield required(f"{path}.volumeClaimTemplate")
    else:
        yield from claims.template_failures(template, f"{path}.volumeClaimTemplate")


def _image(source: Source, path: str) -> Iterator[Failure]:
    if (policy := source.get("pullPolicy")) not in _POLICIES:
        yield unsupported(f"{path}.pullPolicy", policy, _POLICIES)


_SOURCES: Final[tuple[tuple[str, Callable[[Source, str], Iterator[Failure]]], ...]] = (
    ("emptyDir", _empty),
    ("hostPath", _host_path),
    ("gitRepo", storage_volumes.git),
    ("gcePersistentDisk", storage_volumes.gce),
    ("awsElasticBlockStore", storage_volumes.aws),
    ("secret", _secret),
    ("nfs", storage_volumes.nfs),
    ("iscsi", storage_volumes.iscsi),
    ("glusterfs", storage_volumes.gluster),
    ("flocker", storage_volumes.flocker),
    ("persistentVolumeClaim", _claim),
    ("rbd", storage_volumes.rbd),
    ("cinder", storage_volumes.cinder),
    ("cephfs", storage_volumes.ceph),
    ("quobyte", storage_volumes.quobyte),
    ("downwardAPI", _downward),
    ("fc", storage_volumes.fibre),
    ("flexVolume", storage_volumes.flex),
    ("configMap", _config_map),
    ("azureFile", storage_volumes.azure_file),
    ("vsphereVolume", storage_volumes.vsphere),
    ("photonPersistentDisk", storage_volumes.photon),
    ("portworxVolume", storage_volumes.portworx),
    ("azureDisk", storage_volumes.azure_disk),
    ("storageos", storage_volumes.storage_os),
    ("projected", projected_failures),
    ("scaleIO", storage_volumes.scale_io),
    ("csi", _csi),
    ("ephemeral", _ephemeral),
    ("image", _image),
)
"""Kinds of volumes in the API server's order, which reports all but the first as too many."""
