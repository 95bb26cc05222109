"""Resources of the provider as Kubernetes objects: kind, id and name."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.store import Manifest, identity
from rehearsal.simulators.provider import Call
from rehearsal.simulators.sdk_schema import resource_type
from rehearsal.simulators.wire import Secret, plain

AUTONAMED: Final = "pulumi.com/autonamed"
DELETION_PROPAGATION: Final = "pulumi.com/deletionPropagationPolicy"


def is_patch(call: Call) -> bool:
    return call.token.endswith("Patch") and resource_type(call.token) is not None


def typed(call: Call) -> Manifest:
    """Kind and API version of a resource by its token, as a manifest without content."""
    _, api_version, kind = call.token.split(":")
    return {"apiVersion": api_version.removeprefix("core/"), "kind": kind.removesuffix("Patch")}


def id_of(manifest: Mapping[str, Any]) -> str:
    """`namespace/name`; the name alone for an object without a namespace."""
    _, namespace, name = identity(manifest)
    return f"{namespace}/{name}" if namespace else name


def named(call: Call, metadata: dict[str, Any]) -> dict[str, Any]:
    """Metadata with a name: the generated one of the old object, else logical name and 8 hex.

    Source: metadata.AssignNameIfAutonamable. Annotations that are unknown stay so (SetAnnotation).
    """
    if "name" in metadata or call.naming_disabled:
        return metadata
    old = plain(call.olds).get("metadata") or {}
    if old.get("name") and (old.get("annotations") or {}).get(AUTONAMED):
        name = old["name"]
    else:
        name = call.proposed_name or f"{call.name}-{(call.seed or secrets.token_bytes(4))[:4].hex()}"
    annotations = metadata.get("annotations")
    if not isinstance(annotations, Mapping | None):
        return {**metadata, "name": name}
    return {**metadata, "name": name, "annotations": {**(annotations or {}), AUTONAMED: "true"}}


def orphans(manifest: Mapping[str, Any]) -> bool:
    """Whether a delete leaves the dependents of the object. Otherwise it is a foreground delete.

    Source: metadata.DeletionPropagation.
    """
    annotations = (manifest.get("metadata") or {}).get("annotations") or {}
    return str(annotations.get(DELETION_PROPAGATION, "")).lower() == "orphan"


def without_nulls(value: Any) -> Any:
    if isinstance(value, Secret):
        return Secret(without_nulls(value.value))
    if isinstance(value, Mapping):
        return {name: without_nulls(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value
