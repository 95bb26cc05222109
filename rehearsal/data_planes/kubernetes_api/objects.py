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
from rehearsal.simulators.kubernetes.registry import controllers
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
        case _:
            if "data" in manifest:
                result["data"] = plain(world, manifest["data"])
            statuses = (controller.returned_status(world, result) for controller in controllers())
            if (status := next((status for status in statuses if status is not None), None)) is not None:
                result["status"] = status
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
    managers = (controller.field_manager(metadata) for controller in controllers())
    return next(filter(None, managers), "pulumi-kubernetes")


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
