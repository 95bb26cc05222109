"""Volumes on named storage systems: validate…VolumeSource in kubernetes/kubernetes 1.36.3,
pkg/apis/core/validation/validation.go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import (
    invalid,
    mapping,
    number,
    required,
    text,
    texts,
    unsupported,
    wrong,
)
from rehearsal.simulators.kubernetes.apiserver.validation import content
from rehearsal.simulators.shape import Failure

_PARTITION: Final = "must be between 1 and 255, inclusive"
_UNIT: Final = "must be between 0 and 255, inclusive"
_PAIRS: Final = "must be a host:port pair or multiple pairs separated by commas"
_MANAGED: Final = (
    "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"
)
_BLOB: Final = "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"
_IQN: Final = re.compile(r"iqn\.\d{4}-\d{2}\.([A-Za-z0-9.-]+)(:[^,;*&$|\s]+)$")

Source = Mapping[str, Any]


def git(source: Source, path: str) -> Iterator[Failure]:
    yield from _needed(source, path, "repository")
    folder = text(source, "directory")
    yield from wrong(f"{path}.directory", folder, content.local_path(folder))


def gce(source: Source, path: str) -> Iterator[Failure]:
    # The API server writes another name than the field's.
    place = path.removesuffix("gcePersistentDisk") + "persistentDisk"
    yield from _needed(source, place, "pdName")
    yield from _within(source, place, "partition", _PARTITION)


def aws(source: Source, path: str) -> Iterator[Failure]:
    yield from _needed(source, path, "volumeID")
    yield from _within(source, path, "partition", _PARTITION)


def nfs(source: Source, path: str) -> Iterator[Failure]:
    yield from _needed(source, path, "server", "path")
    if not (where := text(source, "path")).startswith("/"):
        yield invalid(f"{path}.path", where, "must be an absolute path")


def iscsi(source: Source, path: str) -> Iterator[Failure]:
    yield from _needed(source, path, "targetPortal", "iqn")
    if name := text(source, "iqn"):
        yield from wrong(f"{path}.iqn", name, _wrong_with_initiator(name))
    yield from _within(source, path, "lun", _UNIT)
    if (source.get("chapAuthDiscovery") or source.get("chapAuthSession")) and "secretRef" not in source:
        yield required(f"{path}.secretRef")
    if isinstance(name := source.get("initiatorName"), str):
        yield from wrong(f"{path}.initiatorname", name, _wrong_with_initiator(name))


def gluster(source: Source, path: str) -> Iterator[Failure]:
    return _needed(source, path, "endpoints", "path")


def flocker(source: Source, path: str) -> Iterator[Failure]:
    name, uuid = text(source, "datasetName"), text(source, "datasetUUID")
    if not name and not uuid:
        yield required(path, "one of datasetName and datasetUUID is required")
    if name and uuid:
        why = "datasetName and datasetUUID can not be specified simultaneously"
        yield invalid(path, "resource", why)
    if "/" in name:
        yield invalid(f"{path}.datasetName", name, "must not contain '/'")


def rbd(source: Source, path: str) -> Iterator[Failure]:
    return _needed(source, path, "monitors", "image")


def cinder(source: Source, path: str) -> Iterator[Failure]:
    yield from _needed(source, path, "volumeID")
    yield from _named(source, path)


def ceph(source: Source, path: str) -> Iterator[Failure]:
    return _needed(source, path, "monitors")


def quobyte(source: Source, path: str) -> Iterator[Failure]:
    registry = text(source, "registry")
    if not registry:
        yield required(f"{path}.registry", _PAIRS)
    elif len(text(source, "tenant")) >= 65:
        yield required(f"{path}.tenant", "must be a UUID and may not exceed a length of 64 characters")
    else:
        for pair in registry.split(","):
            if not re.fullmatch(r"[^:\[\]]*:[^:\[\]]*|\[[^\[\]]*\]:[^:\[\]]*", pair):
                yield invalid(f"{path}.registry", registry, _PAIRS)
    yield from _needed(source, path, "volume")


def fibre(source: Source, path: str) -> Iterator[Failure]:
    names, ids = texts(source.get("targetWWNs")), texts(source.get("wwids"))
    if not names and not ids:
        yield required(f"{path}.targetWWNs", "must specify either targetWWNs or wwids, but not both")
    if names and ids:
        why = "targetWWNs and wwids can not be specified simultaneously"
        yield invalid(f"{path}.targetWWNs", names, why)
    if names and source.get("lun") is None:
        yield required(f"{path}.lun", "lun is required if targetWWNs is specified")
    elif names:
        yield from _within(source, path, "lun", _UNIT)


def flex(source: Source, path: str) -> Iterator[Failure]:
    yield from _needed(source, path, "driver")
    for key in mapping(source.get("options")):
        domain = f".{key.partition('/')[0].lower()}"
        if domain.endswith((".kubernetes.io", ".k8s.io")):
            why = "kubernetes.io and k8s.io namespaces are reserved"
            yield invalid(f"{path}.options[{key}]", key, why)


def azure_file(source: Source, path: str) -> Iterator[Failure]:
    return _needed(source, path, "secretName", "shareName")


def vsphere(source: Source, path: str) -> Iterator[Failure]:
    return _needed(source, path, "volumePath")


def photon(source: Source, path: str) -> Iterator[Failure]:
    return _needed(source, path, "pdID")


def portworx(source: Source, path: str) -> Iterator[Failure]:
    return _needed(source, path, "volumeID")


def azure_disk(source: Source, path: str) -> Iterator[Failure]:
    yield from _needed(source, path, "diskName", "diskURI")
    uri, kind = text(source, "diskURI"), source.get("kind")
    for name, known in (
        ("cachingMode", ("None", "ReadOnly", "ReadWrite")),
        ("kind", ("Dedicated", "Managed", "Shared")),
    ):
        if source.get(name) is not None and source[name] not in known:
            yield unsupported(f"{path}.{name}", source[name], known)
    if kind == "Managed" and not uri.startswith("/subscriptions/"):
        yield unsupported(f"{path}.diskURI", uri, (_MANAGED,))
    if kind is not None and kind != "Managed" and not uri.startswith("https://"):
        yield unsupported(f"{path}.diskURI", uri, (_BLOB,))


def storage_os(source: Source, path: str) -> Iterator[Failure]:
    yield from _needed(source, path, "volumeName")
    for name in ("volumeName", "volumeNamespace"):
        if value := text(source, name):
            yield from wrong(f"{path}.{name}", value, content.label(value))
    yield from _named(source, path)


def scale_io(source: Source, path: str) -> Iterator[Failure]:
    return _needed(source, path, "gateway", "system", "volumeName")


def _needed(source: Source, path: str, *names: str) -> Iterator[Failure]:
    return (required(f"{path}.{name}") for name in names if not source.get(name))


def _within(source: Source, path: str, name: str, why: str) -> Iterator[Failure]:
    value = number(source, name)
    if value is not None and not 0 <= value <= 255:
        yield invalid(f"{path}.{name}", value, why)


def _named(source: Source, path: str) -> Iterator[Failure]:
    if isinstance(secret := source.get("secretRef"), Mapping) and not text(secret, "name"):
        yield required(f"{path}.secretRef.name")


def _wrong_with_initiator(name: str) -> Iterator[str]:
    if not name.startswith(("iqn", "eui", "naa")):
        yield "must be valid format starting with iqn, eui, or naa"
        return
    fits = {
        "iqn": _IQN.search(name),
        "eui": re.match(r"eui.[A-Za-z0-9]{16}$", name),
        "naa": re.match(r"naa.[A-Za-z0-9]{32}$", name),
    }
    if not fits[name[:3]]:
        yield "must be valid format"
