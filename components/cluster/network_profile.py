"""The cluster's network profile: Azure CNI overlay with Cilium or with Azure's older dataplane, and the
outbound type.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pulumi import Input, Output
from pulumi_azure_native import containerservice

from components.resource_ids import network_of_subnet


class Dataplane(StrEnum):
    """The component that routes packets on the nodes."""

    CILIUM = "cilium"
    AZURE = "azure"


class NetworkPolicy(StrEnum):
    """The component that enforces Kubernetes network policies."""

    CILIUM = "cilium"
    CALICO = "calico"
    AZURE = "azure"
    NONE = "none"


class Outbound(StrEnum):
    """Egress of nodes and pods (outboundType). https://learn.microsoft.com/azure/aks/egress-outboundtype"""

    LOAD_BALANCER = "loadBalancer"
    """The load balancer that AKS creates."""
    MANAGED_NAT_GATEWAY = "managedNATGateway"
    """A NAT gateway that AKS creates, in the network that AKS creates."""
    USER_ASSIGNED_NAT_GATEWAY = "userAssignedNATGateway"
    """The NAT gateway that is associated with the subnet."""
    USER_DEFINED_ROUTING = "userDefinedRouting"
    """The subnet's route table, to a firewall."""


@dataclass(frozen=True, kw_only=True)
class ManagedNatGateway:
    """Settings of the NAT gateway that AKS creates."""

    public_ips: int = 1
    idle_timeout_minutes: int = 4


@dataclass(frozen=True, kw_only=True)
class NetworkProfile:
    """Azure CNI overlay: nodes have addresses of the subnet, pods of a separate range."""

    dataplane: Dataplane = Dataplane.CILIUM
    policy: NetworkPolicy = NetworkPolicy.CILIUM
    pod_cidr: str = "10.244.0.0/16"
    service_cidr: str = "10.0.0.0/16"
    dns_service_ip: str = "10.0.0.10"
    subnet_id: Input[str] | None = None
    """ARM id of the nodes' subnet. None: AKS creates a virtual network."""
    outbound: Outbound = Outbound.LOAD_BALANCER
    managed_nat_gateway: ManagedNatGateway | None = None
    """With ``Outbound.MANAGED_NAT_GATEWAY``. None: AKS's defaults."""
    route_table_id: Input[str] | None = None
    """With ``Outbound.USER_DEFINED_ROUTING``: ARM id of the subnet's route table, on which the cluster's
    identity needs a role too.
    """
    outbound_addresses: Sequence[Input[str]] = ()
    """Public egress addresses of the nodes that AKS does not add to the API server's authorized ranges on its
    own.
    """

    @property
    def virtual_network_id(self) -> Output[str]:
        """ARM id of the virtual network of the nodes' subnet; empty if AKS creates it."""
        return Output.from_input(self.subnet_id).apply(
            lambda subnet: network_of_subnet(subnet) if subnet else ""
        )


def network_profile(network: NetworkProfile) -> containerservice.ContainerServiceNetworkProfileArgs:
    """ARM representation."""
    nat = network.managed_nat_gateway
    return containerservice.ContainerServiceNetworkProfileArgs(
        network_plugin=containerservice.NetworkPlugin.AZURE,
        network_plugin_mode=containerservice.NetworkPluginMode.OVERLAY,
        network_dataplane=network.dataplane.value,
        network_policy=network.policy.value,
        load_balancer_sku="standard",
        outbound_type=network.outbound.value,
        nat_gateway_profile=containerservice.ManagedClusterNATGatewayProfileArgs(
            idle_timeout_in_minutes=nat.idle_timeout_minutes,
            managed_outbound_ip_profile=containerservice.ManagedClusterManagedOutboundIPProfileArgs(
                count=nat.public_ips
            ),
        )
        if nat
        else None,
        pod_cidr=network.pod_cidr,
        service_cidr=network.service_cidr,
        dns_service_ip=network.dns_service_ip,
    )
