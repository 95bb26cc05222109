"""Groups of workloads that move together, and the number of stacks."""

from typing import Any

import pytest

from operations.sharding.groups import shards
from stacks.settings import Settings


def _settings(*workloads: dict[str, Any]) -> Settings:
    return Settings.model_validate(
        {
            "project": "aks-secrets",
            "stack": "dev",
            "location": "westeurope",
            "workloads": [{"technique": "sdk", "secrets": [], "kind": "none", **each} for each in workloads],
        },
        strict=False,
    )


def _names(settings: Settings, count: int) -> list[list[str]]:
    return [[workload.name for workload in shard.workloads] for shard in shards(settings, count)]


def test_workloads_of_one_namespace_or_one_identity_stay_together() -> None:
    settings = _settings(
        {"name": "a", "namespace": "one"},
        {"name": "b", "namespace": "two", "identity": "shared"},
        {"name": "c", "namespace": "one"},
        {"name": "d", "namespace": "three", "identity": "shared"},
    )
    assert _names(settings, 2) == [["a", "c"], ["b", "d"]]


def test_a_workload_that_comes_after_another_stays_with_it() -> None:
    settings = _settings(
        {"name": "a", "namespace": "one", "after": ["c"]},
        {"name": "b", "namespace": "two"},
        {"name": "c", "namespace": "three"},
    )
    assert _names(settings, 2) == [["a", "c"], ["b"]]


@pytest.mark.parametrize(("count", "sizes"), [(1, [6]), (2, [3, 3]), (4, [1, 1, 2, 2]), (9, [1] * 6)])
def test_stacks_are_of_nearly_the_same_size_and_none_is_empty(count: int, sizes: list[int]) -> None:
    settings = _settings(*({"name": f"w{number}", "namespace": f"n{number}"} for number in range(6)))
    stacks = _names(settings, count)
    assert sorted(map(len, stacks)) == sizes
    assert sorted(name for names in stacks for name in names) == [f"w{number}" for number in range(6)]
