"""A virtual network for the nodes, and where wanted for private endpoints.

Deliberately not here: peerings, firewalls and gateways. Whoever has those has a network, and gives the ids of its subnets.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
from pulumi import Input, Output, ResourceOptions


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
    tags: Mapping[str, str] = field(default_factory=dict[str, str])


class NodeNetwork(pulumi.ComponentResource):
    """A virtual network with one or two subnets.

    Creates: VirtualNetwork, Subnet.
    """

    name: Output[str]
    resource_id: Output[str]
    nodes_subnet_id: Output[str]
    endpoints_subnet_id: Output[str]
    """Empty without a subnet for private endpoints."""

    def __init__(self, name: str, args: NodeNetworkArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-secrets:index:NodeNetwork", name, None, opts)
        # Only for those who want it: start-up time.
        from pulumi_azure_native import network

        made = network.VirtualNetwork(
            f"{name}-network",
            resource_group_name=args.resource_group_name,
            virtual_network_name=args.network_name,
            address_space=network.AddressSpaceArgs(address_prefixes=[args.address_space]),
            tags=args.tags,
            opts=ResourceOptions(parent=self),
        )
        self.name, self.resource_id = made.name, made.id

        def subnet(which: str, prefix: str, after: list[pulumi.Resource]) -> network.Subnet:
            return network.Subnet(
                f"{name}-{which}",
                resource_group_name=args.resource_group_name,
                virtual_network_name=made.name,
                subnet_name=which,
                address_prefix=prefix,
                # ARM refuses a network that another write is changing (AnotherOperationInProgress).
                opts=ResourceOptions(parent=self, depends_on=after, deleted_with=made),
            )

        nodes = subnet("nodes", args.nodes, [])
        self.nodes_subnet_id = nodes.id
        self.endpoints_subnet_id = Output.from_input("")
        if args.private_endpoints:
            self.endpoints_subnet_id = subnet("private-endpoints", args.private_endpoints, [nodes]).id
        self.register_outputs(
            {
                "name": self.name,
                "resource_id": self.resource_id,
                "nodes_subnet_id": self.nodes_subnet_id,
                "endpoints_subnet_id": self.endpoints_subnet_id,
            }
        )
