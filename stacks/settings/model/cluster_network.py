"""The cluster's network, part of section ``cluster``: address ranges that AKS accepts and that do not meet."""

from components.cluster.network_profile import Dataplane, NetworkPolicy, Outbound
from stacks.settings.model.nat_gateway import NatGatewaySettings
from stacks.settings.model.section import Section
from stacks.settings.types.azure import RouteTableId, SubnetId

OVERLAY = "https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay"


class ClusterNetworkSettings(Section):
    """Azure CNI overlay."""

    dataplane: Dataplane = Dataplane.CILIUM
    """cilium: eBPF, Linux nodes only; azure: the older one, which Windows nodes need."""
    policy: NetworkPolicy | None = None
    """What enforces network policies: cilium with the cilium dataplane, none with the azure one if not given."""
    pod_cidr: str = "10.244.0.0/16"
    """Addresses of pods; each node takes a /24 of it."""
    service_cidr: str = "10.0.0.0/16"
    """Addresses of Services."""
    dns_service_ip: str = "10.0.0.10"
    """Address of the cluster's DNS, within `service_cidr`."""
    subnet_id: SubnetId | None = None
    """ARM id of an existing subnet for the nodes; AKS makes its own network if not given."""
    outbound: Outbound = Outbound.LOAD_BALANCER
    """How nodes and pods reach the world. Another one needs another cluster, unless `az aks update` goes first."""
    nat_gateway: NatGatewaySettings | None = None
    """Of a NAT gateway that AKS makes, or the program in its own `network`; one address if not given."""
    route_table_id: RouteTableId | None = None
    """With `userDefinedRouting` and `subnet_id`: ARM id of the subnet's route table, on which the cluster's identity gets rights."""

    @property
    def effective_policy(self) -> NetworkPolicy:
        """The policy engine that goes with the dataplane."""
        if self.policy is not None:
            return self.policy
        return NetworkPolicy.CILIUM if self.dataplane is Dataplane.CILIUM else NetworkPolicy.NONE


# --------------------------------------------------------------------------------------------------------------- cross-key rules
