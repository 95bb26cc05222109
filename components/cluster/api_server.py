"""Network access to the API server: public, restricted to address ranges, or private.

Deliberately not here: the peering with the network of a private API server
(components/network/virtual_network.py), and the kubeconfig (base.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_azure_native import containerservice

from components import naming

SYSTEM_ZONE = "system"
"""AKS creates a private DNS zone per cluster, in the nodes' resource group."""
NO_ZONE = "none"
"""Public DNS resolves the name to the private address."""


@dataclass(frozen=True, kw_only=True)
class PrivateApi:
    """An API server with a private address only: https://learn.microsoft.com/azure/aks/private-clusters"""

    dns_zone: str = SYSTEM_ZONE
    """``system``, ``none``, or the ARM id of an existing zone, which is linked to all networks that resolve
    the name.
    """
    public_fqdn: bool = False
    """Public DNS resolves the name too; the address is still private."""
    linked_network_id: str | None = None
    """ARM id of a network, besides that of the nodes, to which AKS's own zone is linked. None: no other
    network resolves the name.
    """
    depends_on: Sequence[pulumi.Resource] = ()
    """Peerings with the nodes' network, which the cluster and its Kubernetes objects wait for."""

    @property
    def has_zone(self) -> bool:
        """The name is in a private DNS zone, created by AKS or existing."""
        return self.dns_zone != NO_ZONE

    @property
    def zone_id(self) -> str | None:
        """ARM id of the existing zone. None: the zone is AKS's own, or there is none."""
        return None if self.dns_zone in (SYSTEM_ZONE, NO_ZONE) else self.dns_zone


def access_profile(
    private: PrivateApi | None, authorized_ip_ranges: Sequence[str], outbound_addresses: Sequence[Input[str]]
) -> containerservice.ManagedClusterAPIServerAccessProfileArgs:
    """ARM representation.

    ``enablePrivateCluster: false`` and an empty range list are always sent, because ARM keeps properties that
    a PUT omits (https://github.com/hashicorp/terraform-provider-azurerm/issues/20085). AKS then refuses the
    removal of ``private`` with an error.
    """
    if private is None:
        ranges: list[Input[str]] = [str(IPv4Network(value)) for value in authorized_ip_ranges]
        if ranges:
            # AKS adds the addresses of its own load balancer, and no others:
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
    """The private DNS zone that AKS creates, as read from the cluster."""

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
    """A link of AKS's zone to a peered network. AKS itself links the zone to the nodes' network only.

    https://learn.microsoft.com/azure/aks/private-cluster-connect?pivots=vnet-peering
    """
    from pulumi_azure_native import privatedns

    return privatedns.VirtualNetworkLink(
        f"{name}-runner-link",
        resource_group_name=zone.node_resource_group_name,
        # <prefix>-<hash>.<guid>.privatelink.<region>.azmk8s.io: the zone is the part after the first label
        # (Azure/AKS#2476).
        private_zone_name=zone.private_fqdn.apply(lambda fqdn: fqdn.split(".", 1)[-1]),
        virtual_network_link_name=naming.peering(network_id),
        virtual_network=privatedns.SubResourceArgs(id=network_id),
        registration_enabled=False,
        location="global",
        tags=zone.tags,
        # AKS deletes the zone with the nodes' resource group.
        opts=ResourceOptions(parent=parent, deleted_with=cluster),
    )
