"""Volumes of a pod: those of CSI drivers that the cluster runs, and those of Secrets.

The kubelet's words: pkg/volume of kubernetes; bitwarden/sdk-sm#1170 shows a key that is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.simulators.kubernetes.api.errors import MountError
from rehearsal.simulators.kubernetes.api.fields import is_hashed, mapping, mappings
from rehearsal.simulators.kubernetes.api.store import Manifest, ObjectStore
from rehearsal.simulators.kubernetes.node.environment import ANY_KEY, keys_of
from rehearsal.simulators.kubernetes.node.errors import NotStartedError, with_warnings
from rehearsal.simulators.kubernetes.registry import controllers


def mount(objects: ObjectStore, pod: Manifest) -> list[str]:
    """Mount all volumes; returns the drivers' warnings. Raises NotStartedError.

    CSI volumes come first: a driver may make the Secrets of other volumes, and the kubelet tries again until
    they exist.
    """
    volumes, warnings = mappings(mapping(pod.get("spec")).get("volumes")), list[str]()
    for volume in volumes:
        driver = mapping(volume.get("csi")).get("driver")
        for controller in controllers():
            if driver and controller.csi_driver == driver:
                try:
                    warnings += controller.mount(objects, pod, volume)
                except MountError as error:
                    raise _failed(volume, str(error)) from error
    for volume in volumes:
        for name, items, optional in _secrets_of(volume):
            if why := "" if optional else _missing(objects, pod, name, items):
                raise _failed(volume, with_warnings(why, warnings))
    return warnings


def _missing(objects: ObjectStore, pod: Manifest, name: str, items: list[Mapping[str, Any]]) -> str:
    """The reason that a volume of a Secret cannot be set up; empty if it can."""
    keys = keys_of(objects, pod, name)
    if keys is None:
        return f'secret "{name}" not found'
    missing = [str(item.get("key")) for item in items if keys is not ANY_KEY and item.get("key") not in keys]
    return f"references non-existent secret key: {missing[0]}" if missing else ""


def _failed(volume: Mapping[str, Any], why: str) -> NotStartedError:
    return NotStartedError(
        "FailedMount", f'MountVolume.SetUp failed for volume "{volume.get("name")}" : {why}'
    )


def _secrets_of(volume: Mapping[str, Any]) -> Iterator[tuple[str, list[Mapping[str, Any]], bool]]:
    """Name, items and `optional` of each Secret in a volume."""
    sources = [(mapping(volume.get("secret")), "secretName")]
    sources += [
        (mapping(source.get("secret")), "name")
        for source in mappings(mapping(volume.get("projected")).get("sources"))
    ]
    for source, key in sources:
        name = source.get(key)
        if isinstance(name, str) and not is_hashed(name):
            yield name, mappings(source.get("items")), source.get("optional") is True
