"""Validation of update strategies: pure, in the API server's words.

kubernetes/kubernetes, pkg/apis/apps/validation/validation.go: ValidateDeploymentStrategy,
ValidateDaemonSetUpdateStrategy, ValidateStatefulSetSpec, ValidatePositiveIntOrPercent. Defaults:
pkg/apis/apps/v1/defaults.go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

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
)
from rehearsal.simulators.shape import Failure

_PERCENT: Final = (
    "a valid percent string must be a numeric string followed by an ending '%' "
    "(e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"
)
_DEADLINE: Final = 600


def deployment_strategy(spec: Mapping[str, Any]) -> Iterator[Failure]:
    strategy = mapping(spec.get("strategy"))
    kind, path = strategy.get("type", "RollingUpdate"), "spec.strategy"
    if kind == "Recreate":
        if "rollingUpdate" in strategy:
            yield forbidden(
                f"{path}.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'"
            )
    elif kind == "RollingUpdate":
        rolling = {"maxUnavailable": "25%", "maxSurge": "25%", **mapping(strategy.get("rollingUpdate"))}
        yield from int_or_percent(rolling, "maxUnavailable", f"{path}.rollingUpdate", most=True)
        yield from int_or_percent(rolling, "maxSurge", f"{path}.rollingUpdate")
        if _amount(rolling["maxUnavailable"]) == 0 == _amount(rolling["maxSurge"]):
            yield invalid(
                f"{path}.rollingUpdate.maxUnavailable",
                rolling["maxUnavailable"],
                "may not be 0 when `maxSurge` is 0",
            )
    elif not is_hashed(kind):
        yield unsupported(path, _as_go(strategy), ("Recreate", "RollingUpdate"))
    deadline, ready = spec.get("progressDeadlineSeconds", _DEADLINE), spec.get("minReadySeconds", 0)
    if isinstance(deadline, int) and isinstance(ready, int) and deadline <= ready:
        yield invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds")


def daemon_set_strategy(spec: Mapping[str, Any]) -> Iterator[Failure]:
    strategy = mapping(spec.get("updateStrategy"))
    kind, path = strategy.get("type", "RollingUpdate"), "spec.updateStrategy.rollingUpdate"
    if kind == "RollingUpdate":
        rolling = {"maxUnavailable": 1, "maxSurge": 0, **mapping(strategy.get("rollingUpdate"))}
        for name in ("maxUnavailable", "maxSurge"):
            yield from int_or_percent(rolling, name, path, most=True)
        unavailable, surge = _amount(rolling["maxUnavailable"]), _amount(rolling["maxSurge"])
        if unavailable and surge:
            yield invalid(
                f"{path}.maxSurge", rolling["maxSurge"], "may not be set when maxUnavailable is non-zero"
            )
        if unavailable == 0 == surge:
            yield required(f"{path}.maxUnavailable", "cannot be 0 when maxSurge is 0")
    elif kind != "OnDelete" and not is_hashed(kind):
        yield unsupported("spec.updateStrategy", _as_go(strategy), ("RollingUpdate", "OnDelete"))


def stateful_set_strategy(spec: Mapping[str, Any]) -> Iterator[Failure]:
    strategy = mapping(spec.get("updateStrategy"))
    kind, path = strategy.get("type", "RollingUpdate"), "spec.updateStrategy"
    if kind == "OnDelete":
        if "rollingUpdate" in strategy:
            yield invalid(
                f"{path}.rollingUpdate",
                strategy["rollingUpdate"],
                "only allowed for updateStrategy 'RollingUpdate'",
            )
    elif kind == "RollingUpdate":
        rolling = mapping(strategy.get("rollingUpdate"))
        yield from not_negative(rolling, f"{path}.rollingUpdate", "partition")
        yield from int_or_percent(rolling, "maxUnavailable", f"{path}.rollingUpdate", most=True)
        if _amount(rolling.get("maxUnavailable")) == 0:
            yield invalid(f"{path}.rollingUpdate.maxUnavailable", rolling["maxUnavailable"], "cannot be 0")
    elif not is_hashed(kind):
        yield invalid(path, _as_go(strategy), "must be 'RollingUpdate' or 'OnDelete'")


def int_or_percent(
    values: Mapping[str, Any], name: str, path: str, *, most: bool = False
) -> Iterator[Failure]:
    """Problems of a count or percentage. `most`: a percentage may not exceed 100 %."""
    value = values.get(name)
    if isinstance(value, str) and not is_hashed(value):
        if not re.fullmatch("[0-9]+%", value):
            yield invalid(f"{path}.{name}", value, _PERCENT)
        elif most and int(value[:-1]) > 100:
            yield invalid(f"{path}.{name}", value, "must not be greater than 100%")
    elif isinstance(value, int) and value < 0:
        yield invalid(f"{path}.{name}", value, NOT_NEGATIVE)


def _amount(value: Any) -> int | None:
    """Number of a count or percentage; None for any other value."""
    if isinstance(value, str) and re.fullmatch("[0-9]+%", value):
        return int(value[:-1])
    return value if isinstance(value, int) else None


def _as_go(strategy: Mapping[str, Any]) -> Struct:
    """The strategy as the API server prints it: its internal types have their fields' Go names in JSON."""
    return Struct(Type=strategy.get("type", ""), RollingUpdate=strategy.get("rollingUpdate"))
