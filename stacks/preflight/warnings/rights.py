"""Warnings about rights that go beyond reading: what comes with them, and where they reach."""

from collections.abc import Iterable, Iterator

from components.authorization.rights import FurtherRole, Right, changed_collection, further_roles
from components.key_vault.access_policies import Authorization
from stacks.preflight.checks.vaults import resolved_vaults
from stacks.preflight.lookup import Lookup
from stacks.preflight.registry import warning
from stacks.settings.model.rights import goes_beyond_reading, rights_of
from stacks.settings.model.secrets import SecretSettings
from stacks.settings.validation.problems import Path
from stacks.settings.validation.registry import Violation

_ROLES = "https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/security"


@warning("role-allows-more", _ROLES)
def roles_allow_what_is_listed(lookup: Lookup) -> Iterator[Violation]:
    """Azure has few roles for objects of a vault, so most rights come together with others."""
    for path, secret, roles in _further(lookup):
        # No key of a push lists less or more: docs/push.md has what comes with the role.
        if "pushes" in path or _authorization(lookup, secret) is not Authorization.RBAC:
            continue
        for further in roles:
            if further.surplus:
                yield Violation(
                    path,
                    f"{_words(further.needed)} on {secret.name!r} comes by {further.role.role_name}, the"
                    f" narrowest built-in role, which also allows {_words(further.surplus)}",
                    "list these too if they are meant, or take an identity that has a custom role,"
                    " by identities[].existing, and remove rights",
                )


@warning(
    "policy-reaches-every-object", "https://learn.microsoft.com/azure/key-vault/general/assign-access-policy"
)
def rights_reach_what_is_listed(lookup: Lookup) -> Iterator[Violation]:
    """An access policy has no scope narrower than the vault."""
    for path, secret, roles in _further(lookup):
        if _authorization(lookup, secret) is Authorization.ACCESS_POLICY:
            rights = [right for right in Right if right in {each for role in roles for each in role.needed}]
            yield Violation(
                path,
                f"in a vault with access policies {_words(rights)} applies to all"
                f" {changed_collection(secret.type)}, not only to {secret.name!r}",
                "move the vault to RBAC as docs/migrations.md describes, or give the object a vault of its"
                " own",
            )


@warning(
    "writer-may-purge",
    "https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview#purge-protection",
)
def what_writers_delete_comes_back(lookup: Lookup) -> Iterator[Violation]:
    """Without purge protection a pod that is taken over can destroy an object for ever."""
    vaults = {label: (path, vault) for path, label, vault in lookup.settings.all_vaults}
    for _, secret, roles in _further(lookup):
        path, vault = vaults.get(secret.vault, ((), None))
        purges = any(Right.PURGE in (*role.needed, *role.surplus) for role in roles)
        if vault and not vault.existing and not vault.purge_protection and purges:
            yield Violation(
                (*path, "purge_protection"),
                f"is off, and a workload gets a role that may purge {secret.name!r}",
                "turn it on before production: what is purged never comes back",
                "true",
            )


def _further(lookup: Lookup) -> Iterator[tuple[Path, SecretSettings, list[FurtherRole]]]:
    """Each object with rights beyond reading, once per workload; also those that the operator writes."""
    for index, workload in enumerate(lookup.settings.workloads):
        seen: set[tuple[object, ...]] = set()
        listed: list[tuple[Path, SecretSettings]] = [
            *((("secrets", position, "rights"), secret) for position, secret in enumerate(workload.secrets)),
            *((("pushes", position), push.written) for position, push in enumerate(workload.pushes)),
        ]
        for path, secret in listed:
            key = (*secret.object_key, secret.type)
            if goes_beyond_reading(secret) and key not in seen:
                seen.add(key)
                roles = further_roles(secret.type, rights_of(workload.objects, secret))
                yield ("workloads", index, *path), secret, roles


def _authorization(lookup: Lookup, secret: SecretSettings) -> Authorization | None:
    vault = {**lookup.context.vaults, **resolved_vaults(lookup)}.get(secret.vault)
    return vault.authorization if vault else None


def _words(rights: Iterable[Right]) -> str:
    return ", ".join(rights)
