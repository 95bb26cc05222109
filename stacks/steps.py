"""The steps that compositions are made of: each takes what the one before has made. What a composition is, is which steps it takes."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import pulumi
from pulumi import Input, ResourceOptions
from pulumi_azure_native import resources

from components import naming
from components.borrowed import BorrowedIdentity, BorrowedIdentityArgs
from components.cluster import AksCluster
from components.cluster_access import AdoptedCluster, Cluster
from components.identity import Reader, ServiceAccount, WorkloadIdentity, WorkloadIdentityArgs
from components.namespace import deny_all, make_namespace
from components.operators import Operator
from components.operators.dapr import NAMESPACE
from components.private_endpoint import VaultZone, VaultZoneArgs
from components.vault import KeyVault
from components.virtual_network import NodeNetwork
from components.workloads import WORKLOADS, Workload, WorkloadArgs
from stacks import network_parts, parts, workload_parts
from stacks.alerts import make_alerts
from stacks.facts import Facts
from stacks.look import Found
from stacks.operators import Served
from stacks.parts import Around
from stacks.settings import Grants, Settings

InCluster = ResourceOptions


def make_group(settings: Settings, name: str, logical: str = "resource-group", aliases: Sequence[pulumi.Alias] = ()) -> Input[str]:
    """The resource group of this name, made unless it exists."""
    if any(group.existing and group.name.lower() == name.lower() for group in settings.resource_groups):
        return name
    opts = ResourceOptions(aliases=list(aliases))
    return resources.ResourceGroup(logical, resource_group_name=name, location=settings.location, tags=settings.tags, opts=opts).name


def make_workspace(settings: Settings, facts: Facts, group: Input[str]) -> Input[str] | None:
    """ARM id of the workspace for records, made or adopted; None where nobody wants any."""
    said = settings.monitoring
    if said is None:
        return None
    if said.existing:
        return naming.workspace_id(facts.deployer.subscription_id, *said.existing.where)
    # Only for those who want it: start-up time.
    from pulumi_azure_native import operationalinsights

    return operationalinsights.Workspace(
        "log-workspace",
        resource_group_name=group,
        workspace_name=naming.workspace(settings.stack),
        sku=operationalinsights.WorkspaceSkuArgs(name="PerGB2018"),
        retention_in_days=said.retention_days,
        tags=settings.tags,
    ).id


def make_around(settings: Settings, facts: Facts, group: Input[str]) -> Around:
    """The network, the workspace and the alerts of the settings."""
    args = network_parts.network_args(settings, facts, group)
    network = NodeNetwork("network", args) if args else None
    return Around(workspace_id=make_workspace(settings, facts, group), network=network, alerts=make_alerts(settings, facts, group))


def make_cluster(settings: Settings, found: Found, group: Input[str], around: Around) -> Cluster:
    """The cluster of the settings, made or adopted."""
    if found.cluster:
        return AdoptedCluster("cluster", found.cluster.args)
    return AksCluster("cluster", parts.cluster_args(settings, found.facts, group, around))


async def make_readers(settings: Settings, facts: Facts, cluster: Cluster, group: Input[str]) -> dict[str, Reader]:
    """Whoever reads for the workloads, by name, without a grant yet."""
    readers: dict[str, Reader] = {}
    for name in settings.workloads_by_identity:
        readers[name] = _reader(name, settings, facts, cluster, group)
        await breathe()
    return readers


Vaults = Mapping[str | None, KeyVault]
"""By what the settings call them; None is the one of section ``vault``."""


def make_vaults(settings: Settings, facts: Facts, group: Input[str], readers: Mapping[str, Reader], around: Around | None = None) -> Vaults:
    """The vaults, made or adopted, and the grants of whoever reads them.

    With access policies a vault names those who read it, so it comes after them, and their grants after it.
    """
    groups, around = _vault_groups(settings, facts, group), around or Around()
    vaults: dict[str | None, KeyVault] = {}
    around = replace(around, vault_zone=_make_vault_zone(settings, facts, groups, around))
    for label, vault in facts.vaults.items():
        args = parts.vault_args(settings, facts, label, groups[vault.resource_group.lower()], readers, around)
        vaults[label] = KeyVault(parts.vault_component(label), args)
    for name, reader in readers.items():
        # With access policies too: on the day on which the vault moves to RBAC nobody waits for a role assignment to get about.
        reader.rights.add(workload_parts.plan_grants(settings.workloads_by_identity[name], vaults))
    return vaults


def _make_vault_zone(settings: Settings, facts: Facts, groups: Mapping[str, Input[str]], around: Around) -> VaultZone | None:
    """Of the vaults that have a private address and name no zone: one for all, since a network is linked to one of a name."""
    endpoints = [vault.private_endpoint for _, _, vault in settings.every_vault]
    asking = [endpoint for endpoint in endpoints if endpoint and endpoint.dns_zone_id is None]
    if not asking:
        return None
    networks: dict[str, Input[str]] = {}
    for endpoint in asking:
        if endpoint.subnet_id:
            network_id = endpoint.subnet_id.rsplit("/subnets/", 1)[0]
            networks[naming.towards(network_id)] = network_id
        elif around.network:
            networks["to-" + naming.virtual_network(settings.stack)] = around.network.resource_id
    args = VaultZoneArgs(resource_group_name=groups[facts.resource_group.lower()], networks=networks, tags=settings.tags)
    return VaultZone("vault-zone", args)


def _vault_groups(settings: Settings, facts: Facts, group: Input[str]) -> dict[str, Input[str]]:
    """The resource groups of the vaults, by their names in lower case; each is made once, and those of vaults that exist are not."""
    groups: dict[str, Input[str]] = {facts.resource_group.lower(): group}
    for label, vault in facts.vaults.items():
        if (key := vault.resource_group.lower()) not in groups:
            # Called by its name: several vaults may share it, and whichever is listed first must not matter. Until 0.1.0 there was one.
            aliases = [] if label else [pulumi.Alias(name="vault-resource-group")]
            groups[key] = (
                vault.resource_group if vault.exists else make_group(settings, vault.resource_group, f"vault-group-{key}", aliases)
            )
    return groups


def in_cluster(cluster: Cluster) -> InCluster:
    """Objects of a cluster that the stack makes go with it; in one that stays each is deleted."""
    return ResourceOptions(provider=cluster.provider, deleted_with=cluster.owned)


def make_namespaces(settings: Settings, cluster: Cluster, made_elsewhere: tuple[str, ...] = ()) -> dict[str, pulumi.Resource]:
    """The namespaces of the settings that nobody else makes, by name."""
    made: dict[str, pulumi.Resource] = {}
    for name, said in settings.namespaces_by_name.items():
        if said.existing or name in made_elsewhere:
            continue
        opts = _kept(in_cluster(cluster), said.release)
        made[name] = make_namespace(f"namespace-{name}", name, opts, enforce=said.enforce, warn=said.warn)
        if said.isolated:
            within = ResourceOptions.merge(in_cluster(cluster), ResourceOptions(depends_on=[made[name]]))
            deny_all(f"namespace-{name}-default-deny", name, within)
    return made


def isolated_namespaces(settings: Settings) -> set[str]:
    """Those that are to let nobody through, as this stack says."""
    return {name for name, said in settings.namespaces_by_name.items() if said.isolated}


def dapr_namespace(settings: Settings) -> str:
    """Where Dapr's control plane is, as this stack says."""
    return settings.operators.dapr.namespace if settings.operators.dapr else NAMESPACE


