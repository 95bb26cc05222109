"""Objects of a simulated cluster as its API server returns them.

The simulated cluster stores hashes in the place of secrets, and no times. Here a made-up value stands for
each hash, and times come from the world.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from rehearsal.data_planes.values import START, made_up
from rehearsal.simulators.kubernetes.api.fields import is_hashed, mapping
from rehearsal.simulators.kubernetes.api.store import Manifest
from rehearsal.simulators.kubernetes.operators.external_secrets.kinds import EXTERNAL_SECRET
from rehearsal.simulators.world import World


def created_at(world: World, manifest: Mapping[str, Any]) -> str:
    """When the object was created. An object of a world of an earlier version: when this process started."""
    return time_of(world, str(mapping(manifest.get("metadata")).get("uid")))


def time_of(world: World, event: str) -> str:
    return world.times.get(event, START)


def returned(world: World, manifest: Manifest) -> Manifest:
    """The object as a GET returns it."""
    result = {name: value for name, value in manifest.items() if name not in ("data", "stringData")}
    result = plain(world, result)
    metadata = {**mapping(result.get("metadata")), "creationTimestamp": created_at(world, manifest)}
    result["metadata"] = metadata
    match manifest.get("kind"):
        case "Secret":
            result |= _secret(world, manifest)
        case "Event":
            result |= _event(result)
        case "Namespace":
            result["status"] = {"phase": "Active", **mapping(result.get("status"))}
        case EXTERNAL_SECRET.name:
            result["status"] = _with_refresh_time(world, result)
        case _:
            if "data" in manifest:
                result["data"] = plain(world, manifest["data"])
    return result


def plain(world: World, value: Any) -> Any:
    """The value with a made-up text in the place of each hash."""
    if isinstance(value, Mapping):
        return {name: plain(world, item) for name, item in value.items()}
    if isinstance(value, list):
        return [plain(world, item) for item in value]
    return made_up(world, value) if is_hashed(value) else value


def _secret(world: World, manifest: Manifest) -> dict[str, Any]:
    """Values in base64, and the manager of the data with the time of its last write.

    https://kubernetes.io/docs/reference/using-api/server-side-apply/#manager
    """
    values = {**mapping(manifest.get("data")), **mapping(manifest.get("stringData"))}
    data = {key: base64.b64encode(made_up(world, value).encode()).decode() for key, value in values.items()}
    metadata = mapping(manifest.get("metadata"))
    fields = {"f:data": {".": {}, **{f"f:{key}": {} for key in sorted(data)}}, "f:type": {}}
    entry = {
        "manager": _manager(metadata),
        "operation": "Update",
        "apiVersion": "v1",
        "time": time_of(world, f"{metadata.get('uid')}#data"),
        "fieldsType": "FieldsV1",
        "fieldsV1": fields,
    }
    managed = {
        **plain(world, metadata),
        "creationTimestamp": created_at(world, manifest),
        "managedFields": [entry],
    }
    return {"data": data, "type": manifest.get("type", "Opaque"), "metadata": managed}


def _manager(metadata: Mapping[str, Any]) -> str:
    labels = mapping(metadata.get("labels"))
    if "secrets-store.csi.k8s.io/managed" in labels:
        return "secrets-store-csi-driver"
    owners = metadata.get("ownerReferences") or []
    if any(owner.get("kind") == EXTERNAL_SECRET.name for owner in owners):
        return f"externalsecrets.external-secrets.io/{owners[0].get('name')}"
    return "pulumi-kubernetes"


def _event(event: Manifest) -> dict[str, Any]:
    time = event["metadata"]["creationTimestamp"]
    component = "kubelet" if event.get("reason") in ("FailedMount", "Failed", "BackOff") else "controller"
    return {
        "firstTimestamp": time,
        "lastTimestamp": time,
        "count": 1,
        "source": {"component": component},
        "reportingComponent": component,
        "reportingInstance": "",
    }


def _with_refresh_time(world: World, secret: Manifest) -> dict[str, Any]:
    """https://external-secrets.io/latest/api/spec/#external-secrets.io/v1.ExternalSecretStatus"""
    status = mapping(secret.get("status"))
    refreshed = world.times.get(f"{secret['metadata'].get('uid')}#refresh")
    time = {"refreshTime": refreshed} if refreshed else {}
    conditions = [
        {**condition, "lastTransitionTime": secret["metadata"]["creationTimestamp"]}
        for condition in status.get("conditions") or ()
    ]
    return {**status, **time, **({"conditions": conditions} if conditions else {})}
