"""What is known before anything is made, and everything that can stop the program: names, and what exists already."""

from dataclasses import dataclass, replace

import pulumi

from components.key_vault.access_policies import Authorization
from components.workloads.pod import OperatingSystem
from stacks.context import Facts, VaultFacts, facts_of
from stacks.deployer import deployer_type, find_deployer
from stacks.preflight import existing as adopt
from stacks.preflight.alerts import look_for_receivers
from stacks.preflight.cluster import look_at_cluster
from stacks.preflight.kms import look_at_key
from stacks.preflight.network import look_at_runner
from stacks.preflight.warnings import warnings
from stacks.settings import Composition, Settings
from stacks.settings.model.csi_driver import CsiDriverInstall
from stacks.settings.model.dapr_operator import DaprInstall
from stacks.settings.model.existing import ExistingCluster
from stacks.settings.model.workloads import Scope
from stacks.settings.validation.problems import format_path


@dataclass(frozen=True)
class Found:
    """What is known before anything is made: names, and what exists already."""

    facts: Facts
    cluster: adopt.FoundCluster | None = None
    """One that exists."""


async def look(settings: Settings) -> Found:
    """Who runs ``pulumi``, what things are called, and what exists of them: everything that can stop the program stops it here."""
    for warning in warnings(settings):
        pulumi.log.warn(warning)
    facts = facts_of(settings, await find_deployer(deployer_type(settings)))
    cluster, made = None, groups_made(settings, facts)
    if settings.cluster.existing:
        cluster = _cluster_that_exists(settings, facts, settings.cluster.existing, made)
        facts = replace(facts, cluster_name=cluster.args.cluster_name)
    facts = facts.with_vaults(_vaults_that_exist(settings, facts, made))
    for index, identity in enumerate(settings.identities):
        if identity.existing:
            key = f"identities[{index}].existing"
            adopt.must_be_somebody_elses(
                key, adopt.must_be_ours(key, identity.existing, facts.deployer), [], made
            )
    if settings.monitoring and (workspace := settings.monitoring.existing):
        key = "monitoring.existing"
        adopt.must_be_somebody_elses(key, adopt.must_be_ours(key, workspace, facts.deployer), [], made)
    look_for_receivers(settings, facts)
    must_differ(facts)
    must_open_to_lists(settings, facts)
    if settings.cluster.private:
        look_at_runner(settings, facts, settings.cluster.private)
    if settings.composition is not Composition.WORKLOADS and cluster is None:
        look_at_cluster(settings, facts)
    if settings.cluster.kms:
        look_at_key(facts, settings.cluster.kms)
    return Found(facts, cluster)


def _cluster_that_exists(
    settings: Settings, facts: Facts, existing: ExistingCluster, made: set[str]
) -> adopt.FoundCluster:
    group, name = adopt.must_be_ours("cluster.existing", existing, facts.deployer)
    ours = [(facts.resource_group, facts.cluster_name)]
    adopt.must_be_somebody_elses("cluster.existing", (group, name), ours, made)
    cluster = adopt.find_cluster("cluster.existing", group, name)
    must_have_windows(settings, cluster.args.windows, f"cluster {name!r}")
    if (
        cluster.automatic
        and settings.operators.dapr
        and settings.operators.dapr.install is DaprInstall.EXTENSION
    ):
        # Azure/AKS#4513, #5726
        raise pulumi.RunError(
            f"operators.dapr.install: extension, and cluster {name!r} is an Automatic one, on which the extension does not get ready;"
            " choose helm (pulumi config set --path 'operators.dapr.install' helm)"
        )
    driver = settings.operators.csi_driver
    if driver and driver.install is CsiDriverInstall.EXISTING and not cluster.csi_addon:
        pulumi.log.warn(
            f"operators.csi_driver existing: the add-on is not on in cluster {name!r}, so somebody has to have installed the charts;"
            f" else: az aks enable-addons --addons azure-keyvault-secrets-provider --resource-group {group} --name {name}"
        )
    return cluster


def _vaults_that_exist(settings: Settings, facts: Facts, made: set[str]) -> dict[str | None, VaultFacts]:
    found: dict[str | None, VaultFacts] = {}
    # As they would be called without existing: what was made under that name is still in the state.
    ours = [(vault.resource_group, vault.name) for vault in facts.vaults.values()]
    for at, label, said in settings.all_vaults:
        if said.existing:
            key = f"{format_path(at)}.existing"
            where = adopt.must_be_ours(key, said.existing, facts.deployer)
            adopt.must_be_somebody_elses(key, where, ours, made)
            found[label] = adopt.find_vault(key, *where)
    return found


def groups_made(settings: Settings, facts: Facts) -> set[str]:
    """In lower case, the resource groups that this stack makes."""
    there = {group.name.lower() for group in settings.resource_groups if group.existing}
    vaults = {
        facts.vaults[label].resource_group for _, label, said in settings.all_vaults if said.existing is None
    }
    return {group.lower() for group in {facts.resource_group, *vaults}} - there


def must_differ(facts: Facts) -> None:
    """Two names for one vault would be twice the same secret and twice the same grant."""
    seen: dict[str, str | None] = {}
    for label, vault in facts.vaults.items():
        if (key := vault.id.lower()) in seen:
            other = f"vaults, {seen[key]}" if seen[key] else "vault"
            raise pulumi.RunError(
                f"vaults, {label}: {vault.name!r} is the vault of {other} already; name each vault once"
            )
        seen[key] = label


def must_have_windows(settings: Settings, windows: bool, cluster: str) -> None:
    """Pods of Windows would wait for ever (windows.py has it for clusters of our own)."""
    waiting = [
        f"workloads[{index}].os"
        for index, workload in enumerate(settings.workloads)
        if workload.os is OperatingSystem.WINDOWS
    ]
    if waiting and not windows:
        raise pulumi.RunError(
            f"{', '.join(waiting)}: windows, and no pool of {cluster} runs Windows; add one there, or choose linux"
        )


def must_open_to_lists(settings: Settings, facts: Facts) -> None:
    """An access policy opens the whole vault, and nobody may believe that it opened one secret (limits.py has it for vaults of our own)."""
    for label, vault in facts.vaults.items():
        if not vault.exists or vault.authorization is not Authorization.ACCESS_POLICY:
            continue
        narrow = [
            f"workloads[{index}].scope"
            for index, workload in enumerate(settings.workloads)
            if workload.scope is not Scope.VAULT and any(secret.vault == label for secret in workload.secrets)
        ]
        if narrow:
            raise pulumi.RunError(
                f"{', '.join(narrow)}: object, and vault {vault.name!r} keeps access policies, which open every secret in it; say vault,"
                " or move the vault to RBAC (docs/migrations.md)"
            )
