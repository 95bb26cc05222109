"""Node pools, inline and as AgentPools."""

from aks_secrets_testing.builds import build
from components.cluster.node_pools import NodeAutoscaling, NodePool, OsDiskType
from tests.support import samples


def test_the_autoscaler_owns_the_count_of_both_kinds_of_pool() -> None:
    scale = NodeAutoscaling(min_count=1, max_count=5)
    system = NodePool(name="system", vm_size="Standard_D4s_v5", autoscale=scale)
    built = build(
        lambda: samples.cluster(
            system_pool=system, user_pools=[NodePool(name="apps", vm_size="Standard_D4s_v5", autoscale=scale)]
        )
    )
    assert built.single("ManagedCluster").ignore_changes == ("agentPoolProfiles[0].count",)
    assert built.single("AgentPool").ignore_changes == ("count",)
    assert built.single("AgentPool").inputs["minCount"] == 1
    assert built.single("AgentPool").inputs["count"] == 1


def test_without_autoscaler_a_changed_count_is_sent() -> None:
    built = build(
        lambda: samples.cluster(user_pools=[NodePool(name="apps", vm_size="Standard_D4s_v5", count=3)])
    )
    assert built.single("ManagedCluster").ignore_changes == ()
    assert built.single("AgentPool").ignore_changes == ()
    assert "minCount" not in built.single("AgentPool").inputs


def test_a_pool_is_deleted_with_its_cluster() -> None:
    built = build(lambda: samples.cluster(user_pools=[NodePool(name="apps", vm_size="Standard_D4s_v5")]))
    assert built.single("AgentPool").deleted_with == built.single("ManagedCluster").urn


def test_nodes_have_the_configured_labels_and_taints() -> None:
    pool = NodePool(
        name="apps",
        vm_size="Standard_D4s_v5",
        labels={"team": "shop"},
        taints=["team=shop:NoSchedule"],
        os_disk_type=OsDiskType.EPHEMERAL,
    )
    inputs = build(lambda: samples.cluster(user_pools=[pool])).single("AgentPool").inputs
    assert (inputs["nodeLabels"], inputs["nodeTaints"], inputs["osDiskType"]) == (
        {"team": "shop"},
        ["team=shop:NoSchedule"],
        "Ephemeral",
    )
    assert "scaleSetPriority" not in inputs


def test_spot_nodes_have_a_taint() -> None:
    """AKS adds both on its own, and reads a list without them as their removal."""
    pool = NodePool(name="cheap", vm_size="Standard_D4s_v5", labels={"team": "shop"}, spot=True)
    inputs = build(lambda: samples.cluster(user_pools=[pool])).single("AgentPool").inputs
    assert inputs["nodeLabels"] == {"team": "shop", "kubernetes.azure.com/scalesetpriority": "spot"}
    assert inputs["nodeTaints"] == ["kubernetes.azure.com/scalesetpriority=spot:NoSchedule"]
    assert (inputs["scaleSetPriority"], inputs["scaleSetEvictionPolicy"], inputs["spotMaxPrice"]) == (
        "Spot",
        "Delete",
        -1,
    )


def test_a_pool_has_no_labels_and_taints_by_default() -> None:
    inputs = (
        build(lambda: samples.cluster(user_pools=[NodePool(name="apps", vm_size="Standard_D4s_v5")]))
        .single("AgentPool")
        .inputs
    )
    assert not {
        "nodeLabels",
        "nodeTaints",
        "osDiskType",
        "scaleSetPriority",
        "spotMaxPrice",
        "enableEncryptionAtHost",
    } & set(inputs)


def test_encryption_at_host_is_set_on_both_kinds_of_pool() -> None:
    pools = [
        NodePool(name=name, vm_size="Standard_D4s_v5", encryption_at_host=True) for name in ("system", "apps")
    ]
    built = build(lambda: samples.cluster(system_pool=pools[0], user_pools=pools[1:]))
    assert built.single("ManagedCluster").inputs["agentPoolProfiles"][0]["enableEncryptionAtHost"] is True
    assert built.single("AgentPool").inputs["enableEncryptionAtHost"] is True
