"""The kubelet: starting the containers of a pod, and stopping them.

Its words about volumes and variables: node/volumes.py and node/environment.py.
"""

from __future__ import annotations

from collections.abc import Iterable

from rehearsal.simulators.kubernetes.api.errors import ContainerError
from rehearsal.simulators.kubernetes.api.store import POD, Manifest, ObjectStore
from rehearsal.simulators.kubernetes.node import environment, volumes
from rehearsal.simulators.kubernetes.node.errors import NotStartedError
from rehearsal.simulators.kubernetes.registry import controllers


def start(objects: ObjectStore, pod: Manifest) -> None:
    """Mount the volumes, resolve the variables and start the containers. Raises NotStartedError."""
    warnings = volumes.mount(objects, pod)
    environment.require_secrets(objects, pod, warnings)
    for controller in controllers():
        try:
            controller.start_containers(objects, pod)
        except ContainerError as error:
            # The kubelet restarts it for ever (pkg/kubelet/kuberuntime/kuberuntime_manager.go of kubernetes).
            metadata = pod["metadata"]
            place = f"{metadata['name']}_{metadata['namespace']}({metadata['uid']})"
            message = f"Back-off restarting failed container {error.container} in pod {place}"
            raise NotStartedError(
                "BackOff", f"{message}; the last line of its log: {error}", error.container
            ) from error


def endless_container(pod: Manifest) -> tuple[str, str] | None:
    """Name of a container that keeps running when the others have ended, and why it does; None if there is
    none.
    """
    return next((endless for c in controllers() if (endless := c.endless_container(pod))), None)


def complete(objects: ObjectStore, pod: Manifest) -> None:
    """The containers of the pod have ended; the pod stays."""
    for controller in controllers():
        controller.stop_containers(objects, pod)


def stop(objects: ObjectStore, pods: Iterable[Manifest]) -> None:
    """Remove the pods, and what they have left on the node."""
    for pod in pods:
        objects.drop(POD, pod["metadata"]["namespace"], pod["metadata"]["name"])
        for controller in controllers():
            controller.unmount(objects, pod)
            controller.stop_containers(objects, pod)
