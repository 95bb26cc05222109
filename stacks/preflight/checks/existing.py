"""Every resource that the settings name as existing: whether the stack may use it, and whether it exists."""

from collections.abc import Iterator

from stacks.preflight.existing import (
    get_cluster,
    get_vaults,
    managed_here,
    other_subscription,
)
from stacks.preflight.lookup import OTHER_SUBSCRIPTION, RESOURCE_EXISTS, RESOURCE_IS_READABLE, Lookup
from stacks.preflight.registry import check
from stacks.settings.azure_names import existing_resources
from stacks.settings.validation.registry import Violation


@check(
    "existing-in-this-subscription",
    "azure-native reads and writes one subscription: the one that it is configured with",
)
def existing_resources_are_in_this_subscription(lookup: Lookup) -> Iterator[Violation]:
    """The provider would look for the resource in the deployer's subscription."""
    for resource in existing_resources(lookup.settings):
        if subscription := other_subscription(lookup, resource):
            yield Violation(
                (*resource.path, "id"),
                f"is in subscription {subscription}, but pulumi runs in"
                f" {lookup.context.deployer.subscription_id}",
                OTHER_SUBSCRIPTION,
            )


@check("existing-is-not-managed-here", "Pulumi deletes a resource that leaves the program: docs/adopt.md")
def existing_resources_are_notmanaged_here(lookup: Lookup) -> Iterator[Violation]:
    """As existing it would leave the program; and a resource group is deleted with everything in it."""
    for resource in existing_resources(lookup.settings):
        if not other_subscription(lookup, resource) and (problem := managed_here(lookup.context, resource)):
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
    yield from ()
