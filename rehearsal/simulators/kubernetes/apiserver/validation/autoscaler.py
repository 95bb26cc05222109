"""Validation of a HorizontalPodAutoscaler: pure, in the API server's words. kubernetes/kubernetes,
pkg/apis/autoscaling/validation/validation.go: validateHorizontalPodAutoscalerSpec, validateMetricSpec,
validateResourceSource, validateContainerResourceSource, validateMetricTarget. Sources of other types are not
validated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import (
    forbidden,
    invalid,
    is_hashed,
    mapping,
    mappings,
    required,
    unsupported,
)
from rehearsal.simulators.shape import Failure

_SOURCES: Final = ("ContainerResource", "External", "Object", "Pods", "Resource")
_POSITIVE: Final = "must be greater than 0"


def autoscaler_failures(manifest: Mapping[str, Any], _: int) -> Iterator[Failure]:
    spec = mapping(manifest.get("spec"))
    least, most, target = (
        spec.get("minReplicas"),
        spec.get("maxReplicas"),
        mapping(spec.get("scaleTargetRef")),
    )
    if isinstance(least, int) and least < 1:
        yield invalid("spec.minReplicas", least, _POSITIVE)
    if isinstance(most, int) and most < 1:
        yield invalid("spec.maxReplicas", most, _POSITIVE)
    if isinstance(most, int) and isinstance(least, int) and most < least:
        yield invalid("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`")
    yield from (
        required(f"spec.scaleTargetRef.{name}") for name in ("kind", "name") if target.get(name) == ""
    )
    for index, metric in enumerate(mappings(spec.get("metrics"))):
        yield from _metric(metric, f"spec.metrics[{index}]")


def _metric(metric: Mapping[str, Any], path: str) -> Iterator[Failure]:
    kind = str(metric.get("type", ""))
    if is_hashed(kind):
        return
    if kind not in _SOURCES:
        yield unsupported(f"{path}.type", kind, _SOURCES)
        return
    source = kind[0].lower() + kind[1:]
    if source not in metric:
        yield required(f"{path}.{source}", "must populate information for the given metric source")
    for other in sorted(name for name in metric if name not in ("type", source)):
        yield forbidden(f"{path}.{other}", "must populate the given metric source only")
    if source in metric and kind in ("Resource", "ContainerResource"):
        yield from _resource(
            mapping(metric.get(source)), f"{path}.{source}", of_container=kind == "ContainerResource"
        )


def _resource(source: Mapping[str, Any], path: str, *, of_container: bool) -> Iterator[Failure]:
    if source.get("name") == "":
        yield required(f"{path}.name", "must specify a resource name")
    if of_container and source.get("container") == "":
        yield required(f"{path}.container", "must specify a container")
    target = mapping(source.get("target"))
    kind, share, amount = target.get("type"), target.get("averageUtilization"), target.get("averageValue")
    if kind not in ("Utilization", "Value", "AverageValue") and not is_hashed(kind):
        yield invalid(f"{path}.target.type", kind, "must be either Utilization, Value, or AverageValue")
    if isinstance(share, int) and share < 1:
        yield invalid(f"{path}.target.averageUtilization", share, _POSITIVE)
    if share is None and amount is None:
        yield required(
            f"{path}.target.averageUtilization", "must set either a target raw value or a target utilization"
        )
    if share is not None and amount is not None:
        yield forbidden(
            f"{path}.target.averageValue", "may not set both a target raw value and a target utilization"
        )
