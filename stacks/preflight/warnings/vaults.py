"""Warnings about vaults."""

from collections.abc import Iterator

from components.key_vault.access_policies import Authorization
from stacks.preflight.lookup import Lookup
from stacks.preflight.registry import warning
from stacks.settings.validation.registry import Violation


@warning("additional-vault-network", "https://learn.microsoft.com/azure/key-vault/general/network-security")
def additional_vaults_are_closed_too(lookup: Lookup) -> Iterator[Violation]:
    """No setting of section ``vault`` applies to section ``vaults``."""
    settings = lookup.settings
    for path, label, vault in settings.all_vaults:
        created = label and not vault.existing
        if created and settings.vault.network.closed and not vault.network.closed:
            yield Violation(
                (*path, "network"),
                "allows public access although section vault denies it",
                "set it here too: settings are not inherited between vaults",
            )


@warning(
    "access-policies",
    "https://learn.microsoft.com/azure/key-vault/general/rbac-access-policy#access-control-models-overview",
)
def vaults_use_rbac(lookup: Lookup) -> Iterator[Violation]:
    """Access policies cannot grant a single secret."""
    for path, _, vault in lookup.settings.all_vaults:
        if vault.authorization is Authorization.ACCESS_POLICY:
            yield Violation(
                (*path, "authorization"),
                "with access-policy every workload can read every secret of the vault",
                "move it to rbac in the order that docs/migrations.md describes",
            )


@warning("recover-is-temporary", "https://learn.microsoft.com/azure/key-vault/general/key-vault-recovery")
def recovery_is_switched_off_again(lookup: Lookup) -> Iterator[Violation]:
    """Azure recovers only a deleted vault."""
    for path, _, vault in lookup.settings.all_vaults:
        if vault.recover:
            yield Violation(
                (*path, "recover"),
                "is on, and recovers the deleted vault once",
                "remove it after this `pulumi up`",
                remove=True,
            )
