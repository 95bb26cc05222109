"""Composition all-in-one: cluster, vault, identities and workloads in one stack."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi import ResourceOptions
from pulumi_azure_native import resources

from components import naming
from components.borrowed import BorrowedIdentity, BorrowedIdentityArgs
from components.cluster import AksCluster
from components.identity import Reader, ServiceAccount, WorkloadIdentity, WorkloadIdentityArgs
from components.namespace import make_namespace
from components.vault import KeyVault
from components.workloads import WORKLOADS, Workload, WorkloadArgs
from stacks import outputs, parts, workload_parts
from stacks.deployer import Deployer, find_deployer
from stacks.operators import make_operators
from stacks.settings import Grants, Settings
from stacks.warnings import warnings


async def all_in_one(settings: Settings) -> Mapping[str, Any]:
    """A cluster, a vault, and for each workload the chain from the one to the other."""
    for warning in warnings(settings):
        pulumi.log.warn(warning)
    deployer = await find_deployer(parts.deployer_type(settings))
    group = resources.ResourceGroup(
        "resource-group",
        resource_group_name=parts.resource_group_name(settings),
        location=settings.location,
        tags=settings.tags,
    )
    cluster = AksCluster("cluster", parts.cluster_args(settings, deployer, group.name))
    identities: dict[str, Reader] = {}
    for name in settings.workloads_by_identity:
        identities[name] = _reader(name, settings, deployer, group, cluster)
        await asyncio.sleep(0)  # see below
    # With access policies the vault names those who read it, so it comes after them, and their grants after it.
    vault = KeyVault("vault", parts.vault_args(settings, deployer, _vault_group(settings, group).name, identities))
    for name, identity in identities.items():
        # With access policies too: on the day on which the vault moves to RBAC nobody waits for a role assignment to get about.
        identity.rights.add(workload_parts.plan_grants(settings.workloads_by_identity[name], vault))
    in_cluster = ResourceOptions(provider=cluster.provider, deleted_with=cluster.managed_cluster)
    namespaces = {
        name: make_namespace(f"namespace-{name}", name, _kept(in_cluster, said.release), enforce=said.enforce, warn=said.warn)
        for name, said in settings.namespaces_by_name.items()
        if not said.existing
    }
    operators = make_operators(settings, cluster, group.name, namespaces, in_cluster)
    workloads: dict[str, Workload] = {}
    for workload in settings.workloads:
        bundle = WORKLOADS[workload.technique]
        served = operators.get(bundle.needs) if bundle.needs else None
        args = WorkloadArgs(
            service_account=ServiceAccount(workload.namespace, workload.service_account_name),
            existing_service_account=workload.existing_service_account,
            identity=identities[workload.identity_name],
            access=workload.access,
            client_secret=workload_parts.client_secret(workload),
            namespace=namespaces.get(workload.namespace),
            vault=vault,
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
            pod=workload_parts.pod(workload),
        )
        workloads[workload.name] = bundle(workload.name, args, in_cluster)
        # Lets the SDK send what was registered so far while the rest is put together: a synchronous program holds all of it to its end.
        await asyncio.sleep(0)
    return outputs.of(settings, deployer, cluster, vault, identities, workloads)


def _kept(opts: ResourceOptions, keep: bool) -> ResourceOptions:
    return ResourceOptions.merge(opts, ResourceOptions(retain_on_delete=True)) if keep else opts


def _vault_group(settings: Settings, group: resources.ResourceGroup) -> resources.ResourceGroup:
    own = settings.vault.resource_group
    if own is None or own.lower() == parts.resource_group_name(settings).lower():
        return group
    return resources.ResourceGroup("vault-resource-group", resource_group_name=own, location=settings.location, tags=settings.tags)


def _reader(
    name: str,
    settings: Settings,
    deployer: Deployer,
    group: resources.ResourceGroup,
    cluster: AksCluster,
) -> Reader:
    """Whoever reads for these workloads, without a grant yet: an identity of their own, the add-on's, or a service principal."""
    workloads, managed = settings.workloads_by_identity[name], settings.grants is Grants.MANAGED
    borrowed = workload_parts.borrowed(workloads[0], cluster)
    if borrowed:
        args = BorrowedIdentityArgs(
            **borrowed,
            tenant_id=deployer.tenant_id,
            subscription_id=deployer.subscription_id,
            grants_managed=managed,
        )
        return BorrowedIdentity(name, args)
    return WorkloadIdentity(
        name,
        WorkloadIdentityArgs(
            resource_group_name=group.name,
            identity_name=naming.identity(settings.project, settings.stack, name),
            subscription_id=deployer.subscription_id,
            cluster=cluster,
            service_accounts=workload_parts.service_accounts(workloads),
            handed_out_by=workload_parts.handed_out_by(workloads, cluster),
            grants_managed=managed,
        ),
    )
