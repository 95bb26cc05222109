"""Mounts and block devices of a container: ValidateVolumeMounts, ValidateVolumeDevices in
kubernetes/kubernetes 1.36.3, pkg/apis/core/validation/validation.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import (
    forbidden,
    invalid,
    mapping,
    mappings,
    not_found,
    required,
    text,
    unsupported,
    wrong,
)
from rehearsal.simulators.kubernetes.apiserver.validation import content
from rehearsal.simulators.shape import Failure

Volumes = Mapping[str, Mapping[str, Any]]
"""Volumes of the pod by name, those that are valid."""
_PROPAGATIONS: Final = ("Bidirectional", "HostToContainer", "None")
_READ_ONLY: Final = ("Disabled", "Enabled", "IfPossible")


def mount_failures(container: Mapping[str, Any], path: str, volumes: Volumes) -> Iterator[Failure]:
    """Problems of `volumeMounts`. Some are reported at the list, as the API server does."""
    devices = {text(d, "name"): text(d, "devicePath") for d in mappings(container.get("volumeDevices"))}
    paths: set[str] = set()
    for index, mount in enumerate(mappings(container.get("volumeMounts"))):
        place, name, where = f"{path}[{index}]", text(mount, "name"), text(mount, "mountPath")
        if not name:
            yield required(f"{place}.name")
        if name not in volumes:
            yield not_found(f"{place}.name", name)
        if not where:
            yield required(f"{place}.mountPath")
        if where in paths:
            yield invalid(f"{place}.mountPath", where, "must be unique")
        paths.add(where)
        if name in devices:
            yield invalid(f"{place}.name", name, "must not already exist in volumeDevices")
        if where in devices.values():
            yield invalid(f"{place}.mountPath", where, "must not already exist as a path in volumeDevices")
        below, expression = text(mount, "subPath"), text(mount, "subPathExpr")
        if below:
            yield from wrong(f"{path}.subPath", below, content.local_path(below))
        if expression:
            if below:
                why = "subPathExpr and subPath are mutually exclusive"
                yield invalid(f"{place}.subPathExpr", expression, why)
            yield from wrong(f"{path}.subPathExpr", expression, content.local_path(expression))
        yield from _propagation(mount, container, f"{path}.mountPropagation")
        yield from _recursive(mount, f"{path}.recursiveReadOnly")


def device_failures(container: Mapping[str, Any], path: str, volumes: Volumes) -> Iterator[Failure]:
    mounts = {text(m, "name"): text(m, "mountPath") for m in mappings(container.get("volumeMounts"))}
    paths: set[str] = set()
    names: set[str] = set()
    for index, device in enumerate(mappings(container.get("volumeDevices"))):
        place, name, where = f"{path}[{index}]", text(device, "name"), text(device, "devicePath")
        volume = volumes.get(name)
        if not name:
            yield required(f"{place}.name")
        if name in names:
            yield invalid(f"{place}.name", name, "must be unique")
        if volume is not None and not {"persistentVolumeClaim", "ephemeral"} & volume.keys():
            why = "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode"
            yield invalid(f"{place}.name", name, why)
        if volume is None:
            yield not_found(f"{place}.name", name)
        if not where:
            yield required(f"{place}.devicePath")
        if where in paths:
            yield invalid(f"{place}.devicePath", where, "must be unique")
        if where and any(content.no_backsteps(where)):
            yield invalid(f"{place}.devicePath", where, "can not contain backsteps ('..')")
        else:
            paths.add(where)
        if name in mounts:
            yield invalid(f"{place}.name", name, "must not already exist in volumeMounts")
        if where in mounts.values():
            yield invalid(f"{place}.devicePath", where, "must not already exist as a path in volumeMounts")
        names |= {name} - {""}


def _propagation(mount: Mapping[str, Any], container: Mapping[str, Any], path: str) -> Iterator[Failure]:
    """validateMountPropagation."""
    if (mode := mount.get("mountPropagation")) is None:
        return
    if mode not in _PROPAGATIONS:
        yield unsupported(path, mode, _PROPAGATIONS)
    if mode == "Bidirectional" and mapping(container.get("securityContext")).get("privileged") is not True:
        yield forbidden(path, "Bidirectional mount propagation is available only to privileged containers")


def _recursive(mount: Mapping[str, Any], path: str) -> Iterator[Failure]:
    """validateMountRecursiveReadOnly."""
    mode = mount.get("recursiveReadOnly")
    if mode in ("Enabled", "IfPossible"):
        if mount.get("readOnly") is not True:
            yield forbidden(path, "may only be specified when readOnly is true")
        if mount.get("mountPropagation", "None") != "None":
            yield forbidden(path, "may only be specified when mountPropagation is None or not specified")
    elif mode is not None and mode != "Disabled":
        yield unsupported(path, mode, _READ_ONLY)
