"""Pods and their owners with the statuses that the kubelet and Kubernetes' own controllers write.

In the simulated cluster one pod stands for all replicas of its owner, and has a phase. Here there are as many
pods as replicas, each with conditions and the state of its containers, and with what the webhook of workload
identity adds to the pod's own containers (azure-workload-identity v1.5, pkg/webhook/webhook.go).
Deployments own their pods directly: there are no ReplicaSets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.data_planes.issuers import AUDIENCE
from rehearsal.data_planes.kubernetes_api.objects import created_at, returned
from rehearsal.simulators.kubernetes import token_proxy
from rehearsal.simulators.kubernetes.api.events import EVENT, NOT_COMPLETED
from rehearsal.simulators.kubernetes.api.fields import mapping, mappings
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import POD, Manifest
from rehearsal.simulators.kubernetes.cluster import SimulatedCluster
from rehearsal.simulators.kubernetes.controllers import rollout
from rehearsal.simulators.kubernetes.operators import workload_identity
from rehearsal.simulators.kubernetes.operators.csi.kinds import POD_STATUS

_REPLICATED: Final = ("Deployment", "StatefulSet", "ReplicaSet", "ReplicationController")
_WAITING: Final = {"Failed": "CreateContainerConfigError", "BackOff": "CrashLoopBackOff"}
"""Reason of the kubelet's event → reason in the status of the container."""


def pods(cluster: SimulatedCluster, namespace: str | None) -> Iterator[Manifest]:
    """All pods of a namespace, as a list returns them."""
    for pod in cluster.all_of(POD, namespace):
        for name, uid in _copies(cluster, pod):
            yield _returned(cluster, pod, name, uid)


def pod_statuses(cluster: SimulatedCluster, namespace: str | None) -> Iterator[Manifest]:
    """The CSI driver's objects about the pods: one for each copy of a pod."""
    for status in cluster.all_of(POD_STATUS, namespace):
        original = str(mapping(status.get("status")).get("podName"))
        pod = cluster.get(POD, status["metadata"]["namespace"], original)
        for name, uid in _copies(cluster, pod) if pod else [(original, "")]:
            shown = returned(cluster.world, status)
            own = str(shown["metadata"]["name"])
            shown["metadata"]["name"] = own.replace(original, name, 1)
            shown["status"] = {**mapping(shown.get("status")), "podName": name}
            if pod and uid:
                path = str(shown["status"].get("targetPath", ""))
                shown["status"]["targetPath"] = path.replace(str(pod["metadata"].get("uid")), uid)
            yield shown


def stored_pod(cluster: SimulatedCluster, namespace: str, name: str) -> Manifest | None:
    """The pod of the simulated cluster that stands for the pod of this name."""
    for pod in cluster.all_of(POD, namespace):
        if any(copy == name for copy, _ in _copies(cluster, pod)):
            return pod
    return None


def start_again(cluster: SimulatedCluster, owner: Manifest) -> None:
    """The owner makes the pod again that it has lost."""
    rollout.roll_out(cluster, owner)


def _copies(cluster: SimulatedCluster, pod: Manifest) -> list[tuple[str, str]]:
    """Names and uids of the pods that this one stands for, itself first."""
    metadata = pod["metadata"]
    name, uid, world = str(metadata["name"]), str(metadata["uid"]), cluster.world
    count, is_ordered = 1, False
    for reference in mappings(metadata.get("ownerReferences")):
        if reference.get("kind") in _REPLICATED:
            owner = _owner(cluster, pod, reference)
            replicas = mapping(mapping(owner).get("spec")).get("replicas")
            count = max(1, int(replicas)) if isinstance(replicas, int) else 1
            is_ordered = reference.get("kind") == "StatefulSet"
    copies = [(name, uid)]
    for number in range(1, count):
        head = name.rpartition("-")[0]
        suffix = str(number) if is_ordered else world.hex(5, uid, number)
        copies.append((f"{head}-{suffix}", world.guid(uid, number)))
    return copies


