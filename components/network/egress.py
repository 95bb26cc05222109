"""Egress of a network that the program creates: a NAT gateway, or a route to an existing firewall.

https://learn.microsoft.com/azure/aks/egress-outboundtype
Deliberately not here: the egress that AKS creates (load balancer, managed NAT gateway), and the firewall.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi import Input, Output, ResourceOptions

from components import naming

EVERYWHERE = "0.0.0.0/0"


@dataclass(frozen=True, kw_only=True)
class NatGateway:
    """A NAT gateway with static public addresses."""

    name: str
    zone: str | None = None
    """Availability zone. None: Azure chooses one."""
    public_ips: int = 1
    """Number of addresses; each allows 64,512 connections to one destination."""
    idle_timeout_minutes: int = 4


@dataclass(frozen=True, kw_only=True)
class Firewall:
    """A firewall that all traffic leaving the network passes."""

    route_table_name: str
    ip: str
    """Private address of the firewall."""


@dataclass(frozen=True)
class EgressResource:
    """The resource that a subnet is associated with for its egress."""

    resource: pulumi.CustomResource
    addresses: Sequence[Output[str]] = ()
    """Public addresses of the egress, if the program creates them."""


@dataclass(frozen=True, kw_only=True)
class NetworkScope:
    """Parent, name and resource group of the egress resources."""

    parent: pulumi.ComponentResource
    name: str
    """Prefix of the logical names."""
    resource_group_name: Input[str]
    tags: Mapping[str, str] = field(default_factory=dict[str, str])


def make_nat_gateway(scope: NetworkScope, args: NatGateway) -> EgressResource:
    """The NAT gateway and its public addresses.

    Zones are immutable (ResourceAvailabilityZonesCannotBeModified, Azure/AzOps#701), and Azure does not
    delete a gateway that a subnet is associated with. So the name contains the zone, the new gateway is
    created first, the subnet is updated, and the old one is deleted.
    https://learn.microsoft.com/azure/nat-gateway/nat-availability-zones
    """
    from pulumi_azure_native import network

    zones = [args.zone] if args.zone else None
    child = ResourceOptions(parent=scope.parent, delete_before_replace=False)
    ips = [
        network.PublicIPAddress(
            f"{scope.name}/outbound-ip/{number}",
            resource_group_name=scope.resource_group_name,
            public_ip_address_name=naming.outbound_ip(args.name, number),
            # The only SKU that a NAT gateway accepts:
            # https://learn.microsoft.com/azure/nat-gateway/nat-overview
            sku=network.PublicIPAddressSkuArgs(name=network.PublicIPAddressSkuName.STANDARD),
            public_ip_allocation_method=network.IPAllocationMethod.STATIC,
            public_ip_address_version=network.IPVersion.I_PV4,
            zones=zones,
            tags=scope.tags,
            opts=child,
        )
        for number in range(1, args.public_ips + 1)
    ]
    gateway = network.NatGateway(
        f"{scope.name}-nat-gateway",
        resource_group_name=scope.resource_group_name,
        nat_gateway_name=args.name,
        sku=network.NatGatewaySkuArgs(name=network.NatGatewaySkuName.STANDARD),
        idle_timeout_in_minutes=args.idle_timeout_minutes,
        public_ip_addresses=[network.SubResourceArgs(id=ip.id) for ip in ips],
        zones=zones,
        tags=scope.tags,
        opts=child,
    )
    return EgressResource(gateway, [ip.ip_address.apply(lambda address: address or "") for ip in ips])


def make_route_table(scope: NetworkScope, firewall: Firewall) -> EgressResource:
    """A route table with the default route that AKS requires.
    https://learn.microsoft.com/azure/aks/egress-udr
    """
    from pulumi_azure_native import network

    table = network.RouteTable(
        f"{scope.name}-route-table",
        resource_group_name=scope.resource_group_name,
        route_table_name=firewall.route_table_name,
        routes=[
            network.RouteArgs(
                name="firewall",
                address_prefix=EVERYWHERE,
                next_hop_type=network.RouteNextHopType.VIRTUAL_APPLIANCE,
                next_hop_ip_address=firewall.ip,
            )
        ],
        tags=scope.tags,
        opts=ResourceOptions(parent=scope.parent),
    )
    return EgressResource(table)
