"""Containers of all three kinds: validateContainers, validateInitContainers, validateEphemeralContainers and
validateContainerCommon in kubernetes/kubernetes 1.36.3, pkg/apis/core/validation/validation.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import (
    duplicate,
    forbidden,
    invalid,
    mapping,
    mappings,
    not_found,
    number,
    required,
    text,
    unsupported,
    wrong,
)
from rehearsal.simulators.kubernetes.apiserver.validation import content
from rehearsal.simulators.kubernetes.apiserver.validation.pods.environment import (
    environment_failures,
    environment_source_failures,
)
from rehearsal.simulators.kubernetes.apiserver.validation.pods.hosts import host_port_failures
from rehearsal.simulators.kubernetes.apiserver.validation.pods.mounts import (
    Volumes,
    device_failures,
    mount_failures,
)
from rehearsal.simulators.kubernetes.apiserver.validation.pods.probes import (
    PROBES,
    lifecycle_failures,
    probe_failures,
)
from rehearsal.simulators.kubernetes.apiserver.validation.pods.resources import container_resource_failures
from rehearsal.simulators.kubernetes.apiserver.validation.pods.restarts import (
    container_restart_failures,
    init_restart_failures,
    resize_failures,
)
from rehearsal.simulators.kubernetes.apiserver.validation.pods.rules import PodRules
from rehearsal.simulators.kubernetes.apiserver.validation.pods.security import container_context_failures
from rehearsal.simulators.shape import Failure

_POLICIES: Final = ("Always", "IfNotPresent", "Never")
_PROTOCOLS: Final = ("SCTP", "TCP", "UDP")
_MESSAGES: Final = ("File", "FallbackToLogsOnError")
_NOT_EPHEMERAL: Final = (
    *("ports", "resources", "livenessProbe", "readinessProbe", "startupProbe", "lifecycle"),
    *("resizePolicy", "restartPolicy", "restartPolicyRules"),
)
_ONLY_SIDECARS: Final = "may not be set for init containers without restartPolicy=Always"

Container = Mapping[str, Any]


@dataclass(frozen=True)
class PodScope:
    """Everything that the containers of one pod refer to."""

    spec: Mapping[str, Any]
    volumes: Volumes
    rules: PodRules

    @property
    def claims(self) -> frozenset[str]:
        names = (text(claim, "name") for claim in mappings(self.spec.get("resourceClaims")))
        return frozenset(name for name in names if name)

    @property
    def grace(self) -> int | None:
        return number(self.spec, "terminationGracePeriodSeconds")

    @property
    def host_users(self) -> bool:
        return self.spec.get("hostUsers") is not False


def container_failures(scope: PodScope, path: str) -> Iterator[Failure]:
    containers = mappings(scope.spec.get("containers"))
    if not containers:
        yield required(path)
        return
    names: set[str] = set()
    for index, container in enumerate(containers):
        place, name = f"{path}[{index}]", text(container, "name")
        yield from _common(container, scope, place)
        if name in names:
            yield duplicate(f"{place}.name", name)
        names.add(name)
        yield from lifecycle_failures(container, place, scope.grace)
        yield from probe_failures(container, place, scope.grace)
        yield from container_restart_failures(container, place, scope.rules)
    yield from host_port_failures(containers, path)


def init_container_failures(scope: PodScope, path: str) -> Iterator[Failure]:
    names = {text(container, "name") for container in mappings(scope.spec.get("containers"))}
    for index, container in enumerate(mappings(scope.spec.get("initContainers"))):
        place, name = f"{path}[{index}]", text(container, "name")
        yield from _common(container, scope, place)
        yield from init_restart_failures(container, place, scope.rules)
        if name in names:
            yield duplicate(f"{place}.name", name)
        names |= {name} - {""}
        yield from host_port_failures([container], path)
        if container.get("restartPolicy") == "Always":
            yield from lifecycle_failures(container, place, scope.grace)
            yield from probe_failures(container, place, scope.grace)
            continue
        yield from (
            forbidden(f"{place}.{name}", _ONLY_SIDECARS)
            for name in ("lifecycle", *PROBES)
            if name in container
        )
        for item, policy in enumerate(mappings(container.get("resizePolicy"))):
            if policy.get("restartPolicy") == "RestartContainer":
                why = "must not be set to 'RestartContainer' for non-sidecar initContainers"
                yield invalid(f"{place}.resizePolicy[{item}].restartPolicy", "RestartContainer", why)


def ephemeral_container_failures(scope: PodScope, path: str) -> Iterator[Failure]:
    others = {
        text(c, "name") for kind in ("containers", "initContainers") for c in mappings(scope.spec.get(kind))
    }
    names = set(others)
    for index, container in enumerate(mappings(scope.spec.get("ephemeralContainers"))):
        place, name = f"{path}[{index}]", text(container, "name")
        yield from _common(container, scope, place)
        yield from image_failures(container, place)
        if name in names:
            yield duplicate(f"{place}.name", name)
        names.add(name)
        if (target := text(container, "targetContainerName")) and target not in others:
            yield not_found(f"{place}.targetContainerName", target)
        why = "cannot be set for an Ephemeral Container"
        yield from (forbidden(f"{place}.{name}", why) for name in _NOT_EPHEMERAL if container.get(name))
        for item, mount in enumerate(mappings(container.get("volumeMounts"))):
            for name in ("subPath", "subPathExpr"):
                if mount.get(name):
                    yield forbidden(f"{place}.volumeMounts[{item}].{name}", why)


def image_failures(container: Container, path: str) -> Iterator[Failure]:
    """validateContainerOnlyForPod: a template may have such an image."""
    if (image := text(container, "image")) != image.strip():
        yield invalid(f"{path}.image", image, "must not have leading or trailing whitespace")


def _common(container: Container, scope: PodScope, path: str) -> Iterator[Failure]:
    if not (name := text(container, "name")):
        yield required(f"{path}.name")
    else:
        yield from wrong(f"{path}.name", name, content.label(name))
    if not container.get("image"):
        yield required(f"{path}.image")
    if (policy := container.get("terminationMessagePolicy", "File")) not in _MESSAGES:
        yield unsupported(f"{path}.terminationMessagePolicy", policy, _MESSAGES)
    yield from _ports(container, f"{path}.ports")
    yield from environment_failures(container.get("env"), f"{path}.env", scope.rules)
    yield from environment_source_failures(container.get("envFrom"), f"{path}.envFrom", scope.rules)
    yield from mount_failures(container, f"{path}.volumeMounts", scope.volumes)
    yield from device_failures(container, f"{path}.volumeDevices", scope.volumes)
    if (policy := container.get("imagePullPolicy")) not in _POLICIES:
        yield unsupported(f"{path}.imagePullPolicy", policy, _POLICIES)
    resources = mapping(container.get("resources"))
    yield from container_resource_failures(resources, f"{path}.resources", scope.claims)
    yield from resize_failures(container, f"{path}.resizePolicy", text(scope.spec, "restartPolicy"))
    context = mapping(container.get("securityContext"))
    yield from container_context_failures(context, f"{path}.securityContext", host_users=scope.host_users)


def _ports(container: Container, path: str) -> Iterator[Failure]:
    """validateContainerPorts."""
    names: set[str] = set()
    for index, port in enumerate(mappings(container.get("ports"))):
        place = f"{path}[{index}]"
        if name := text(port, "name"):
            details = list(content.port_name(name))
            yield from wrong(f"{place}.name", name, details)
            if not details and name in names:
                yield duplicate(f"{place}.name", name)
            names |= set() if details else {name}
        inner, outer = number(port, "containerPort") or 0, number(port, "hostPort") or 0
        if not inner:
            yield required(f"{place}.containerPort")
        else:
            yield from wrong(f"{place}.containerPort", inner, content.port_number(inner))
        if outer:
            yield from wrong(f"{place}.hostPort", outer, content.port_number(outer))
        if (protocol := port.get("protocol", "TCP")) not in _PROTOCOLS:
            yield unsupported(f"{place}.protocol", protocol, _PROTOCOLS)
