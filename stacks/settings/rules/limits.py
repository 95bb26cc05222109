"""What Azure allows of a stack as a whole: names that AKS makes, ways to the vault, tags, role assignments."""

from collections import Counter
from collections.abc import Iterator

from components import naming
from components.key_vault.access_policies import Authorization
from stacks.settings.model.settings import Composition, Grants, Settings
from stacks.settings.model.vault import BaseVaultSettings
from stacks.settings.model.workloads import Scope, read_scopes
from stacks.settings.validation.problems import Path, format_path, set_command
from stacks.settings.validation.registry import Violation, rule

_TAGS = "https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations"
_FEDERATION = "https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations"
_ASSIGNMENTS = "https://learn.microsoft.com/azure/role-based-access-control/troubleshoot-limits"

WARN_GRANTS, MOST_GRANTS = 1000, 3500
"""Role assignments of one stack, out of the 4,000 that a subscription has for everybody."""


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


@rule(
    "vault-is-reachable",
    Settings,
    source="https://learn.microsoft.com/azure/key-vault/general/network-security",
)
def workloads_can_reach_their_vaults(settings: Settings) -> Iterator[Violation]:
    """A closed vault needs a way in for the nodes."""
    read = {vault for workload in settings.workloads for vault in workload.vaults}
    for at, label, vault in settings.all_vaults:
        if label in read and vault.network.closed and not vault.private_endpoint:
            yield from _way_in(at, vault, settings.cluster.network.subnet_id)


def _way_in(at: Path, vault: BaseVaultSettings, own: str | None) -> Iterator[Violation]:
    network, here = vault.network, format_path(at)
    if not network.public_access:
        problem = "off, and no private endpoint leads to the vault, so no workload can read it"
        remedy = f"say {here}.private_endpoint, or switch it on with default_action Deny and subnet_ids"
        yield Violation((*at, "network", "public_access"), problem, remedy, "true")
        return
    listed = {subnet.lower() for subnet in network.subnet_ids}
    if not network.ip_rules and (own is None or own.lower() not in listed):
        path = (*at, "network", "subnet_ids", len(network.subnet_ids))
        yield Violation(
            (*at, "network", "default_action"),
            "Deny, and no rule lets the nodes in, so no workload can read the vault",
            f"list cluster.network.subnet_id in {here}.network.subnet_ids, or the cluster's outgoing address in ip_rules",
            command=set_command(path, own) if own else None,
        )


@rule(
    "private-endpoint-is-near",
    Settings,
    source="https://learn.microsoft.com/azure/private-link/private-endpoint-dns",
)
def nodes_can_reach_the_private_address(settings: Settings) -> Iterator[Violation]:
    """A network that AKS makes for itself is nobody's neighbour: its nodes would get the public address, or none."""
    subnet = settings.cluster.network.subnet_id
    if settings.network or settings.cluster.existing or settings.composition is Composition.WORKLOADS:
        return
    endpoints = [
        (at, vault.private_endpoint) for at, _, vault in settings.all_vaults if vault.private_endpoint
    ]
    if endpoints and subnet is None:
        problem = "missing, and the vault's private address is in a network that the nodes are not in"
        yield Violation(
            ("cluster", "network", "subnet_id"),
            problem,
            "say a subnet of the same network, or of one that is peered with it",
        )
    for at, endpoint in endpoints:
        if (
            subnet
            and endpoint.dns_zone_id is None
            and endpoint.subnet_id
            and _network_of(subnet) != _network_of(endpoint.subnet_id)
        ):
            problem = "missing, and the nodes are in another network than the endpoint, which no zone of ours would be linked to"
            yield Violation(
                (*at, "private_endpoint", "dns_zone_id"), problem, "say a zone that is linked to both"
            )


def _network_of(subnet_id: str) -> str:
    return subnet_id.lower().rsplit("/subnets/", 1)[0]


@rule(
    "access-policies-open-the-vault",
    Settings,
    source="https://learn.microsoft.com/azure/key-vault/general/rbac-access-policy#access-control-models-overview",
)
def access_policies_open_the_whole_vault(settings: Settings) -> Iterator[Violation]:
    """An access policy knows no single secret, so nobody may believe that it did."""
    policies = {
        label for _, label, vault in settings.all_vaults if vault.authorization is not Authorization.RBAC
    }
    for index, workload in enumerate(settings.workloads):
        if workload.scope is Scope.OBJECT and policies.intersection(workload.vaults):
            problem = "object, and an access policy opens every secret of the vault"
            others = (
                ", which opens the others that it reads as well" if set(workload.vaults) - policies else ""
            )
            remedy = f"say vault{others}, or move the vault to rbac (docs/migrations.md)"
            yield Violation(("workloads", index, "scope"), problem, remedy, "vault")


@rule("tag-limits", Settings, source=_TAGS)
def tags_are_within_limits(settings: Settings) -> Iterator[Violation]:
    """At most 50 pairs; names to 512 characters without `<>%&\\?/`; values to 256; some prefixes are Azure's."""
    if len(settings.tags) > 50:
        yield Violation(("tags",), f"{len(settings.tags)} tags", "Azure allows 50 on a resource")
    for name, value in settings.tags.items():
        if not 1 <= len(name) <= 512 or set(name) & set("<>%&\\?/"):
            yield Violation(
                ("tags", name), "not a tag name", "use 1 to 512 characters, none of < > % & \\ ? /"
            )
        elif name.lower().startswith(("microsoft", "azure", "windows", "aks-managed")):
            yield Violation(
                ("tags", name), "begins with a word that Azure keeps for itself", "begin it otherwise"
            )
        if len(value) > 256:
            yield Violation(("tags", name), f"its value has {len(value)} characters", "Azure allows 256")


@rule("tag-names-differ", Settings, source=_TAGS)
def tag_names_differ(settings: Settings) -> Iterator[Violation]:
    """Tag names do not mind case."""
    counts = Counter(name.lower() for name in settings.tags)
    for name in settings.tags:
        if counts[name.lower()] > 1:
            yield Violation(
                ("tags", name), "stands there twice, in different case", "Azure takes both for one: keep one"
            )
            return


@rule(
    "secret-tag-number",
    Settings,
    source="https://learn.microsoft.com/azure/key-vault/secrets/about-secrets#secret-tags",
)
def seeded_secrets_can_carry_the_tags(settings: Settings) -> Iterator[Violation]:
    """A secret carries 15 tags."""
    if settings.seeded_secrets and 15 < len(settings.tags) <= 50:
        yield Violation(
            ("tags",),
            f"{len(settings.tags)} tags",
            "a Key Vault secret carries at most 15, and this stack writes secrets",
        )


def planned_grants(settings: Settings) -> int:
    """How many role assignments the workloads need."""
    return sum(len(read_scopes(workloads)) for workloads in settings.workloads_by_identity.values())


@rule("grant-number", Settings, source=_ASSIGNMENTS)
def grants_fit_into_a_subscription(settings: Settings) -> Iterator[Violation]:
    """A subscription has 4,000 role assignments, for everybody in it."""
    count = planned_grants(settings)
    if count > MOST_GRANTS and settings.grants is Grants.MANAGED:
        problem = f"{count} role assignments, one per workload and secret"
        yield Violation(
            ("workloads",),
            problem,
            f"at most {MOST_GRANTS} of a subscription's 4000: share identities, or use scope: vault",
        )
