"""Rules for section ``cluster``."""

from collections.abc import Iterator

from components import naming
from components.cluster.args import SupportPlan, Tier
from components.resource_ids import ArmId
from stacks.settings.model.cluster import ClusterSettings, EntraSettings
from stacks.settings.model.settings import Settings
from stacks.settings.validation.registry import Violation, rule


@rule(
    "admin-groups-differ", EntraSettings, source="an Entra group is listed once or twice to the same effect"
)
def admin_groups_are_listed_once(entra: EntraSettings) -> Iterator[Violation]:
    """A group that is listed twice stands for a forgotten one."""
    for index, group in enumerate(entra.admin_groups):
        if group in entra.admin_groups[:index]:
            yield Violation(
                ("admin_groups", index), f"{group!r} is listed twice", "list it once", remove=True
            )


# As of 30 November 2026: the minor versions that AKS supports only with AKSLongTermSupport, and the newest.
# https://learn.microsoft.com/azure/aks/supported-kubernetes-versions#lts-versions
# The calendar of 5 August 2026 (MicrosoftDocs/azure-aks-docs): 1.33 left community support in July 2026, 1.34
# leaves it in November 2026. LTS of 1.31 ends in November 2026, of 1.32 in March 2027, of 1.33 in July 2027.
# 1.36 is generally available since June 2026; 1.37 was planned for October 2026.
# AKS releases a minor version about every four months. When this is older, read the calendar of that page: a
# version whose "End of life" has passed is long-term only, one whose "LTS end of life" has passed is gone.
# Versions above the table are AKS' to judge.
_LONG_TERM_ONLY = range(32, 34)
_NEWEST = 36

_VERSIONS = "https://learn.microsoft.com/azure/aks/supported-kubernetes-versions#lts-versions"
_LONG_TERM = "https://learn.microsoft.com/azure/aks/long-term-support#enable-long-term-support"


@rule("kubernetes-version-supported", ClusterSettings, source=f"{_VERSIONS}; {_LONG_TERM}")
def the_version_is_supported(cluster: ClusterSettings) -> Iterator[Violation]:
    """AKS creates no cluster of a version that is gone, or that only long-term support has."""
    version = cluster.kubernetes_version
    minor = int(version.split(".")[1]) if version else _NEWEST
    if minor < _LONG_TERM_ONLY.start:
        remedy = f"choose 1.{_LONG_TERM_ONLY.stop} or newer"
        yield Violation(("kubernetes_version",), f"AKS no longer offers {version!r}", remedy, f"1.{_NEWEST}")
    elif minor in _LONG_TERM_ONLY and cluster.support_plan is not SupportPlan.LONG_TERM:
        yield Violation(
            ("kubernetes_version",),
            f"AKS offers {version!r} with long-term support only",
            f"choose 1.{_LONG_TERM_ONLY.stop} or newer, or support_plan: AKSLongTermSupport with tier:"
            " Premium",
            f"1.{_LONG_TERM_ONLY.stop}",
        )


@rule("long-term-support-tier", ClusterSettings, source=_LONG_TERM)
def long_term_support_needs_the_premium_tier(cluster: ClusterSettings) -> Iterator[Violation]:
    """AKS refuses the plan on another tier."""
    if cluster.support_plan is SupportPlan.LONG_TERM and cluster.tier is not Tier.PREMIUM:
        yield Violation(
            ("tier",), f"{cluster.tier} does not include AKSLongTermSupport", "choose Premium", Tier.PREMIUM
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
def an_admin_can_sign_in(cluster: ClusterSettings) -> Iterator[Violation]:
    """Azure makes a cluster that has no way to sign in, and does not refuse it."""
    entra = cluster.entra
    if cluster.local_accounts:
        return
    if not entra.enabled:
        yield Violation(
            ("local_accounts",),
            "false with entra.enabled false, so no user could sign in",
            "set one of them to true",
            "true",
        )
    elif not entra.azure_rbac and not entra.admin_groups:
        path = ("entra", "admin_groups")
        yield Violation(
            path,
            "empty with azure_rbac and local_accounts false, so the cluster would have no admin",
            "list a group, or set azure_rbac: true",
        )


@rule(
    "entra-keys-need-entra",
    EntraSettings,
    source="https://learn.microsoft.com/azure/aks/enable-authentication-microsoft-entra-id",
)
def admin_groups_need_entra(entra: EntraSettings) -> Iterator[Violation]:
    """Entra groups have no effect on a cluster without Entra ID."""
    if entra.admin_groups and not entra.enabled:
        yield Violation(
            ("enabled",),
            "false, so admin_groups have no effect",
            "set it to true, or remove the groups",
            "true",
        )


@rule("registry-listed-once", ClusterSettings, source="409 RoleAssignmentExists, pulumi-azure#121")
def registries_are_listed_once(cluster: ClusterSettings) -> Iterator[Violation]:
    """A registry that is listed twice would make the same role assignment twice."""
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
def the_node_resource_group_has_a_valid_name(settings: Settings) -> Iterator[Violation]:
    """AKS names the nodes' group MC_<group>_<cluster>_<region>, with at most 80 characters, and creates it
    itself.
    """
    cluster = settings.cluster
    group = cluster.resource_group or naming.resource_group(settings.project, settings.stack)
    name = cluster.name or naming.cluster(settings.stack)
    node_group = cluster.node_resource_group or f"MC_{group}_{name}_{settings.location}"
    if len(node_group) > 80:
        yield Violation(
            ("cluster", "node_resource_group"),
            f"{node_group!r} has {len(node_group)} characters",
            "AKS allows 80: choose a shorter name",
            "rg-nodes",
        )
    elif node_group.lower() in (
        group.lower(),
        *((vault.resource_group or group).lower() for _, _, vault in settings.all_vaults),
    ):
        yield Violation(
            ("cluster", "node_resource_group"),
            f"{node_group!r} is a resource group of this stack, but AKS creates the nodes' group",
            "choose another name",
            "rg-nodes",
        )
