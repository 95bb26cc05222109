"""Warnings about objects that workloads read and that their vault does not have."""

from collections.abc import Iterator

from components.authorization.roles import ObjectType
from stacks.preflight.existing import subscription_option
from stacks.preflight.lookup import Lookup
from stacks.preflight.registry import warning
from stacks.preflight.vault_objects import is_not_in_vault, new_objects
from stacks.settings.validation.registry import Violation

_CREATE = {
    ObjectType.SECRET: "az keyvault secret set --vault-name {vault} --name {name} --file <file>",
    ObjectType.KEY: "az keyvault key create --vault-name {vault} --name {name}",
}


@warning(
    "object-is-in-the-vault",
    "our own choice: a misspelled name ends in a pod that does not start; a value may be set later",
)
def listed_objects_are_there(lookup: Lookup) -> Iterator[Violation]:
    """Not a check: people may set the value after the update."""
    for listed in new_objects(lookup):
        if is_not_in_vault(lookup, listed):
            secret, vault = listed.secret, listed.vault
            command = _CREATE[secret.type].format(vault=vault.name, name=secret.name)
            yield Violation(
                listed.path,
                f"there is no {secret.type} {secret.name!r} in vault {vault.name!r}, so pods that need it do"
                " not start",
                "correct the name, or set it before",
                command=command + subscription_option(vault.subscription_id),
            )
