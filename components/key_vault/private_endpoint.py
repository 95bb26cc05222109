"""A private address for a vault: the endpoint in a subnet, and the name that leads to it.

https://learn.microsoft.com/azure/key-vault/general/private-link-service
Deliberately not here: the virtual network and its subnets.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi import Input, Output, ResourceOptions

VAULT_ZONE = "privatelink.vaultcore.azure.net"
"""https://learn.microsoft.com/azure/private-link/private-endpoint-dns#security"""
_VAULT_GROUP = "vault"


@dataclass(frozen=True, kw_only=True)
class VaultZoneArgs:
    """Who is to find the vaults' private addresses."""

    resource_group_name: Input[str]
    networks: Mapping[str, Input[str]]
    """Name → ARM id of each network that asks."""
    tags: Mapping[str, str] = field(default_factory=dict[str, str])


class VaultZone(pulumi.ComponentResource):
    """The zone that leads to the private addresses of all vaults of a stack: a network is linked to one zone of a name.

    Creates: PrivateZone, one VirtualNetworkLink per network.
    """

    resource_id: Output[str]
    name: Output[str]

    links: list[pulumi.Resource]
    """What has to be there before somebody in those networks finds a vault."""

    def __init__(self, name: str, args: VaultZoneArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-secrets:index:VaultZone", name, None, opts)
        # Only for those who want it: start-up time.
        from pulumi_azure_native import privatedns

        # Until a stack could have several vaults, both were the one vault's.
        vault = f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::aks-secrets:index:KeyVault::vault"
        zone = privatedns.PrivateZone(
            f"{name}-zone",
            resource_group_name=args.resource_group_name,
            private_zone_name=VAULT_ZONE,
            location="global",
            tags=args.tags,
            opts=ResourceOptions(
                parent=self, aliases=[pulumi.Alias(name="vault-private-zone", parent=vault)]
            ),
        )
        self.links = [
            privatedns.VirtualNetworkLink(
                f"{name}/{network}",
                resource_group_name=args.resource_group_name,
                private_zone_name=zone.name,
                virtual_network_link_name=network,
                virtual_network=privatedns.SubResourceArgs(id=network_id),
                registration_enabled=False,
                location="global",
                tags=args.tags,
                opts=ResourceOptions(
                    parent=self,
                    aliases=[pulumi.Alias(name="vault-private-zone-link", parent=vault)]
                    if number == 0
                    else None,
                    # A network has one link to a zone, whatever it is called.
                    delete_before_replace=True,
                ),
            )
            for number, (network, network_id) in enumerate(args.networks.items())
        ]
        self.resource_id, self.name = zone.id, zone.name
        self.register_outputs({"resource_id": self.resource_id, "name": self.name})


@dataclass(frozen=True, kw_only=True)
class PrivateEndpoint:
    """Where the endpoint stands, and who knows its name."""

    resource_group_name: Input[str]
    endpoint_name: str
    subnet_id: Input[str]
    """ARM id of the subnet that gives it its address."""
    dns_zone_id: Input[str]
    """ARM id of a zone privatelink.vaultcore.azure.net that is linked to the networks that ask."""
    depends_on: Sequence[pulumi.Resource] = ()
    """Those links, where the stack makes them."""
    tags: Mapping[str, str] = field(default_factory=dict[str, str])


def make_private_endpoint(
    parent: pulumi.ComponentResource, name: str, args: PrivateEndpoint, vault_id: Output[str]
) -> list[pulumi.Resource]:
    """What has to be there before a pod finds the vault by its private address."""
    # Only for those who want it: start-up time.
    from pulumi_azure_native import network

    endpoint = network.PrivateEndpoint(
        f"{name}-private-endpoint",
        resource_group_name=args.resource_group_name,
        private_endpoint_name=args.endpoint_name,
        subnet=network.SubnetArgs(id=args.subnet_id),
        private_link_service_connections=[
            network.PrivateLinkServiceConnectionArgs(
                name=args.endpoint_name, private_link_service_id=vault_id, group_ids=[_VAULT_GROUP]
            )
        ],
        tags=args.tags,
        opts=ResourceOptions(parent=parent),
    )
    group = network.PrivateDnsZoneGroup(
        f"{name}-private-zone-group",
        resource_group_name=args.resource_group_name,
        private_endpoint_name=endpoint.name,
        private_dns_zone_group_name="default",
        private_dns_zone_configs=[
            network.PrivateDnsZoneConfigArgs(name="vault", private_dns_zone_id=args.dns_zone_id)
        ],
        # It goes with its endpoint.
        opts=ResourceOptions(parent=parent, deleted_with=endpoint),
    )
    return [*args.depends_on, group]
