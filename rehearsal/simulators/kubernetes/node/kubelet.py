"""Where pods run: how they start, what keeps them from it, what goes with them. One pod stands for all replicas of an owner.

The kubelet's words: pkg/volume and pkg/kubelet/kubelet_pods.go of kubernetes; bitwarden/sdk-sm#1170 (a key of a volume),
reportportal/kubernetes#178 (a Secret of a variable), hetznercloud/csi-driver#1389 (a key of it).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.events import EVENT, record_name
from rehearsal.simulators.kubernetes.api.fields import is_sealed, mapping, mappings
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import POD, POD_STATUS, SECRET, Manifest, ObjectStore
from rehearsal.simulators.kubernetes.apiserver.admission import pod_name
from rehearsal.simulators.kubernetes.apiserver.validation.workloads import template_of
from rehearsal.simulators.kubernetes.controllers import scheduler
from rehearsal.simulators.kubernetes.operators.csi import driver
from rehearsal.simulators.kubernetes.operators.csi.azure_provider import MountError
from rehearsal.simulators.kubernetes.operators.dapr import injector, sidecar

_PENDING: Final = {"phase": "Pending"}
_RUNNING: Final = {"phase": "Running"}
_DONE: Final = {"phase": "Succeeded"}
_NOT_COMPLETED: Final = "NotCompleted"
_UNSCHEDULABLE: Final = "FailedScheduling"


class _NotStartedError(Exception):
    """The pod waits, and this is the event about it."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class _StillRunsError(_NotStartedError):
    """Of a Job's pod, whose other containers have ended. There is no event about it in a cluster: these words are ours."""

    def __init__(self) -> None:
        super().__init__(
            _NOT_COMPLETED,
            "the container daprd runs on when the others have ended, so that the Job never completes, unless the application ends it by "
            'POST /v1.0/shutdown; with the annotation dapr.io/enable-native-sidecar: "true" it ends with them '
            "(https://docs.dapr.io/operations/hosting/kubernetes/kubernetes-job/)",
        )


def roll_out(objects: ObjectStore, owner: Manifest) -> None:
    """New pods in the place of the old ones, which stay if the new ones do not come."""
    kind, metadata = GroupVersionKind.of(owner), owner["metadata"]
    old = _pods_of(objects, owner)
    if 0 in (mapping(owner.get("spec")).get(name) for name in ("replicas", "parallelism")):
        _remove(objects, old)
        return
    if kind.name != "Deployment":
        # The others delete a pod before they make the next one, which may have its name.
        _remove(objects, old)
        old = []
    template = template_of(kind.group, kind.name, owner) or {}
    pod: Manifest = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            **mapping(template.get("metadata")),
            "name": pod_name(owner, metadata["generation"]),
            "namespace": metadata["namespace"],
            "ownerReferences": [
                {
                    "apiVersion": kind.api_version,
                    "kind": kind.name,
                    "name": metadata["name"],
                    "uid": metadata["uid"],
                }
            ],
        },
        "spec": template.get("spec"),
    }
    pod = {**_mutated(objects, pod, kind), "status": _PENDING}
    if kind.name == "DaemonSet" and scheduler.refusal(objects, pod):
        return  # one for each node that takes it: for none, none
    pod = objects.put(pod)
    if start(objects, pod, kind, metadata["name"]):
        done = kind.name == "Job" and not _runs_on(pod)
        objects.put({**pod, "status": _DONE if done else _RUNNING})
        if kind.name == "Job" and not done:
            _tell(objects, pod, kind, metadata["name"], _StillRunsError())
        if done:
            sidecar.stop(objects, pod)
        _remove(objects, [one for one in old if one["metadata"]["name"] != pod["metadata"]["name"]])


def start(objects: ObjectStore, pod: Manifest, kind: GroupVersionKind, name: str) -> bool:
    """Whether it comes up; if not, an event says why, under the name of what made the pod."""
    try:
        _must_have_a_node(objects, pod)
        warnings = _mounted(objects, pod)
        _must_have_variables(objects, pod, warnings)
        _must_have_its_sidecar(objects, pod)
    except _NotStartedError as waiting:
        _tell(objects, pod, kind, name, waiting)
        return False
    return True