def _owner(cluster: SimulatedCluster, pod: Manifest, reference: Mapping[str, Any]) -> Manifest | None:
    kind = GroupVersionKind.of(reference)
    return cluster.get(kind, pod["metadata"]["namespace"], str(reference.get("name")))


def _returned(cluster: SimulatedCluster, pod: Manifest, name: str, uid: str) -> Manifest:
    shown = returned(cluster.world, _with_identity(cluster, pod))
    shown["metadata"] = {**shown["metadata"], "name": name, "uid": uid}
    waiting = _event_about(cluster, pod)
    time, phase = created_at(cluster.world, pod), _phase(pod, waiting)
    is_running = phase == "Running" and waiting is None
    spec = {"nodeName": "aks-system-12345678-vmss000000", **shown["spec"]}
    if waiting and waiting.get("reason") == "FailedScheduling":
        spec.pop("nodeName")
    shown["spec"] = spec
    ready = "True" if is_running else "False"
    reason = {} if is_running else {"reason": "ContainersNotReady"}
    if phase == "Succeeded":
        reason = {"reason": "PodCompleted"}
    scheduled = "True" if "nodeName" in spec else "False"
    conditions = [
        {"type": "PodScheduled", "status": scheduled},
        {"type": "Initialized", "status": "True"},
        {"type": "ContainersReady", "status": ready, **reason},
        {"type": "Ready", "status": ready, **reason},
    ]
    shown["status"] = {
        "phase": phase,
        "startTime": time,
        "podIP": f"10.244.0.{int(cluster.world.hex(2, uid), 16) % 250 + 4}",
        "conditions": [{**condition, "lastTransitionTime": time} for condition in conditions],
        "containerStatuses": [
            _container(container, phase, waiting, time) for container in mappings(spec.get("containers"))
        ],
    }
    if initial := mappings(spec.get("initContainers")):
        shown["status"]["initContainerStatuses"] = [
            _container(container, _initial_phase(container, phase), waiting, time) for container in initial
        ]
    return shown


def _phase(pod: Manifest, waiting: Mapping[str, Any] | None) -> str:
    phase = str(mapping(pod.get("status")).get("phase") or "")
    return phase or ("Pending" if waiting else "Running")


def _event_about(cluster: SimulatedCluster, pod: Manifest) -> Mapping[str, Any] | None:
    """The event that says why the pod is not ready. None: it is, or the rehearsal alone would say so."""
    metadata = pod["metadata"]
    for event in events(cluster, metadata["namespace"]):
        about = mapping(event.get("involvedObject"))
        if (about.get("kind"), about.get("name")) == ("Pod", metadata["name"]):
            return event
    return None


def events(cluster: SimulatedCluster, namespace: str | None) -> Iterator[Manifest]:
    """The events of a cluster; one reason is the rehearsal's own."""
    for event in cluster.all_of(EVENT, namespace):
        if event.get("reason") != NOT_COMPLETED:
            yield event


def _initial_phase(container: Mapping[str, Any], phase: str) -> str:
    """A native sidecar runs beside the others, another init container ends before them.

    https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
    """
    is_sidecar = container.get("restartPolicy") == "Always"
    return "Succeeded" if phase == "Running" and not is_sidecar else phase


def _container(
    container: Mapping[str, Any], phase: str, waiting: Mapping[str, Any] | None, time: str
) -> dict[str, Any]:
    name, image = str(container.get("name")), str(container.get("image", ""))
    state: dict[str, Any] = {"running": {"startedAt": time}}
    about = str(mapping(mapping(waiting).get("involvedObject")).get("fieldPath") or "")
    if phase == "Succeeded":
        state = {"terminated": {"exitCode": 0, "reason": "Completed", "startedAt": time, "finishedAt": time}}
    elif waiting and (not about or about.endswith(f"{{{name}}}")):
        reason = _WAITING.get(str(waiting.get("reason")), "ContainerCreating")
        message = str(waiting.get("message", "")).removeprefix("Error: ")
        state = {
            "waiting": {"reason": reason, **({} if reason == "ContainerCreating" else {"message": message})}
        }
    is_running = "running" in state
    return {
        "name": name,
        "image": image,
        "imageID": "",
        "ready": is_running,
        "started": is_running,
        "restartCount": 5 if state.get("waiting", {}).get("reason") == "CrashLoopBackOff" else 0,
        "state": state,
        "lastState": {},
    }


