"""Rules for section ``network``, and for what has to be in it or near it."""

import ipaddress
from collections.abc import Iterator

from stacks.settings.model.api_server import PRIVATE, private_zone_name, zone_matches_region
from stacks.settings.model.settings import Composition, Settings
from stacks.settings.types.ip_ranges import ipv4_range, without_host_bits
from stacks.settings.validation.registry import Violation, rule
from stacks.settings.validation.repeatable import quoted

_PLANNING = "https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning"


def _range(text: str | None) -> ipaddress.IPv4Network | None:
    return None if text is None else ipv4_range(text)


@rule(
    "network-range", Settings, source="https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq"
)
def subnets_lie_within_the_network(settings: Settings) -> Iterator[Violation]:
    """Each subnet is a part of the network and overlaps no other."""
    network = settings.network
    if network is None:
        return
    texts = {
        "address_space": network.address_space,
        "nodes": network.nodes,
        "private_endpoints": network.private_endpoints,
    }
    ranges = {key: _range(text) for key, text in texts.items() if text is not None}
    for key, cidr in ranges.items():
        if cidr is None or not 8 <= cidr.prefixlen <= 29:
            text, problem = texts[key] or "", "is not a range of 8 addresses or more"
            if near := without_host_bits(text):
                problem = "does not begin with the first address of a range"
            remedy = "write its first address and a prefix length"
            suggested = str(near) if near else None
            yield Violation(("network", key), f"{quoted(text)} {problem}", remedy, suggested)
    space, nodes, endpoints = (ranges.get(key) for key in texts)
    for key, cidr in (("nodes", nodes), ("private_endpoints", endpoints)):
        if cidr and space and not cidr.subnet_of(space):
            yield Violation(
                ("network", key),
                f"{texts[key]!r} is not within address_space {network.address_space!r}",
                "choose a part of it",
            )
    if nodes and endpoints and nodes.overlaps(endpoints):
        yield Violation(
            ("network", "private_endpoints"),
            f"{network.private_endpoints!r} overlaps nodes {network.nodes!r}",
            "choose ranges apart",
        )


# Azure reserves five addresses of a subnet, and an upgrade adds one node.
@rule("nodes-fit-the-subnet", Settings, source=f"{_PLANNING}#azure-cni-overlay")
def nodes_fit_their_subnet(settings: Settings) -> Iterator[Violation]:
    """A cluster whose subnet is full reports it only in the autoscaler's log."""
    nodes = _range(settings.network.nodes) if settings.network else None
    if nodes and nodes.num_addresses - 5 < settings.cluster.max_nodes + 1:
        problem = (
            f"{nodes} has room for {max(0, nodes.num_addresses - 5)} nodes, but the pools can grow to"
            f" {settings.cluster.max_nodes}"
        )
        yield Violation(
            ("network", "nodes"), f"{problem}, plus one during an upgrade", "choose a larger range"
        )


@rule(
    "endpoints-fit-the-subnet",
    Settings,
    source="https://learn.microsoft.com/azure/private-link/private-endpoint-overview#private-endpoint-properties",
)
def private_endpoints_fit_their_subnet(settings: Settings) -> Iterator[Violation]:
    """Each private endpoint takes an address. Azure reserves five of a subnet."""
    subnet = _range(settings.network.private_endpoints) if settings.network else None
    endpoints = sum(
        vault.private_endpoint is not None and vault.private_endpoint.subnet_id is None
        for _, _, vault in settings.all_vaults
    )
    if subnet and (room := max(0, subnet.num_addresses - 5)) < endpoints:
        problem = f"{subnet} has room for {room} private endpoints, and the vaults have {endpoints}"
        yield Violation(("network", "private_endpoints"), problem, "choose a larger range")


@rule("network-is-one", Settings, source="our own choice: two keys for one value could disagree")
def the_nodes_are_in_one_network(settings: Settings) -> Iterator[Violation]:
    """The nodes are in a network that the program makes, or in an existing one."""
    if settings.network is None:
        return
    if settings.cluster.network.subnet_id:
        yield Violation(
            ("cluster", "network", "subnet_id"),
            "network already makes a subnet for the nodes",
            "remove one of them",
            remove=True,
        )
    if settings.cluster.existing and settings.composition is not Composition.WORKLOADS:
        yield Violation(
            ("network",), "has no effect: an existing cluster has its network", "remove it", remove=True
        )


@rule(
    "private-endpoint-has-a-subnet",
    Settings,
    source="https://learn.microsoft.com/azure/private-link/private-endpoint-overview",
)
def private_endpoints_have_a_subnet(settings: Settings) -> Iterator[Violation]:
    """A private endpoint takes its address from a subnet that the program makes, or from an existing one."""
    makes_subnet = settings.network and settings.network.private_endpoints
    for at, _, vault in settings.all_vaults:
        path, endpoint = (*at, "private_endpoint", "subnet_id"), vault.private_endpoint
        if endpoint and endpoint.subnet_id is None and not makes_subnet:
            remedy = "set the id of a subnet, or a range in network.private_endpoints"
            yield Violation(path, "neither it nor network.private_endpoints is set", remedy)
        if endpoint and endpoint.subnet_id and makes_subnet:
            yield Violation(
                path,
                "network.private_endpoints already makes a subnet for it",
                "remove one of them",
                remove=True,
            )


@rule(
    "private-api-server-is-near",
    Settings,
    source="https://learn.microsoft.com/azure/aks/private-cluster-connect",
)
def the_deployer_can_reach_the_api_server(settings: Settings) -> Iterator[Violation]:
    """The network that AKS makes has no peering, so `pulumi` could not reach the API server."""
    cluster = settings.cluster
    if cluster.private and settings.network is None and cluster.network.subnet_id is None:
        problem = "missing, but `pulumi` cannot reach a private API server in the network that AKS makes"
        remedy = (
            "set network, which the program peers with private.deploy_from, or the id of a subnet that is"
            " reachable from there"
        )
        yield Violation(("cluster", "network", "subnet_id"), problem, remedy)


@rule("api-server-zone-name", Settings, source=f"{PRIVATE}#configuration-options-for-private-dns")
def the_private_dns_zone_has_a_valid_name(settings: Settings) -> Iterator[Violation]:
    """AKS accepts one zone name per region, with or without a label before it."""
    private = settings.cluster.private
    zone = private_zone_name(private) if private else None
    if zone and not zone_matches_region(zone, settings.location):
        name = f"privatelink.{settings.location}.azmk8s.io"
        remedy = f"choose {name}, or a name with a label of up to 32 characters before it"
        yield Violation(("cluster", "private", "dns_zone"), f"its name is {zone!r}", remedy, "system")
