"""Records about an object: the event that says why it is not ready, and the revision of an older template.

An object has at most one of each, under one name. In a cluster such names end in a number or a hash.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import ObjectStore

EVENT: Final = GroupVersionKind("", "v1", "Event")
REVISION: Final = GroupVersionKind("apps", "v1", "ControllerRevision")
UNSCHEDULABLE: Final = "FailedScheduling"
NOT_COMPLETED: Final = "NotCompleted"
"""Reason of a Job's pod of which one container keeps running. A cluster has no such event."""


def record_name(kind: GroupVersionKind, name: str) -> str:
    """Name of the records about an object."""
    return f"{name}.{kind.name.lower()}"


def event(
    kind: GroupVersionKind, namespace: str, name: str, about: Mapping[str, Any], reason: str, message: str
) -> dict[str, Any]:
    """The warning about an object of this kind and name. `about`: the object that the event itself names."""
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": record_name(kind, name), "namespace": namespace},
        "involvedObject": about,
        "type": "Warning",
        "reason": reason,
        "message": message,
    }


def forget_records(objects: ObjectStore, kind: GroupVersionKind, namespace: str, name: str) -> None:
    for record in (EVENT, REVISION):
        objects.drop(record, namespace, record_name(kind, name))
