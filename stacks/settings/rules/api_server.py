"""Rules for ``cluster.private`` and ``cluster.authorized_ip_ranges``."""

from collections.abc import Iterator

from components.cluster.api_server import NO_ZONE
from stacks.settings.model.api_server import PRIVATE, PrivateSettings
from stacks.settings.model.cluster import ClusterSettings
from stacks.settings.types.ip_ranges import ipv4_range, is_public, without_host_bits
from stacks.settings.validation.registry import Violation, rule
from stacks.settings.validation.repeatable import quoted


@rule(
    "api-server-has-a-name",
    PrivateSettings,
    source=f"{PRIVATE}#limitations-for-private-aks-clusters-with-custom-dns",
)
def the_api_server_has_a_dns_name(private: PrivateSettings) -> Iterator[Violation]:
    """Without a private zone, only public DNS can resolve the API server's name."""
    if private.dns_zone == NO_ZONE and not private.public_fqdn:
        yield Violation(
            ("public_fqdn",),
            "false with dns_zone: none, so no DNS would resolve the API server's name",
            "set it to true",
            "true",
        )


_AUTHORIZED = "https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges"


@rule("authorized-ip-range", ClusterSettings, source=_AUTHORIZED)
def authorized_ranges_are_public(cluster: ClusterSettings) -> Iterator[Violation]:
    """A public API server sees only public addresses."""
    ranges = cluster.authorized_ip_ranges
    for index, value in enumerate(ranges):
        cidr = ipv4_range(value)
        if value == "0.0.0.0/32" and len(ranges) == 1:
            continue
        if cidr is None or not is_public(cidr):
            path = ("authorized_ip_ranges", index)
            problem, remedy = "is not a public IPv4 range", "write its first address and a prefix length"
            near = without_host_bits(value)
            suggested = str(near) if near and is_public(near) else None
            if suggested:
                problem = "does not begin with the first address of a range"
            elif cidr and cidr.prefixlen:
                problem = "is a private range, but callers reach a public API server with a public address"
                remedy = "write the public address of the network"
            yield Violation(path, f"{quoted(value)} {problem}", remedy, suggested)


@rule("private-has-no-authorized-ranges", ClusterSettings, source=f"{PRIVATE}#limitations")
def private_api_servers_have_no_authorized_ranges(cluster: ClusterSettings) -> Iterator[Violation]:
    """Authorized ranges apply to public API servers only."""
    if cluster.private and cluster.authorized_ip_ranges:
        yield Violation(
            ("authorized_ip_ranges",),
            "has no effect with private: a private API server has no public address",
            "remove it",
            remove=True,
        )


@rule("authorized-ip-range-number", ClusterSettings, source=_AUTHORIZED)
def authorized_ranges_are_within_the_limit(cluster: ClusterSettings) -> Iterator[Violation]:
    """AKS allows 200 authorized ranges."""
    if len(cluster.authorized_ip_ranges) > 200:
        path = ("authorized_ip_ranges",)
        yield Violation(
            path,
            f"{len(cluster.authorized_ip_ranges)} ranges",
            "AKS allows 200: join adjacent ranges",
        )
