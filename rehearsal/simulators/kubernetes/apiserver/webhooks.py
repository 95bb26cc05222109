"""Admission webhooks: what the registered controllers change in a pod, and what they refuse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.simulators.kubernetes.api.store import Manifest, ObjectStore
from rehearsal.simulators.kubernetes.registry import controllers


def mutated(objects: ObjectStore, pod: Mapping[str, Any], *, by_user: bool = False) -> Mapping[str, Any]:
    """The pod as all mutating webhooks leave it. Raises DeniedError."""
    result = pod
    for controller in controllers():
        result = controller.mutate_pod(objects, result, pod, by_user=by_user)
    return result


def refusal(objects: ObjectStore, manifest: Mapping[str, Any], live: Manifest | None) -> str:
    """The reason that a controller refuses the object; empty if none does."""
    return next((why for c in controllers() if (why := c.admit(objects, manifest, live))), "")
