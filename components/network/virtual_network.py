"""A virtual network for the nodes, and where wanted for private endpoints, with the nodes' way out of it and somebody's way in.

Deliberately not here: firewalls. Whoever has one mostly has a network, and gives the ids of its subnets.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi import Input, Output, ResourceOptions

from components import naming
from components.network.egress import Firewall, NatGateway, NetworkScope, make_nat_gateway, make_route_table
from components.resource_ids import ArmId


@dataclass(frozen=True, kw_only=True)
class PeerNetwork:
    """A network of somebody else's, from which this one is to be reached. Its addresses must be others."""

    network_id: str
    """ARM id."""
    both_sides: bool = True
    """Peer it with this one, too: a peering stands when both networks have one. False: its owner makes that half, because it is in a
    subscription where ``pulumi`` does not run."""


@dataclass(frozen=True, kw_only=True)
class NodeNetworkArgs:
    """Its addresses, and how they are shared out."""

    resource_group_name: Input[str]
    network_name: str
    address_space: str
    """CIDR of all of it."""
    nodes: str
    """CIDR of the nodes' subnet. With overlay pods have addresses of their own."""
    private_endpoints: str | None = None
    """CIDR of the subnet of private endpoints."""
    peer: PeerNetwork | None = None
    nat_gateway: NatGateway | None = None
    """The nodes' way out; AKS makes one if not given."""
    firewall: Firewall | None = None
    """The same; the one or the other."""
    retain_subnets: bool = False
    """Something in it is protected: then its subnets do not go with it, since a refused destroy would forget them."""
    tags: Mapping[str, str] = field(default_factory=dict[str, str])


class NodeNetwork(pulumi.ComponentResource):
    """A virtual network with one or two subnets.

    Creates: VirtualNetwork, Subnet, VirtualNetworkPeering (one in each of two networks); for a NAT gateway NatGateway and PublicIPAddress,
    for a firewall RouteTable.
    """

    name: Output[str]
    resource_id: Output[str]
    nodes_subnet_id: Output[str]
    endpoints_subnet_id: Output[str]
    """Empty without a subnet for private endpoints."""
    peerings: list[pulumi.Resource]
    """What has to be there before anybody comes from the peer."""
    route_table_id: Output[str]
    """Empty without a firewall."""
    outbound_addresses: Sequence[Output[str]]
    """From which others see the nodes come, where that is a NAT gateway of the program's."""

    def __init__(self, name: str, args: NodeNetworkArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-secrets:index:NodeNetwork", name, None, opts)
        # Only for those who want it: start-up time.
        from pulumi_azure_native import network

        place = NetworkScope(
            parent=self, name=name, resource_group_name=args.resource_group_name, tags=args.tags
        )
        nat = make_nat_gateway(place, args.nat_gateway) if args.nat_gateway else None
        route = make_route_table(place, args.firewall) if args.firewall else None
        self.outbound_addresses = nat.addresses if nat else ()
        self.route_table_id = route.resource.id if route else Output.from_input("")
        made = network.VirtualNetwork(
            f"{name}-network",
            resource_group_name=args.resource_group_name,
            virtual_network_name=args.network_name,
            address_space=network.AddressSpaceArgs(address_prefixes=[args.address_space]),
            tags=args.tags,
            # The subnets go with it, and ARM deletes neither gateway nor table while a subnet names it (InUseNatGatewayCannotBeDeleted).
            opts=ResourceOptions(parent=self, depends_on=[way.resource for way in (nat, route) if way]),
        )
        self.name, self.resource_id = made.name, made.id

        def subnet(
            which: str, prefix: str, after: list[pulumi.Resource], *, goes_out: bool = False
        ) -> network.Subnet:
            return network.Subnet(
                f"{name}-{which}",
                resource_group_name=args.resource_group_name,
                virtual_network_name=made.name,
                subnet_name=which,
                address_prefix=prefix,
                nat_gateway=network.SubResourceArgs(id=nat.resource.id) if nat and goes_out else None,
                route_table=network.RouteTableArgs(id=route.resource.id) if route and goes_out else None,
                # ARM refuses a network that another write is changing (AnotherOperationInProgress).
                opts=ResourceOptions(
                    parent=self, depends_on=after, deleted_with=None if args.retain_subnets else made
                ),
            )

        nodes = last = subnet("nodes", args.nodes, [], goes_out=True)
        self.nodes_subnet_id = nodes.id
        self.endpoints_subnet_id = Output.from_input("")
        if args.private_endpoints:
            last = subnet("private-endpoints", args.private_endpoints, [nodes])
            self.endpoints_subnet_id = last.id
        # Last: of a network that a subnet's write is changing ARM says ReferencedResourceNotProvisioned (Azure-Samples/azuresandbox#329).
        self.peerings = self._peer(name, args.resource_group_name, args.peer, last) if args.peer else []
        self.register_outputs(
            {
                "name": self.name,
                "resource_id": self.resource_id,
                "nodes_subnet_id": self.nodes_subnet_id,
                "endpoints_subnet_id": self.endpoints_subnet_id,
                "route_table_id": self.route_table_id,
                "outbound_addresses": self.outbound_addresses,
            }
        )

    def _peer(
        self, name: str, group: Input[str], peer: PeerNetwork, prerequisite: pulumi.Resource
    ) -> list[pulumi.Resource]:
        """https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-peering"""
        from pulumi_azure_native import network

        remote = ArmId.parse(peer.network_id)
        ours = network.VirtualNetworkPeering(
            f"{name}-peering",
            resource_group_name=group,
            virtual_network_name=self.name,
            virtual_network_peering_name=naming.peering(peer.network_id),
            remote_virtual_network=network.SubResourceArgs(id=peer.network_id),
            allow_virtual_network_access=True,
            # Initiated when it is made, Connected when the other side is. azure-native takes what a refresh finds for an input.
            opts=ResourceOptions(
                parent=self, depends_on=[prerequisite], ignore_changes=["peeringState", "peeringSyncLevel"]
            ),
        )
        if not peer.both_sides:
            return [ours]
        theirs = network.VirtualNetworkPeering(
            f"{name}-peering-back",
            resource_group_name=remote.resource_group,
            virtual_network_name=remote.name,
            virtual_network_peering_name=self.resource_id.apply(naming.peering),
            remote_virtual_network=network.SubResourceArgs(id=self.resource_id),
            allow_virtual_network_access=True,
            opts=ResourceOptions(
                parent=self, depends_on=[ours], ignore_changes=["peeringState", "peeringSyncLevel"]
            ),
        )
        return [ours, theirs]
