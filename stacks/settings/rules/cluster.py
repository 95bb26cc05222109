"""Rules for section ``cluster``."""

from collections.abc import Iterator

from components import naming
from components.cluster.args import Tier
from components.resource_ids import ArmId
from stacks.settings.model.cluster import ClusterSettings, EntraSettings
from stacks.settings.model.settings import Settings
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


@rule(
    "free-tier-nodes",
    ClusterSettings,
    source="https://learn.microsoft.com/azure/aks/free-standard-pricing-tiers",
)
def free_tier_has_few_nodes(cluster: ClusterSettings) -> Iterator[Violation]:
    """The Free control plane carries 1,000 nodes."""
    if cluster.tier is Tier.FREE and cluster.max_nodes > 1000:
        yield Violation(
            ("tier",),
            f"Free carries 1000 nodes, but the pools can grow to {cluster.max_nodes}",
            "choose Standard",
            "Standard",
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


@rule("registry-listed-once", ClusterSettings, source="409 RoleAssignmentExists, pulumi-azure#121")
def registries_are_listed_once(cluster: ClusterSettings) -> Iterator[Violation]:
    """The same registry twice would be the same role assignment twice."""
    seen: set[str] = set()
    for index, registry in enumerate(cluster.container_registries):
        name = ArmId.parse(registry).name.lower()
        if name in seen:
            path = ("container_registries", index)
            yield Violation(path, f"registry {name!r} is listed twice", "list it once", remove=True)
        seen.add(name)


@rule(
    "node-resource-group-length",
    Settings,
    source="https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/create-upgrade-delete/aks-common-issues-faq",
)
def node_resource_group_is_short_enough(settings: Settings) -> Iterator[Violation]:
    """AKS calls the nodes' group MC_<group>_<cluster>_<region>, 80 characters at most."""
    cluster = settings.cluster
    group = cluster.resource_group or naming.resource_group(settings.project, settings.stack)
    name = cluster.name or naming.cluster(settings.stack)
    made = cluster.node_resource_group or f"MC_{group}_{name}_{settings.location}"
    if len(made) > 80:
        yield Violation(
            ("cluster", "node_resource_group"),
            f"{made!r} has {len(made)} characters",
            "AKS allows 80: choose one",
            "rg-nodes",
        )
    elif made.lower() in (
        group.lower(),
        *((vault.resource_group or group).lower() for _, _, vault in settings.all_vaults),
    ):
        yield Violation(
            ("cluster", "node_resource_group"),
            f"{made!r} is the group of the stack itself",
            "choose another, AKS makes it",
            "rg-nodes",
        )
