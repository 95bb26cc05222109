"""How the cluster's API server is reached: from everywhere, from some addresses, or from private networks only.

Deliberately not here: the peering that leads to a private one (components/network/virtual_network.py), and the kubeconfig
(components/cluster/base.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_azure_native import containerservice

from components import naming

SYSTEM_ZONE = "system"
"""AKS makes a zone of its own for each cluster, among the nodes."""
NO_ZONE = "none"
"""The name is in public DNS, and leads to the private address."""


@dataclass(frozen=True, kw_only=True)
class PrivateApi:
    """An API server with a private address only: https://learn.microsoft.com/azure/aks/private-clusters"""

    dns_zone: str = SYSTEM_ZONE
    """``system``, ``none``, or the ARM id of a zone that exists; whoever has that one has linked it to the networks that ask."""
    public_fqdn: bool = False
    """A name in public DNS, too. The address stays private."""
    linked_network_id: str | None = None
    """A network besides the nodes' that has to find the name in the zone that AKS makes."""
    depends_on: Sequence[pulumi.Resource] = ()
    """What leads to the nodes' network, and has to be there first."""

    @property
    def has_zone(self) -> bool:
        """Whether a private zone knows the name, whoever has it."""
        return self.dns_zone != NO_ZONE

    @property
    def zone_id(self) -> str | None:
        """Of a zone that exists."""
        return None if self.dns_zone in (SYSTEM_ZONE, NO_ZONE) else self.dns_zone


def access_profile(
    private: PrivateApi | None, authorized_ip_ranges: Sequence[str], outbound_addresses: Sequence[Input[str]]
) -> containerservice.ManagedClusterAPIServerAccessProfileArgs:
    """As ARM takes it. It keeps what a PUT leaves out, so that a cluster is not private, and nobody authorized, is said:
    https://github.com/hashicorp/terraform-provider-azurerm/issues/20085. Who takes ``private`` out is then told that it cannot be."""
    if private is None:
        ranges: list[Input[str]] = [str(IPv4Network(value)) for value in authorized_ip_ranges]
        if ranges:
            # AKS adds the addresses of its load balancer by itself, and no others:
            # https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges
            ranges += [Output.concat(address, "/32") for address in outbound_addresses]
        return containerservice.ManagedClusterAPIServerAccessProfileArgs(
            authorized_ip_ranges=ranges, enable_private_cluster=False
        )
    return containerservice.ManagedClusterAPIServerAccessProfileArgs(
        enable_private_cluster=True,
        private_dns_zone=private.dns_zone,
        enable_private_cluster_public_fqdn=private.public_fqdn,
    )


@dataclass(frozen=True, kw_only=True)
class SystemZone:
    """The zone that AKS makes, as far as the cluster tells."""

    node_resource_group_name: Input[str]
    private_fqdn: Output[str]
    tags: Mapping[str, str] = field(default_factory=dict[str, str])


def link_zone(
    parent: pulumi.ComponentResource,
    name: str,
    zone: SystemZone,
    network_id: str,
    cluster: pulumi.Resource | None,
) -> pulumi.Resource:
    """AKS links its zone to the nodes' network and to no other; a peered one takes a link of its own:
    https://learn.microsoft.com/azure/aks/private-cluster-connect?pivots=vnet-peering"""
    # Only for those who want it: start-up time.
    from pulumi_azure_native import privatedns

    return privatedns.VirtualNetworkLink(
        f"{name}-runner-link",
        resource_group_name=zone.node_resource_group_name,
        # <prefix>-<hash>.<guid>.privatelink.<region>.azmk8s.io: the zone is all but the first word (Azure/AKS#2476).
        private_zone_name=zone.private_fqdn.apply(lambda fqdn: fqdn.split(".", 1)[-1]),
        virtual_network_link_name=naming.peering(network_id),
        virtual_network=privatedns.SubResourceArgs(id=network_id),
        registration_enabled=False,
        location="global",
        tags=zone.tags,
        # The zone goes with the nodes' resource group.
        opts=ResourceOptions(parent=parent, deleted_with=cluster),
    )
