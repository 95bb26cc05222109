"""Rules for the API server: section ``cluster.private`` and its addresses."""

from collections.abc import Iterator

from components.cluster.api_server import NO_ZONE
from stacks.settings.model.api_server import PRIVATE, PrivateSettings
from stacks.settings.model.cluster import ClusterSettings
from stacks.settings.types.ip_ranges import ipv4_range, is_public
from stacks.settings.validation.registry import Violation, rule


@rule(
    "api-server-has-a-name",
    PrivateSettings,
    source=f"{PRIVATE}#limitations-for-private-aks-clusters-with-custom-dns",
)
def somebody_knows_the_name(private: PrivateSettings) -> Iterator[Violation]:
    """Public DNS, where no zone is private."""
    if private.dns_zone == NO_ZONE and not private.public_fqdn:
        yield Violation(
            ("public_fqdn",),
            "off, and dns_zone none, so nobody would know the API server's name",
            "switch it on",
            "true",
        )


_AUTHORIZED = "https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges"


@rule("authorized-ip-range", ClusterSettings, source=_AUTHORIZED)
def authorized_ranges_are_public(cluster: ClusterSettings) -> Iterator[Violation]:
    """Public IPv4 ranges. 0.0.0.0/32, alone, is AKS's word for the cluster's own outgoing address."""
    ranges = cluster.authorized_ip_ranges
    for index, value in enumerate(ranges):
        found = ipv4_range(value)
        if value == "0.0.0.0/32" and len(ranges) == 1:
            continue
        if found is None or not is_public(found):
            path = ("authorized_ip_ranges", index)
            problem, remedy = "is not a public IPv4 range", "write its first address and a prefix length"
            if found and found.prefixlen:
                problem = "is a private range, from which nobody comes to a public API server"
                remedy = "write the public address that the network shows to the world"
            yield Violation(path, f"{value!r} {problem}", remedy)


@rule("private-has-no-authorized-ranges", ClusterSettings, source=f"{PRIVATE}#limitations")
def a_private_address_knows_no_ranges(cluster: ClusterSettings) -> Iterator[Violation]:
    """Authorized ranges are of the public address."""
    if cluster.private and cluster.authorized_ip_ranges:
        yield Violation(
            ("authorized_ip_ranges",),
            "with private there is no public address to authorize for",
            "take them out",
            remove=True,
        )


@rule("authorized-ip-range-number", ClusterSettings, source=_AUTHORIZED)
def authorized_ranges_are_not_too_many(cluster: ClusterSettings) -> Iterator[Violation]:
    """AKS allows 200."""
    if len(cluster.authorized_ip_ranges) > 200:
        path = ("authorized_ip_ranges",)
        yield Violation(
            path,
            f"{len(cluster.authorized_ip_ranges)} ranges",
            "AKS allows 200: join neighbours into larger ranges",
        )