def _tell(
    objects: ObjectStore, pod: Manifest, kind: GroupVersionKind, name: str, waiting: _NotStartedError
) -> None:
    namespace = pod["metadata"]["namespace"]
    objects.put(
        {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": record_name(kind, name), "namespace": namespace},
            "involvedObject": {
                "apiVersion": "v1",
                "kind": "Pod",
                "namespace": namespace,
                "name": pod["metadata"]["name"],
            },
            "type": "Warning",
            "reason": waiting.reason,
            "message": str(waiting),
        }
    )


def stop(objects: ObjectStore, owner: Manifest) -> None:
    """The owner is gone, and its pods with it; of a pod, what hung on it."""
    _remove(objects, [owner] if GroupVersionKind.of(owner) == POD else _pods_of(objects, owner))


def poll(objects: ObjectStore) -> None:
    """The poll interval is over: with rotation on, every mount is made again. Errors leave it as it was (nodeserver.go)."""
    if not driver.installed(objects).rotates:
        return
    for status in objects.all_of(POD_STATUS):
        said = mapping(status.get("status"))
        pod = objects.get(POD, status["metadata"]["namespace"], str(said.get("podName")))
        if pod is None or pod.get("status") == _DONE:
            continue
        for volume in mappings(mapping(pod.get("spec")).get("volumes")):
            attributes = mapping(mapping(volume.get("csi")).get("volumeAttributes"))
            if driver.is_ours(volume) and attributes.get("secretProviderClass") == said.get(
                "secretProviderClassName"
            ):
                try:
                    driver.mount(objects, pod, volume)
                except MountError:
                    continue


def why_not_ready(objects: ObjectStore, kind: GroupVersionKind, namespace: str, name: str) -> list[str]:
    """What the provider says of the pods of an object that are not there or not ready, and the event about them; [] if they are.

    podError in provider/pkg/await/checker/pod/check.go of pulumi-kubernetes.
    """
    event = objects.get(EVENT, namespace, record_name(kind, name))
    if event is None:
        return []
    reason, message, about = event["reason"], event["message"], event["involvedObject"]
    said = f"{reason}: {message}"
    if about["kind"] != "Pod" or (pod := objects.get(POD, namespace, about["name"])) is None:
        return [said]
    if reason == _UNSCHEDULABLE:
        # Said once: statusFromCondition, of the condition PodScheduled.
        return [message]
    containers = [
        str(container.get("name")) for container in mappings(mapping(pod.get("spec")).get("containers"))
    ]
    if reason == _NOT_COMPLETED:
        containers.remove(injector.SIDECAR)
    shown = about["name"] if namespace == "default" else f"{namespace}/{about['name']}"
    waiting = f"[CreateContainerConfigError] {message.removeprefix('Error: ')}" if reason == "Failed" else ""
    if reason == "BackOff":
        containers = [injector.SIDECAR]
        place = f"{about['name']}_{namespace}({pod['metadata']['uid']})"
        waiting = (
            f"[CrashLoopBackOff] back-off 5m0s restarting failed container={injector.SIDECAR} pod={place}"
        )
    return [f"[Pod {shown}]: containers with unready status: [{' '.join(containers)}]{waiting}", said]


def _pods_of(objects: ObjectStore, owner: Manifest) -> list[Manifest]:
    kind, metadata = GroupVersionKind.of(owner), owner["metadata"]
    wanted = (kind.name, metadata["name"])
    return [
        pod
        for pod in objects.all_of(POD, metadata["namespace"])
        if any(
            (one.get("kind"), one.get("name")) == wanted
            for one in mappings(pod["metadata"].get("ownerReferences"))
        )
    ]


def _remove(objects: ObjectStore, pods: list[Manifest]) -> None:
    for pod in pods:
        objects.drop(POD, pod["metadata"]["namespace"], pod["metadata"]["name"])
        driver.unmount(objects, pod)
        sidecar.stop(objects, pod)


def _mounted(objects: ObjectStore, pod: Manifest) -> list[str]:
    """The driver's volumes first: the kubelet goes on trying, and other volumes may be of Secrets that the driver makes."""
    volumes, warnings = mappings(mapping(pod.get("spec")).get("volumes")), list[str]()
    for volume in filter(driver.is_ours, volumes):
        try:
            warnings += driver.mount(objects, pod, volume)
        except MountError as error:
            raise _NotStartedError(
                "FailedMount", f'MountVolume.SetUp failed for volume "{volume.get("name")}" : {error}'
            ) from error
    for volume in volumes:
        for name, items, optional in _secrets_of(volume):
            keys = _keys(objects, pod, name)
            missing = [
                str(item.get("key"))
                for item in items
                if keys is not None and keys is not _ANY and item.get("key") not in keys
            ]
            if not optional and (keys is None or missing):
                why = (
                    f'secret "{name}" not found'
                    if keys is None
                    else f"references non-existent secret key: {missing[0]}"
                )
                note = "".join(f"; FailedToCreateSecret: {warning}" for warning in warnings)
                raise _NotStartedError(
                    "FailedMount", f'MountVolume.SetUp failed for volume "{volume.get("name")}" : {why}{note}'
                )
    return warnings


