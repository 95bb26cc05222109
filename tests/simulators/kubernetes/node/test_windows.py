"""Windows nodes and their pods, and the nodes that take a pod: one test a rule."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.azure.arm import ArmError
from rehearsal.simulators.kubernetes.apiserver.validation.pods.windows import os_failures
from tests.support.acting import POOL, Azure, Resource, cluster

NETWORK = {"networkPlugin": "azure", "networkDataplane": "azure", "networkPolicy": "none"}


def add(azure: Azure, name: str = "win", **more: Any) -> Resource:
    names = {
        "resourceGroupName": "rg",
        "resourceName": "aks-one",
        "agentPoolName": name,
        "mode": "User",
        "count": 1,
    }
    messages = {"vmSize": "Standard_D4s_v5", "osType": "Windows", "osSKU": "Windows2022"}
    return azure.create("containerservice:AgentPool", {**names, **messages, **more})


def make(azure: Azure, **network: Any) -> Resource:
    return azure.create("containerservice:ManagedCluster", cluster(networkProfile={**NETWORK, **network}))


def test_every_cluster_with_azure_cni_has_an_administrator_of_windows_nodes(azure: Azure) -> None:
    profile = make(azure).outputs["windowsProfile"]
    assert profile == {"adminUsername": "azureuser", "enableCSIProxy": True}, (
        "and nobody is told the password"
    )


def test_a_cluster_tells_of_all_its_pools(azure: Azure) -> None:
    make(azure)
    add(azure)
    cluster = azure.invoke(
        "containerservice:getManagedCluster", resourceGroupName="rg", resourceName="aks-one"
    )
    assert [(pool["name"], pool.get("osType")) for pool in cluster["agentPoolProfiles"]] == [
        ("system", None),
        ("win", "Windows"),
    ]


def test_a_system_pool_runs_linux(azure: Azure) -> None:
    with pytest.raises(ArmError, match="must have osType Linux"):
        azure.cluster(agentPoolProfiles=[{**POOL, "osType": "Windows"}])
    make(azure)
    with pytest.raises(ArmError, match="must have osType Linux"):
        add(azure, mode="System")


@pytest.mark.parametrize(
    ("network", "problem"),
    [
        ({"networkPlugin": "kubenet"}, "AzureCNIOnlyForWindows"),
        ({"networkDataplane": "cilium"}, "not supported with network dataplane cilium"),
        ({"networkPolicy": "azure"}, "Azure Network Policy Manager is not supported on Windows"),
    ],
)
def test_windows_nodes_have_their_network(azure: Azure, network: dict[str, str], problem: str) -> None:
    make(azure, **network)
    with pytest.raises(ArmError, match=problem):
        add(azure)


def test_windows_nodes_need_an_administrator(azure: Azure) -> None:
    made = make(azure)
    cluster = azure.world.get(made.id)
    assert cluster is not None
    del cluster.properties["windowsProfile"]
    with pytest.raises(ArmError, match="WindowsProfileMissing"):
        add(azure)


@pytest.mark.parametrize(
    ("pool", "problem"),
    [
        ({"osType": "Linux"}, "'Windows2022' does not go with osType Linux"),
        ({"osSKU": "Ubuntu"}, "'Ubuntu' does not go with osType Windows"),
        ({"osSKU": "Windows2025"}, "requires enableFIPS"),
        ({"orchestratorVersion": "1.37"}, r"'Windows2022' is not supported in Kubernetes 1\.37"),
        ({"agentPoolName": "windows"}, "at most 6 characters"),
    ],
)
def test_a_pool_is_what_it_says(azure: Azure, pool: dict[str, str], problem: str) -> None:
    make(azure)
    with pytest.raises(ArmError, match=problem):
        add(azure, **pool)


def test_a_pool_stays_what_it_runs(azure: Azure) -> None:
    make(azure)
    made = add(azure)
    with pytest.raises(ArmError, match=r"properties\.osType"):
        azure.update(
            "containerservice:AgentPool", made, {**made.inputs, "osType": "Linux", "osSKU": "Ubuntu"}
        )


@pytest.mark.parametrize("size", ["Standard_D4s_v5", "Standard_E8as_v6"])
def test_an_ephemeral_disk_needs_a_disk_on_the_host(azure: Azure, size: str) -> None:
    with pytest.raises(
        ArmError,
        match=rf"VMCacheSizeTooSmall.*{size} has a cache size of 0 bytes, but the OS disk requires "
        r"137438953472 bytes",
    ):
        azure.cluster(agentPoolProfiles=[{**POOL, "vmSize": size, "osDiskType": "Ephemeral"}])


@pytest.mark.parametrize(
    "size", ["Standard_D4ds_v5", "Standard_DS3_v2", "Standard_D8s_v3", "Standard_L8s_v3"]
)
def test_sizes_with_a_disk_or_a_cache_are_left_to_azure(azure: Azure, size: str) -> None:
    assert azure.cluster(agentPoolProfiles=[{**POOL, "vmSize": size, "osDiskType": "Ephemeral"}])


def problems(spec: dict[str, Any]) -> list[str]:
    return [failure.reason for failure in os_failures(spec, "spec")]


def test_a_pod_of_windows_has_nothing_of_linux() -> None:
    context = {"capabilities": {"drop": ["ALL"]}, "readOnlyRootFilesystem": True, "runAsNonRoot": True}
    messages = problems(
        {
            "os": {"name": "windows"},
            "securityContext": {"runAsUser": 1},
            "hostPID": True,
            "containers": [{"securityContext": context}],
        }
    )
    forbidden = ["securityContext.runAsUser", "containers[0].securityContext.capabilities"]
    forbidden += ["containers[0].securityContext.readOnlyRootFilesystem", "hostPID"]
    assert sorted(messages) == sorted(
        f"spec.{name}: Forbidden: cannot be set for a windows pod" for name in forbidden
    )


def test_a_pod_of_linux_has_nothing_of_windows_and_one_that_says_nothing_may_have_both() -> None:
    context = {
        "windowsOptions": {"runAsUserName": "ContainerUser"},
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert problems({"os": {"name": "linux"}, "securityContext": context}) == [
        "spec.securityContext.windowsOptions: Forbidden: windows options cannot be set for a linux pod"
    ]
    assert problems({"securityContext": context}) == []
