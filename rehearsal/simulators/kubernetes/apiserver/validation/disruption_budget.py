"""PodDisruptionBudgets: ValidatePodDisruptionBudgetSpec in kubernetes/kubernetes 1.36.3,
pkg/apis/policy/validation/validation.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.simulators.kubernetes.api.fields import invalid, mapping, one_of
from rehearsal.simulators.kubernetes.apiserver.validation.owners.strategies import at_most_all, int_or_percent
from rehearsal.simulators.kubernetes.apiserver.validation.selectors import selector_failures
from rehearsal.simulators.shape import Failure


def budget_failures(manifest: Mapping[str, Any], _: int) -> Iterator[Failure]:
    spec = mapping(manifest.get("spec"))
    if spec.get("minAvailable") is not None and spec.get("maxUnavailable") is not None:
        # The API server prints the whole spec as Go sees it, the simulator as JSON.
        yield invalid("spec", spec, "minAvailable and maxUnavailable cannot be both set")
    for name in ("minAvailable", "maxUnavailable"):
        yield from int_or_percent(spec.get(name), f"spec.{name}")
        yield from at_most_all(spec.get(name), f"spec.{name}")
    yield from selector_failures(spec.get("selector"), "spec.selector")
    yield from one_of(spec, "unhealthyPodEvictionPolicy", "spec", ("AlwaysAllow", "IfHealthyBudget"))
