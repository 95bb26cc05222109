"""A private address for a vault: the endpoint in a subnet, and the name that leads to it.

https://learn.microsoft.com/azure/key-vault/general/private-link-service
Deliberately not here: the virtual network and its subnets.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
from pulumi import Input, Output, ResourceOptions

VAULT_ZONE = "privatelink.vaultcore.azure.net"
"""https://learn.microsoft.com/azure/private-link/private-endpoint-dns#security"""
_VAULT_GROUP = "vault"


@dataclass(frozen=True, kw_only=True)
class PrivateEndpoint:
    """Where the endpoint stands, and who knows its name."""

    resource_group_name: Input[str]
    endpoint_name: str
    subnet_id: Input[str]
    """ARM id of the subnet that gives it its address."""
    dns_zone_id: Input[str] | None = None
    """ARM id of a zone privatelink.vaultcore.azure.net that exists, and is linked to the networks that ask. None: one is made, and linked
    to the subnet's network."""
    tags: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def virtual_network_id(self) -> Output[str]:
        """The network of the subnet."""
        return Output.from_input(self.subnet_id).apply(lambda subnet: subnet.rsplit("/subnets/", 1)[0])


def make_private_endpoint(
    parent: pulumi.ComponentResource, name: str, wanted: PrivateEndpoint, vault_id: Output[str]
) -> tuple[Input[str], list[pulumi.Resource]]:
    """The ARM id of the zone, and what has to be there before a pod finds the vault by its private address."""
    # Only for those who want it: start-up time.
    from pulumi_azure_native import network, privatedns

    child = ResourceOptions(parent=parent)
    zone_id: Input[str] | None = wanted.dns_zone_id
    made: list[pulumi.Resource] = []
    if zone_id is None:
        zone = privatedns.PrivateZone(
            f"{name}-private-zone",
            resource_group_name=wanted.resource_group_name,
            private_zone_name=VAULT_ZONE,
            location="global",
            tags=wanted.tags,
            opts=child,
        )
        made.append(
            privatedns.VirtualNetworkLink(
                f"{name}-private-zone-link",
                resource_group_name=wanted.resource_group_name,
                private_zone_name=zone.name,
                virtual_network_link_name=wanted.endpoint_name,
                virtual_network=privatedns.SubResourceArgs(id=wanted.virtual_network_id),
                registration_enabled=False,
                location="global",
                tags=wanted.tags,
                opts=child,
            )
        )
        zone_id = zone.id
    endpoint = network.PrivateEndpoint(
        f"{name}-private-endpoint",
        resource_group_name=wanted.resource_group_name,
        private_endpoint_name=wanted.endpoint_name,
        subnet=network.SubnetArgs(id=wanted.subnet_id),
        private_link_service_connections=[
            network.PrivateLinkServiceConnectionArgs(name=wanted.endpoint_name, private_link_service_id=vault_id, group_ids=[_VAULT_GROUP])
        ],
        tags=wanted.tags,
        opts=child,
    )
    group = network.PrivateDnsZoneGroup(
        f"{name}-private-zone-group",
        resource_group_name=wanted.resource_group_name,
        private_endpoint_name=endpoint.name,
        private_dns_zone_group_name="default",
        private_dns_zone_configs=[network.PrivateDnsZoneConfigArgs(name="vault", private_dns_zone_id=zone_id)],
        # It goes with its endpoint.
        opts=ResourceOptions(parent=parent, deleted_with=endpoint),
    )
    return zone_id, [*made, group]