@dataclass(frozen=True)
class Site:
    """Where workloads go."""

    cluster: Cluster
    vaults: Vaults
    readers: Mapping[str, Reader]
    namespaces: Mapping[str, pulumi.Resource]
    operators: Mapping[Operator, Served]
    isolated: Collection[str]
    """The namespaces that let nobody through, whoever makes them."""
    dapr_namespace: str
    """Where Dapr's control plane is, if there is one."""


async def make_workloads(settings: Settings, site: Site) -> dict[str, Workload]:
    """Each workload by its technique's bundle."""
    made: dict[str, Workload] = {}
    for workload in settings.workloads:
        bundle = WORKLOADS[workload.technique]
        served = site.operators.get(bundle.needs) if bundle.needs else None
        args = WorkloadArgs(
            service_account=ServiceAccount(workload.namespace, workload.service_account_name),
            existing_service_account=workload.existing_service_account,
            identity=site.readers[workload.identity_name],
            access=workload.access,
            client_secret=workload_parts.client_secret(workload),
            namespace=site.namespaces.get(workload.namespace),
            vault=site.vaults[None],
            further_vaults={label: vault for label, vault in site.vaults.items() if label},
            secrets=workload_parts.wanted_objects(workload),
            mount_path=workload.mount_path,
            reload=workload.reload,
            await_pods=settings.grants is Grants.MANAGED,
            operator=served.after if served else None,
            operator_account=served.account if served else None,
            composed=workload_parts.composed_values(workload),
            sought=workload_parts.sought_secrets(workload),
            sync=workload_parts.sync(workload),
            dapr=workload_parts.dapr_app(workload),
            isolated=workload.namespace in site.isolated,
            dapr_namespace=site.dapr_namespace,
            pod=workload_parts.pod(workload),
        )
        made[workload.name] = bundle(workload.name, args, in_cluster(site.cluster))
        await breathe()
    return made


async def breathe() -> None:
    """Lets the SDK send what was registered so far while the rest is put together: a synchronous program holds all of it to its end."""
    await asyncio.sleep(0)


def _kept(opts: ResourceOptions, keep: bool) -> ResourceOptions:
    return ResourceOptions.merge(opts, ResourceOptions(retain_on_delete=True)) if keep else opts


def _reader(name: str, settings: Settings, facts: Facts, cluster: Cluster, group: Input[str]) -> Reader:
    """An identity of their own, one that exists, the add-on's, or a service principal."""
    workloads, managed = settings.workloads_by_identity[name], settings.grants is Grants.MANAGED
    borrowed = workload_parts.borrowed(workloads[0], cluster)
    if borrowed:
        args = BorrowedIdentityArgs(
            **borrowed,
            tenant_id=facts.deployer.tenant_id,
            subscription_id=facts.deployer.subscription_id,
            grants_managed=managed,
        )
        return BorrowedIdentity(name, args)
    existing = next((identity.existing for identity in settings.identities if identity.name == name), None)
    its_group, its_name = workload_parts.where_identity(name, settings, group)
    return WorkloadIdentity(
        name,
        WorkloadIdentityArgs(
            resource_group_name=its_group,
            identity_name=its_name,
            existing_id=naming.identity_id(facts.deployer.subscription_id, *existing.where) if existing else None,
            subscription_id=facts.deployer.subscription_id,
            cluster=cluster,
            service_accounts=workload_parts.service_accounts(workloads),
            handed_out_by=workload_parts.handed_out_by(workloads, cluster),
            grants_managed=managed,
        ),
    )
