"""Technique csi: the driver polls the vault for what it has mounted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from operations.rotation.variables import reads
from trust.chain import Chain
from trust.delivered_secrets import synced
from trust.nodes.delivery import SecretProviderClass, class_objects
from trust.nodes.fields import listed, mapping
from trust.operators import driver
from trust.techniques import driver_classes
from trust.values import UNKNOWN
from trust.workloads import Workload

NAME: Final = "csi"


def arrival(chain: Chain, workload: Workload, name: str) -> tuple[str, bool]:
    """At the next poll, if the driver rotates."""
    classes = chain.own(driver_classes(chain), workload)
    if not classes:
        return "at the next poll of the driver", False
    installed = driver(chain, classes[0])
    if installed.rotates is False:
        return "in a new pod, since the driver does not rotate", False
    every = "" if installed.interval is UNKNOWN else f", every {installed.interval}"
    names = {secret for item in classes for secret in _synced_from(item, name)}
    # A file is replaced in the pod; a variable is read once, from the Secret that the driver writes.
    return f"at the next poll of the driver{every}", not reads(workload.pods, names)


def _synced_from(item: SecretProviderClass, name: str) -> Iterator[str]:
    """Kubernetes Secrets of a class that have the object of this name."""
    objects = class_objects(item.parameters.get("objects"))
    files = {
        str(entry.get("objectAlias") or entry.get("objectName"))
        for entry in objects
        if str(entry.get("objectName")).lower() == name.lower()
    }
    for entry in synced(item):
        if files & {str(mapping(data).get("objectName")) for data in listed(entry.get("data"))}:
            yield str(entry.get("secretName"))
