"""Virtual network for the nodes, with optional private-endpoint subnet, egress and peering.

Deliberately not here: firewalls, and existing networks, whose subnets the settings name by id.
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
    """An existing network that is peered with this one. Their address spaces must not overlap."""

    network_id: str
    """ARM id."""
    both_sides: bool = True
    """Create the peering in both networks, which a connection requires. False: the other half is created
    elsewhere, because the network is in a subscription that the deployer does not use.
    """


@dataclass(frozen=True, kw_only=True)
class NodeNetworkArgs:
    """Arguments of ``NodeNetwork``."""

    resource_group_name: Input[str]
    network_name: str
    address_space: str
    """CIDR of the network."""
    nodes: str
    """CIDR of the nodes' subnet. With overlay, pods have addresses of a separate range."""
    private_endpoints: str | None = None
    """CIDR of the subnet of private endpoints. None: no such subnet."""
    peer: PeerNetwork | None = None
    nat_gateway: NatGateway | None = None
    """Egress of the nodes. None, and no firewall: AKS creates the egress."""
    firewall: Firewall | None = None
    """Egress of the nodes, instead of a NAT gateway."""
    retain_subnets: bool = False
    """A resource in the network is protected, so the subnets are not deleted with the network: a refused
    destroy would drop them from the state.
    """
    tags: Mapping[str, str] = field(default_factory=dict[str, str])


class NodeNetwork(pulumi.ComponentResource):
    """A virtual network with one or two subnets.

    Creates: VirtualNetwork, Subnet, VirtualNetworkPeering (one in each of the two networks); NatGateway and
    PublicIPAddress, or RouteTable.
    """

    name: Output[str]
    resource_id: Output[str]
    nodes_subnet_id: Output[str]
    endpoints_subnet_id: Output[str]
    """Empty without a subnet for private endpoints."""
    peerings: list[pulumi.Resource]
    """Peerings, without which the peer does not reach this network."""
    route_table_id: Output[str]
    """Empty without a firewall."""
    outbound_addresses: Sequence[Output[str]]
    """Public egress addresses of the nodes, if the program creates a NAT gateway."""

    def __init__(self, name: str, args: NodeNetworkArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-secrets:index:NodeNetwork", name, None, opts)
        from pulumi_azure_native import network

        scope = NetworkScope(
            parent=self, name=name, resource_group_name=args.resource_group_name, tags=args.tags
        )
        nat = make_nat_gateway(scope, args.nat_gateway) if args.nat_gateway else None
        route = make_route_table(scope, args.firewall) if args.firewall else None
        self.outbound_addresses = nat.addresses if nat else ()
        self.route_table_id = route.resource.id if route else Output.from_input("")
        made = network.VirtualNetwork(
            f"{name}-network",
            resource_group_name=args.resource_group_name,
            virtual_network_name=args.network_name,
            address_space=network.AddressSpaceArgs(address_prefixes=[args.address_space]),
            tags=args.tags,
            # Azure deletes the subnets with the network, and refuses to delete a gateway or table that a
            # subnet is associated with (InUseNatGatewayCannotBeDeleted).
            opts=ResourceOptions(
                parent=self, depends_on=[egress.resource for egress in (nat, route) if egress]
            ),
        )
        self.name, self.resource_id = made.name, made.id

        def subnet(
            role: str, prefix: str, depends_on: list[pulumi.Resource], *, with_egress: bool = False
        ) -> network.Subnet:
            return network.Subnet(
                f"{name}-{role}",
                resource_group_name=args.resource_group_name,
                virtual_network_name=made.name,
                subnet_name=role,
                address_prefix=prefix,
                nat_gateway=network.SubResourceArgs(id=nat.resource.id) if nat and with_egress else None,
                route_table=network.RouteTableArgs(id=route.resource.id) if route and with_egress else None,
                # ARM refuses parallel writes to a network (AnotherOperationInProgress).
                opts=ResourceOptions(
                    parent=self, depends_on=depends_on, deleted_with=None if args.retain_subnets else made
                ),
            )

        nodes = last = subnet("nodes", args.nodes, [], with_egress=True)
        self.nodes_subnet_id = nodes.id
        self.endpoints_subnet_id = Output.from_input("")
        if args.private_endpoints:
            last = subnet("private-endpoints", args.private_endpoints, [nodes])
            self.endpoints_subnet_id = last.id
        # Last: ARM refuses to peer a network while a subnet is written (ReferencedResourceNotProvisioned,
        # Azure-Samples/azuresandbox#329).
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
            # The state changes from Initiated to Connected when the other half exists. azure-native treats
            # the refreshed state as an input.
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
