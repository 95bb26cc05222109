"""Node pools of every kind, and pods that find their nodes."""

import copy
from pathlib import Path
from typing import Any

import pytest

from rehearsal.simulator_process import Simulators
from tests.support.rehearse import Rehearsal

pytestmark = pytest.mark.engine

SPOT = "kubernetes.azure.com/scalesetpriority"

POOLS: list[dict[str, Any]] = [
    {
        "name": "shop",
        "vm_size": "Standard_D4ds_v5",
        "os_sku": "Ubuntu",
        "os_disk_type": "Ephemeral",
        "os_disk_size_gb": 100,
        "max_pods": 110,
        "zones": ["1", "2"],
        "labels": {"team": "shop"},
        "taints": ["team=shop:NoSchedule"],
        "autoscale": {"min_count": 0, "max_count": 4},
        "spot": True,
    },
    {"name": "win", "vm_size": "Standard_D4s_v5", "os_sku": "Windows2025"},
]

SECRET = {"name": "color", "from": "literal", "sensitive": False, "value": "blue"}

TOLERATED = [
    {"key": "team", "value": "shop", "effect": "NoSchedule"},
    {"key": SPOT, "value": "spot", "effect": "NoSchedule"},
]


def _workload(name: str, technique: str, **keys: Any) -> dict[str, Any]:
    return {
        "name": name,
        "namespace": "shop",
        "technique": technique,
        "image": "registry.example/shop:1",
        "secrets": [SECRET],
        **keys,
    }


def _owned(name: str, spec: dict[str, Any]) -> dict[str, Any]:
    return _workload(name, "kubernetes-secret", overrides={"spec": {"template": {"spec": spec}}})


CONFIG: dict[str, Any] = {
    "azure-native:location": "westeurope",
    "aks-secrets:cluster": {
        "system_pool": {"vm_size": "Standard_D4s_v5"},
        "user_pools": POOLS,
        "network": {"dataplane": "azure", "policy": "calico"},
    },
    "aks-secrets:operators": {"csi_driver": {}, "external_secrets": {}, "reloader": {}},
    "aks-secrets:namespaces": [{"name": "shop", "enforce": "restricted"}],
    "aks-secrets:workloads": [
        _workload("win-sdk", "sdk", os="windows"),
        _workload("win-csi", "csi", os="windows", reload=True),
        _workload("win-eso", "eso", os="windows"),
        _workload("win-plain", "kubernetes-secret", os="windows"),
        _owned("picky", {"nodeSelector": {"team": "shop"}, "tolerations": TOLERATED}),
    ],
}


@pytest.fixture
def stack(tmp_path: Path, simulators: Simulators) -> Rehearsal:
    """A stack with a spot pool and a Windows pool."""
    return Rehearsal(tmp_path, copy.deepcopy(CONFIG), simulators)


def test_everything_at_once_comes_up_stays_and_goes(stack: Rehearsal) -> None:
    made = stack.up()
    pools = {resource["agentPoolName"]: resource for resource in made.inputs("AgentPool")}
    assert (pools["win"]["osType"], pools["win"]["enableFIPS"]) == ("Windows", True)
    assert (pools["shop"]["osDiskType"], pools["shop"]["maxPods"], pools["shop"]["scaleSetPriority"]) == (
        "Ephemeral",
        110,
        "Spot",
    )
    assert stack.up().summary == {}
    assert stack.run("refresh").summary == {}
    assert stack.run("destroy").summary == {"delete": made.summary["create"]}


def test_a_first_windows_pool_replaces_nothing(stack: Rehearsal) -> None:
    cluster, workloads = stack.config["aks-secrets:cluster"], stack.config["aks-secrets:workloads"]
    cluster["user_pools"], stack.config["aks-secrets:workloads"] = POOLS[:1], workloads[-1:]
    del stack.config["aks-secrets:operators"]["reloader"]
    stack.up()
    cluster["user_pools"] = POOLS
    assert stack.up().summary == {"create": 1, "update": 1}, "the pool, and the operator that keeps off it"


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        ({"nodeSelector": {"team": "shop"}}, "untolerated taint {team: shop}"),
        ({"nodeSelector": {"team": "books"}}, "didn't match Pod's node affinity/selector"),
    ],
)
def test_a_pod_that_fits_no_node_fails_with_the_reason(
    stack: Rehearsal, spec: dict[str, Any], problem: str
) -> None:
    del stack.config["aks-secrets:operators"]
    stack.config["aks-secrets:workloads"] = [_owned("picky", spec)]
    run = stack.command("up")
    assert run.status != 0
    assert problem in " ".join(run.output.split())
