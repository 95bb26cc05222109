"""The cluster's network profile: Azure CNI overlay, by Cilium or by Azure's older dataplane."""

from dataclasses import dataclass
from enum import StrEnum

from pulumi import Input, Output
from pulumi_azure_native import containerservice


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


@dataclass(frozen=True, kw_only=True)
class Network:
    """Azure CNI overlay: pods have addresses of their own, nodes those of the subnet."""

    dataplane: Dataplane = Dataplane.CILIUM
    policy: NetworkPolicy = NetworkPolicy.CILIUM
    pod_cidr: str = "10.244.0.0/16"
    service_cidr: str = "10.0.0.0/16"
    dns_service_ip: str = "10.0.0.10"
    subnet_id: Input[str] | None = None
    """Subnet of the nodes; AKS makes a virtual network of its own if not given."""

    @property
    def virtual_network_id(self) -> Output[str]:
        """The network of the nodes' subnet."""
        return Output.from_input(self.subnet_id).apply(lambda subnet: (subnet or "").rsplit("/subnets/", 1)[0])


def network_profile(network: Network) -> containerservice.ContainerServiceNetworkProfileArgs:
    """As ARM takes it."""
    return containerservice.ContainerServiceNetworkProfileArgs(
        network_plugin=containerservice.NetworkPlugin.AZURE,
        network_plugin_mode=containerservice.NetworkPluginMode.OVERLAY,
        network_dataplane=network.dataplane.value,
        network_policy=network.policy.value,
        load_balancer_sku="standard",
        outbound_type=containerservice.OutboundType.LOAD_BALANCER,
        pod_cidr=network.pod_cidr,
        service_cidr=network.service_cidr,
        dns_service_ip=network.dns_service_ip,
    )
