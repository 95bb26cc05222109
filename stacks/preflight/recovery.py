"""Vaults with ``recover``: whether Azure has them, and which of their secrets.

Azure returns deleted vaults at the subscription only. The preflight does not look there: a deployer without a
role at the subscription could not deploy (terraform-provider-azurerm#6059), and azure-native has no function
for it. So a vault that does not exist may be deleted, or may never have existed.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

import pulumi
from pulumi_azure_native import keyvault

from components.arm_errors import is_not_found
from components.key_vault.vault import KeyVault
from stacks.context import ResolvedVault
from stacks.preflight.lookup import Lookup
from stacks.settings import Settings
from stacks.settings.validation.problems import Path, Problem

_T = TypeVar("_T")


def vaults_to_recover(lookup: Lookup) -> dict[str | None, ResolvedVault]:
    """The vaults with ``recover`` by label. One that exists has its id and those of its secrets."""
    vaults: dict[str | None, ResolvedVault] = {}
    for path, label, settings in lookup.settings.all_vaults:
        if not settings.recover:
            continue
        vault, path = lookup.context.vaults[label], (*path, "recover")
        resource = f"vault {vault.name!r} in resource group {vault.resource_group!r}"
        answer = lookup.read_if_exists(path, resource, lambda vault=vault: _get_vault(vault))
        if answer:
            secrets = _secrets(lookup, path, label, vault)
            vault = replace(vault, recovered_id=answer.id, recovered_secrets=secrets)
        vaults[label] = vault
    return vaults


def _secrets(lookup: Lookup, path: Path, label: str | None, vault: ResolvedVault) -> Mapping[str, str]:
    """ARM ids by name of the seeded secrets that the vault holds."""
    ids: dict[str, str] = {}
    for name in seeded_names(lookup.settings, label):
        resource = f"secret {name!r} of vault {vault.name!r}"
        if answer := lookup.read_if_exists(path, resource, lambda name=name: _get_secret(vault, name)):
            ids[name] = answer.id
    return ids


def seeded_names(settings: Settings, label: str | None) -> list[str]:
    """Names of the secrets that the program writes into a vault, in lower case."""
    return [secret.name.lower() for secret in settings.seeded_secrets if secret.vault == label]


async def recovered_secrets(
    component: KeyVault, vault: ResolvedVault, path: Path, names: list[str]
) -> Mapping[str, str]:
    """ARM ids by name of the secrets that the vault holds, as soon as the vault is back.

    The preview of a recovery finds none: the vault is still deleted.

    Raises:
        pulumi.RunError: the state has the deleted vault, so Pulumi would not create it.
    """
    if vault.recovered_secrets is not None:
        return vault.recovered_secrets
    if not await component.resource_id.is_known():
        return {}
    if _unless_missing(lambda: _get_vault(vault)) is None:
        problem = Problem(
            "recovered-vault-left-the-state",
            (*path, "recover"),
            f"vault {vault.name!r} does not exist, but the state has it, so Pulumi does not recover it",
            "let the update read Azure first",
            command="pulumi up --refresh",
        )
        raise pulumi.RunError(str(problem))
    answers = {name: _unless_missing(lambda name=name: _get_secret(vault, name)) for name in names}
    return {name: secret.id for name, secret in answers.items() if secret}


def _get_vault(vault: ResolvedVault) -> keyvault.GetVaultResult:
    return keyvault.get_vault(resource_group_name=vault.resource_group, vault_name=vault.name)


def _get_secret(vault: ResolvedVault, name: str) -> keyvault.GetSecretResult:
    return keyvault.get_secret(
        resource_group_name=vault.resource_group, vault_name=vault.name, secret_name=name
    )


def _unless_missing(invoke: Callable[[], _T]) -> _T | None:
    try:
        return invoke()
    except Exception as error:  # the SDK raises no narrower one for an invoke that fails
        if is_not_found(error):
            return None
        raise
