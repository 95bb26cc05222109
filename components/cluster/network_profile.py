"""The cluster's network profile: Azure CNI overlay, by Cilium or by Azure's older dataplane, and the nodes' way out."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pulumi import Input, Output
from pulumi_azure_native import containerservice

from components.resource_ids import network_of_subnet


class Dataplane(StrEnum):
    """What moves packets on the nodes."""

    CILIUM = "cilium"
    AZURE = "azure"


class NetworkPolicy(StrEnum):
    """What enforces Kubernetes network policies."""

    CILIUM = "cilium"
    CALICO = "calico"
    AZURE = "azure"
    NONE = "none"


class Outbound(StrEnum):
    """How nodes and pods reach the world: AKS's outboundType. https://learn.microsoft.com/azure/aks/egress-outboundtype"""

    LOAD_BALANCER = "loadBalancer"
    """Through the load balancer that AKS makes."""
    MANAGED_NAT_GATEWAY = "managedNATGateway"
    """Through a NAT gateway that AKS makes, in the network that AKS makes."""
    USER_ASSIGNED_NAT_GATEWAY = "userAssignedNATGateway"
    """Through the NAT gateway that the subnet names."""
    USER_DEFINED_ROUTING = "userDefinedRouting"
    """By the subnet's route table, to a firewall."""


@dataclass(frozen=True, kw_only=True)
class ManagedNatGateway:
    """What AKS makes of its NAT gateway."""

    public_ips: int = 1
    idle_timeout_minutes: int = 4


@dataclass(frozen=True, kw_only=True)
class NetworkProfile:
    """Azure CNI overlay: pods have addresses of their own, nodes those of the subnet."""

    dataplane: Dataplane = Dataplane.CILIUM
    policy: NetworkPolicy = NetworkPolicy.CILIUM
    pod_cidr: str = "10.244.0.0/16"
    service_cidr: str = "10.0.0.0/16"
    dns_service_ip: str = "10.0.0.10"
    subnet_id: Input[str] | None = None
    """Subnet of the nodes; AKS makes a virtual network of its own if not given."""
    outbound: Outbound = Outbound.LOAD_BALANCER
    managed_nat_gateway: ManagedNatGateway | None = None
    """With ``Outbound.MANAGED_NAT_GATEWAY``; AKS's defaults if not given."""
    route_table_id: Input[str] | None = None
    """With ``Outbound.USER_DEFINED_ROUTING``: the subnet's table, on which the cluster's identity needs rights too."""
    outbound_addresses: Sequence[Input[str]] = ()
    """Public addresses from which the nodes come and that AKS does not know, so that it does not let them to its API server by itself."""

    @property
    def virtual_network_id(self) -> Output[str]:
        """The network of the nodes' subnet."""
        return Output.from_input(self.subnet_id).apply(
            lambda subnet: network_of_subnet(subnet) if subnet else ""
        )


def network_profile(network: NetworkProfile) -> containerservice.ContainerServiceNetworkProfileArgs:
    """As ARM takes it."""
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
