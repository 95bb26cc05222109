"""Rules of AKS about the way out of a cluster: networkProfile.outboundType and what it needs of the subnet.

https://learn.microsoft.com/azure/aks/egress-outboundtype; where an issue stands beside a rule its words are
AKS's, elsewhere ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from rehearsal.simulators.azure.arm import ArmError, Write, rule
from rehearsal.simulators.azure.containerservice.clusters import CLUSTER
from rehearsal.simulators.azure.network.egress import reference_id
from rehearsal.simulators.world import AzureResource

LOAD_BALANCER: Final = "loadBalancer"
_MANAGED: Final = "managedNATGateway"
_OWN_GATEWAY: Final = "userAssignedNATGateway"
_ROUTED: Final = "userDefinedRouting"


def _pools(write: Write) -> Iterator[tuple[str, str]]:
    """Name, and id of the subnet: empty in a network of AKS's own."""
    for pool in write.requested_value("agentPoolProfiles") or ():
        yield str(pool.get("name")), str(pool.get("vnetSubnetID") or "")


def _type(write: Write) -> str:
    return write.requested_value("networkProfile", "outboundType") or LOAD_BALANCER


def _refused(code: str, message: str, status: int = 400) -> ArmError:
    return ArmError(status, code, message)


@rule(CLUSTER)
def subnets_exist(write: Write) -> None:
    """https://learn.microsoft.com/azure/aks/configure-azure-cni"""
    for _, subnet in _pools(write):
        if subnet and write.world.get(subnet) is None:
            raise _refused("SubnetNotFound", f"Subnet '{subnet}' is not found.")


@rule(CLUSTER)
def the_gateway_of_aks_is_in_its_own_network(write: Write) -> None:
    """MicrosoftDocs/azure-docs#83858 and kubernetes-sigs/cluster-api-provider-azure#5429 have the text."""
    if _type(write) != _MANAGED:
        return
    for name, subnet in _pools(write):
        if subnet:
            message = f"Outbound type is managedNATGateway but agent pool '{name}' is using custom VNet, which is not allowed."
            raise _refused("ManagedNATGatewayWithCustomVNetNotAllowed", message)


@rule(CLUSTER)
def a_subnets_gateway_is_there(write: Write) -> None:
    """With an address. https://learn.microsoft.com/azure/aks/nat-gateway; Azure/AKS-Construction has the words."""
    if _type(write) != _OWN_GATEWAY:
        return
    for name, subnet in _pools(write):
        if not subnet:
            message = f"Outbound type is userAssignedNATGateway but agent pool '{name}' is not using custom VNet, which is not allowed."
            raise _refused("UserAssignedNATGatewayWithManagedVNetNotAllowed", message)
        gateway = _of_the_subnet(write, subnet, "natGateway")
        if gateway is None:
            message = f"Subnet '{subnet}' must have a NAT gateway associated for outbound connection."
            raise _refused("SubnetNotAssociatedWithNATGateway", message)
        if not (gateway.properties.get("publicIpAddresses") or gateway.properties.get("publicIpPrefixes")):
            message = f"NAT gateway '{gateway.id}' must have at least one public IP or IP prefix associated for outbound connection."
            raise _refused("NATGatewayNotAssociatedWithPublicIPOrIPPrefix", message)


@rule(CLUSTER)
def a_new_cluster_says_that_its_subnet_has_a_gateway(write: Write) -> None:
    """Azure/AKS, CHANGELOG.md, releases 2022-05-01 and 2022-05-08: at creation only. The words are ours."""
    for _, subnet in _pools(write) if write.current is None and _type(write) == LOAD_BALANCER else ():
        if subnet and _of_the_subnet(write, subnet, "natGateway"):
            message = (
                f"Subnet '{subnet}' has a NAT gateway associated. Use outboundType userAssignedNATGateway."
            )
            raise _refused("InvalidParameter", message)


@rule(CLUSTER)
def routes_lead_out(write: Write) -> None:
    """AKS looks for a table with a route for everything, to a gateway or an appliance, which has to be there first (Azure/AKS#1842).

    https://learn.microsoft.com/azure/aks/egress-udr. The first text is AKS's, the words of the other two are ours.
    """
    if _type(write) != _ROUTED:
        return
    for _, subnet in _pools(write):
        table = _of_the_subnet(write, subnet, "routeTable") if subnet else None
        if table is None:
            message = f"An existing route table has not been associated with subnet {subnet}. Please update the route table association"
            raise _refused("ExistingRouteTableNotAssociatedWithSubnet", message)
        default = [
            route
            for route in table.properties.get("routes") or ()
            if route.get("addressPrefix") == "0.0.0.0/0"
        ]
        if not default:
            raise _refused(
                "RouteTableMissingDefaultRouteError", f"Route table '{table.id}' has no route for 0.0.0.0/0."
            )
        if default[0].get("nextHopType") not in ("VirtualAppliance", "VirtualNetworkGateway"):
            message = f"Route table '{table.id}': the next hop of 0.0.0.0/0 must be a network virtual appliance or a gateway."
            raise _refused("RouteTableInvalidNextHop", message)


def _of_the_subnet(write: Write, subnet: str, key: str) -> AzureResource | None:
    found = write.world.get(subnet)
    return write.world.get(reference_id(found.properties, key)) if found else None


@rule(CLUSTER)
def the_gateway_of_aks_is_within_limits(write: Write) -> None:
    """1 to 16 addresses, 4 to 120 minutes. https://learn.microsoft.com/azure/aks/nat-gateway; the words are ours."""
    profile: dict[str, Any] = write.requested_value("networkProfile", "natGatewayProfile") or {}
    count, minutes = (
        (profile.get("managedOutboundIPProfile") or {}).get("count", 1),
        profile.get("idleTimeoutInMinutes", 4),
    )
    if not 1 <= count <= 16:
        raise _refused(
            "InvalidNATGatewayProfileManagedOutboundIPCount",
            f"Managed outbound IP count must be between 1 and 16, got {count}.",
        )
    if not 4 <= minutes <= 120:
        raise _refused(
            "InvalidNATGatewayProfileIdleTimeoutInMinutes",
            f"Idle timeout must be between 4 and 120 minutes, got {minutes}.",
        )


_WAYS: Final = {
    False: (LOAD_BALANCER, _MANAGED),
    True: (LOAD_BALANCER, _OWN_GATEWAY, _ROUTED),
}
"""In a subnet of somebody's own → the types between which a cluster moves in place."""


@rule(CLUSTER)
def the_type_changes_within_its_kind_of_network(write: Write) -> None:
    """https://learn.microsoft.com/azure/aks/egress-outboundtype#update-outboundtype-after-cluster-creation; the words are ours.

    azure-native replaces the cluster on this; `az aks update` brings it here.
    """
    if write.current is None:
        return
    was, now = write.current_value("networkProfile", "outboundType") or LOAD_BALANCER, _type(write)
    ways = _WAYS[any(subnet for _, subnet in _pools(write))]
    if was != now and not (was in ways and now in ways):
        raise _refused(
            "BadRequest", f"Changing the outbound type from {was} to {now} is not supported for this cluster."
        )
