"""ResourceQuotas and LimitRanges: ValidateResourceQuotaSpec, ValidateLimitRange in kubernetes/kubernetes
1.36.3, pkg/apis/core/validation/validation.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import (
    duplicate,
    forbidden,
    invalid,
    mapping,
    mappings,
    required,
    text,
    texts,
    wrong,
)
from rehearsal.simulators.kubernetes.apiserver.validation import content
from rehearsal.simulators.kubernetes.apiserver.validation.pods.resources import (
    STANDARD,
    container_resource_name_failures,
    quantity_failures,
    resource_name_failures,
)
from rehearsal.simulators.kubernetes.apiserver.validation.quantity import canonical, parse
from rehearsal.simulators.shape import Failure

_HUGE: Final = ("hugepages-", "requests.hugepages-")
_COMPUTE: Final = frozenset(
    {
        *("pods", "cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory"),
        *("ephemeral-storage", "limits.ephemeral-storage", "requests.ephemeral-storage"),
    }
)
_SCOPES: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(
        ("Terminating", "NotTerminating", "NotBestEffort", "PriorityClass", "CrossNamespacePodAffinity"),
        _COMPUTE,
    ),
    "BestEffort": frozenset({"pods"}),
    "VolumeAttributesClass": frozenset({"persistentvolumeclaims", "requests.storage"}),
}
"""Scopes of a quota with the resources that each may limit."""
_CONFLICTS: Final = ({"BestEffort", "NotBestEffort"}, {"Terminating", "NotTerminating"})
_CLAIM: Final = "PersistentVolumeClaim"
_ORDERS: Final = (
    ("min", "min", ("min", "max"), "min value {} is greater than max value {}"),
    (
        "defaultRequest",
        "defaultRequest",
        ("min", "defaultRequest"),
        "min value {} is greater than default request value {}",
    ),
    (
        "defaultRequest",
        "defaultRequest",
        ("defaultRequest", "max"),
        "default request value {} is greater than max value {}",
    ),
    (
        "defaultRequest",
        "defaultRequest",
        ("defaultRequest", "default"),
        "default request value {} is greater than default limit value {}",
    ),
    ("default", "min", ("min", "default"), "min value {} is greater than default value {}"),
    ("default", "max", ("default", "max"), "default value {} is greater than max value {}"),
)
"""Path of the failure, the value that it shows, the two amounts, and the words."""

Values = Mapping[str, Any]


def quota_failures(manifest: Values, _: int) -> Iterator[Failure]:
    spec = mapping(manifest.get("spec"))
    hard = mapping(spec.get("hard"))
    for name, amount in hard.items():
        place = f"spec.hard[{name}]"
        yield from resource_name_failures(name, place)
        if "/" not in name and name not in STANDARD - {"storage"} and not name.startswith(_HUGE):
            yield invalid(place, name, "must be a standard resource for quota")
        yield from quantity_failures(name, amount, place)
    scopes = texts(spec.get("scopes"))
    for scope in scopes:
        if scope not in _SCOPES:
            yield invalid("spec.scopes", scopes, "unsupported scope")
        elif any(name in STANDARD - {"storage"} and name not in _SCOPES[scope] for name in hard):
            yield invalid("spec.scopes", scopes, "unsupported scope applied to resource")
    if any(pair <= set(scopes) for pair in _CONFLICTS):
        yield invalid("spec.scopes", scopes, "conflicting scopes")
    yield from _selector(mapping(spec.get("scopeSelector")), hard, "spec.scopeSelector.matchExpressions")


def quota_update_failures(new: Values, old: Values) -> Iterator[Failure]:
    now, was = (texts(mapping(quota.get("spec")).get("scopes")) for quota in (new, old))
    if set(now) != set(was):
        yield invalid("spec.scopes", now, "field is immutable")


def limit_range_failures(manifest: Values, _: int) -> Iterator[Failure]:
    kinds: set[str] = set()
    for index, limit in enumerate(mappings(mapping(manifest.get("spec")).get("limits"))):
        path, kind = f"spec.limits[{index}]", text(limit, "type")
        if why := list(content.qualified_name(kind)):
            yield from wrong(f"{path}.type", kind, why)
        elif "/" not in kind and kind not in ("Pod", "Container", _CLAIM):
            yield invalid(f"{path}.type", kind, "must be a standard limit type or fully qualified")
        if kind in kinds:
            yield duplicate(f"{path}.type", kind)
        kinds.add(kind)
        yield from _limit(limit, kind, path)


def _selector(selector: Values, hard: Values, path: str) -> Iterator[Failure]:
    for rule in mappings(selector.get("matchExpressions")):
        scope, operator, values = text(rule, "scopeName"), text(rule, "operator"), rule.get("values")
        if scope not in _SCOPES:
            yield invalid(f"{path}.scopeName", scope, "unsupported scope")
        elif any(name in STANDARD - {"storage"} and name not in _SCOPES[scope] for name in hard):
            yield invalid(path, selector, "unsupported scope applied to resource")
        if (
            scope in _SCOPES
            and scope not in ("PriorityClass", "VolumeAttributesClass")
            and operator != "Exists"
        ):
            why = (
                "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, "
                "ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, "
                "ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"
            )
            yield invalid(f"{path}.operator", operator, why)
        if operator in ("In", "NotIn") and not values:
            why = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"
            yield required(f"{path}.values", why)
        elif operator in ("Exists", "DoesNotExist") and values:
            why = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"
            yield invalid(f"{path}.values", values, why)
        elif operator not in ("In", "NotIn", "Exists", "DoesNotExist"):
            yield invalid(f"{path}.operator", operator, "not a valid selector operator")


def _limit(limit: Values, kind: str, path: str) -> Iterator[Failure]:
    least, most, default, request, ratio = (
        mapping(limit.get(name))
        for name in ("min", "max", "default", "defaultRequest", "maxLimitRequestRatio")
    )
    amounts_by_name = {"max": most, "min": least}
    if kind == "Pod":
        for name, amounts in (("default", default), ("defaultRequest", request)):
            if amounts:
                yield forbidden(f"{path}.{name}", "may not be specified when `type` is 'Pod'")
    else:
        amounts_by_name |= {"default": default, "defaultRequest": request}
    amounts_by_name["maxLimitRequestRatio"] = ratio
    for name, amounts in amounts_by_name.items():
        for resource in amounts:
            place = f"{path}.{name}[{resource}]"
            check = (
                container_resource_name_failures if kind in ("Pod", "Container") else resource_name_failures
            )
            yield from check(resource, place)
    if kind == _CLAIM and "storage" not in least and "storage" not in most:
        why = "either minimum or maximum storage value is required, but neither was provided"
        yield required(f"{path}.limits", why)
    shown = {"min": least, "max": most, "default": amounts_by_name.get("default", {})}
    shown |= {"defaultRequest": amounts_by_name.get("defaultRequest", {})}
    for resource in {resource for amounts in amounts_by_name.values() for resource in amounts}:
        for place, value, (lower, upper), words in _ORDERS:
            low, high = shown[lower].get(resource), shown[upper].get(resource)
            small, large = parse(low), parse(high)
            if small is not None and large is not None and small > large:
                why = words.format(canonical(low), canonical(high))
                yield invalid(f"{path}.{place}[{resource}]", canonical(shown[value][resource]), why)
        yield from _ratio(resource, least, most, ratio, path)


def _ratio(resource: str, least: Values, most: Values, ratio: Values, path: str) -> Iterator[Failure]:
    if (share := parse(ratio.get(resource))) is None:
        return
    place, shown = f"{path}.maxLimitRequestRatio[{resource}]", canonical(ratio[resource])
    if share < 1:
        yield invalid(place, shown, f"ratio {shown} is less than 1")
    small, large = parse(least.get(resource)), parse(most.get(resource))
    if small and large is not None and share > large / small:
        yield invalid(place, shown, f"ratio {shown} is greater than max/min = {float(large / small):f}")
