"""Validation of pods with `os: windows` or `os: linux`.

pkg/apis/core/validation/validation.go of kubernetes/kubernetes: validateWindows, validateLinux.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import forbidden, mapping, mappings
from rehearsal.simulators.shape import Failure

_OF_THE_POD: Final = (
    *("appArmorProfile", "seLinuxOptions", "seccompProfile", "fsGroup", "fsGroupChangePolicy", "sysctls"),
    *("runAsUser", "runAsGroup", "supplementalGroups", "supplementalGroupsPolicy"),
)
_OF_A_CONTAINER: Final = (
    *(
        "appArmorProfile",
        "seLinuxOptions",
        "seccompProfile",
        "capabilities",
        "readOnlyRootFilesystem",
        "privileged",
    ),
    *("allowPrivilegeEscalation", "procMount", "runAsUser", "runAsGroup"),
)
_OF_THE_HOST: Final = ("hostPID", "hostIPC", "shareProcessNamespace")


def os_failures(spec: Mapping[str, Any], path: str) -> Iterator[Failure]:
    """Fields that the pod's operating system forbids; none for a pod without `os`."""
    system = mapping(spec.get("os")).get("name")
    if system == "windows":
        for place, context, names in _contexts(spec, path):
            yield from (
                forbidden(f"{place}.{name}", "cannot be set for a windows pod")
                for name in names
                if name in context
            )
        yield from (
            forbidden(f"{path}.{name}", "cannot be set for a windows pod")
            for name in _OF_THE_HOST
            if spec.get(name)
        )
        if spec.get("hostUsers") is not None:
            yield forbidden(f"{path}.hostUsers", "cannot be set for a windows pod")
    if system == "linux":
        for place, context, _ in _contexts(spec, path):
            if "windowsOptions" in context:
                yield forbidden(f"{place}.windowsOptions", "windows options cannot be set for a linux pod")


def _contexts(spec: Mapping[str, Any], path: str) -> Iterator[tuple[str, Mapping[str, Any], tuple[str, ...]]]:
    yield f"{path}.securityContext", mapping(spec.get("securityContext")), _OF_THE_POD
    for kind in ("containers", "initContainers"):
        for index, container in enumerate(mappings(spec.get(kind))):
            yield (
                f"{path}.{kind}[{index}].securityContext",
                mapping(container.get("securityContext")),
                _OF_A_CONTAINER,
            )
