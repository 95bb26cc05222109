"""The nodes of a real cluster, which has no kubelet and no scheduler: what they would write about pods.

A pod is bound to a node and has the status that the simulated kubelet gives it; a pod that is being deleted
goes at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rehearsal.real_cluster.client import Client
from rehearsal.simulators.kubernetes.api.errors import ApiError
from rehearsal.simulators.kubernetes.api.fields import mapping, mappings
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import POD, ObjectStore
from rehearsal.simulators.kubernetes.controllers.scheduler import nodes_of

NODE: Final = GroupVersionKind("", "v1", "Node")
MERGE: Final = "application/merge-patch+json"
_GONE: Final = (404, 409)
_SINCE: Final = "2024-01-01T00:00:00Z"
"""Long enough ago for every `minReadySeconds`."""


def register_nodes(client: Client, objects: ObjectStore) -> None:
    """One node for each pool of the cluster that has any."""
    for pool in nodes_of(objects):
        name = f"aks-{pool.labels['agentpool']}-vmss000000"
        taints = [_taint(text) for text in pool.taints]
        node = {
            "apiVersion": NODE.api_version,
            "kind": NODE.name,
            "metadata": {"name": name, "labels": {**pool.labels, "kubernetes.io/hostname": name}},
        }
        client.apply(node)
        # The API server taints a new node as not ready, and its controller does not run here.
        client.request("PATCH", client.path_of(node), {"spec": {"taints": taints}}, MERGE)
        ready = {"type": "Ready", "status": "True", "reason": "KubeletReady", "lastTransitionTime": _SINCE}
        capacity = {"cpu": "64", "memory": "256Gi", "pods": "250"}
        status = {"conditions": [ready], "capacity": capacity, "allocatable": capacity}
        client.request("PATCH", client.path_of(node, "status"), {"status": status}, MERGE)


def look_after_pods(client: Client, namespace: str, waiting: Mapping[str, tuple[str, str]]) -> None:
    """Bind each new pod of the namespace and write its status, and let those go that are being deleted.

    `waiting`: name of an owner → reason and message of its pods that do not start.
    """
    for pod in client.all_of(POD, namespace):
        try:
            _look_after(client, pod, waiting)
        except ApiError as error:
            if error.code not in _GONE:  # a controller was faster
                raise


def _look_after(client: Client, pod: Mapping[str, Any], waiting: Mapping[str, tuple[str, str]]) -> None:
    path = client.path_of(pod)
    metadata, spec = mapping(pod["metadata"]), mapping(pod["spec"])
    if metadata.get("deletionTimestamp"):
        client.request("DELETE", f"{path}?gracePeriodSeconds=0")
        return
    if not spec.get("nodeName"):
        name = _node_for(client, spec)
        target = {"apiVersion": "v1", "kind": "Node", "name": name}
        binding = {
            "apiVersion": "v1",
            "kind": "Binding",
            "metadata": {"name": metadata["name"]},
            "target": target,
        }
        client.request("POST", f"{path}/binding", binding)
    owner = next((reference for reference in mappings(metadata.get("ownerReferences"))), {})
    why = next((value for name, value in waiting.items() if _is_of(str(owner.get("name")), name)), None)
    status = _status(spec, str(owner.get("kind")), why)
    if _states(mapping(pod.get("status"))) != _states(status):  # a new pod is Pending, without any state
        client.request("PATCH", f"{path}/status", {"status": status}, MERGE)


def _states(status: Mapping[str, Any]) -> list[Any]:
    """The phase, and the state of each container."""
    return [status.get("phase"), [each.get("state") for each in mappings(status.get("containerStatuses"))]]


def _is_of(owner: str, name: str) -> bool:
    """Whether a pod's owner is this object or a ReplicaSet of it."""
    return owner == name or owner.rpartition("-")[0] == name


def _node_for(client: Client, spec: Mapping[str, Any]) -> str:
    """The first node with the labels that the pod asks for; the simulated scheduler knows why."""
    nodes, selector = client.all_of(NODE), mapping(spec.get("nodeSelector"))
    names = [
        str(node["metadata"]["name"])
        for node in nodes
        if all(mapping(node["metadata"].get("labels")).get(key) == value for key, value in selector.items())
    ]
    return names[0] if names else "no-node"


def _status(spec: Mapping[str, Any], owner: str, why: tuple[str, str] | None) -> dict[str, Any]:
    """https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/"""
    names = [str(container.get("name")) for container in mappings(spec.get("containers"))]
    if why is not None:
        state: dict[str, Any] = {"waiting": {"reason": why[0], "message": why[1]}}
    elif owner == "Job":
        state = {"terminated": {"exitCode": 0, "startedAt": _SINCE, "finishedAt": _SINCE}}
    else:
        state = {"running": {"startedAt": _SINCE}}
    ready = "running" in state
    phase = "Running" if ready else "Succeeded" if "terminated" in state else "Pending"
    conditions = [
        {"type": type_, "status": str(ready), "lastTransitionTime": _SINCE}
        for type_ in ("PodScheduled", "Initialized", "ContainersReady", "Ready")
    ]
    containers = [
        {"name": name, "ready": ready, "restartCount": 0, "image": "", "imageID": "", "state": state}
        for name in names
    ]
    return {"phase": phase, "conditions": conditions, "containerStatuses": containers}


def _taint(text: str) -> dict[str, str]:
    label, effect = text.rsplit(":", 1)
    key, _, value = label.partition("=")
    return {"key": key, "value": value, "effect": effect}
