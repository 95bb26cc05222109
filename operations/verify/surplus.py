"""Access that the program did not make: role assignments and credentials of others.

`pulumi refresh` and `pulumi up` look at the stack's own resources only, so a foreign one is news to neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from operations.azure.refusals import AzureRefusedError
from operations.checks import Finding, State
from operations.verify.grants import Assignment, live_assignments, live_role, uses_roles
from operations.verify.identity_bindings import CREDENTIAL as OF_AKS
from operations.verify.observed import Document, Observed
from operations.verify.results import About, moment, written
from operations.verify.sign_in import READ_CREDENTIALS
from trust.chain import Chain
from trust.nodes.azure import Identity
from trust.nodes.fields import known, listed, mapping, vault_in_id
from trust.nodes.vaults import Vault
from trust.rbac.identity_uses import identity_binding
from trust.readers import principal_label
from trust.roles import VaultRole

ROLES, CREDENTIALS = "role assignments", "credentials"
_MOST: Final = 5
"""Principals that a line names."""


def foreign_roles(observed: Observed, chain: Chain, vault: Vault, me: str) -> Iterator[Finding]:
    """Role assignments that reach the vault's objects, and that the stack neither has nor lists."""
    about = About(known(vault.name), ROLES)
    vault_id = known(vault.resource_id)
    try:
        if not uses_roles(observed.vault(vault_id)):
            return
        assignments = live_assignments(observed, vault)
    except AzureRefusedError as error:
        if not error.is_missing:
            yield about.refused(error, f"Microsoft.Authorization/roleAssignments/read on {vault_id}")
        return
    own, people = _of_stack(chain), _people(chain)
    inherited: dict[tuple[str, str], list[Assignment]] = {}
    findings: list[Finding] = []
    for item in assignments:
        if not is_near(item, vault) or _is_known(item, own):
            continue
        role = live_role(observed, chain, item)
        if role is None:
            text = f"{who(chain, item, me)} has a role that may not be read ({item.role_guid})"
            right = f"needs Microsoft.Authorization/roleDefinitions/read on {vault_id}"
            findings.append(about.unknown(text, right))
        elif (item.principal_id, role.name, known(vault.name)) in people:
            continue
        elif role.reads or role.writes or (role.controls and not item.is_above(vault)):
            findings.append(_foreign(chain, about, item, vault, role, me))
        elif role.controls:
            inherited.setdefault((role.name, item.scope), []).append(item)
    for (role_name, scope), items in inherited.items():
        findings.append(_inherited(chain, about, vault, role_name, scope, items, me))
    yield from findings or [about.fine("none besides those of the stack")]


def _inherited(
    chain: Chain, about: About, vault: Vault, role: str, scope: str, items: Sequence[Assignment], me: str
) -> Finding:
    """A role that only controls the vault, from above it: ordinary, and worth knowing."""
    names = ", ".join(who(chain, item, me) for item in items[:_MOST])
    if len(items) > _MOST:
        names += f" and {len(items) - _MOST} others"
    text = f"{names} could take any right in {vault.name}: {role} at {scope}"
    return Finding(
        about.subject, about.check, "fine", text, f"az role assignment list --scope {scope} --role '{role}'"
    )


def _foreign(chain: Chain, about: About, item: Assignment, vault: Vault, role: VaultRole, me: str) -> Finding:
    """A right on the data, at any scope, or on the vault itself."""
    target = target_of(item, vault)
    may = f"reads {target}" if role.reads else f"changes {target}"
    if not role.reads and not role.writes:
        may = f"could take any right in {vault.name}"
    by = f" by {item.created_by}" if item.created_by else ""
    text = f"{who(chain, item, me)} {may}: {role.name}, since {written(item.created)}{by}"
    if item.is_above(vault):
        text = f"{text}, at {item.scope}"
    is_of_others = vault.is_reference or vault.node.external
    return beside(about, text, f"az role assignment delete --ids {item.id}", is_of_others=is_of_others)


def beside(about: About, text: str, command: str, *, is_of_others: bool) -> Finding:
    """Access beside the stack. No advice to remove it where it belongs to others."""
    state: State = "fine" if is_of_others else "wrong"
    return Finding(about.subject, about.check, state, text, "" if is_of_others else command)


def target_of(item: Assignment, vault: Vault) -> str:
    """``secrets/db-password of kv-shop``, ``every object of kv-shop``."""
    _, collection, name = vault_in_id(item.scope)
    return f"{collection}/{name} of {vault.name}" if name else f"every object of {vault.name}"


def is_near(item: Assignment, vault: Vault) -> bool:
    """Whether the scope is the vault, something in it, or above it."""
    return item.is_above(vault) or item.is_at(vault) or vault_in_id(item.scope)[0] == known(vault.name)


