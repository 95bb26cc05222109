"""Rules for all address ranges of a stack: none overlaps another, nor one that Azure or AKS reserves.

Owns: the table of ranges, and their comparison, which preflight also uses for networks that exist.
Deliberately not here: sizes of ranges (cluster_network.py, network.py).
"""

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from stacks.settings.model.cluster_network import OVERLAY
from stacks.settings.model.settings import Composition, Settings
from stacks.settings.types.ip_ranges import ipv4_range
from stacks.settings.validation.problems import Path, format_path
from stacks.settings.validation.registry import Violation, rule

_CNI = "https://learn.microsoft.com/azure/aks/concepts-network-cni-overview#aks-cni-networking-prerequisites"
_PLANNING = "https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning"
_FAQ = (
    "https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq"
    "#what-address-ranges-can-i-use-in-my-virtual-networks"
)


class Role(Enum):
    """Owners of the addresses of a range."""

    NETWORK = "network"
    PODS = "pods"
    SERVICES = "services"


@dataclass(frozen=True)
class AddressRange:
    """A range that the cluster routes."""

    path: Path
    """Key that chooses the range, or that names the network to which it belongs."""
    cidr: ipaddress.IPv4Network
    role: Role
    owner: str
    """The owner of the range, for messages."""


_RESERVED: dict[ipaddress.IPv4Network, str] = {
    ipaddress.IPv4Network(cidr): owner
    for cidr, owner in (
        # "AKS clusters can't use" these for Services, pods or the network: the prerequisites of _CNI.
        ("169.254.0.0/16", "AKS reserves"),
        ("172.30.0.0/16", "AKS reserves"),
        ("172.31.0.0/16", "AKS reserves"),
        ("192.0.2.0/24", "AKS reserves"),
        ("168.63.129.16/32", "is Azure's own DNS and DHCP"),
        # https://www.iana.org/assignments/iana-ipv4-special-registry
        ("0.0.0.0/8", "is not for hosts"),
        ("127.0.0.0/8", "is not for hosts"),
        ("224.0.0.0/3", "is not for hosts"),
    )
}

NETWORK_OF_AKS = ipaddress.IPv4Network("10.224.0.0/12")
"""The virtual network that AKS makes if no subnet is named: Azure/AKS, CHANGELOG.md, Azure/AKS#2727."""

_PRIVATE = [
    *(f"10.{second}.0.0/16" for second in (244, 245, 10, 20, 100)),
    *("172.16.0.0/16", "172.20.0.0/16", "192.168.0.0/16"),
]


def makes_a_cluster(settings: Settings) -> bool:
    """Whether the stack makes its cluster, whose ranges are those of ``cluster.network``."""
    return settings.cluster.existing is None and settings.composition is not Composition.WORKLOADS


def configured_ranges(settings: Settings) -> list[AddressRange]:
    """The ranges that the settings choose, defaults included, and the network that AKS makes by itself."""
    cluster, made = settings.cluster.network, settings.network
    texts: list[tuple[Path, str, Role]] = []
    if made:
        texts.append((("network", "address_space"), made.address_space, Role.NETWORK))
    if makes_a_cluster(settings):
        texts.append((("cluster", "network", "pod_cidr"), cluster.pod_cidr, Role.PODS))
        texts.append((("cluster", "network", "service_cidr"), cluster.service_cidr, Role.SERVICES))
    ranges = [
        AddressRange(path, cidr, role, f"{format_path(path)} {text!r}")
        for path, text, role in texts
        if (cidr := ipv4_range(text))
    ]
    if makes_a_cluster(settings) and made is None and cluster.subnet_id is None:
        ranges.append(AddressRange((), NETWORK_OF_AKS, Role.NETWORK, "the network that AKS makes"))
    return ranges


def meetings(
    ranges: Iterable[AddressRange], others: Iterable[AddressRange]
) -> Iterator[tuple[AddressRange, AddressRange]]:
    """Each range with each other range that it overlaps, once."""
    others = list(others)
    met: set[frozenset[AddressRange]] = set()
    for span in ranges:
        for other in others:
            pair = frozenset((span, other))
            if span != other and pair not in met and span.cidr.overlaps(other.cidr):
                met.add(pair)
                yield span, other


def free_range(ranges: Iterable[AddressRange]) -> str | None:
    """A private range that overlaps none of these. None: the usual ones do."""
    kept = [*(known.cidr for known in ranges), *_RESERVED]
    free = (cidr for cidr in _PRIVATE if not any(ipaddress.ip_network(cidr).overlaps(span) for span in kept))
    return next(free, None)


@rule("cidr-reserved", Settings, source=f"{_CNI}; {_FAQ}")
def no_range_is_reserved(settings: Settings) -> Iterator[Violation]:
    """AKS and Azure keep some ranges for themselves, and some belong to no host."""
    ranges = configured_ranges(settings)
    for span in ranges:
        reserved = next((other for other in _RESERVED if span.cidr.overlaps(other)), None)
        if reserved:
            problem = f"{str(span.cidr)!r} overlaps {reserved}, which {_RESERVED[reserved]}"
            suggested = free_range(ranges) if span.role is Role.PODS else None
            yield Violation(span.path, problem, "choose another private range", suggested)


@rule("cidrs-apart", Settings, source=OVERLAY)
def pods_and_services_do_not_overlap(settings: Settings) -> Iterator[Violation]:
    """An address belongs either to a pod or to a Service."""
    ranges = configured_ranges(settings)
    inside = [span for span in ranges if span.role is not Role.NETWORK]
    for pods, services in meetings(inside, inside):
        problem = f"{str(pods.cidr)!r} overlaps service_cidr {str(services.cidr)!r}"
        rest = [span for span in ranges if span is not pods]
        yield Violation(pods.path, problem, "choose ranges apart", free_range(rest))


@rule("network-apart-from-pods", Settings, source=f"{_PLANNING}; {_CNI}")
def the_network_does_not_overlap_pods_or_services(settings: Settings) -> Iterator[Violation]:
    """An address of the network cannot be a pod's or a Service's as well."""
    ranges = configured_ranges(settings)
    networks = [span for span in ranges if span.role is Role.NETWORK]
    inside = [span for span in ranges if span.role is not Role.NETWORK]
    for network, other in meetings(networks, inside):
        if network.path:
            problem = f"{network.cidr} overlaps {format_path(other.path)} {other.cidr}"
            yield Violation(network.path, problem, "choose ranges apart", "10.10.0.0/16")
            continue
        suggested = free_range([span for span in ranges if span is not other])
        remedy = "choose another range"
        if other.role is Role.SERVICES:
            remedy, suggested = f"{remedy}, and dns_service_ip within it", None
        yield Violation(
            other.path, f"{str(other.cidr)!r} overlaps {network.cidr}, {network.owner}", remedy, suggested
        )
