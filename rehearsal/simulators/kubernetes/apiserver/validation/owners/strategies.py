"""Update strategies, counts and percentages: pure, in the API server's words.

kubernetes/kubernetes 1.36.3, pkg/apis/apps/validation/validation.go: ValidateDeploymentStrategy,
ValidateDaemonSetUpdateStrategy, ValidateStatefulSetSpec, ValidatePositiveIntOrPercent. Values have their
defaults.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.simulators.kubernetes.api.fields import (
    NOT_NEGATIVE,
    Struct,
    forbidden,
    invalid,
    is_hashed,
    mapping,
    not_negative,
    required,
    unsupported,
    wrong,
)
from rehearsal.simulators.kubernetes.apiserver.validation import content
from rehearsal.simulators.shape import Failure


def deployment_strategy(spec: Mapping[str, Any], path: str) -> Iterator[Failure]:
    strategy = mapping(spec.get("strategy"))
    kind, rolling, place = strategy.get("type"), strategy.get("rollingUpdate"), f"{path}.strategy"
    if kind == "Recreate":
        if rolling is not None:
            why = "may not be specified when strategy `type` is 'Recreate'"
            yield forbidden(f"{place}.rollingUpdate", why)
    elif kind == "RollingUpdate":
        values, place = mapping(rolling), f"{place}.rollingUpdate"
        for name in ("maxUnavailable", "maxSurge"):
            yield from int_or_percent(values.get(name), f"{place}.{name}")
        if _amount(values.get("maxUnavailable")) == 0 == _amount(values.get("maxSurge")):
            why = "may not be 0 when `maxSurge` is 0"
            yield invalid(f"{place}.maxUnavailable", values.get("maxUnavailable"), why)
        yield from at_most_all(values.get("maxUnavailable"), f"{place}.maxUnavailable")
    elif not is_hashed(kind):
        yield unsupported(place, _as_go(strategy), ("Recreate", "RollingUpdate"))


def daemon_set_strategy(spec: Mapping[str, Any], path: str) -> Iterator[Failure]:
    strategy = mapping(spec.get("updateStrategy"))
    kind, place = strategy.get("type"), f"{path}.updateStrategy"
    if kind == "RollingUpdate":
        rolling, place = mapping(strategy.get("rollingUpdate")), f"{place}.rollingUpdate"
        for check in (int_or_percent, at_most_all):
            for name in ("maxUnavailable", "maxSurge"):
                yield from check(rolling.get(name), f"{place}.{name}")
        unavailable, surge = _amount(rolling.get("maxUnavailable")), _amount(rolling.get("maxSurge"))
        if unavailable and surge:
            why = "may not be set when maxUnavailable is non-zero"
            yield invalid(f"{place}.maxSurge", rolling.get("maxSurge"), why)
        if unavailable == 0 == surge:
            yield required(f"{place}.maxUnavailable", "cannot be 0 when maxSurge is 0")
    elif kind != "OnDelete" and not is_hashed(kind):
        yield unsupported(place, _as_go(strategy), ("RollingUpdate", "OnDelete"))


def stateful_set_strategy(spec: Mapping[str, Any], path: str) -> Iterator[Failure]:
    strategy = mapping(spec.get("updateStrategy"))
    kind, rolling, place = strategy.get("type"), strategy.get("rollingUpdate"), f"{path}.updateStrategy"
    if kind == "OnDelete":
        if rolling is not None:
            why = "only allowed for updateStrategy 'RollingUpdate'"
            shown = Struct(Partition=mapping(rolling).get("partition", 0), MaxUnavailable=None)
            yield invalid(f"{place}.rollingUpdate", shown, why)
    elif kind == "RollingUpdate":
        yield from not_negative(mapping(rolling), f"{place}.rollingUpdate", "partition")
    elif not is_hashed(kind):
        yield invalid(place, _as_go(strategy), "must be 'RollingUpdate' or 'OnDelete'")


def int_or_percent(value: Any, path: str) -> Iterator[Failure]:
    """ValidatePositiveIntOrPercent."""
    if isinstance(value, str):
        yield from wrong(path, value, content.percent(value))
    elif isinstance(value, int) and value < 0:
        yield invalid(path, value, NOT_NEGATIVE)


def at_most_all(value: Any, path: str) -> Iterator[Failure]:
    """IsNotMoreThan100Percent."""
    if isinstance(value, str) and re.fullmatch("[0-9]+%", value, re.ASCII) and int(value[:-1]) > 100:
        yield invalid(path, value, "must not be greater than 100%")


def _amount(value: Any) -> int | None:
    """getIntOrPercentValue: the number of a count, of a percentage, or of a text that holds one."""
    if isinstance(value, str):
        digits = re.fullmatch(r"([+-]?[0-9]+)%?", value, re.ASCII)
        return None if is_hashed(value) else int(digits[1]) if digits else 0
    return value if isinstance(value, int) else None


def _as_go(strategy: Mapping[str, Any]) -> Struct:
    """The strategy as the API server prints it: its internal types have their fields' Go names in JSON."""
    return Struct(Type=strategy.get("type", ""), RollingUpdate=strategy.get("rollingUpdate"))
