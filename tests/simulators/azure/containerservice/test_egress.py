"""Simulated NAT gateways, addresses, route tables, and egress of clusters: one test for each rule."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.azure.arm import ArmError
from tests.support.acting import POOL, SUBSCRIPTION, Azure, Resource, cluster

NETWORK = f"{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network"
SUBNET = f"{NETWORK}/virtualNetworks/vnet/subnets/nodes"


def address(azure: Azure, name: str = "ip", **more: Any) -> Resource:
    properties = {"sku": {"name": "Standard"}, "publicIPAllocationMethod": "Static", **more}
    return azure.create(
        "network:PublicIPAddress", {"resourceGroupName": "rg", "publicIpAddressName": name, **properties}
    )


def gateway(azure: Azure, *addresses: Resource, **more: Any) -> Resource:
    named = {"publicIpAddresses": [{"id": address.id} for address in addresses]}
    return azure.create(
        "network:NatGateway", {"resourceGroupName": "rg", "natGatewayName": "nat", **named, **more}
    )


def table(azure: Azure, *routes: dict[str, Any]) -> Resource:
    return azure.create(
        "network:RouteTable", {"resourceGroupName": "rg", "routeTableName": "rt", "routes": list(routes)}
    )


def subnet(azure: Azure, **more: Any) -> Resource:
    azure.create(
        "network:VirtualNetwork",
        {
            "resourceGroupName": "rg",
            "virtualNetworkName": "vnet",
            "addressSpace": {"addressPrefixes": ["10.15.0.0/16"]},
        },
    )
    return azure.create("network:Subnet", _subnet(**more))


def _subnet(**more: Any) -> dict[str, Any]:
    return {
        "resourceGroupName": "rg",
        "virtualNetworkName": "vnet",
        "subnetName": "nodes",
        "addressPrefix": "10.15.0.0/22",
        **more,
    }


def out(kind: str, subnet_id: str | None = SUBNET, **profile: Any) -> dict[str, Any]:
    """Inputs of a cluster with this outbound type."""
    pool = {**POOL, **({"vnetSubnetID": subnet_id} if subnet_id else {})}
    return cluster(networkProfile={"outboundType": kind, **profile}, agentPoolProfiles=[pool])


ROUTE = {
    "name": "all",
    "addressPrefix": "0.0.0.0/0",
    "nextHopType": "VirtualAppliance",
    "nextHopIpAddress": "10.1.0.4",
}


def make(azure: Azure, inputs: dict[str, Any]) -> Resource:
    return azure.create("containerservice:ManagedCluster", inputs)


def test_the_ip_of_an_address_stays(azure: Azure) -> None:
    made = address(azure)
    assert made.outputs["ipAddress"].startswith("20.")
    again = azure.update("network:PublicIPAddress", made, {**made.inputs, "tags": {"a": "b"}})
    assert again.outputs["ipAddress"] == made.outputs["ipAddress"]


def test_a_gateway_takes_existing_standard_static_addresses(azure: Azure) -> None:
    with pytest.raises(ArmError, match="must be Standard and Static"):
        gateway(azure, address(azure, sku={"name": "Basic"}))
    with pytest.raises(ArmError, match="was not found"):
        gateway(azure, Resource(f"{NETWORK}/publicIPAddresses/none", {}, {}))


def test_a_gateway_of_a_zone_takes_addresses_of_that_zone(azure: Azure) -> None:
    zonal = address(azure, zones=["1"])
    with pytest.raises(ArmError, match="is not in zone 2"):
        gateway(azure, zonal, zones=["2"])
    assert gateway(azure, zonal, zones=["1"])


@pytest.mark.parametrize("minutes", [3, 121])
def test_idle_timeout_is_4_to_120_minutes(azure: Azure, minutes: int) -> None:
    with pytest.raises(ArmError, match="between 4 and 120"):
        gateway(azure, address(azure), idleTimeoutInMinutes=minutes)


def test_zones_of_a_gateway_never_change(azure: Azure) -> None:
    made = gateway(azure, address(azure))
    with pytest.raises(
        ArmError,
        match=r"constraint NoZone and the request has availability zone constraint 1, which do not match",
    ):
        azure.update("network:NatGateway", made, {**made.inputs, "zones": ["1"]})


def test_a_next_hop_address_goes_with_an_appliance(azure: Azure) -> None:
    with pytest.raises(ArmError, match="goes with VirtualAppliance, got Internet"):
        table(azure, {**ROUTE, "nextHopType": "Internet"})
    with pytest.raises(ArmError, match="is not an IP address"):
        table(azure, {**ROUTE, "nextHopIpAddress": "firewall"})


def test_references_of_a_subnet_exist(azure: Azure) -> None:
    with pytest.raises(ArmError, match="natGateways/none"):
        subnet(azure, natGateway={"id": f"{NETWORK}/natGateways/none"})


def test_a_resource_in_use_cannot_be_deleted(azure: Azure) -> None:
    ip = address(azure)
    nat, routes = gateway(azure, ip), table(azure, ROUTE)
    made = subnet(azure, natGateway={"id": nat.id}, routeTable={"id": routes.id})
    for token, resource, problem in (
        ("network:NatGateway", nat, "InUseNatGatewayCannotBeDeleted"),
        ("network:RouteTable", routes, "InUseRouteTableCannotBeDeleted"),
        ("network:PublicIPAddress", ip, "PublicIPAddressCannotBeDeleted"),
    ):
        with pytest.raises(ArmError, match=problem):
            azure.delete(token, resource)
    azure.update("network:Subnet", made, _subnet())
    azure.delete("network:RouteTable", routes)
    azure.delete("network:NatGateway", nat)
    azure.delete("network:PublicIPAddress", ip)


def test_a_managed_gateway_needs_a_managed_network(azure: Azure) -> None:
    subnet(azure)
    with pytest.raises(
        ArmError, match=r"ManagedNATGatewayWithCustomVNetNotAllowed.*agent pool 'system' is using custom VNet"
    ):
        make(azure, out("managedNATGateway"))
    profile = make(azure, out("managedNATGateway", None)).outputs["networkProfile"]["natGatewayProfile"]
    assert (profile["managedOutboundIPProfile"], profile["idleTimeoutInMinutes"]) == ({"count": 1}, 4)
    assert len(profile["effectiveOutboundIPs"]) == 1


@pytest.mark.parametrize(
    ("profile", "problem"),
    [
        ({"managedOutboundIPProfile": {"count": 17}}, "InvalidNATGatewayProfileManagedOutboundIPCount"),
        ({"idleTimeoutInMinutes": 2}, "InvalidNATGatewayProfileIdleTimeoutInMinutes"),
    ],
)
def test_a_managed_gateway_is_within_limits(azure: Azure, profile: dict[str, Any], problem: str) -> None:
    with pytest.raises(ArmError, match=problem):
        make(azure, out("managedNATGateway", None, natGatewayProfile=profile))


def test_a_user_assigned_gateway_is_on_the_subnet_and_has_an_address(azure: Azure) -> None:
    with pytest.raises(ArmError, match="UserAssignedNATGatewayWithManagedVNetNotAllowed"):
        make(azure, out("userAssignedNATGateway", None))
    made = subnet(azure)
    with pytest.raises(ArmError, match="must have a NAT gateway associated for outbound connection"):
        make(azure, out("userAssignedNATGateway"))
    nat = gateway(azure)
    azure.update("network:Subnet", made, _subnet(natGateway={"id": nat.id}))
    with pytest.raises(ArmError, match="must have at least one public IP or IP prefix"):
        make(azure, out("userAssignedNATGateway"))
    azure.update("network:NatGateway", nat, {**nat.inputs, "publicIpAddresses": [{"id": address(azure).id}]})
    assert make(azure, out("userAssignedNATGateway"))


def test_a_new_cluster_does_not_bypass_the_gateway_of_its_subnet(azure: Azure) -> None:
    subnet(azure, natGateway={"id": gateway(azure, address(azure)).id})
    with pytest.raises(ArmError, match="Use outboundType userAssignedNATGateway"):
        make(azure, out("loadBalancer"))


@pytest.mark.parametrize(
    ("routes", "problem"),
    [
        (
            None,
            r"An existing route table has not been associated with subnet .*/subnets/nodes\. Please update",
        ),
        ([], "RouteTableMissingDefaultRouteError"),
        (
            [{"name": "all", "addressPrefix": "0.0.0.0/0", "nextHopType": "Internet"}],
            "RouteTableInvalidNextHop",
        ),
    ],
)
def test_user_defined_routing_needs_a_default_route(
    azure: Azure, routes: list[dict[str, Any]] | None, problem: str
) -> None:
    subnet(azure, **({} if routes is None else {"routeTable": {"id": table(azure, *routes).id}}))
    with pytest.raises(ArmError, match=problem):
        make(azure, out("userDefinedRouting"))


def test_a_default_route_to_an_appliance_is_accepted(azure: Azure) -> None:
    subnet(azure, routeTable={"id": table(azure, ROUTE).id})
    assert make(azure, out("userDefinedRouting"))


def test_the_subnet_of_nodes_exists(azure: Azure) -> None:
    with pytest.raises(ArmError, match="SubnetNotFound"):
        make(azure, out("loadBalancer"))


def test_the_outbound_type_changes_in_place_within_a_kind_of_network(azure: Azure) -> None:
    made = make(azure, out("loadBalancer", None))
    made = azure.update("containerservice:ManagedCluster", made, out("managedNATGateway", None))
    subnet(azure, routeTable={"id": table(azure, ROUTE).id})
    with pytest.raises(ArmError, match="from managedNATGateway to userDefinedRouting is not supported"):
        azure.update("containerservice:ManagedCluster", made, out("userDefinedRouting"))


def test_pulumi_replaces_a_cluster_for_another_outbound_type(azure: Azure) -> None:
    """forceNewMap in pulumi-azure-native, provider/pkg/gen/replacement.go."""
    made = make(azure, out("loadBalancer", None))
    change = azure.diff("containerservice:ManagedCluster", made, out("managedNATGateway", None))
    assert change.replaces
    more = out("loadBalancer", None, natGatewayProfile={"idleTimeoutInMinutes": 10})
    assert not azure.diff("containerservice:ManagedCluster", made, more).replaces


def test_services_do_not_overlap_a_subnet_of_the_network(azure: Azure) -> None:
    subnet(azure, addressPrefix="10.0.1.0/24")
    with pytest.raises(ArmError, match=r"conflicted with an existing subnet CIDR 10\.0\.1\.0/24"):
        make(azure, out("loadBalancer"))
    assert make(azure, out("loadBalancer", serviceCidr="172.16.0.0/16", dnsServiceIP="172.16.0.10"))
