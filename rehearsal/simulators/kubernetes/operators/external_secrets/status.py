"""The status that the operator writes: the condition Ready, and the event that explains a failure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.simulators.kubernetes.api.events import EVENT, event, record_name
from rehearsal.simulators.kubernetes.api.fields import mapping
from rehearsal.simulators.kubernetes.api.store import Manifest, ObjectStore, identity


def set_ready(
    objects: ObjectStore,
    manifest: Manifest,
    reason: str,
    message: str,
    status: Mapping[str, Any] | None = None,
) -> None:
    """The condition is True; an event about an earlier failure goes."""
    if uid := mapping(manifest.get("metadata")).get("uid"):
        objects.world.note_time(f"{uid}#refresh")
    _write(objects, manifest, _condition("True", reason, message), status or {})
    kind, namespace, name = identity(manifest)
    if objects.get(EVENT, namespace, record_name(kind, name)):
        objects.drop(EVENT, namespace, record_name(kind, name))


def set_failed(
    objects: ObjectStore, manifest: Manifest, reason: str, message: str, event_reason: str, error: str
) -> None:
    """The condition is False, and the event has the error."""
    _write(objects, manifest, _condition("False", reason, message), {})
    kind, namespace, name = identity(manifest)
    known = objects.get(EVENT, namespace, record_name(kind, name))
    if known is None or known.get("message") != error:
        about = {"apiVersion": kind.api_version, "kind": kind.name, "namespace": namespace, "name": name}
        objects.put(event(kind, namespace, name, about, event_reason, error))


def _condition(status: str, reason: str, message: str) -> dict[str, str]:
    return {"type": "Ready", "status": status, "reason": reason, "message": message}


def _write(
    objects: ObjectStore, manifest: Manifest, condition: Mapping[str, str], more: Mapping[str, Any]
) -> None:
    status = {**mapping(manifest.get("status")), **more, "conditions": [condition]}
    if status != manifest.get("status"):
        objects.put({**manifest, "status": status})
