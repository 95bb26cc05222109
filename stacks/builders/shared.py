"""The resources that cluster and vaults share, and the options of everything in the cluster."""

import asyncio
from collections.abc import Sequence

import pulumi
from pulumi import Input, ResourceOptions

from components import naming, resource_ids
from components.cluster.base import Cluster
from components.monitoring import make_workspace
from components.network.virtual_network import NodeNetwork
from components.resource_group import make_resource_group
from stacks.args.network import network_args
from stacks.builders.alerts import make_alerts
from stacks.context import SharedResources, StackContext
from stacks.settings import Settings


def make_shared_resources(context: StackContext) -> SharedResources:
    """The resource group, the network, the Log Analytics workspace and the action group."""
    group = resource_group(context.settings, context.resource_group, "resource-group")
    args = network_args(context, group)
    return SharedResources(
        resource_group_name=group,
        network=NodeNetwork("network", args) if args else None,
        workspace_id=_workspace_id(context, group),
        alerts=make_alerts(context, group),
    )


def resource_group(
    settings: Settings, name: str, logical_name: str, aliases: Sequence[pulumi.Alias] = ()
) -> Input[str]:
    """Name of a resource group, which is created unless section ``resource_groups`` marks it as existing."""
    if any(group.existing and group.name.lower() == name.lower() for group in settings.resource_groups):
        return name
    return make_resource_group(
        logical_name, name=name, location=settings.location, tags=settings.tags, aliases=aliases
    ).name


def _workspace_id(context: StackContext, resource_group_name: Input[str]) -> Input[str] | None:
    """ARM id of the Log Analytics workspace, created or existing. None: no section ``monitoring``."""
    settings = context.settings
    if settings.monitoring is None:
        return None
    if existing := settings.monitoring.existing:
        return resource_ids.workspace_id(context.subscription_of(existing), *existing.resource_group_and_name)
    return make_workspace(
        "log-workspace",
        resource_group_name=resource_group_name,
        workspace_name=naming.workspace(settings.stack),
        retention_days=settings.monitoring.retention_days,
        tags=settings.tags,
    ).id


def in_cluster(cluster: Cluster) -> ResourceOptions:
    """Options of an object in the cluster: its provider, and deletion with a cluster of the stack."""
    return ResourceOptions(provider=cluster.provider, deleted_with=cluster.delete_with)


async def drain_registrations() -> None:
    """Let the SDK send the registrations so far; without it they stay in memory until the program ends."""
    await asyncio.sleep(0)
