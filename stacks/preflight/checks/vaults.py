"""The vaults as Azure returns them: each once, and with scopes that access policies can express."""

from collections.abc import Iterator, Mapping

from components.key_vault.access_policies import Authorization
from stacks.context import ResolvedVault
from stacks.preflight.existing import PLATFORM_KEY, FoundVault, get_vaults
from stacks.preflight.lookup import Lookup
from stacks.preflight.registry import check
from stacks.settings.model.workloads import Scope
from stacks.settings.validation.registry import Violation


def resolved_vaults(lookup: Lookup) -> Mapping[str | None, ResolvedVault]:
    """The vaults that exist by label, as Azure returns them."""
    return {label: _resolved(vault) for label, vault in get_vaults(lookup).items()}


def _resolved(vault: FoundVault) -> ResolvedVault:
    by_role = bool(vault.answer.properties.enable_rbac_authorization)
    return ResolvedVault(
        name=vault.name,
        id=vault.answer.id,
        resource_group=vault.resource_group,
        subscription_id=vault.subscription_id,
        authorization=Authorization.RBAC if by_role else Authorization.ACCESS_POLICY,
        exists=True,
    )


@check(
    "vaults-are-distinct",
    "our own choice: one vault under two labels would hold each secret and each grant twice",
)
def vaults_are_listed_once(lookup: Lookup) -> Iterator[Violation]:
    """A vault of the settings is not also one of the platform (among the settings: rules/vault.py)."""
    vaults = get_vaults(lookup)
    own = {vault.answer.id.lower(): vault.path for vault in vaults.values() if vault.path != PLATFORM_KEY}
    for label, vault in vaults.items():
        path = own.get(vault.answer.id.lower())
        if path and vault.path == PLATFORM_KEY:
            other = f"vault {label!r}" if label else "the vault"
            yield Violation(path, f"{vault.name!r} is also {other} of the platform", "list each vault once")


@check(
    "access-policies-open-an-existing-vault",
    "https://learn.microsoft.com/azure/key-vault/general/rbac-access-policy#access-control-models-overview",
)
def access_policies_open_the_whole_vault(lookup: Lookup) -> Iterator[Violation]:
    """An access policy grants every secret of the vault (for vaults of the stack: rules/vault.py)."""
    for label, vault in resolved_vaults(lookup).items():
        if vault.authorization is not Authorization.ACCESS_POLICY:
            continue
        for index, workload in enumerate(lookup.settings.workloads):
            if workload.scope is not Scope.VAULT and label in {secret.vault for secret in workload.objects}:
                yield Violation(
                    ("workloads", index, "scope"),
                    f"'object' does not fit vault {vault.name!r}, which uses access policies: they grant"
                    " every secret in it",
                    "choose vault, or move the vault to RBAC as docs/migrations.md describes",
                    "vault",
                )
