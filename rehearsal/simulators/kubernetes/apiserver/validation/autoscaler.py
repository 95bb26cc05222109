"""HorizontalPodAutoscalers of autoscaling/v2 and v1: validateHorizontalPodAutoscalerSpec and what it calls in
kubernetes/kubernetes 1.36.3, pkg/apis/autoscaling/validation/validation.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import (
    NOT_NEGATIVE,
    forbidden,
    invalid,
    is_hashed,
    mapping,
    mappings,
    number,
    required,
    text,
    unsupported,
    wrong,
)
from rehearsal.simulators.kubernetes.apiserver.validation import content
from rehearsal.simulators.kubernetes.apiserver.validation.pods.resources import (
    container_resource_name_failures,
)
from rehearsal.simulators.kubernetes.apiserver.validation.quantity import canonical, parse
from rehearsal.simulators.shape import Failure

STRICT_REFERENCES: Final = 36
"""First minor version that checks `apiVersion` of the target and the names of metrics."""
_TYPES: Final = ("ContainerResource", "External", "Object", "Pods", "Resource")
_ORDER: Final = ("object", "external", "pods", "resource", "containerResource")
_POSITIVE: Final = "must be greater than or equal to 1"
_LONGEST_WINDOW: Final = 3600
_LONGEST_PERIOD: Final = 1800
_RAW: Final = "a target raw value or a target utilization"

Values = Mapping[str, Any]


def autoscaler_failures(manifest: Values, minor: int) -> Iterator[Failure]:
    spec = mapping(manifest.get("spec"))
    least, most = number(spec, "minReplicas"), number(spec, "maxReplicas") or 0
    if least is not None and least < 1:
        yield invalid("spec.minReplicas", least, _POSITIVE)
    if most == 0:
        yield required("spec.maxReplicas", "must be set and greater than 0")
    elif most < 0:
        yield invalid("spec.maxReplicas", most, _POSITIVE)
    if least is not None and most < least:
        yield invalid("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`")
    yield from _reference(mapping(spec.get("scaleTargetRef")), "spec.scaleTargetRef", minor, grouped=True)
    metrics = mappings(spec.get("metrics"))
    for index, metric in enumerate(metrics):
        yield from _metric(metric, f"spec.metrics[{index}]", minor)
    if least == 0 and not any(metric.get("type") in ("Object", "External") for metric in metrics):
        why = "must specify at least one Object or External metric to support scaling to zero replicas"
        yield forbidden("spec.metrics", why)
    behavior = mapping(spec.get("behavior"))
    for name in ("scaleUp", "scaleDown"):
        if name in behavior:
            yield from _rules(mapping(behavior[name]), f"spec.behavior.{name}")


def _reference(reference: Values, path: str, minor: int, *, grouped: bool = False) -> Iterator[Failure]:
    """ValidateCrossVersionObjectReference."""
    for name in ("kind", "name"):
        if not (value := text(reference, name)):
            yield required(f"{path}.{name}")
        else:
            yield from wrong(f"{path}.{name}", value, content.path_segment(value))
    version = text(reference, "apiVersion")
    if minor < STRICT_REFERENCES or is_hashed(version):
        return
    if version.count("/") > 1:
        yield invalid(f"{path}.apiVersion", version, f"unexpected GroupVersion string: {version}")
    elif grouped and not version.rpartition("/")[0]:
        yield invalid(f"{path}.apiVersion", version, "apiVersion must specify API group")


def _metric(metric: Values, path: str, minor: int) -> Iterator[Failure]:
    """validateMetricSpec."""
    kind = text(metric, "type")
    if not kind:
        yield required(f"{path}.type", "must specify a metric source type")
    if kind not in _TYPES:
        yield unsupported(f"{path}.type", kind, _TYPES)
    sources = [name for name in _ORDER if name in metric]
    for name in sources[:1]:
        yield from _source(mapping(metric[name]), f"{path}.{name}", name, minor)
    expected = kind[:1].lower() + kind[1:]
    if kind in _TYPES and expected not in metric:
        yield required(f"{path}.{expected}", "must populate information for the given metric source")
    if len(sources) != 1:
        why = "must populate the given metric source only"
        yield from (forbidden(f"{path}.{name}", why) for name in sources if name != expected)


def _source(source: Values, path: str, kind: str, minor: int) -> Iterator[Failure]:
    target, place = mapping(source.get("target")), f"{path}.target"
    share, value, average = (target.get(name) for name in ("averageUtilization", "value", "averageValue"))
    if kind == "object":
        yield from _reference(mapping(source.get("describedObject")), f"{path}.describedObject", minor)
    if kind in ("resource", "containerResource"):
        name = text(source, "name")
        if not name:
            yield required(f"{path}.name", "must specify a resource name")
        elif kind == "containerResource":
            yield from container_resource_name_failures(name, f"{path}.name")
    else:
        metric = text(mapping(source.get("metric")), "name")
        if not metric:
            yield required(f"{path}.metric.name", "must specify a metric name")
        else:
            yield from wrong(f"{path}.metric.name", metric, content.path_segment(metric))
    if kind == "containerResource":
        if not (container := text(source, "container")):
            yield required(f"{path}.container", "must specify a container")
        else:
            yield from wrong(f"{path}.container", container, content.label(container))
    yield from _target(target, place)
    if kind in ("resource", "containerResource"):
        if share is None and average is None:
            yield required(f"{place}.averageUtilization", f"must set either {_RAW}")
        if share is not None and average is not None:
            yield forbidden(f"{place}.averageValue", f"may not set both {_RAW}")
    elif kind == "pods":
        if average is None:
            yield required(f"{place}.averageValue", "must specify a positive target averageValue")
    elif value is None and average is None:
        whose = "value or averageValue" if kind == "object" else "value for metric or a per-pod target"
        yield required(f"{place}.averageValue", f"must set either a target {whose}")
    elif kind == "external" and value is not None and average is not None:
        why = "may not set both a target value for metric and a per-pod target"
        yield forbidden(f"{place}.value", why)


def _target(target: Values, path: str) -> Iterator[Failure]:
    """validateMetricTarget."""
    kind, share = text(target, "type"), number(target, "averageUtilization")
    if not kind:
        yield required(f"{path}.type", "must specify a metric target type")
    if kind not in ("Utilization", "Value", "AverageValue"):
        yield invalid(f"{path}.type", kind, "must be either Utilization, Value, or AverageValue")
    for name in ("value", "averageValue"):
        if (amount := parse(target.get(name))) is not None and amount <= 0:
            yield invalid(f"{path}.{name}", canonical(target[name]), "must be positive")
    if share is not None and share < 1:
        yield invalid(f"{path}.averageUtilization", share, "must be greater than 0")


def _rules(rules: Values, path: str) -> Iterator[Failure]:
    """validateScalingRules."""
    window, policy = number(rules, "stabilizationWindowSeconds"), rules.get("selectPolicy")
    if window is not None and window < 0:
        yield invalid(f"{path}.stabilizationWindowSeconds", window, "must be greater than or equal to zero")
    if window is not None and window > _LONGEST_WINDOW:
        why = f"must be less than or equal to {_LONGEST_WINDOW}"
        yield invalid(f"{path}.stabilizationWindowSeconds", window, why)
    if policy is not None and policy not in ("Disabled", "Max", "Min"):
        yield unsupported(f"{path}.selectPolicy", policy, ("Disabled", "Max", "Min"))
    policies = mappings(rules.get("policies"))
    if not policies:
        yield required(f"{path}.policies", "must specify at least one Policy")
    for index, item in enumerate(policies):
        yield from _policy(item, f"{path}.policies[{index}]")
    if (tolerance := parse(rules.get("tolerance"))) is not None and tolerance < 0:
        yield invalid(f"{path}.tolerance", canonical(rules["tolerance"]), NOT_NEGATIVE)


def _policy(policy: Values, path: str) -> Iterator[Failure]:
    if (kind := text(policy, "type")) not in ("Percent", "Pods"):
        yield unsupported(f"{path}.type", kind, ("Percent", "Pods"))
    for name in ("value", "periodSeconds"):
        if (amount := number(policy, name) or 0) <= 0:
            yield invalid(f"{path}.{name}", amount, "must be greater than zero")
    if (period := number(policy, "periodSeconds") or 0) > _LONGEST_PERIOD:
        yield invalid(f"{path}.periodSeconds", period, f"must be less than or equal to {_LONGEST_PERIOD}")
