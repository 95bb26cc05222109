"""Every resource that the settings name as existing: whether the stack may use it, and whether it exists."""

from collections.abc import Iterator

from stacks.preflight.checks.existing_networks import get_network
from stacks.preflight.checks.network import networks_by_id
from stacks.preflight.existing import get_cluster, get_vaults, managed_here
from stacks.preflight.lookup import (
    ONE_TENANT,
    RESOURCE_EXISTS,
    RESOURCE_IS_READABLE,
    SAME_TENANT,
    Lookup,
)
from stacks.preflight.named_resources import read_groups, read_resource, read_resources
from stacks.preflight.registry import check
from stacks.settings.azure_names import ACTION_GROUP, existing_resources
from stacks.settings.validation.registry import Violation


@check(
    "existing-in-this-subscription",
    "https://github.com/Azure/azure-powershell/issues/11102: Azure Monitor refuses an action group of another"
    " subscription than the alert's",
)
def action_groups_are_in_this_subscription(lookup: Lookup) -> Iterator[Violation]:
    """The alerts are in the deployer's subscription. What else exists may be in another one."""
    for resource in existing_resources(lookup.settings):
        other = lookup.context.subscriptions.other(resource.reference.subscription)
        if other and resource.kind == ACTION_GROUP:
            yield Violation(
                (*resource.path, "id"),
                f"is in subscription {other}, but the alerts are in"
                f" {lookup.context.deployer.subscription_id}, and an alert refers to action groups of its own"
                " subscription only",
                "use one of that subscription, or list addresses in monitoring.alerts.emails",
            )


@check(SAME_TENANT, "https://learn.microsoft.com/azure/key-vault/general/move-subscription")
def existing_vaults_are_in_this_tenant(lookup: Lookup) -> Iterator[Violation]:
    """A vault accepts tokens of its own tenant only. Reads of another tenant's subscription fail by
    themselves.
    """
    here = lookup.context.deployer.tenant_id
    for vault in get_vaults(lookup).values():
        tenant = vault.answer.properties.tenant_id
        if tenant and tenant.lower() != here.lower():
            yield Violation(
                vault.path,
                f"vault {vault.name!r} accepts tokens of tenant {tenant} only, but pulumi is signed in to"
                f" {here}",
                ONE_TENANT,
            )


@check("existing-is-not-managed-here", "Pulumi deletes a resource that leaves the program: docs/adopt.md")
def existing_resources_are_notmanaged_here(lookup: Lookup) -> Iterator[Violation]:
    """As existing it would leave the program; and a resource group is deleted with everything in it."""
    for resource in existing_resources(lookup.settings):
        if problem := managed_here(lookup.context, resource):
            yield Violation(
                resource.path, problem, "remove this key, or adopt from another stack (docs/adopt.md)"
            )


@check(
    RESOURCE_EXISTS,
    "our own choice: a missing resource is reported with the command that lists those that exist",
)
@check(RESOURCE_IS_READABLE, "our own choice: a read that fails is reported with the key that needs it")
def existing_resources_can_be_read(lookup: Lookup) -> Iterator[Violation]:
    """The reads report their own failures."""
    get_cluster(lookup)
    get_vaults(lookup)
    for resource in read_resources(lookup):
        read_resource(lookup, resource)
    read_groups(lookup)
    for path, network_id in networks_by_id(lookup):
        get_network(lookup, path, network_id)
    yield from ()
