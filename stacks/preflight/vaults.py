"""The vaults as Azure returns them: each once, and with scopes that access policies can express."""

from collections.abc import Iterator, Mapping

from components.key_vault.access_policies import Authorization
from stacks.context import ResolvedVault
from stacks.preflight.existing import FoundVault, vaults_of
from stacks.preflight.lookup import Lookup
from stacks.preflight.registry import check
from stacks.settings.model.workloads import Scope
from stacks.settings.validation.problems import Path, format_path
from stacks.settings.validation.registry import Violation


def resolved_vaults(lookup: Lookup) -> Mapping[str | None, ResolvedVault]:
    """The vaults that exist by label, as Azure returns them."""
    return {label: _resolved(vault) for label, vault in vaults_of(lookup).items()}


def _resolved(vault: FoundVault) -> ResolvedVault:
    by_role = bool(vault.answer.properties.enable_rbac_authorization)
    return ResolvedVault(
        name=vault.name,
        id=vault.answer.id,
        resource_group=vault.resource_group,
        authorization=Authorization.RBAC if by_role else Authorization.ACCESS_POLICY,
        exists=True,
    )


@check(
    "vaults-are-distinct",
    "our own choice: one vault under two labels would hold each secret and each grant twice",
)
def vaults_are_listed_once(lookup: Lookup) -> Iterator[Violation]:
    """Two labels for one vault."""
    paths: dict[str | None, Path] = {label: path for path, label, _ in lookup.settings.all_vaults}
    existing = {label for _, label, vault in lookup.settings.all_vaults if vault.existing}
    seen: dict[str, str | None] = {}
    for label, vault in lookup.context.with_vaults(resolved_vaults(lookup)).vaults.items():
        first = seen.setdefault(vault.id.lower(), label)
        if first == label:
            continue
        # Of two labels one is in section `vaults`; the other may be published by the platform.
        mine, other = (label, first) if label in paths else (first, label)
        path = (*paths[mine], "existing") if mine in existing else paths[mine]
        yield Violation(
            path, f"{vault.name!r} is also {_description(lookup, other, paths)}", "list each vault once"
        )


def _description(lookup: Lookup, label: str | None, paths: Mapping[str | None, Path]) -> str:
    if lookup.platform and (label is None or label not in paths):
        return f"vault {label!r} of the platform" if label else "the vault of the platform"
    return format_path(paths[label]) if label else "the vault of section vault"


@check(
    "access-policies-open-an-existing-vault",
    "https://learn.microsoft.com/azure/key-vault/general/rbac-access-policy#access-control-models-overview",
)
def access_policies_open_the_whole_vault(lookup: Lookup) -> Iterator[Violation]:
    """An access policy grants every secret (rules/vault.py has the rule for vaults that the stack creates)."""
    for label, vault in resolved_vaults(lookup).items():
        if vault.authorization is not Authorization.ACCESS_POLICY:
            continue
        for index, workload in enumerate(lookup.settings.workloads):
            if workload.scope is not Scope.VAULT and label in {secret.vault for secret in workload.secrets}:
                yield Violation(
                    ("workloads", index, "scope"),
                    f"'object' does not fit vault {vault.name!r}, which uses access policies: they grant every secret in it",
                    "choose vault, or move the vault to RBAC as docs/migrations.md describes",
                    "vault",
                )