def who(chain: Chain, item: Assignment, me: str) -> str:
    """The principal; the one that is signed in is marked."""
    label = principal_label(chain, item.principal_id, item.principal_type)
    if item.principal_type == "Group":
        label = f"every member of {label}"
    return f"{label} (you)" if me and item.principal_id == me.lower() else label


def _of_stack(chain: Chain) -> tuple[set[str], set[tuple[str, str, str]]]:
    """Ids of the stack's role assignments, and principal, role and scope of each, with those that it lists
    for others: ``grants: external``, people.
    """
    ids = {known(role.node.id).lower() for role in chain.role_assignments}
    triples = {
        (known(role.principal_id).lower(), known(role.role), known(role.scope).lower())
        for role in chain.role_assignments
    }
    outputs = mapping(chain.graph.outputs)
    for row in map(mapping, listed(outputs.get("grants"))):
        triples.add(_triple(row, row.get("roleDefinition"), row.get("scope")))
    return ids - {""}, triples


def _people(chain: Chain) -> set[tuple[str, str, str]]:
    """Principal, role and vault of the people whom the stack lists."""
    rows = map(mapping, listed(mapping(chain.graph.outputs).get("people")))
    return {
        (str(row.get("principalId", "")).lower(), str(row.get("role")), str(row.get("vault", "")).lower())
        for row in rows
    }


def _triple(row: Mapping[str, Any], role: Any, scope: Any) -> tuple[str, str, str]:
    principal = str(row.get("principalId", "")).lower()
    return principal, str(role or "").rpartition("/")[2].lower(), str(scope or "").lower()


def _is_known(item: Assignment, own: tuple[set[str], set[tuple[str, str, str]]]) -> bool:
    ids, triples = own
    return item.id.lower() in ids or (item.principal_id, item.role_guid, item.scope.lower()) in triples


def foreign_credentials(observed: Observed, chain: Chain, identity: Identity) -> Iterator[Finding]:
    """Federated credentials on an identity of the stack that the stack does not have."""
    about = About(known(identity.name) or identity.node.name, CREDENTIALS)
    identity_id = known(identity.resource_id)
    try:
        credentials = observed.credentials(identity_id)
    except AzureRefusedError as error:
        if not error.is_missing:
            yield about.refused(error, f"{READ_CREDENTIALS} on {identity_id}")
        return
    own = {known(item.name).lower() for item in chain.credentials_of(identity)}
    foreign = [item for item in credentials if str(item.get("name", "")).lower() not in own]
    of_aks = [item for item in foreign if item.get("name") == OF_AKS]
    foreign = [item for item in foreign if item not in of_aks]
    for item in of_aks:
        yield _credential_of_aks(chain, about, identity, item, observed.session.option_for(identity_id))
    if not foreign:
        yield about.fine("none besides those of the stack")
    for item in foreign:
        yield _foreign_credential(about, identity, item, observed.session.option_for(identity_id))


def _credential_of_aks(
    chain: Chain, about: About, identity: Identity, item: Document, option: str
) -> Finding:
    """AKS leaves the credential of identity bindings on the identity when the last binding is gone."""
    issuer = mapping(item.get("properties")).get("issuer")
    if any(identity_binding(chain, identity, cluster) for cluster in chain.clusters):
        return about.fine(f"{OF_AKS} is that of AKS for the stack's identity binding, of {issuer}")
    text = f"{OF_AKS} is left of an identity binding, and clusters with one for {identity.name} rely on it"
    command = f"if no cluster binds it: {_delete_command(identity, item, option)}"
    return beside(about, text, command, is_of_others=identity.node.external)


def _foreign_credential(about: About, identity: Identity, item: Document, option: str) -> Finding:
    properties, system = mapping(item.get("properties")), mapping(item.get("systemData"))
    subject = f"{properties.get('subject') or 'a subject by an expression'} of {properties.get('issuer')}"
    text = f"{subject} becomes {identity.name} ({item.get('name')})"
    if system:
        text += f", since {written(moment(system.get('createdAt')))}"
        text += f" by {system['createdBy']}" if system.get("createdBy") else ""
    # An identity that exists already is of others, who may have given it credentials of their own.
    return beside(about, text, _delete_command(identity, item, option), is_of_others=identity.node.external)


def _delete_command(identity: Identity, item: Document, option: str) -> str:
    group = known(identity.resource_id).split("/")[4]
    return (
        f"az identity federated-credential delete --name {item.get('name')} --identity-name {identity.name}"
        f" --resource-group {group} --yes{option}"
    )


def identities_of(chain: Chain) -> Sequence[Identity]:
    """The identities of the stack that are resources of Azure."""
    seen: dict[str, Identity] = {}
    for identity in chain.identities:
        if known(identity.resource_id):
            seen.setdefault(known(identity.resource_id).lower(), identity)
    return list(seen.values())
