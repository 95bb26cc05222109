"""The reads of resources that the settings name and that the stack does not make, but its cluster and vaults.

They are made side by side before the first check. A resource of another subscription is read only if the
stack has a provider there anyway: a lookup alone would put one more into its state. ``doctor`` reads all.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from components.resource_ids import ArmId, resource_group_id
from stacks.preflight.existing import managed_here, place, subscription_option
from stacks.preflight.lookup import Call, Lookup
from stacks.settings.azure_names import ACTION_GROUP, WORKSPACE, existing_resources
from stacks.settings.named_resources import (
    IDENTITY,
    NETWORK,
    REGISTRY,
    ROUTE_TABLE,
    SUBNET,
    VAULT,
    ZONE,
    NamedResource,
    existing_groups,
    named_resources,
)

_READS: Mapping[str, tuple[str, str]] = {
    IDENTITY: ("managedidentity:getUserAssignedIdentity", "resourceName"),
    WORKSPACE: ("operationalinsights:getWorkspace", "workspaceName"),
    ACTION_GROUP: ("monitor:getActionGroup", "actionGroupName"),
    ROUTE_TABLE: ("network:getRouteTable", "routeTableName"),
    ZONE: ("privatedns:getPrivateZone", "privateZoneName"),
    REGISTRY: ("containerregistry:getRegistry", "registryName"),
    VAULT: ("keyvault:getVault", "vaultName"),
}
"""Function and parameter of each kind. Networks and their subnets have a read of their own."""


async def ask_ahead(lookup: Lookup) -> None:
    """Ask Azure for all of them at once."""
    named = [_call(lookup, resource) for resource in read_resources(lookup)]
    await lookup.ask_ahead([*named, *(_group_call(name) for _, name in existing_groups(lookup.settings))])


def read_resources(lookup: Lookup) -> Iterator[NamedResource]:
    """Those that are read, without networks. What the stack makes itself is reported as such."""
    deployer, existing = lookup.context.deployer, existing_resources(lookup.settings)
    managed = {resource.path for resource in existing if managed_here(lookup.context, resource)}
    for resource in named_resources(lookup.settings, deployer.subscription_id):
        is_near = resource.kind == IDENTITY or deployer.reaches(resource.id)
        if is_near and resource.kind not in (NETWORK, SUBNET) and resource.path not in managed:
            yield resource


def read_resource(lookup: Lookup, resource: NamedResource) -> Mapping[str, Any] | None:
    """Azure's answer. None: it does not exist, which is reported, or the deployer may not read it."""
    parsed = ArmId.parse(resource.id)
    other = lookup.context.subscriptions.other(parsed.subscription_id)
    subject = f"{resource.kind} {parsed.name!r} in {place(parsed.resource_group, other)}"
    listing = resource.list_command + subscription_option(other)
    call = _call(lookup, resource)
    if resource.kind == IDENTITY:  # `pulumi up` reads its client id
        return lookup.read(resource.path, subject, listing, lambda: lookup.call(call))
    return lookup.read_if_allowed(
        resource.path, subject, listing, lambda: lookup.call(call), arm_id=resource.id
    )


def read_groups(lookup: Lookup) -> None:
    """Report the resource groups that do not exist."""
    for path, name in existing_groups(lookup.settings):
        call, own = _group_call(name), lookup.context.deployer.subscription_id
        lookup.read_if_allowed(
            path,
            f"resource group {name!r}",
            "az group list --output table",
            lambda call=call: lookup.call(call),
            arm_id=resource_group_id(own, name),
        )


def _call(lookup: Lookup, resource: NamedResource) -> Call:
    function, parameter = _READS[resource.kind]
    parsed = ArmId.parse(resource.id)
    return Call(
        token=f"azure-native:{function}",
        arguments=(("resourceGroupName", parsed.resource_group), (parameter, parsed.name)),
        subscription_id=lookup.context.subscriptions.other(parsed.subscription_id),
    )


def _group_call(name: str) -> Call:
    return Call(token="azure-native:resources:getResourceGroup", arguments=(("resourceGroupName", name),))
