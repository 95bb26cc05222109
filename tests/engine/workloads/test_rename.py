"""A workload of a live stack gets another name, and its pods keep their ServiceAccount."""

from pathlib import Path
from typing import Any

import pytest

from rehearsal.simulator_process import Simulators
from tests.support.rehearse import Rehearsal

pytestmark = pytest.mark.engine


def _workload(name: str, account: str) -> dict[str, Any]:
    return {
        "name": name,
        "namespace": "shop",
        "technique": "sdk",
        "image": "registry.example/shop:1",
        "run_as_user": 1654,
        "service_account": account,
        "secrets": [{"name": "shop-key", "from": "random"}],
    }


def test_a_rename_is_refused_before_the_first_resource_and_its_two_steps_work(
    tmp_path: Path, simulators: Simulators
) -> None:
    stack = Rehearsal.small(tmp_path, simulators, _workload("orders", "app"))
    stack.up()
    before = stack.world
    stack.config["aks-secrets:workloads"] = [_workload("shop", "app")]
    refused = stack.refused()
    assert "workloads[0].service_account: 'app' is the ServiceAccount of workload 'orders'" in refused.output
    assert "already exists" not in refused.output
    assert stack.world == before

    stack.config["aks-secrets:workloads"] = [_workload("shop", "shop")]
    stack.up()
    stack.config["aks-secrets:workloads"] = [_workload("shop", "app")]
    stack.up()
    assert stack.up().summary == {}
