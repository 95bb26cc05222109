"""Rules of NAT gateways, public IP addresses and route tables, and of the subnets that reference them.

https://learn.microsoft.com/azure/nat-gateway/nat-gateway-resource,
https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview. Where a rule cites no issue
for its message, ARM's message is not published.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.azure.arm import ArmError, Write, before_delete, not_found, response, rule
from rehearsal.simulators.world import AzureResource, World

SUBNET: Final = "azure-native:network:Subnet"
NAT_GATEWAY: Final = "azure-native:network:NatGateway"
PUBLIC_IP: Final = "azure-native:network:PublicIPAddress"
ROUTE_TABLE: Final = "azure-native:network:RouteTable"


def reference_id(properties: Mapping[str, Any], key: str) -> str:
    """The id of a reference `{id: …}`; empty without one."""
    return str((properties.get(key) or {}).get("id") or "")


def _require(write: Write, id_: str, arm_type: str) -> AzureResource:
    """The referenced resource. Raises ArmError if it does not exist.

    https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-not-found
    """
    resource = write.world.get(id_)
    if resource is None:
        raise not_found(write.world, id_, arm_type)
    return resource


@rule(SUBNET)
def references_of_a_subnet_exist(write: Write) -> None:
    """The NAT gateway and the route table of a subnet exist.

    https://learn.microsoft.com/azure/nat-gateway/nat-gateway-resource#attach-nat-gateway-to-a-subnet
    """
    for key, arm_type in (
        ("natGateway", "Microsoft.Network/natGateways"),
        ("routeTable", "Microsoft.Network/routeTables"),
    ):
        if id_ := reference_id(write.body, key):
            _require(write, id_, arm_type)


@rule(NAT_GATEWAY)
def a_gateway_has_addresses_that_suit_it(write: Write) -> None:
    """Addresses of a gateway are Standard and static, and a zonal gateway's are in its zone.

    https://learn.microsoft.com/azure/nat-gateway/nat-availability-zones#zonal
    """
    zones = set(write.requested_value("zones") or ())
    for reference in write.requested_value("publicIpAddresses") or ():
        address = _require(write, str(reference.get("id")), "Microsoft.Network/publicIPAddresses").properties
        name = address.get("publicIpAddressName")
        if (address.get("sku") or {}).get("name") != "Standard" or address.get(
            "publicIPAllocationMethod"
        ) != "Static":
            raise ArmError(
                400,
                "NatGatewayPublicIpSkuMismatch",
                f"Public IP address '{name}' of a NAT gateway must be Standard and Static.",
            )
        address_zones = set(address.get("zones") or ())
        if zones and address_zones and not zones <= address_zones:
            raise ArmError(
                400,
                "NatGatewayZoneMismatch",
                f"Public IP address '{name}' is not in zone {', '.join(sorted(zones))}.",
            )


@rule(NAT_GATEWAY)
def a_gateway_is_within_limits(write: Write) -> None:
    """A gateway has at most 16 addresses and a timeout of 4 to 120 minutes (first page above)."""
    if len(write.requested_value("publicIpAddresses") or ()) > 16:
        raise ArmError(
            400, "NatGatewayPublicIpLimitExceeded", "A NAT gateway has at most 16 public IP addresses."
        )
    if not 4 <= (write.requested_value("idleTimeoutInMinutes") or 4) <= 120:
        raise ArmError(
            400, "InvalidIdleTimeout", "idleTimeoutInMinutes of a NAT gateway must be between 4 and 120."
        )


@rule(NAT_GATEWAY, PUBLIC_IP)
def zones_never_change(write: Write) -> None:
    """The zones are immutable (message: Azure/AzOps#701)."""
    if write.current is None:
        return
    current, requested = write.current_value("zones") or [], write.requested_value("zones") or []
    if sorted(current) != sorted(requested):
        raise ArmError(
            400,
            "ResourceAvailabilityZonesCannotBeModified",
            f"Resource {write.id} has an existing availability zone constraint "
            f"{', '.join(current) or 'NoZone'} and the request has availability zone constraint "
            f"{', '.join(requested) or 'NoZone'}, which do not match. Zones cannot be added/updated/removed "
            "once the resource is created. The resource cannot be updated from regional to zonal or "
            "vice-versa.",
        )


@rule(ROUTE_TABLE)
def routes_have_next_hops(write: Write) -> None:
    """A route has a next hop address if and only if its next hop is a VirtualAppliance.

    https://learn.microsoft.com/rest/api/virtualnetwork/route-tables/create-or-update#routenexthoptype
    """
    for route in write.requested_value("routes") or ():
        address, hop = route.get("nextHopIpAddress"), route.get("nextHopType")
        if (hop == "VirtualAppliance") != bool(address):
            raise ArmError(
                400,
                "InvalidNextHop",
                f"Route '{route.get('name')}': nextHopIpAddress goes with VirtualAppliance, got {hop}.",
            )
        if address and not _is_address(address):
            raise ArmError(
                400,
                "InvalidNextHopIpAddress",
                f"Route '{route.get('name')}': '{address}' is not an IP address.",
            )


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


@response(PUBLIC_IP)
def _address(write: Write) -> dict[str, Any]:
    """An address of Azure's public range 20.0.0.0/8, equal in every rehearsal."""
    number = int(write.world.hex(6, write.id, write.serial), 16)
    return {
        "ipAddress": write.current_value("ipAddress") or str(ipaddress.IPv4Address("20.0.0.0") + number),
        "provisioningState": "Succeeded",
    }


def _users(world: World, token: str, key: str, id_: str) -> list[AzureResource]:
    """Resources of a type that reference the id under the key."""
    return [
        user for user in world.of_type(token) if reference_id(user.properties, key).lower() == id_.lower()
    ]


@before_delete(NAT_GATEWAY)
def a_gateway_in_use_stays(world: World, resource: AzureResource) -> None:
    """A gateway cannot be deleted while a subnet references it; the error code is ARM's.

    https://learn.microsoft.com/azure/nat-gateway/manage-nat-gateway#delete-a-nat-gateway
    """
    if users := _users(world, SUBNET, "natGateway", resource.id):
        raise ArmError(
            400,
            "InUseNatGatewayCannotBeDeleted",
            f"Nat gateway {resource.id} is in use by {users[0].id} and cannot be deleted.",
        )


@before_delete(ROUTE_TABLE)
def a_table_in_use_stays(world: World, resource: AzureResource) -> None:
    """A route table cannot be deleted while a subnet references it (message: Azure/azure-xplat-cli#2867).

    https://learn.microsoft.com/azure/virtual-network/manage-route-table#delete-a-route-table
    """
    if _users(world, SUBNET, "routeTable", resource.id):
        name = resource.id.rsplit("/", 1)[1]
        raise ArmError(
            400, "InUseRouteTableCannotBeDeleted", f"Route table {name} is in use and cannot be deleted."
        )


@before_delete(PUBLIC_IP)
def an_address_in_use_stays(world: World, resource: AzureResource) -> None:
    """A public IP address cannot be deleted while a gateway uses it.

    https://learn.microsoft.com/azure/virtual-network/ip-services/virtual-network-public-ip-address
    """
    for gateway in world.of_type(NAT_GATEWAY):
        if resource.id.lower() in [
            str(address.get("id")).lower() for address in gateway.properties.get("publicIpAddresses") or ()
        ]:
            raise ArmError(
                400,
                "PublicIPAddressCannotBeDeleted",
                f"Public IP address {resource.id} can not be deleted since it is still allocated to "
                f"resource {gateway.id}. In order to delete the public IP, disassociate/detach the Public "
                "IP address from the resource.",
            )
