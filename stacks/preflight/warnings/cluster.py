"""Warnings about the cluster, its location and its role assignments."""

from collections.abc import Iterator

from components.cluster.network_profile import Outbound
from stacks.preflight.checks.cluster import get_own_cluster
from stacks.preflight.lookup import Lookup
from stacks.preflight.registry import warning
from stacks.settings import Grants
from stacks.settings.rules.role_assignments import WARN_GRANTS, planned_grants
from stacks.settings.validation.registry import Violation

_UNSUPPORTED_REGIONS = (
    "https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations"
    "#unsupported-regions-user-assigned-managed-identities"
)
# The list shrinks, hence a warning only.
_WITHOUT_FEDERATION = {"malaysiasouth", "newzealandnorth"}


@warning("local-accounts", "https://learn.microsoft.com/azure/aks/local-accounts")
def local_accounts_are_on(lookup: Lookup) -> Iterator[Violation]:
    """The certificate of a local account is valid until the cluster's certificates are rotated."""
    if lookup.settings.cluster.local_accounts:
        yield Violation(
            ("cluster", "local_accounts"),
            "is on, so a holder of the cluster's certificate is its admin, which no Entra policy can stop",
            "turn it off",
            "false",
        )


@warning(
    "nodes-in-authorized-ranges", "https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges"
)
def nodes_are_in_the_authorized_ranges(lookup: Lookup) -> Iterator[Violation]:
    """AKS adds no egress address of these outbound types; the program adds that of its own NAT gateway."""
    settings = lookup.settings
    outbound = settings.cluster.network.outbound
    unknown = outbound in (Outbound.USER_ASSIGNED_NAT_GATEWAY, Outbound.USER_DEFINED_ROUTING)
    added = settings.network and not settings.network.firewall_ip
    if settings.cluster.authorized_ip_ranges and unknown and not added:
        yield Violation(
            ("cluster", "authorized_ip_ranges"),
            f"with outbound {outbound} the nodes reach the API server only from an address in these ranges",
            "list the public address of their egress",
        )


@warning("system-pool-size", "https://learn.microsoft.com/azure/aks/use-system-pools")
def system_pool_is_not_burstable(lookup: Lookup) -> Iterator[Violation]:
    """A B-series VM without CPU credit is throttled."""
    pool = lookup.settings.cluster.system_pool
    if pool and pool.vm_size.startswith("Standard_B"):
        yield Violation(
            ("cluster", "system_pool", "vm_size"),
            f"{pool.vm_size!r} is a B-series size, which AKS does not support for system pools: AKS's own"
            " pods use up its CPU credit",
            "choose another size",
            "Standard_D2s_v5",
        )


@warning("system-pool-version", "https://github.com/Azure/AKS/issues/2889")
def system_pool_follows_the_version(lookup: Lookup) -> Iterator[Violation]:
    """AKS moves the control plane; the system pool is part of the cluster resource and stays behind."""
    settings = lookup.settings.cluster
    requested, pool = settings.kubernetes_version, settings.system_pool
    if requested is None or pool is None or settings.upgrades.channel.changes_minor_version:
        return
    cluster = get_own_cluster(lookup)
    running = cluster.kubernetes_version if cluster else None
    if running and running.split(".")[:2] != requested.split(".")[:2]:
        yield Violation(
            ("cluster", "kubernetes_version"),
            f"moves the control plane and the user pools from {running} to {requested}, and the nodes of"
            f" {pool.name!r} stay on {running}",
            "upgrade them afterwards",
            command=f"az aks nodepool upgrade --resource-group {lookup.context.resource_group} --cluster-name"
            f" {lookup.context.cluster_name} --name {pool.name} --kubernetes-version {requested}",
        )


@warning("federation-region", _UNSUPPORTED_REGIONS)
def region_takes_federated_credentials(lookup: Lookup) -> Iterator[Violation]:
    """Workload identity needs a federated credential on each identity."""
    if lookup.settings.location in _WITHOUT_FEDERATION:
        yield Violation(
            ("azure-native:location",),
            f"in {lookup.settings.location!r} identities take no federated credentials, unless Azure has"
            " changed that",
            "choose another region",
        )


@warning(
    "role-assignment-count", "https://learn.microsoft.com/azure/role-based-access-control/troubleshoot-limits"
)
def role_assignments_are_few(lookup: Lookup) -> Iterator[Violation]:
    """The limit of the subscription holds for everything in it."""
    settings = lookup.settings
    if settings.grants is Grants.MANAGED and (count := planned_grants(settings)) > WARN_GRANTS:
        yield Violation(
            ("workloads",),
            f"{count} role assignments, out of 4000 for everything in the subscription",
            "use scope: vault or shared identities, which need fewer",
        )
