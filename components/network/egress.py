"""Ways out of a network that the program makes: a NAT gateway of its own, or a route to somebody's firewall.

https://learn.microsoft.com/azure/aks/egress-outboundtype
Deliberately not here: what AKS makes itself (load balancer, managed NAT gateway), and the firewall.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi import Input, Output, ResourceOptions

from components import naming

EVERYWHERE = "0.0.0.0/0"


@dataclass(frozen=True, kw_only=True)
class NatGateway:
    """Many connections out, from addresses that stay the same."""

    name: str
    zone: str | None = None
    """The one zone that it works in; Azure chooses one if not given."""
    public_ips: int = 1
    """Addresses, each good for 64,512 connections to one place."""
    idle_timeout_minutes: int = 4


@dataclass(frozen=True, kw_only=True)
class Firewall:
    """Everything that leaves the network goes to it first."""

    route_table_name: str
    ip: str
    """Its private address."""


@dataclass(frozen=True)
class EgressResource:
    """What a subnet has to name."""

    resource: pulumi.CustomResource
    addresses: Sequence[Output[str]] = ()
    """From which others see the nodes come, where the program has made them."""


@dataclass(frozen=True, kw_only=True)
class NetworkScope:
    """Where the resources of a way out go."""

    parent: pulumi.ComponentResource
    name: str
    """Begins their logical names."""
    resource_group_name: Input[str]
    tags: Mapping[str, str] = field(default_factory=dict[str, str])


def make_nat_gateway(scope: NetworkScope, args: NatGateway) -> EgressResource:
    """The gateway and its addresses.

    Zones never change (ResourceAvailabilityZonesCannotBeModified, Azure/AzOps#701), and a gateway that a subnet names cannot be deleted:
    the new one comes first, under a name with its zone in it, then the subnet moves, then the old one goes.
    https://learn.microsoft.com/azure/nat-gateway/nat-availability-zones
    """
    # Only for those who want it: start-up time.
    from pulumi_azure_native import network

    zones = [args.zone] if args.zone else None
    child = ResourceOptions(parent=scope.parent, delete_before_replace=False)
    ips = [
        network.PublicIPAddress(
            f"{scope.name}/outbound-ip/{number}",
            resource_group_name=scope.resource_group_name,
            public_ip_address_name=naming.outbound_ip(args.name, number),
            # A NAT gateway takes no other: https://learn.microsoft.com/azure/nat-gateway/nat-overview
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
    """A table with the one route that AKS looks for. https://learn.microsoft.com/azure/aks/egress-udr"""
    # Only for those who want it: start-up time.
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
