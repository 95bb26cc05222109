"""Warnings about resources that exist independently of the stack, and that `pulumi` may not read."""

from collections.abc import Iterator

from stacks.preflight.checks.existing_networks import get_network
from stacks.preflight.checks.network import networks_by_id
from stacks.preflight.lookup import Lookup
from stacks.preflight.named_resources import read_groups, read_resource, read_resources
from stacks.preflight.registry import warning
from stacks.settings.validation.registry import Violation

_READER = (
    "https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/general#reader;"
    " our own choice: what the program uses by its id stops no update because a read is denied"
)


@warning("existing-is-not-readable", _READER)
def what_exists_can_be_read(lookup: Lookup) -> Iterator[Violation]:
    """A role on a network or a registry may allow its use and no read."""
    for resource in read_resources(lookup):
        read_resource(lookup, resource)
    read_groups(lookup)
    for path, network_id in networks_by_id(lookup):
        get_network(lookup, path, network_id)
    deployer = lookup.context.deployer
    for denied in lookup.denied:
        yield Violation(
            denied.path,
            f"pulumi may not read {denied.resource}, so a preview cannot see whether it exists",
            "make sure that it does, or grant pulumi the role Reader on it",
            command=f"az role assignment create --assignee-object-id {deployer.object_id}"
            f" --assignee-principal-type {deployer.principal.type} --role Reader --scope {denied.id}",
        )
