"""A private address for a vault: the endpoint in a subnet, and the private DNS zone that resolves the vault's
name to it.

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
    """Arguments of ``VaultZone``."""

    resource_group_name: Input[str]
    networks: Mapping[str, Input[str]]
    """Link name → ARM id of each network that resolves the vaults' names."""
    tags: Mapping[str, str] = field(default_factory=dict[str, str])


class VaultZone(pulumi.ComponentResource):
    """The private DNS zone of all vaults of a stack. A network can be linked to only one zone of a name.

    Creates: PrivateZone, one VirtualNetworkLink per network.
    """

    resource_id: Output[str]
    name: Output[str]

    links: list[pulumi.Resource]
    """Network links, without which those networks do not resolve the private addresses."""

    def __init__(self, name: str, args: VaultZoneArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-secrets:index:VaultZone", name, None, opts)
        from pulumi_azure_native import privatedns

        # Aliases: while a stack had only one vault, zone and link were children of that vault.
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
                    # Azure allows one link between a network and a zone, so the old one goes first.
                    delete_before_replace=True,
                ),
            )
            for number, (network, network_id) in enumerate(args.networks.items())
        ]
        self.resource_id, self.name = zone.id, zone.name
        self.register_outputs({"resource_id": self.resource_id, "name": self.name})


@dataclass(frozen=True, kw_only=True)
class PrivateEndpoint:
    """A private endpoint of a vault."""

    resource_group_name: Input[str]
    """Resource group of the endpoint, in the subscription of the subnet."""
    endpoint_name: str
    subnet_id: Input[str]
    """ARM id of the subnet of the endpoint's address."""
    dns_zone_id: Input[str]
    """ARM id of a zone privatelink.vaultcore.azure.net that is linked to the networks of the clients."""
    depends_on: Sequence[pulumi.Resource] = ()
    """Network links of that zone, if the stack creates them."""
    provider: pulumi.ProviderResource | None = None
    """Provider of the subnet's subscription. None: it is the vault's."""
    tags: Mapping[str, str] = field(default_factory=dict[str, str])


def make_private_endpoint(
    parent: pulumi.ComponentResource, name: str, args: PrivateEndpoint, vault_id: Output[str]
) -> list[pulumi.Resource]:
    """Create the endpoint. Returns the resources without which pods do not resolve the vault's private
    address.
    """
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
        opts=ResourceOptions(parent=parent, provider=args.provider),
    )
    group = network.PrivateDnsZoneGroup(
        f"{name}-private-zone-group",
        resource_group_name=args.resource_group_name,
        private_endpoint_name=endpoint.name,
        private_dns_zone_group_name="default",
        private_dns_zone_configs=[
            network.PrivateDnsZoneConfigArgs(name="vault", private_dns_zone_id=args.dns_zone_id)
        ],
        # Azure deletes the group with its endpoint.
        opts=ResourceOptions(parent=parent, deleted_with=endpoint, provider=args.provider),
    )
    return [*args.depends_on, group]
