"""Amounts that a container or a pod requests: validateResourceRequirements and what it calls in
kubernetes/kubernetes 1.36.3, pkg/apis/core/validation/validation.go and pkg/apis/core/helper/helpers.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import (
    NOT_NEGATIVE,
    duplicate,
    forbidden,
    invalid,
    mapping,
    mappings,
    masked,
    not_found,
    required,
    text,
    unsupported,
    wrong,
)
from rehearsal.simulators.kubernetes.apiserver.validation import content
from rehearsal.simulators.kubernetes.apiserver.validation.quantity import canonical, parse
from rehearsal.simulators.shape import Failure

INTEGERS: Final = frozenset(
    {
        *("pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps"),
        *("persistentvolumeclaims", "services.nodeports", "services.loadbalancers"),
    }
)
STANDARD: Final = INTEGERS | {
    *("cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "storage", "requests.storage"),
    *("requests.ephemeral-storage", "limits.cpu", "limits.memory", "limits.ephemeral-storage"),
}
_OF_CONTAINERS: Final = ("cpu", "memory", "ephemeral-storage")
_OF_PODS: Final = ("cpu", "hugepages-", "memory")
_HUGE: Final = "hugepages-"


def container_resource_failures(
    resources: Mapping[str, Any], path: str, claims: frozenset[str] = frozenset()
) -> Iterator[Failure]:
    return _resource_failures(resources, path, claims, of_pod=False)


def pod_resource_failures(spec: Mapping[str, Any], path: str, claims: frozenset[str]) -> Iterator[Failure]:
    """validatePodResources."""
    if not isinstance(resources := spec.get("resources"), Mapping):
        return
    if mapping(spec.get("os")).get("name") == "windows":
        yield forbidden(path, "may not be set for a windows pod")
        return
    if "claims" in resources:
        yield forbidden(f"{path}.claims", "claims may not be set for Resources at pod-level")
    yield from _resource_failures(resources, path, claims, of_pod=True)
    requests, limits = mapping(resources.get("requests")), mapping(resources.get("limits"))
    for name, least in _aggregated(spec).items():
        if name in requests and least > (parse(requests[name]) or 0):
            why = f"must be greater than or equal to aggregate container requests of {canonical(str(least))}"
            yield invalid(f"{path}.requests[{name}]", canonical(masked(requests[name])), why)
    for index, container in enumerate(mappings(spec.get("containers"))):
        for name, amount in mapping(mapping(container.get("resources")).get("limits")).items():
            if name in limits and (parse(amount) or 0) > (parse(limits[name]) or 0):
                why = f"must be less than or equal to pod limits of {canonical(limits[name])}"
                yield invalid(f"{path}.containers[{index}][{name}].limits", canonical(amount), why)


def quantity_failures(name: str, amount: Any, path: str) -> Iterator[Failure]:
    """ValidateResourceQuantityValue."""
    if (value := parse(amount)) is None:
        return
    if value < 0:
        yield invalid(path, _shown(amount), NOT_NEGATIVE)
    if (name in INTEGERS or _is_extended(name)) and value % 1:
        yield invalid(path, _shown(amount), "must be an integer")


def resource_name_failures(name: str, path: str) -> Iterator[Failure]:
    """validateResourceName."""
    if why := list(content.qualified_name(name)):
        yield from wrong(path, name, why)
    elif "/" not in name and name not in STANDARD and not name.startswith((_HUGE, f"requests.{_HUGE}")):
        yield invalid(path, name, "must be a standard resource type or fully qualified")


def container_resource_name_failures(name: str, path: str) -> Iterator[Failure]:
    """validateContainerResourceName."""
    yield from resource_name_failures(name, path)
    if "/" not in name:
        if name not in _OF_CONTAINERS and not name.startswith(_HUGE):
            yield invalid(path, name, "must be a standard resource for containers")
    elif not _is_native(name) and not _is_extended(name):
        yield invalid(path, name, "doesn't follow extended resource name standard")


def _resource_failures(
    resources: Mapping[str, Any], path: str, claims: frozenset[str], *, of_pod: bool
) -> Iterator[Failure]:
    limits, requests = mapping(resources.get("limits")), mapping(resources.get("requests"))
    for kind, amounts in (("limits", limits), ("requests", requests)):
        for name, amount in amounts.items():
            place = f"{path}.{kind}[{name}]"
            if of_pod:
                yield from _pod_name_failures(name, place)
            else:
                yield from container_resource_name_failures(name, place)
            yield from quantity_failures(name, amount, place)
            if kind == "requests":
                yield from _limit_failures(name, amount, limits, path)
            if name.startswith(_HUGE) and not _fits_pages(name, amount):
                why = f"{_shown(amount)} is not positive integer multiple of {name}"
                yield invalid(place, _shown(amount), why)
    names = {*limits, *requests}
    if any(name.startswith(_HUGE) for name in names) and not names & {"cpu", "memory"}:
        yield forbidden(path, "HugePages require cpu or memory")
    yield from _claim_failures(resources.get("claims"), f"{path}.claims", claims)


def _pod_name_failures(name: str, path: str) -> Iterator[Failure]:
    """validatePodResourceName."""
    failures = list(resource_name_failures(name, path))
    yield from failures
    if not failures and name not in ("cpu", "memory") and not name.startswith(_HUGE):
        yield unsupported(path, name, _OF_PODS)


def _limit_failures(name: str, amount: Any, limits: Mapping[str, Any], path: str) -> Iterator[Failure]:
    shared = _is_native(name) and not name.startswith(_HUGE)
    if name not in limits:
        if not shared:
            yield required(f"{path}.limits", "Limit must be set for non overcommitable resources")
        return
    requested, most = parse(amount), parse(limits[name])
    if requested is None or most is None:
        return
    limit = f"{name} limit of {_shown(limits[name])}"
    if requested != most and not shared:
        yield invalid(f"{path}.requests", _shown(amount), f"must be equal to {limit}")
    elif requested > most:
        yield invalid(f"{path}.requests", _shown(amount), f"must be less than or equal to {limit}")


def _claim_failures(claims: Any, path: str, known: frozenset[str]) -> Iterator[Failure]:
    """validateResourceClaimNames."""
    seen: set[str] = set()
    for index, claim in enumerate(mappings(claims)):
        place, name, request = f"{path}[{index}]", text(claim, "name"), text(claim, "request")
        if not name:
            yield required(place)
            continue
        key = f"{name}/{request}" if request else name
        if name in seen:
            yield duplicate(place, name)
        else:
            if request:
                yield from wrong(f"{place}.request", request, content.label(request))
            if key in seen:
                yield duplicate(place, key)
            elif not request and any(other.startswith(f"{name}/") for other in seen):
                yield duplicate(place, name)
            seen.add(key)
        if name not in known:
            names = f": {', '.join(sorted(known))}" if known else " which is empty"
            yield not_found(place, name, f"must be one of the names in pod.spec.resourceClaims{names}")


def _aggregated(spec: Mapping[str, Any]) -> dict[str, Any]:
    """AggregateContainerRequests in k8s.io/component-helpers, resource/helpers.go: of containers together and
    of each init container; those that stay count with both.
    """
    total: dict[str, Any] = {}
    most: dict[str, Any] = {}
    for container in mappings(spec.get("containers")):
        total = _sum(total, _requests(container))
    staying: dict[str, Any] = {}
    for container in mappings(spec.get("initContainers")):
        own = _requests(container)
        if container.get("restartPolicy") == "Always":
            total, staying = _sum(total, own), _sum(staying, own)
            own = staying
        else:
            own = _sum(staying, own)
        most = {name: max(most.get(name, 0), own.get(name, 0)) for name in {*most, *own}}
    return {name: max(total.get(name, 0), most.get(name, 0)) for name in {*total, *most}}


def _requests(container: Mapping[str, Any]) -> dict[str, Any]:
    amounts = mapping(mapping(container.get("resources")).get("requests"))
    return {name: parse(amount) or 0 for name, amount in amounts.items()}


def _sum(amounts: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    return {name: amounts.get(name, 0) + more.get(name, 0) for name in {*amounts, *more}}


def _fits_pages(name: str, amount: Any) -> bool:
    size, value = parse(name.removeprefix(_HUGE)), parse(amount)
    return value is None or (size is not None and size > 0 and size % 1 == 0 and value % size == 0)


def _is_native(name: str) -> bool:
    return "/" not in name or "kubernetes.io/" in name


def _is_extended(name: str) -> bool:
    if _is_native(name) or name.startswith("requests."):
        return False
    return not any(content.qualified_name(f"requests.{name}"))


def _shown(amount: Any) -> str:
    """The amount as Go prints it, or the mask of a secret one."""
    shown = masked(amount)
    return shown if shown is not amount else canonical(amount)
