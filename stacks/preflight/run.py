"""What is known before anything is made, and everything that can stop the program: names, and what exists already."""

from dataclasses import dataclass, replace

import pulumi

from components.cluster.base import ExistingClusterArgs
from components.key_vault.access_policies import Authorization
from components.workloads.pod import OperatingSystem
from stacks.context import ResolvedVault, StackContext
from stacks.deployer import deployer_type, find_deployer
from stacks.outputs.platform import Platform, read_platform
from stacks.preflight import existing as adopt
from stacks.preflight.alerts import check_action_group
from stacks.preflight.cluster import check_cluster
from stacks.preflight.kms import check_kms_key
from stacks.preflight.network import check_peering
from stacks.preflight.platform import resolve_platform
from stacks.preflight.warnings import warnings
from stacks.settings import Composition, Settings
from stacks.settings.model.csi_driver import CsiDriverInstall
from stacks.settings.model.dapr_operator import DaprInstall
from stacks.settings.model.existing import ExistingCluster
from stacks.settings.model.workloads import Scope
from stacks.settings.validation.problems import format_path


@dataclass(frozen=True)
class PreflightResult:
    """What is known before anything is made: names, and what exists already."""

    context: StackContext
    existing_cluster: ExistingClusterArgs | None = None
    platform: Platform | None = None


async def run_preflight(settings: Settings) -> PreflightResult:
    """Who runs ``pulumi``, what things are called, and what exists of them: everything that can stop the program stops it here."""
    for warning in warnings(settings):
        pulumi.log.warn(warning)
    context = StackContext.of(settings, await find_deployer(deployer_type(settings)))
    cluster, made = None, groups_made(context)
    if settings.cluster.existing:
        cluster = _cluster_that_exists(context, settings.cluster.existing, made)
        context = replace(context, cluster_name=cluster.args.cluster_name)
    context = context.with_vaults(_vaults_that_exist(context, made))
    for index, identity in enumerate(settings.identities):
        if identity.existing:
            key = f"identities[{index}].existing"
            adopt.require_not_managed_here(
                key, adopt.require_same_subscription(key, identity.existing, context.deployer), [], made
            )
    if settings.monitoring and (workspace := settings.monitoring.existing):
        key = "monitoring.existing"
        adopt.require_not_managed_here(
            key, adopt.require_same_subscription(key, workspace, context.deployer), [], made
        )
    check_action_group(context)
    require_distinct_vaults(context)
    require_vault_scope(context)
    if settings.cluster.private:
        check_peering(context, settings.cluster.private)
    if settings.composition is not Composition.WORKLOADS and cluster is None:
        check_cluster(context)
    if settings.cluster.kms:
        check_kms_key(context, settings.cluster.kms)
    if settings.platform:
        platform = await read_platform(settings.platform.stack)
        context, cluster = resolve_platform(context, platform, settings.platform.stack)
        require_distinct_vaults(context)
        require_vault_scope(context)
        require_windows_nodes(context, cluster.args.windows, f"the cluster of {settings.platform.stack}")
        return PreflightResult(context, cluster.args, platform)
    return PreflightResult(context, cluster.args if cluster else None)


def _cluster_that_exists(
    context: StackContext, existing: ExistingCluster, made: set[str]
) -> adopt.ResolvedCluster:
    group, name = adopt.require_same_subscription("cluster.existing", existing, context.deployer)
    ours = [(context.resource_group, context.cluster_name)]
    adopt.require_not_managed_here("cluster.existing", (group, name), ours, made)
    cluster = adopt.get_cluster("cluster.existing", group, name)
    require_windows_nodes(context, cluster.args.windows, f"cluster {name!r}")
    if (
        cluster.automatic
        and context.settings.operators.dapr
        and context.settings.operators.dapr.install is DaprInstall.EXTENSION
    ):
        # Azure/AKS#4513, #5726
        raise pulumi.RunError(
            f"operators.dapr.install: extension, and cluster {name!r} is an Automatic one, on which the extension does not get ready;"
            " choose helm (pulumi config set --path 'operators.dapr.install' helm)"
        )
    driver = context.settings.operators.csi_driver
    if driver and driver.install is CsiDriverInstall.EXISTING and not cluster.csi_addon:
        pulumi.log.warn(
            f"operators.csi_driver existing: the add-on is not on in cluster {name!r}, so somebody has to have installed the charts;"
            f" else: az aks enable-addons --addons azure-keyvault-secrets-provider --resource-group {group} --name {name}"
        )
    return cluster


def _vaults_that_exist(context: StackContext, made: set[str]) -> dict[str | None, ResolvedVault]:
    found: dict[str | None, ResolvedVault] = {}
    # As they would be called without existing: what was made under that name is still in the state.
    ours = [(vault.resource_group, vault.name) for vault in context.vaults.values()]
    for at, label, said in context.settings.all_vaults:
        if said.existing:
            key = f"{format_path(at)}.existing"
            where = adopt.require_same_subscription(key, said.existing, context.deployer)
            adopt.require_not_managed_here(key, where, ours, made)
            found[label] = adopt.get_vault(key, *where)
    return found


def groups_made(context: StackContext) -> set[str]:
    """In lower case, the resource groups that this stack makes."""
    there = {group.name.lower() for group in context.settings.resource_groups if group.existing}
    vaults = {
        context.vaults[label].resource_group
        for _, label, said in context.settings.all_vaults
        if said.existing is None
    }
    return {group.lower() for group in {context.resource_group, *vaults}} - there


def require_distinct_vaults(context: StackContext) -> None:
    """Two names for one vault would be twice the same secret and twice the same grant."""
    seen: dict[str, str | None] = {}
    for label, vault in context.vaults.items():
        if (key := vault.id.lower()) in seen:
            other = f"vaults, {seen[key]}" if seen[key] else "vault"
            raise pulumi.RunError(
                f"vaults, {label}: {vault.name!r} is the vault of {other} already; name each vault once"
            )
        seen[key] = label


def require_windows_nodes(context: StackContext, windows: bool, cluster: str) -> None:
    """Pods of Windows would wait for ever (windows.py has it for clusters of our own)."""
    waiting = [
        f"workloads[{index}].os"
        for index, workload in enumerate(context.settings.workloads)
        if workload.os is OperatingSystem.WINDOWS
    ]
    if waiting and not windows:
        raise pulumi.RunError(
            f"{', '.join(waiting)}: windows, and no pool of {cluster} runs Windows; add one there, or choose linux"
        )


def require_vault_scope(context: StackContext) -> None:
    """An access policy opens the whole vault, and nobody may believe that it opened one secret (limits.py has it for vaults of our own)."""
    for label, vault in context.vaults.items():
        if not vault.exists or vault.authorization is not Authorization.ACCESS_POLICY:
            continue
        narrow = [
            f"workloads[{index}].scope"
            for index, workload in enumerate(context.settings.workloads)
            if workload.scope is not Scope.VAULT and any(secret.vault == label for secret in workload.secrets)
        ]
        if narrow:
            raise pulumi.RunError(
                f"{', '.join(narrow)}: object, and vault {vault.name!r} keeps access policies, which open every secret in it; say vault,"
                " or move the vault to RBAC (docs/migrations.md)"
            )
