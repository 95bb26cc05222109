"""The rights beyond reading that the stack lists, held against the live role assignments and access policies.

Whether Key Vault lets the workload sign, unwrap or write is not tried: that would change something.
"""

from __future__ import annotations

from collections.abc import Iterator

from operations.azure.refusals import AzureRefusedError
from operations.checks import Finding
from operations.verify.grants import live_assignments, live_role, policies_of, uses_roles
from operations.verify.observed import Observed
from operations.verify.sign_in import mend
from operations.verify.subjects import Subject
from operations.verify.vaults import COLLECTIONS
from trust.nodes.azure import Identity
from trust.nodes.fields import known, listed, mapping
from trust.nodes.vaults import Vault
from trust.rights.configured import configured_rights
from trust.rights.table import ACTIONS, beyond_reading
from trust.rights.uses import PERMISSIONS, verbs

Key = tuple[str, str, str]
"""Vault, kind and name of an object."""


def configured_of(subject: Subject) -> Iterator[tuple[Identity, Key, frozenset[str]]]:
    """Each object of which the stack lists more rights for the workload than reading."""
    for identity, _ in subject.identities:
        for key, rights in configured_rights(subject.chain, identity, [subject.name]).items():
            yield identity, key, rights


def held(
    observed: Observed, subject: Subject, identity: Identity, key: Key, rights: frozenset[str]
) -> Iterator[Finding]:
    """Whether the identity has the rights at the object."""
    vault_name, kind, name = key
    vault = subject.chain.vault(vault_name)
    if vault is None or not known(identity.principal_id):
        return
    about = subject.about(f"rights {name}", vault=vault_name, **{kind: name})
    vault_id = known(vault.resource_id)
    try:
        document = observed.vault(vault_id)
        live = (
            _by_roles(observed, subject, identity, vault, kind, name)
            if uses_roles(document)
            else {"an access policy": _by_policy(document, identity, kind)}
        )
    except AzureRefusedError as error:
        if not error.is_missing:  # that the vault is gone, its grants say
            yield about.refused(error, f"Microsoft.Authorization/roleAssignments/read on {vault_id}")
        return
    missing = rights - frozenset[str]().union(*live.values())
    if missing:
        text = f"{identity.name} may not {verbs(missing)} {kind} {name} of {vault.name}"
        yield about.wrong(text, mend(subject.stack))
        return
    by = ", ".join(role for role, allowed in live.items() if allowed & rights)
    yield about.fine(f"{identity.name} may {verbs(rights)} {kind} {name} by {by}")


def _by_roles(
    observed: Observed, subject: Subject, identity: Identity, vault: Vault, kind: str, name: str
) -> dict[str, frozenset[str]]:
    """The rights that each live role of the identity gives at the object."""
    principal = known(identity.principal_id).lower()
    roles = [
        live_role(observed, subject.chain, item)
        for item in live_assignments(observed, vault)
        if item.principal_id == principal and item.covers(vault, kind, name)
    ]
    return {role.name: beyond_reading(kind, role.rights.get(kind, ())) for role in roles if role}


def _by_policy(document: object, identity: Identity, kind: str) -> frozenset[str]:
    """The rights that the access policies of the identity give for the kind."""
    permissions = [
        str(permission).lower()
        for policy in policies_of(mapping(document))
        if str(policy.get("objectId", "")).lower() == known(identity.principal_id).lower()
        for permission in listed(mapping(policy.get("permissions")).get(COLLECTIONS[kind]))
    ]
    rights = {PERMISSIONS.get(permission, permission) for permission in permissions}
    return beyond_reading(kind, frozenset(ACTIONS[kind]) if "all" in rights else rights)
