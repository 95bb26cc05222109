"""Rules of AKS on egress: networkProfile.outboundType, and its requirements of the subnet.

https://learn.microsoft.com/azure/aks/egress-outboundtype. Where a rule cites no issue for its message, AKS's
message is not published.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any, Final

from rehearsal.simulators.azure.arm import ArmError, Write, rule
from rehearsal.simulators.azure.containerservice.clusters import CLUSTER
from rehearsal.simulators.azure.network.egress import SUBNET, reference_id
from rehearsal.simulators.world import AzureResource

LOAD_BALANCER: Final = "loadBalancer"
_MANAGED: Final = "managedNATGateway"
_OWN_GATEWAY: Final = "userAssignedNATGateway"
_ROUTED: Final = "userDefinedRouting"


def _pools(write: Write) -> Iterator[tuple[str, str]]:
    """Name and subnet id of each inline pool; the id is empty in a network that AKS manages."""
    for pool in write.requested_value("agentPoolProfiles") or ():
        yield str(pool.get("name")), str(pool.get("vnetSubnetID") or "")


def _type(write: Write) -> str:
    return write.requested_value("networkProfile", "outboundType") or LOAD_BALANCER


def _refused(code: str, message: str, status: int = 400) -> ArmError:
    return ArmError(status, code, message)


@rule(CLUSTER)
def subnets_exist(write: Write) -> None:
    """The subnets of pools exist. https://learn.microsoft.com/azure/aks/configure-azure-cni"""
    for _, subnet in _pools(write):
        if subnet and write.world.get(subnet) is None:
            raise _refused("SubnetNotFound", f"Subnet '{subnet}' is not found.")


@rule(CLUSTER)
def services_do_not_overlap_subnets(write: Write) -> None:
    """The range of Services overlaps no subnet of the nodes' network.

    Message: hashicorp/terraform-provider-azurerm#15711, and the troubleshooting page of
    ServiceCidrOverlapExistingSubnetsCidr.
    """
    services = write.requested_value("networkProfile", "serviceCidr") or "10.0.0.0/16"
    for network_id in {subnet.rpartition("/subnets/")[0] for _, subnet in _pools(write) if subnet}:
        for subnet in write.world.of_type(SUBNET, below=network_id):
            single, several = (subnet.properties.get(key) for key in ("addressPrefix", "addressPrefixes"))
            for prefix in [*([single] if single else ()), *(several or ())]:
                if _range(services).overlaps(_range(prefix)):
                    raise _refused(
                        "ServiceCidrOverlapExistingSubnetsCidr",
                        f"The specified service CIDR {services} is conflicted with an existing subnet CIDR"
                        f" {prefix}",
                    )


def _range(cidr: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(cidr, strict=False)


@rule(CLUSTER)
def the_gateway_of_aks_is_in_its_own_network(write: Write) -> None:
    """A managed NAT gateway needs a network that AKS manages.

    Message: MicrosoftDocs/azure-docs#83858, kubernetes-sigs/cluster-api-provider-azure#5429.
    """
    if _type(write) != _MANAGED:
        return
    for name, subnet in _pools(write):
        if subnet:
            message = (
                f"Outbound type is managedNATGateway but agent pool '{name}' is using custom VNet, which is "
                "not allowed."
            )
            raise _refused("ManagedNATGatewayWithCustomVNetNotAllowed", message)


@rule(CLUSTER)
def a_subnets_gateway_is_there(write: Write) -> None:
    """userAssignedNATGateway needs a subnet whose NAT gateway has an address.

    Messages: Azure/AKS-Construction.

    https://learn.microsoft.com/azure/aks/nat-gateway
    """
    if _type(write) != _OWN_GATEWAY:
        return
    for name, subnet in _pools(write):
        if not subnet:
            message = (
                f"Outbound type is userAssignedNATGateway but agent pool '{name}' is not using custom VNet, "
                "which is not allowed."
            )
            raise _refused("UserAssignedNATGatewayWithManagedVNetNotAllowed", message)
        gateway = _subnet_reference(write, subnet, "natGateway")
        if gateway is None:
            message = f"Subnet '{subnet}' must have a NAT gateway associated for outbound connection."
            raise _refused("SubnetNotAssociatedWithNATGateway", message)
        if not (gateway.properties.get("publicIpAddresses") or gateway.properties.get("publicIpPrefixes")):
            message = (
                f"NAT gateway '{gateway.id}' must have at least one public IP or IP prefix associated for "
                "outbound connection."
            )
            raise _refused("NATGatewayNotAssociatedWithPublicIPOrIPPrefix", message)


@rule(CLUSTER)
def a_new_cluster_says_that_its_subnet_has_a_gateway(write: Write) -> None:
    """A new cluster in a subnet with a NAT gateway has outboundType userAssignedNATGateway.

    Azure/AKS, CHANGELOG.md, releases 2022-05-01 and 2022-05-08: at creation only.
    """
    for _, subnet in _pools(write) if write.current is None and _type(write) == LOAD_BALANCER else ():
        if subnet and _subnet_reference(write, subnet, "natGateway"):
            message = (
                f"Subnet '{subnet}' has a NAT gateway associated. Use outboundType userAssignedNATGateway."
            )
            raise _refused("InvalidParameter", message)


@rule(CLUSTER)
def routes_lead_out(write: Write) -> None:
    """userDefinedRouting needs a route table with a default route to a gateway or an appliance before the
    cluster (Azure/AKS#1842).

    https://learn.microsoft.com/azure/aks/egress-udr. The first message is AKS's; the other two are not
    published.
    """
    if _type(write) != _ROUTED:
        return
    for _, subnet in _pools(write):
        table = _subnet_reference(write, subnet, "routeTable") if subnet else None
        if table is None:
            message = (
                f"An existing route table has not been associated with subnet {subnet}. Please update the "
                "route table association"
            )
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
            message = (
                f"Route table '{table.id}': the next hop of 0.0.0.0/0 must be a network virtual appliance "
                "or a gateway."
            )
            raise _refused("RouteTableInvalidNextHop", message)


def _subnet_reference(write: Write, subnet_id: str, key: str) -> AzureResource | None:
    """The resource that the subnet references under the key."""
    subnet = write.world.get(subnet_id)
    return write.world.get(reference_id(subnet.properties, key)) if subnet else None


@rule(CLUSTER)
def the_gateway_of_aks_is_within_limits(write: Write) -> None:
    """A managed NAT gateway has 1 to 16 addresses and a timeout of 4 to 120 minutes.

    https://learn.microsoft.com/azure/aks/nat-gateway
    """
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


_OUTBOUND_TYPES: Final = {
    False: (LOAD_BALANCER, _MANAGED),
    True: (LOAD_BALANCER, _OWN_GATEWAY, _ROUTED),
}
"""Whether the cluster has a subnet of the user → outbound types between which it can change in place."""


@rule(CLUSTER)
def the_type_changes_within_its_kind_of_network(write: Write) -> None:
    """The outbound type can change in place only between types of the same kind of network.

    https://learn.microsoft.com/azure/aks/egress-outboundtype#update-outboundtype-after-cluster-creation.
    azure-native replaces the cluster when it changes; `az aks update` changes it in place.
    """
    if write.current is None:
        return
    current, requested = write.current_value("networkProfile", "outboundType") or LOAD_BALANCER, _type(write)
    types = _OUTBOUND_TYPES[any(subnet for _, subnet in _pools(write))]
    if current != requested and not (current in types and requested in types):
        raise _refused(
            "BadRequest",
            f"Changing the outbound type from {current} to {requested} is not supported for this cluster.",
        )
