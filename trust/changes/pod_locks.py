"""Locks of pods: what a container may do on its node, and whose code reads its secrets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from trust.graph import Node
from trust.nodes.fields import known, listed, mapping
from trust.nodes.pods import RELOADED_CLASSES, RELOADED_SECRETS, PodOwner
from trust.values import UNKNOWN

_HOST: Final = ("hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace")


def pods(before: Node, after: Node) -> Iterator[str]:
    """Everything that a pod template loosens."""
    old, new = PodOwner.of(before), PodOwner.of(after)
    if not old.pod_spec or not new.pod_spec:
        return
    subject = f"the {new.kind} {{name}}"
    yield from _pod(old.pod_spec, new.pod_spec, subject)
    if gone := sorted((_reloaded(old) - _reloaded(new)) & _read(new)):
        yield f"Reloader no longer restarts {subject} when {', '.join(gone)} changes"
    containers = {container.get("name"): container for container in old.containers}
    for container in new.containers:
        was = containers.get(container.get("name"))
        name = f"the container {container.get('name')} of {subject}"
        if was is None:
            yield f"{name} is new, with image {container.get('image')}"
            continue
        yield from _container(_effective(old.pod_spec, was), _effective(new.pod_spec, container), name)
        if (repository := _repository(container)) != (former := _repository(was)):
            yield f"{name} runs an image of {repository}, not of {former}"
        elif "@" in str(was.get("image")) and "@" not in str(container.get("image")):
            yield f"{name} no longer names its image by digest"
        if listed(container.get("command")) != listed(was.get("command")):
            yield f"{name} runs another command"


def _reloaded(owner: PodOwner) -> set[str]:
    """Secrets and SecretProviderClasses at whose change Reloader restarts the pods."""
    return {*(owner.reloaded(RELOADED_SECRETS) or ()), *(owner.reloaded(RELOADED_CLASSES) or ())}


def _read(owner: PodOwner) -> set[str]:
    """Secrets and SecretProviderClasses that the pods read."""
    classes = (
        mapping(mapping(volume.get("csi")).get("volumeAttributes")).get("secretProviderClass")
        for volume in owner.volumes
    )
    return {*(known(name) for name, _ in owner.secret_keys), *map(str, classes)}


def _pod(old: Mapping[str, Any], new: Mapping[str, Any], subject: str) -> Iterator[str]:
    for key in _HOST:
        if new.get(key) is True and old.get(key) is not True:
            yield f"{key} of {subject} is turned on"
    if (
        old.get("automountServiceAccountToken") is False
        and new.get("automountServiceAccountToken") is not False
    ):
        yield f"the lock on API tokens of {subject} is turned off"
    former, account = (spec.get("serviceAccountName", "default") for spec in (old, new))
    if former != account and account is not UNKNOWN:
        yield f"{subject} runs as ServiceAccount {account}, not as {former}"
    paths = {mapping(mapping(volume).get("hostPath")).get("path") for volume in listed(old.get("volumes"))}
    for volume in map(mapping, listed(new.get("volumes"))):
        path = mapping(volume.get("hostPath")).get("path")
        if path and path not in paths:
            yield f"{subject} mounts {path} of its node"


def _effective(spec: Mapping[str, Any], container: Mapping[str, Any]) -> Mapping[str, Any]:
    """The security context of a container, with what it takes from the pod."""
    return {**mapping(spec.get("securityContext")), **mapping(container.get("securityContext"))}


_SWITCHES: Final = (
    ("runAsNonRoot", True),
    ("readOnlyRootFilesystem", True),
    ("allowPrivilegeEscalation", False),
)


def _container(old: Mapping[str, Any], new: Mapping[str, Any], name: str) -> Iterator[str]:
    for key, closed in _SWITCHES:
        if old.get(key) is closed and new.get(key) is not closed and new.get(key) is not UNKNOWN:
            yield f"{key}: {str(closed).lower()} of {name} is gone"
    if new.get("privileged") is True and old.get("privileged") is not True:
        yield f"{name} is privileged now"
    if old.get("runAsUser") not in (None, 0) and new.get("runAsUser") in (None, 0):
        yield f"{name} runs as {'root' if new.get('runAsUser') == 0 else 'the user of its image'} now"
    was, now = (mapping(context.get("capabilities")) for context in (old, new))
    for capability in _missing(was.get("drop"), now.get("drop")):
        yield f"{name} no longer drops capability {capability}"
    for capability in _missing(now.get("add"), was.get("add")):
        yield f"{name} adds capability {capability}"
    profile, former = (mapping(context.get("seccompProfile")).get("type") for context in (new, old))
    if former and former != "Unconfined" and profile in (None, "Unconfined"):
        yield f"the seccomp profile of {name} is gone"


def _missing(of: Any, in_: Any) -> list[str]:
    return [str(entry) for entry in listed(of) if entry not in listed(in_)]


def _repository(container: Mapping[str, Any]) -> str:
    """``registry.example.com/shop/web`` of ``registry.example.com/shop/web:2.0.1@sha256:…``."""
    image = str(container.get("image", "")).split("@")[0]
    folder, slash, name = image.rpartition("/")
    return folder + slash + name.split(":")[0]
