"""Rules for ``cluster.network``."""

import ipaddress
from collections.abc import Iterator

from components.cluster.network_profile import Dataplane, NetworkPolicy
from components.resource_ids import ArmId
from stacks.settings.model.cluster import ClusterSettings
from stacks.settings.model.cluster_network import OVERLAY, ClusterNetworkSettings
from stacks.settings.types.ip_ranges import ipv4_range, without_host_bits
from stacks.settings.validation.registry import Violation, rule
from stacks.settings.validation.repeatable import quoted

_CNI = "https://learn.microsoft.com/azure/aks/concepts-network-cni-overview#aks-cni-networking-prerequisites"

_POLICIES = "https://learn.microsoft.com/azure/aks/use-network-policies"


@rule("policy-fits-dataplane", ClusterNetworkSettings, source=_POLICIES)
def policy_fits_the_dataplane(network: ClusterNetworkSettings) -> Iterator[Violation]:
    """Cilium enforces its own network policies and no other engine's."""
    if (network.effective_policy is NetworkPolicy.CILIUM) != (network.dataplane is Dataplane.CILIUM):
        choices = "cilium" if network.dataplane is Dataplane.CILIUM else "calico, azure or none"
        yield Violation(
            ("policy",),
            f"{network.effective_policy} does not go with dataplane {network.dataplane}",
            f"choose {choices}",
            choices.split(",", maxsplit=1)[0],
        )


def parse_cidr(cidr: str) -> ipaddress.IPv4Network | None:
    """The range of a CIDR. None: the text is no range; a single address is none either."""
    return ipv4_range(cidr) if "/" in cidr else None


@rule("cidr", ClusterNetworkSettings, source=_CNI)
def ranges_are_cidrs(network: ClusterNetworkSettings) -> Iterator[Violation]:
    """A range is an address and a prefix length, without host bits."""
    for key, value, example in (
        ("pod_cidr", network.pod_cidr, "10.244.0.0/16"),
        ("service_cidr", network.service_cidr, "10.0.0.0/16"),
    ):
        if parse_cidr(value) is None:
            near = without_host_bits(value)
            is_length = near and value.rpartition("/")[2].isdecimal()
            problem = (
                "does not begin with the first address of a range" if is_length else "is not an IPv4 range"
            )
            remedy = "write the first address and a prefix length"
            yield Violation((key,), f"{quoted(value)} {problem}", remedy, str(near) if near else example)


@rule("service-cidr-size", ClusterNetworkSettings, source=_CNI)
def the_service_range_has_a_valid_size(network: ClusterNetworkSettings) -> Iterator[Violation]:
    """AKS requires a range smaller than a /12, and a few Services need a /28."""
    services = parse_cidr(network.service_cidr)
    if services and not 12 < services.prefixlen <= 28:
        size = "large" if services.prefixlen <= 12 else "small"
        yield Violation(
            ("service_cidr",),
            f"{network.service_cidr!r} is too {size}",
            "choose a /13 to a /28",
            "10.0.0.0/16",
        )


@rule("dns-service-ip", ClusterNetworkSettings, source=_CNI)
def the_dns_address_is_a_service_address(network: ClusterNetworkSettings) -> Iterator[Violation]:
    """The address lies in the Service range and is not its first one, which is the API server's."""
    services = parse_cidr(network.service_cidr)
    if services is None or services.num_addresses < 4:
        return
    try:
        address = ipaddress.IPv4Address(network.dns_service_ip)
    except ValueError:
        address = None
    usual = str(services[10]) if services.num_addresses > 11 else None
    if address is None or address not in services or address in (services[0], services[1], services[-1]):
        problem = (
            f"{quoted(network.dns_service_ip)} is not an address of service_cidr {network.service_cidr!r}"
            " after its first"
        )
        yield Violation(("dns_service_ip",), problem, "choose one of its addresses", usual)


@rule(
    "subnet-names-are-labels", ClusterNetworkSettings, source=f"{OVERLAY}#limitations-with-azure-cni-overlay"
)
def names_of_the_subnet_fit_into_a_label(network: ClusterNetworkSettings) -> Iterator[Violation]:
    """AKS puts the names of group, network and subnet on nodes as labels of at most 63 characters."""
    if network.subnet_id is None:
        return
    subnet = ArmId.parse(network.subnet_id)
    for what, name in zip(
        ("group", "network", "subnet"), (subnet.resource_group, *subnet.names), strict=True
    ):
        if len(name) > 63:
            yield Violation(
                ("subnet_id",),
                f"its {what} has a name of {len(name)} characters",
                "AKS with overlay allows 63",
            )


@rule("pod-cidr-holds-the-nodes", ClusterSettings, source=OVERLAY)
def every_node_gets_its_pod_range(cluster: ClusterSettings) -> Iterator[Violation]:
    """Overlay gives each node a /24. A range that is too small stops the pools from growing."""
    pods = parse_cidr(cluster.network.pod_cidr)
    nodes = cluster.max_nodes
    surge = 1 + len(cluster.user_pools)  # an upgrade adds a node to each pool
    if pods and pods.num_addresses < (nodes + surge) * 256:
        room = pods.num_addresses // 256
        yield Violation(
            ("network", "pod_cidr"),
            (
                f"{cluster.network.pod_cidr!r} has room for {room} node{'' if room == 1 else 's'}, but the"
                f" pools can grow to {nodes}, plus {surge} during an upgrade"
            ),
            "each node takes a /24: choose a larger range",
            "10.244.0.0/16",
        )
