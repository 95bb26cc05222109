"""Section ``cluster.network``: Azure CNI overlay, its address ranges and its egress."""

from components.cluster.network_profile import Dataplane, NetworkPolicy, Outbound
from stacks.settings.model.nat_gateway import NatGatewaySettings
from stacks.settings.model.section import Section
from stacks.settings.types.azure import RouteTableId, SubnetId

OVERLAY = "https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay"


class ClusterNetworkSettings(Section):
    """Azure CNI overlay."""

    dataplane: Dataplane = Dataplane.CILIUM
    """cilium: eBPF, Linux nodes only; azure: the older dataplane, which Windows nodes need."""
    policy: NetworkPolicy | None = None
    """Engine that enforces network policies; by default cilium with dataplane cilium, none with dataplane
    azure.
    """
    pod_cidr: str = "10.244.0.0/16"
    """Address range of pods. Each node takes a /24 of it."""
    service_cidr: str = "10.0.0.0/16"
    """Address range of Services, /12 or smaller."""
    dns_service_ip: str = "10.0.0.10"
    """Address of the cluster's DNS Service, within `service_cidr`."""
    subnet_id: SubnetId | None = None
    """ARM id of an existing subnet for the nodes; by default AKS makes a network, or the program with section
    `network`.
    """
    outbound: Outbound = Outbound.LOAD_BALANCER
    """Outbound type: how nodes and pods reach the internet. Changing it replaces the cluster, unless `az aks
    update` changes it first.
    """
    nat_gateway: NatGatewaySettings | None = None
    """Options of the NAT gateway that AKS makes, or the program in its own `network`; one public address by
    default.
    """
    route_table_id: RouteTableId | None = None
    """With `outbound: userDefinedRouting` and `subnet_id`: ARM id of the subnet's route table. The cluster's
    identity gets rights on it.
    """

    @property
    def effective_policy(self) -> NetworkPolicy:
        """The policy engine: the configured one, else the default of the dataplane."""
        if self.policy is not None:
            return self.policy
        return NetworkPolicy.CILIUM if self.dataplane is Dataplane.CILIUM else NetworkPolicy.NONE
