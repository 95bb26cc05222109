"""The steps that compositions are made of: each takes what the one before has made. What a composition is, is which steps it takes."""

import asyncio
from collections.abc import Sequence

import pulumi
from pulumi import Input, ResourceOptions
from pulumi_azure_native import resources

from components import naming
from components.cluster.aks_cluster import AksCluster
from components.cluster.base import AdoptedCluster, Cluster
from components.network.virtual_network import NodeNetwork
from components.operators.dapr import NAMESPACE
from stacks.args import cluster as parts
from stacks.args import network as network_parts
from stacks.args.cluster import Around
from stacks.builders.alerts import make_alerts
from stacks.context import Facts
from stacks.preflight.run import Found
from stacks.settings import Settings

InCluster = ResourceOptions


def make_group(
    settings: Settings, name: str, logical: str = "resource-group", aliases: Sequence[pulumi.Alias] = ()
) -> Input[str]:
    """The resource group of this name, made unless it exists."""
    if any(group.existing and group.name.lower() == name.lower() for group in settings.resource_groups):
        return name
    opts = ResourceOptions(aliases=list(aliases))
    return resources.ResourceGroup(
        logical, resource_group_name=name, location=settings.location, tags=settings.tags, opts=opts
    ).name


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
    return Around(
        workspace_id=make_workspace(settings, facts, group),
        network=network,
        alerts=make_alerts(settings, facts, group),
    )


def make_cluster(settings: Settings, found: Found, group: Input[str], around: Around) -> Cluster:
    """The cluster of the settings, made or adopted."""
    if found.cluster:
        return AdoptedCluster("cluster", found.cluster.args)
    return AksCluster("cluster", parts.cluster_args(settings, found.facts, group, around))


def in_cluster(cluster: Cluster) -> InCluster:
    """Objects of a cluster that the stack makes go with it; in one that stays each is deleted."""
    return ResourceOptions(provider=cluster.provider, deleted_with=cluster.owned)


def dapr_namespace(settings: Settings) -> str:
    """Where Dapr's control plane is, as this stack says."""
    return settings.operators.dapr.namespace if settings.operators.dapr else NAMESPACE


async def breathe() -> None:
    """Lets the SDK send what was registered so far while the rest is put together: a synchronous program holds all of it to its end."""
    await asyncio.sleep(0)
