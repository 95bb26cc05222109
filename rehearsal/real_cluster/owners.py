"""Pods that the controllers of a real cluster have made for an owner, and their refusals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rehearsal.real_cluster.client import Client
from rehearsal.simulators.kubernetes.api.events import EVENT
from rehearsal.simulators.kubernetes.api.fields import mapping, mappings
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import POD, Manifest

_REPLICA_SET: Final = GroupVersionKind("apps", "v1", "ReplicaSet")
_REVISION: Final = "deployment.kubernetes.io/revision"


def pods_of(client: Client, owner: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The pods of the owner's present template that are not being deleted."""
    maker = _maker(client, owner)
    namespace = str(owner["metadata"]["namespace"])
    revision = mapping(owner.get("status")).get("updateRevision")
    return [
        pod
        for pod in client.all_of(POD, namespace)
        if _is_owned(pod, maker)
        and not pod["metadata"].get("deletionTimestamp")
        and (not revision or pod["metadata"]["labels"].get("controller-revision-hash") == revision)
    ]


def refusal(client: Client, owner: Mapping[str, Any]) -> str:
    """Message of the last event about a pod that the controllers could not make; empty if there is none."""
    maker = _maker(client, owner)
    events = [
        event
        for event in client.all_of(EVENT, str(owner["metadata"]["namespace"]))
        if event["reason"] == "FailedCreate" and event["involvedObject"].get("uid") == maker
    ]
    return str(events[-1]["message"]) if events else ""


def anew(owner: Manifest) -> Manifest:
    """A Job without what the API server has generated for its earlier self, which it refuses in another one.

    https://kubernetes.io/docs/concepts/workloads/controllers/job/#specifying-your-own-pod-selector
    """
    spec = mapping(owner.get("spec"))
    if owner.get("kind") != "Job" or spec.get("manualSelector"):
        return owner
    template = mapping(spec.get("template"))
    metadata = mapping(template.get("metadata"))
    labels = {
        key: value
        for key, value in mapping(metadata.get("labels")).items()
        if key.rpartition("/")[2] not in ("controller-uid", "job-name")
    }
    template = {**template, "metadata": {**metadata, "labels": labels}}
    kept = {key: value for key, value in spec.items() if key != "selector"}
    return {**owner, "spec": {**kept, "template": template}}


def is_observed(owner: Mapping[str, Any]) -> bool:
    """Whether the controller has seen the present form of the owner."""
    status = mapping(owner.get("status"))
    if owner["kind"] == "Job":
        return True
    return status.get("observedGeneration", 0) >= owner["metadata"]["generation"]


def has_no_pods(owner: Mapping[str, Any]) -> bool:
    """Whether no pod is to come."""
    spec, status = mapping(owner.get("spec")), mapping(owner.get("status"))
    if owner["kind"] == "DaemonSet":
        return status.get("desiredNumberScheduled") == 0
    return 0 in (spec.get("replicas"), spec.get("parallelism"))


def is_settled(owner: Mapping[str, Any]) -> bool:
    """Whether its status says that a rollout is over."""
    spec, status = mapping(owner.get("spec")), mapping(owner.get("status"))
    if owner["kind"] == "Job":
        return bool(status.get("succeeded"))
    if owner["kind"] == "DaemonSet":
        return status.get("numberReady", 0) == status.get("desiredNumberScheduled")
    counts = {status.get(key, 0) for key in ("replicas", "readyReplicas", "updatedReplicas")}
    return counts == {spec.get("replicas", 1)}


def _maker(client: Client, owner: Mapping[str, Any]) -> str:
    """Uid of what makes the pods: the newest ReplicaSet of a Deployment, else the owner."""
    uid = str(owner["metadata"]["uid"])
    if owner["kind"] != "Deployment":
        return uid
    sets = [
        made
        for made in client.all_of(_REPLICA_SET, str(owner["metadata"]["namespace"]))
        if _is_owned(made, uid)
    ]
    newest = max(sets, key=lambda made: int(made["metadata"]["annotations"].get(_REVISION, 0)), default=None)
    return str(newest["metadata"]["uid"]) if newest else ""


def _is_owned(object_: Mapping[str, Any], uid: str) -> bool:
    references = mappings(object_["metadata"].get("ownerReferences"))
    return any(reference.get("uid") == uid for reference in references)
