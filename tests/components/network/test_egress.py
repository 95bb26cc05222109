"""Egress of the cluster: the resources that the program creates, and those that it leaves to AKS."""

from typing import Any

import pytest

from aks_secrets_testing.builds import Build, build
from components.authorization.roles import Role
from components.cluster.network_profile import ManagedNatGateway, NetworkProfile, Outbound
from components.network.egress import Firewall, NatGateway
from components.network.virtual_network import NodeNetwork, NodeNetworkArgs
from tests.support import samples

GATEWAY = NatGateway(name="ng-shop-zone2", zone="2", public_ips=2, idle_timeout_minutes=10)


def _network(**ways: Any) -> NodeNetwork:
    defaults: dict[str, Any] = {
        "network_name": "vnet-shop",
        "address_space": "10.10.0.0/16",
        "nodes": "10.10.0.0/22",
    }
    endpoints = {"private_endpoints": "10.10.4.0/27", "resource_group_name": samples.GROUP}
    return NodeNetwork("network", NodeNetworkArgs(**defaults, **endpoints, **ways))


def _named(built: Build, subnet: str, key: str) -> Any:
    return built.single("Subnet", f"network-{subnet}").inputs.get(key)


def test_by_default_aks_creates_the_egress() -> None:
    built = build(_network)
    assert [
        resource.type.split(":")[-1]
        for resource in built.resources
        if resource.type.startswith("azure-native:")
    ] == [
        "VirtualNetwork",
        "Subnet",
        "Subnet",
    ]
    assert not {"natGateway", "routeTable"} & set(built.single("Subnet", "network-nodes").inputs)


def test_the_gateway_is_on_the_nodes_subnet_only() -> None:
    built = build(lambda: _network(nat_gateway=GATEWAY))
    assert _named(built, "nodes", "natGateway") == {"id": "/id/of/network-nat-gateway"}
    assert _named(built, "private-endpoints", "natGateway") is None
    gateway = built.single("NatGateway").inputs
    assert (gateway["natGatewayName"], gateway["zones"], gateway["idleTimeoutInMinutes"]) == (
        "ng-shop-zone2",
        ["2"],
        10,
    )
    assert [address["id"] for address in gateway["publicIpAddresses"]] == [
        "/id/of/network/outbound-ip/1",
        "/id/of/network/outbound-ip/2",
    ]


def test_the_gateways_addresses_are_zonal_and_static() -> None:
    for resource in build(lambda: _network(nat_gateway=GATEWAY)).of_type("PublicIPAddress"):
        defaults = (
            resource.inputs["sku"],
            resource.inputs["publicIPAllocationMethod"],
            resource.inputs["zones"],
        )
        assert defaults == ({"name": "Standard"}, "Static", ["2"])


def test_without_a_zone_azure_chooses_one() -> None:
    built = build(lambda: _network(nat_gateway=NatGateway(name="ng-shop")))
    assert "zones" not in built.single("NatGateway").inputs
    assert "zones" not in built.single("PublicIPAddress").inputs


@pytest.mark.parametrize(
    ("ways", "kind"),
    [
        ({"nat_gateway": GATEWAY}, "NatGateway"),
        ({"firewall": Firewall(route_table_name="rt", ip="10.20.0.4")}, "RouteTable"),
    ],
)
def test_gateway_and_table_are_deleted_after_the_network(ways: dict[str, Any], kind: str) -> None:
    built = build(lambda: _network(**ways))
    assert built.single(kind).urn in built.single("VirtualNetwork").dependencies


def test_the_default_route_is_the_firewall() -> None:
    built = build(lambda: _network(firewall=Firewall(route_table_name="rt-shop", ip="10.20.0.4")))
    (route,) = built.single("RouteTable").inputs["routes"]
    assert (route["addressPrefix"], route["nextHopType"], route["nextHopIpAddress"]) == (
        "0.0.0.0/0",
        "VirtualAppliance",
        "10.20.0.4",
    )
    assert _named(built, "nodes", "routeTable") == {"id": "/id/of/network-route-table"}
    assert _named(built, "private-endpoints", "routeTable") is None


def test_the_control_plane_has_a_role_on_the_route_table_too() -> None:
    network = NetworkProfile(
        subnet_id=samples.SUBNET, outbound=Outbound.USER_DEFINED_ROUTING, route_table_id="/route-table"
    )
    built = build(lambda: samples.cluster(network=network))
    grant = built.single("RoleAssignment", "cluster-route-table")
    assert (grant.inputs["scope"], grant.inputs["roleDefinitionId"].rsplit("/", 1)[1]) == (
        "/route-table",
        Role.NETWORK_CONTRIBUTOR.value,
    )
    assert grant.urn in built.single("ManagedCluster").dependencies


def test_the_managed_gateways_profile_is_sent_only_if_configured() -> None:
    network = NetworkProfile(
        outbound=Outbound.MANAGED_NAT_GATEWAY, managed_nat_gateway=ManagedNatGateway(public_ips=3)
    )
    profile = (
        build(lambda: samples.cluster(network=network)).single("ManagedCluster").inputs["networkProfile"]
    )
    assert profile["outboundType"] == "managedNATGateway"
    assert profile["natGatewayProfile"] == {
        "managedOutboundIPProfile": {"count": 3},
        "idleTimeoutInMinutes": 4,
    }
    assert "natGatewayProfile" not in build(samples.cluster).single("ManagedCluster").inputs["networkProfile"]


def test_the_gateways_addresses_are_authorized_at_the_api_server() -> None:
    """AKS adds the addresses of its own load balancer only."""
    network = NetworkProfile(
        subnet_id=samples.SUBNET, outbound=Outbound.USER_ASSIGNED_NAT_GATEWAY, outbound_addresses=["20.1.2.3"]
    )
    cluster = build(lambda: samples.cluster(network=network, authorized_ip_ranges=["20.50.2.0/24"])).single(
        "ManagedCluster"
    )
    assert cluster.inputs["apiServerAccessProfile"]["authorizedIPRanges"] == ["20.50.2.0/24", "20.1.2.3/32"]
    unrestricted = build(lambda: samples.cluster(network=network)).single("ManagedCluster")
    assert unrestricted.inputs["apiServerAccessProfile"]["authorizedIPRanges"] == []