def _mutated(objects: ObjectStore, pod: Manifest, kind: GroupVersionKind) -> Manifest:
    """As the webhooks leave it. They see a name that is generated too late to know it."""
    unnamed = {
        **pod,
        "metadata": {
            name: value
            for name, value in pod["metadata"].items()
            if name != "name" or kind.name == "StatefulSet"
        },
    }
    mutated = injector.injected(objects, unnamed)
    return {**mutated, "metadata": {**mutated["metadata"], "name": pod["metadata"]["name"]}}


def _runs_on(pod: Manifest) -> bool:
    """When the pod's own containers have ended."""
    container = injector.sidecar_of(pod)
    return container is not None and not injector.is_native(container)


def _must_have_a_node(objects: ObjectStore, pod: Manifest) -> None:
    if why := scheduler.refusal(objects, pod):
        raise _NotStartedError(_UNSCHEDULABLE, why)


def _must_have_its_sidecar(objects: ObjectStore, pod: Manifest) -> None:
    """The kubelet starts it again and again (pkg/kubelet/kuberuntime/kuberuntime_manager.go of kubernetes)."""
    try:
        sidecar.start(objects, pod)
    except sidecar.DaprdError as error:
        metadata = pod["metadata"]
        place = f"{metadata['name']}_{metadata['namespace']}({metadata['uid']})"
        said = f"Back-off restarting failed container {injector.SIDECAR} in pod {place}"
        raise _NotStartedError("BackOff", f"{said}; the last line of its log: {error}") from error


def _secrets_of(volume: Mapping[str, Any]) -> Iterator[tuple[str, list[Mapping[str, Any]], bool]]:
    """Name, items, optional."""
    sources = [(mapping(volume.get("secret")), "secretName")]
    sources += [
        (mapping(one.get("secret")), "name")
        for one in mappings(mapping(volume.get("projected")).get("sources"))
    ]
    for source, key in sources:
        name = source.get(key)
        if isinstance(name, str) and not is_sealed(name):
            yield name, mappings(source.get("items")), source.get("optional") is True


def _must_have_variables(objects: ObjectStore, pod: Manifest, warnings: list[str]) -> None:
    spec = mapping(pod.get("spec"))
    note = "".join(f"; FailedToCreateSecret: {warning}" for warning in warnings)
    for container in (*mappings(spec.get("initContainers")), *mappings(spec.get("containers"))):
        for reference, key in _references(container):
            name = reference.get("name")
            if (
                not isinstance(name, str)
                or is_sealed(name)
                or is_sealed(key)
                or reference.get("optional") is True
            ):
                continue
            keys = _keys(objects, pod, name)
            if keys is None:
                raise _NotStartedError("Failed", f'Error: secret "{name}" not found{note}')
            if key is not None and keys is not _ANY and key not in keys:
                raise _NotStartedError(
                    "Failed",
                    f"Error: couldn't find key {key} in Secret {pod['metadata']['namespace']}/{name}{note}",
                )


def _references(container: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], str | None]]:
    for source in mappings(container.get("envFrom")):
        if reference := mapping(source.get("secretRef")):
            yield reference, None
    for variable in mappings(container.get("env")):
        if reference := mapping(mapping(variable.get("valueFrom")).get("secretKeyRef")):
            yield reference, str(reference.get("key"))


_ANY: Final = frozenset({"*"})
"""Keys of a Secret that the world knows as a hash only."""


def _keys(objects: ObjectStore, pod: Manifest, name: str) -> frozenset[str] | None:
    secret = objects.get(SECRET, pod["metadata"]["namespace"], name)
    if secret is None:
        return None
    parts = [secret.get(part) for part in ("data", "stringData")]
    return (
        _ANY
        if any(is_sealed(part) for part in parts)
        else frozenset(key for part in parts for key in mapping(part))
    )
