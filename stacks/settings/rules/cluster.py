"""Rules for section ``cluster``."""

from collections.abc import Iterator

from components.cluster.aks_cluster import Tier, UpgradeChannel
from stacks.settings.model.api_server import PRIVATE
from stacks.settings.model.cluster import ClusterSettings, EntraSettings
from stacks.settings.model.cluster_network import OVERLAY
from stacks.settings.model.node_pools import QUOTAS
from stacks.settings.model.upgrades import UPGRADES
from stacks.settings.rules.cluster_network import network_of
from stacks.settings.types.names import ipv4_range, is_public
from stacks.settings.validation.registry import Violation, rule


@rule(
    "admin-groups-differ", EntraSettings, source="an Entra group is listed once or twice to the same effect"
)
def admin_groups_are_listed_once(entra: EntraSettings) -> Iterator[Violation]:
    """Twice is a mistake in one of them."""
    for index, group in enumerate(entra.admin_groups):
        if group in entra.admin_groups[:index]:
            yield Violation(
                ("admin_groups", index), f"{group!r} is listed twice", "list it once", remove=True
            )


@rule(
    "kubernetes-version-supported",
    ClusterSettings,
    source="https://learn.microsoft.com/azure/aks/supported-kubernetes-versions#lts-versions",
)
def version_is_not_gone(cluster: ClusterSettings) -> Iterator[Violation]:
    """1.32 was the oldest with any support, long-term, when this was written; newer ones are Azure's to judge."""
    version = cluster.kubernetes_version
    if version and int(version.split(".")[1]) < 32:
        yield Violation(
            ("kubernetes_version",), f"AKS no longer offers {version!r}", "choose 1.35 or newer", "1.36"
        )


@rule("node-number", ClusterSettings, source=QUOTAS)
def nodes_are_not_too_many(cluster: ClusterSettings) -> Iterator[Violation]:
    """AKS allows 5,000 in a cluster."""
    if cluster.most_nodes > 5000:
        yield Violation(
            ("user_pools",),
            f"the pools can grow to {cluster.most_nodes} nodes",
            "AKS allows 5000 in a cluster",
        )


@rule("pool-names-differ", ClusterSettings, source="https://learn.microsoft.com/azure/aks/create-node-pools")
def pool_names_differ(cluster: ClusterSettings) -> Iterator[Violation]:
    """Pools of one cluster are told apart by name."""
    seen = {cluster.system_pool.name} if cluster.system_pool else set[str]()
    for index, pool in enumerate(cluster.user_pools):
        if pool.name in seen:
            yield Violation(
                ("user_pools", index, "name"),
                f"{pool.name!r} is the name of another pool",
                "choose another name",
                "apps2",
            )
        seen.add(pool.name)


@rule("pool-number", ClusterSettings, source=QUOTAS)
def pools_are_not_too_many(cluster: ClusterSettings) -> Iterator[Violation]:
    """AKS allows 100 pools in a cluster."""
    if len(cluster.user_pools) > 99:
        yield Violation(
            ("user_pools",),
            f"{len(cluster.user_pools)} pools and the system pool",
            "AKS allows 100 pools in a cluster",
        )


@rule(
    "free-tier-nodes",
    ClusterSettings,
    source="https://learn.microsoft.com/azure/aks/free-standard-pricing-tiers",
)
def free_tier_has_few_nodes(cluster: ClusterSettings) -> Iterator[Violation]:
    """The Free control plane carries 1,000 nodes."""
    if cluster.tier is Tier.FREE and cluster.most_nodes > 1000:
        yield Violation(
            ("tier",),
            f"Free carries 1000 nodes, but the pools can grow to {cluster.most_nodes}",
            "choose Standard",
            "Standard",
        )


@rule("no-patch-version-with-channel", ClusterSettings, source=UPGRADES)
def channel_owns_the_patch_version(cluster: ClusterSettings) -> Iterator[Violation]:
    """A channel moves the patch version on; the one written here would ask AKS to go back."""
    version, channel = cluster.kubernetes_version, cluster.upgrades.channel
    if (
        version
        and version.count(".") == 2
        and channel not in (UpgradeChannel.NONE, UpgradeChannel.NODE_IMAGE)
    ):
        minor = version.rsplit(".", 1)[0]
        yield Violation(
            ("kubernetes_version",),
            f"{version!r} names a patch, but upgrades.channel {channel} chooses it",
            "name the minor",
            minor,
        )


@rule("pod-cidr-holds-the-nodes", ClusterSettings, source=OVERLAY)
def every_node_gets_its_pod_range(cluster: ClusterSettings) -> Iterator[Violation]:
    """Overlay gives each node a /24; a range that is too small stops the pools from growing."""
    pods = network_of(cluster.network.pod_cidr)
    nodes = cluster.most_nodes
    surge = 1 + len(cluster.user_pools)  # an upgrade adds a node to each pool for a while
    if pods and pods.num_addresses < (nodes + surge) * 256:
        room = pods.num_addresses // 256
        yield Violation(
            ("network", "pod_cidr"),
            f"{cluster.network.pod_cidr!r} has room for {room} nodes, but the pools can grow to {nodes}, and by {surge} in an upgrade",
            "each node takes a /24: choose a larger range",
            "10.244.0.0/16",
        )


_LOCAL_ACCOUNTS = "https://learn.microsoft.com/azure/aks/local-accounts"


@rule("somebody-can-sign-in", ClusterSettings, source=_LOCAL_ACCOUNTS)
def somebody_can_sign_in(cluster: ClusterSettings) -> Iterator[Violation]:
    """Azure does not refuse a cluster that nobody can use; it makes it."""
    entra = cluster.entra
    if cluster.local_accounts:
        return
    if not entra.enabled:
        yield Violation(
            ("local_accounts",),
            "off, and Entra is off too, so nobody could sign in",
            "switch one of them on",
            "true",
        )
    elif not entra.azure_rbac and not entra.admin_groups:
        path = ("entra", "admin_groups")
        yield Violation(
            path,
            "empty, with azure_rbac and local_accounts off, so nobody would be admin",
            "list a group, or switch azure_rbac on",
        )


@rule(
    "entra-keys-need-entra",
    EntraSettings,
    source="https://learn.microsoft.com/azure/aks/enable-authentication-microsoft-entra-id",
)
def admin_groups_need_entra(entra: EntraSettings) -> Iterator[Violation]:
    """Groups of a directory that the cluster does not ask mean nothing."""
    if entra.admin_groups and not entra.enabled:
        yield Violation(
            ("enabled",), "off, but admin_groups are given", "switch it on, or take the groups out", "true"
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


@rule("registry-listed-once", ClusterSettings, source="409 RoleAssignmentExists, pulumi-azure#121")
def registries_are_listed_once(cluster: ClusterSettings) -> Iterator[Violation]:
    """The same registry twice would be the same role assignment twice."""
    seen: set[str] = set()
    for index, registry in enumerate(cluster.container_registries):
        name = registry.rsplit("/", 1)[-1].lower()
        if name in seen:
            path = ("container_registries", index)
            yield Violation(path, f"registry {name!r} is listed twice", "list it once", remove=True)
        seen.add(name)