def _with_identity(cluster: SimulatedCluster, pod: Manifest) -> Manifest:
    """The pod with the token and the variables of workload identity."""
    metadata = pod["metadata"]
    labels, annotations = mapping(metadata.get("labels")), mapping(metadata.get("annotations"))
    is_labelled = labels.get("azure.workload.identity/use") == "true"
    if not is_labelled or not workload_identity.sees(cluster, metadata["namespace"]):
        return pod
    skipped = {
        name.strip()
        for name in str(annotations.get("azure.workload.identity/skip-containers", "")).split(";")
    }
    values = workload_identity.values_of(cluster, pod)
    spec = dict(mapping(pod.get("spec")))
    for part in ("initContainers", "containers"):
        if containers := mappings(spec.get(part)):
            spec[part] = [
                container
                if container.get("name") in skipped
                else _mounted(container, values, workload_identity.token_folder(pod))
                for container in containers
            ]
    seconds = int(annotations.get("azure.workload.identity/service-account-token-expiration") or 3600)
    audience = token_proxy.AUDIENCE if workload_identity.uses_binding(pod) else AUDIENCE
    token = {"audience": audience, "expirationSeconds": seconds, "path": "azure-identity-token"}
    volume = {"name": "azure-identity-token", "projected": {"sources": [{"serviceAccountToken": token}]}}
    return {**pod, "spec": {**spec, "volumes": [*(spec.get("volumes") or ()), volume]}}


def _mounted(container: Mapping[str, Any], values: Mapping[str, str], folder: str) -> dict[str, Any]:
    mount = {"name": "azure-identity-token", "mountPath": folder, "readOnly": True}
    mounts = [*(container.get("volumeMounts") or ()), mount]
    return {**container, "env": workload_identity.with_values(container, values), "volumeMounts": mounts}


def owner(cluster: SimulatedCluster, manifest: Manifest) -> Manifest:
    """An owner of pods, with the status that its controller writes."""
    shown = returned(cluster.world, manifest)
    kind, metadata = manifest["kind"], manifest["metadata"]
    own = [
        pod
        for pod in pods(cluster, metadata["namespace"])
        if any(
            (reference.get("kind"), reference.get("name")) == (kind, metadata["name"])
            for reference in mappings(pod["metadata"].get("ownerReferences"))
        )
    ]
    ready = sum(_is_ready(pod) for pod in own)
    status: dict[str, Any] = {"observedGeneration": metadata.get("generation", 1)}
    spec = mapping(manifest.get("spec"))
    if kind == "DaemonSet":
        status |= {
            "desiredNumberScheduled": len(own),
            "currentNumberScheduled": len(own),
            "updatedNumberScheduled": len(own),
            "numberReady": ready,
            "numberAvailable": ready,
            "numberMisscheduled": 0,
        }
    elif kind == "Job":
        done = [pod for pod in own if mapping(pod.get("status")).get("phase") == "Succeeded"]
        status = {"succeeded": len(done), "startTime": shown["metadata"]["creationTimestamp"]}
        if done:
            status |= {"conditions": [{"type": "Complete", "status": "True"}]}
        elif own:
            status |= {"active": len(own)}
    elif kind in _REPLICATED:
        replicas = spec.get("replicas", 1)
        newest = min(len(own), replicas)
        status |= {
            "replicas": newest,
            "updatedReplicas": newest,
            "readyReplicas": min(ready, replicas),
            "availableReplicas": min(ready, replicas),
            "unavailableReplicas": max(0, replicas - ready),
        }
        available = "True" if ready >= replicas else "False"
        status["conditions"] = [{"type": "Available", "status": available}]
    if kind != "CronJob":
        shown["status"] = {**mapping(shown.get("status")), **status}
    return shown


def _is_ready(pod: Manifest) -> bool:
    conditions = mappings(mapping(pod.get("status")).get("conditions"))
    return any((c.get("type"), c.get("status")) == ("Ready", "True") for c in conditions)
