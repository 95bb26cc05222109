"""Update strategies of the owners of pods."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.manifests import owner, problems

PERCENT = (
    "a valid percent string must be a numeric string followed by an ending '%' "
    "(e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"
)
ROLLING = "rollingUpdate"


def rolling(kind: str, **amounts: Any) -> dict[str, Any]:
    name = "strategy" if kind == "Deployment" else "updateStrategy"
    spec: dict[str, Any] = {name: {"type": "RollingUpdate", ROLLING: amounts}}
    return owner(kind, **spec)


@pytest.mark.parametrize(
    ("kind", "amounts", "problem"),
    [
        (
            "Deployment",
            {"maxSurge": 0, "maxUnavailable": 0},
            "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0",
        ),
        (
            "Deployment",
            {"maxSurge": "a lot"},
            f'spec.strategy.rollingUpdate.maxSurge: Invalid value: "a lot": {PERCENT}',
        ),
        (
            "Deployment",
            {"maxUnavailable": "101%"},
            'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "101%": must not be greater '
            "than 100%",
        ),
        (
            "Deployment",
            {"maxSurge": -1},
            "spec.strategy.rollingUpdate.maxSurge: Invalid value: -1: must be greater than or equal to 0",
        ),
        (
            "DaemonSet",
            {"maxSurge": 1},
            "spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when "
            "maxUnavailable is non-zero",
        ),
        (
            "DaemonSet",
            {"maxUnavailable": 0},
            "spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when "
            "maxSurge is 0",
        ),
        (
            "DaemonSet",
            {"maxUnavailable": "110%"},
            'spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: "110%": must not be greater '
            "than 100%",
        ),
        (
            "StatefulSet",
            {"partition": -1},
            "spec.updateStrategy.rollingUpdate.partition: Invalid value: -1: must be greater than or "
            "equal to 0",
        ),
    ],
)
def test_what_a_rollout_may_not_be(kind: str, amounts: dict[str, Any], problem: str) -> None:
    assert problems(rolling(kind, **amounts)) == [problem]


@pytest.mark.parametrize(
    ("kind", "amounts"),
    [
        *(
            ("Deployment", {"maxSurge": 0}),
            ("Deployment", {"maxSurge": "150%", "maxUnavailable": 0}),
            ("DaemonSet", {"maxUnavailable": "10%"}),
        ),
        *(
            ("DaemonSet", {"maxSurge": 1, "maxUnavailable": 0}),
            # The API server drops the field, whose gate is off.
            *(("StatefulSet", {"partition": 2, "maxUnavailable": most}) for most in (1, 0, -1, "x")),
        ),
    ],
)
def test_rollouts_that_are_fine(kind: str, amounts: dict[str, Any]) -> None:
    assert problems(rolling(kind, **amounts)) == []
