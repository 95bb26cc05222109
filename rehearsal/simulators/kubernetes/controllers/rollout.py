"""Rollouts: new pods of an owner in the place of the old ones. One pod stands for all replicas."""

from __future__ import annotations

from typing import Final

from rehearsal.simulators.kubernetes.api.events import (
    NOT_COMPLETED,
    UNSCHEDULABLE,
    event,
    forget_records,
)
from rehearsal.simulators.kubernetes.api.fields import mapping, mappings
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import POD, Manifest, ObjectStore, identity
from rehearsal.simulators.kubernetes.apiserver import webhooks
from rehearsal.simulators.kubernetes.apiserver.admission import pod_name
from rehearsal.simulators.kubernetes.apiserver.validation.rules import template_of
from rehearsal.simulators.kubernetes.controllers import scheduler
from rehearsal.simulators.kubernetes.node import kubelet
from rehearsal.simulators.kubernetes.node.errors import NotStartedError

_PENDING: Final = {"phase": "Pending"}
_RUNNING: Final = {"phase": "Running"}
_SUCCEEDED: Final = {"phase": "Succeeded"}


def roll_out(objects: ObjectStore, owner: Manifest) -> None:
    """Make new pods of the owner's template. The old ones stay if the new ones do not start."""
    kind, _, name = identity(owner)
    old = _pods_of(objects, owner)
    if 0 in (mapping(owner.get("spec")).get(key) for key in ("replicas", "parallelism")):
        kubelet.stop(objects, old)
        return
    if kind.name != "Deployment":
        # The other controllers delete a pod before they make the next one, which may have its name.
        kubelet.stop(objects, old)
        old = []
    pod = {**_with_webhooks(objects, _new_pod(objects, owner), kind), "status": _PENDING}
    if kind.name == "DaemonSet" and scheduler.refusal(objects, pod):
        return  # a DaemonSet has one pod for each node that takes it
    _start_in_place_of(objects, objects.put(pod), kind, name, old)


def start_again(objects: ObjectStore, record: Manifest) -> None:
    """Start the pod of an event that says why it did not start, as the kubelet does again and again."""
    about, namespace = record["involvedObject"], record["metadata"]["namespace"]
    pod = objects.get(POD, namespace, about["name"])
    if pod is None:
        return
    owners = mappings(pod["metadata"].get("ownerReferences"))
    maker = GroupVersionKind.of(owners[0]) if owners else POD
    name = owners[0]["name"] if owners else about["name"]
    forget_records(objects, maker, namespace, name)
    owner = objects.get(maker, namespace, name) if owners else None
    others = [other for other in _pods_of(objects, owner) if other != pod] if owner else []
    if owners:
        _start_in_place_of(objects, pod, maker, name, others)
    else:
        start(objects, pod, maker, name)


def _start_in_place_of(
    objects: ObjectStore, pod: Manifest, kind: GroupVersionKind, name: str, old: list[Manifest]
) -> None:
    """Start the pod, and stop the old ones if it runs."""
    if start(objects, pod, kind, name):
        endless = kubelet.endless_container(pod) if kind.name == "Job" else None
        completed = kind.name == "Job" and endless is None
        objects.put({**pod, "status": _SUCCEEDED if completed else _RUNNING})
        if endless is not None:
            container, why = endless
            _record(objects, pod, kind, name, NotStartedError(NOT_COMPLETED, why, container))
        if completed:
            kubelet.complete(objects, pod)
        kubelet.stop(
            objects, [other for other in old if other["metadata"]["name"] != pod["metadata"]["name"]]
        )


def start(objects: ObjectStore, pod: Manifest, kind: GroupVersionKind, name: str) -> bool:
    """Whether the pod starts.

    If it does not, an event says why, under the kind and name of what made the pod.
    """
    try:
        if why := scheduler.refusal(objects, pod):
            raise NotStartedError(UNSCHEDULABLE, why)
        kubelet.start(objects, pod)
    except NotStartedError as waiting:
        _record(objects, pod, kind, name, waiting)
        return False
    return True


def stop(objects: ObjectStore, owner: Manifest) -> None:
    """Stop the pods of an owner that is gone; of a pod that is gone, what it has left on the node."""
    kubelet.stop(objects, [owner] if GroupVersionKind.of(owner) == POD else _pods_of(objects, owner))


def _new_pod(objects: ObjectStore, owner: Manifest) -> Manifest:
    kind, metadata = GroupVersionKind.of(owner), owner["metadata"]
    template, made = template_of(kind.group, kind.name, owner) or {}, objects.made_pod(owner)
    reference = {
        "apiVersion": kind.api_version,
        "kind": kind.name,
        "name": metadata["name"],
        "uid": metadata["uid"],
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            **mapping(template.get("metadata")),
            "name": made["metadata"]["name"] if made else pod_name(owner, metadata["generation"]),
            "namespace": metadata["namespace"],
            "ownerReferences": [reference],
        },
        "spec": template.get("spec"),
    }


def _with_webhooks(objects: ObjectStore, pod: Manifest, kind: GroupVersionKind) -> Manifest:
    """The pod as the webhooks leave it. A generated name comes too late for them to see it."""
    metadata = dict(pod["metadata"])
    if kind.name != "StatefulSet":
        del metadata["name"]
    mutated = webhooks.mutated(objects, {**pod, "metadata": metadata})
    return {**mutated, "metadata": {**mutated["metadata"], "name": pod["metadata"]["name"]}}


def _record(
    objects: ObjectStore, pod: Manifest, kind: GroupVersionKind, name: str, waiting: NotStartedError
) -> None:
    namespace = pod["metadata"]["namespace"]
    about = {"apiVersion": "v1", "kind": "Pod", "namespace": namespace, "name": pod["metadata"]["name"]}
    if waiting.container:
        about["fieldPath"] = f"spec.containers{{{waiting.container}}}"
    objects.put(event(kind, namespace, name, about, waiting.reason, str(waiting)))


def _pods_of(objects: ObjectStore, owner: Manifest) -> list[Manifest]:
    kind, namespace, name = identity(owner)
    return [
        pod
        for pod in objects.all_of(POD, namespace)
        if any(
            (reference.get("kind"), reference.get("name")) == (kind.name, name)
            for reference in mappings(pod["metadata"].get("ownerReferences"))
        )
    ]
