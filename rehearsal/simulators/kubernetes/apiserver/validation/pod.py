"""Validation of a pod's `spec` beyond its declared types: pure, in the API server's words.

pkg/apis/core/validation/validation.go of kubernetes/kubernetes: ValidatePodSpec, ValidateVolumes.
Missing values are valid wherever the API server has a default. Containers: container.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import (
    duplicate,
    forbidden,
    invalid,
    is_hashed,
    mapping,
    mappings,
    not_negative,
    one_of,
    required,
)
from rehearsal.simulators.kubernetes.apiserver.validation.container import container_failures
from rehearsal.simulators.kubernetes.apiserver.validation.names import wrong_with_label, wrong_with_subdomain
from rehearsal.simulators.kubernetes.apiserver.validation.pod_windows import os_failures
from rehearsal.simulators.shape import Failure

MOST_ID: Final = 2**31 - 1
"""The largest user or group id: IsValidUserID in k8s.io/apimachinery, pkg/util/validation/validation.go."""


def pod_failures(
    spec: Mapping[str, Any], path: str, minor: int, claims: frozenset[str] = frozenset()
) -> Iterator[Failure]:
    """Problems of a pod's `spec`.

    `claims`: volumes that its owner adds, by the claim templates of a StatefulSet.
    """
    volumes = mappings(spec.get("volumes"))
    yield from _volumes(volumes, f"{path}.volumes")
    names = claims | {str(volume.get("name")) for volume in volumes}
    seen: set[str] = set()
    if not spec.get("containers"):
        yield required(f"{path}.containers")
    for kind in ("containers", "initContainers"):
        for index, container in enumerate(mappings(spec.get(kind))):
            place = f"{path}.{kind}[{index}]"
            if isinstance(name := container.get("name"), str):
                if name in seen:
                    yield duplicate(f"{place}.name", name)
                seen.add(name)
            yield from container_failures(container, place, names, minor, init=kind == "initContainers")
    yield from one_of(spec, "restartPolicy", path, ("Always", "OnFailure", "Never"))
    yield from one_of(spec, "dnsPolicy", path, ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"))
    yield from not_negative(spec, path, "terminationGracePeriodSeconds")
    if isinstance(account := spec.get("serviceAccountName"), str) and not is_hashed(account):
        yield from (
            invalid(f"{path}.serviceAccountName", account, why) for why in wrong_with_subdomain(account)
        )
    yield from ids(
        mapping(spec.get("securityContext")), f"{path}.securityContext", "runAsUser", "runAsGroup", "fsGroup"
    )
    yield from os_failures(spec, path)


def ids(context: Mapping[str, Any], path: str, *names: str) -> Iterator[Failure]:
    """User and group ids out of range."""
    for name in names:
        if isinstance(value := context.get(name), int) and not 0 <= value <= MOST_ID:
            yield invalid(f"{path}.{name}", value, f"must be between 0 and {MOST_ID}, inclusive")


def _volumes(volumes: list[Mapping[str, Any]], path: str) -> Iterator[Failure]:
    for index, volume in enumerate(volumes):
        place = f"{path}[{index}]"
        if isinstance(name := volume.get("name"), str) and not is_hashed(name):
            yield from (invalid(f"{place}.name", name, why) for why in wrong_with_label(name))
        sources = [source for source in volume if source != "name"]
        if not sources:
            yield required(place, "must specify a volume type")
        # The API server reports them in its own order of types, the simulator in the order of the manifest.
        yield from (
            forbidden(f"{place}.{source}", "may not specify more than 1 volume type")
            for source in sources[1:]
        )
