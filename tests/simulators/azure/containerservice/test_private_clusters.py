"""Simulated private clusters: one test for each rule."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.azure.arm import ArmError
from rehearsal.simulators.azure.network import peerings
from rehearsal.simulators.provider import ProviderError
from rehearsal.simulators.seed import SeedError, apply_seed
from tests.simulators.azure.networks import LINK, NETWORKS, PEERING, ZONE, link, peering, with_identity, zone
from tests.simulators.conftest import kubeconfig_of
from tests.support.acting import POOL, SUBSCRIPTION, Azure, Kubernetes, cluster

CLUSTER = "containerservice:ManagedCluster"


def private(subnet: bool = False, **access: Any) -> dict[str, Any]:
    pools = [{**POOL, "vnetSubnetID": f"{NETWORKS}/nodes/subnets/nodes"}] if subnet else [dict(POOL)]
    return {"apiServerAccessProfile": {"enablePrivateCluster": True, **access}, "agentPoolProfiles": pools}


def test_a_cluster_is_private_from_its_creation_on(azure: Azure) -> None:
    made = azure.cluster()
    with pytest.raises(
        ArmError,
        match=r"Changing enablePrivateCluster is not allowed\. It can only be set while creating the cluster",
    ):
        azure.update(CLUSTER, made, cluster(**private()))
    azure.update(CLUSTER, made, cluster(apiServerAccessProfile={"enablePrivateCluster": False}))
    azure.update(CLUSTER, made, cluster(**private(enableVnetIntegration=True)))


def test_the_names_of_a_private_api_server(azure: Azure) -> None:
    made = azure.cluster(**private(enablePrivateClusterPublicFQDN=False))
    assert made.outputs["privateFQDN"].endswith(f".{ZONE}")
    assert "fqdn" not in made.outputs
    assert made.outputs["privateFQDN"] in kubeconfig_of(azure)
    group, name = made.outputs["nodeResourceGroup"], made.outputs["privateFQDN"].split(".", 1)[1]
    assert azure.world.get(
        f"{SUBSCRIPTION}/resourceGroups/{group}/providers/Microsoft.Network/privateDnsZones/{name}"
    )
    public = azure.update(CLUSTER, made, cluster(**private(enablePrivateClusterPublicFQDN=True)))
    assert public.outputs["fqdn"].endswith(".azmk8s.io")


def test_without_a_zone_the_name_is_public(azure: Azure) -> None:
    with pytest.raises(
        ArmError, match="Private cluster with none private dns zone must enable public FQDN feature"
    ):
        azure.cluster(**private(privateDNSZone="none", enablePrivateClusterPublicFQDN=False))
    made = azure.cluster(**private(privateDNSZone="none", enablePrivateClusterPublicFQDN=True))
    assert "privateFQDN" not in made.outputs
    assert made.outputs["fqdn"] in kubeconfig_of(azure)


def test_a_zone_changes_to_none_only(azure: Azure) -> None:
    made = azure.cluster(**private(privateDNSZone="system"))
    other = f"{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/privateDnsZones/{ZONE}"
    with pytest.raises(ArmError, match=r"PropertyChangeNotAllowed.*privateDNSZone"):
        azure.update(CLUSTER, made, cluster(**private(privateDNSZone=other)))
    azure.update(CLUSTER, made, cluster(**private(privateDNSZone="none")))


def test_the_cluster_may_write_into_the_zone(two_networks: Azure) -> None:
    own = zone(two_networks)
    with pytest.raises(
        ArmError,
        match=r"CustomPrivateDNSZoneMissingPermissionError.*must be given permission to read and write",
    ):
        two_networks.cluster(**private(privateDNSZone=own.id), **with_identity(two_networks))


def test_the_cluster_may_link_the_zone_to_the_network(two_networks: Azure) -> None:
    with pytest.raises(ArmError, match=r"LinkedAuthorizationFailed.*virtualNetworks/join/action"):
        two_networks.cluster(**private(subnet=True), **with_identity(two_networks))


def test_a_zone_has_the_name_of_its_region(azure: Azure) -> None:
    elsewhere = zone(azure, "privatelink.northeurope.azmk8s.io")
    with pytest.raises(ArmError, match="Invalid private dns zone"):
        azure.cluster(**private(privateDNSZone=elsewhere.id), **with_identity(azure, zone=elsewhere.id))


def test_an_existing_zone_holds_the_name_and_is_linked_to_the_network(two_networks: Azure) -> None:
    own = zone(two_networks)
    rights = with_identity(two_networks, zone=own.id, network=f"{NETWORKS}/nodes")
    made = two_networks.cluster(**private(subnet=True, privateDNSZone=own.id), **rights)
    assert made.outputs["privateFQDN"].endswith(f".{ZONE}")
    links = [
        resource.properties["virtualNetwork"]["id"]
        for resource in two_networks.world.of_type(peerings.LINK, below=own.id)
    ]
    assert links == [f"{NETWORKS}/nodes"]


def test_a_private_api_server_needs_a_name_and_a_route(two_networks: Azure) -> None:
    made = two_networks.cluster(
        **private(subnet=True), **with_identity(two_networks, network=f"{NETWORKS}/nodes")
    )
    apply_seed(two_networks.world, {"runner": [f"{NETWORKS}/hub"]})
    kubernetes = Kubernetes(two_networks, kubeconfig_of(two_networks))
    with pytest.raises(
        ProviderError, match=r"configured Kubernetes cluster is unreachable: .*: no such host"
    ):
        kubernetes.namespace()
    name = made.outputs["privateFQDN"].split(".", 1)[1]
    two_networks.create(LINK, link("hub", zone=name, group=made.outputs["nodeResourceGroup"]))
    two_networks.create(PEERING, peering("nodes", "hub"))
    with pytest.raises(ProviderError, match="i/o timeout"):
        kubernetes.namespace()
    two_networks.create(PEERING, peering("hub", "nodes"))
    kubernetes.namespace()


def test_a_runner_is_a_virtual_network(azure: Azure) -> None:
    with pytest.raises(SeedError, match="is not the id of a virtual network"):
        apply_seed(azure.world, {"runner": [f"{SUBSCRIPTION}/resourceGroups/rg"]})
    with pytest.raises(SeedError, match=r"runner\[0\]: should be the id of a virtual network"):
        apply_seed(azure.world, {"runner": [{}]})
