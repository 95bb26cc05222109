"""The rights of a principal in vaults, by role assignments and access policies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from trust.chain import Chain
from trust.graph import Node
from trust.links import State
from trust.nodes.azure import Identity, RoleAssignment
from trust.nodes.fields import known, listed, mapping, text, vault_in_id
from trust.nodes.vaults import AccessPolicy, Vault
from trust.rights.table import beyond_reading
from trust.roles import KINDS, VaultRole, role_of
from trust.values import UNKNOWN, Text

EVERY: Final = "*"


@dataclass(frozen=True)
class Grant:
    """A right to read an object, or every object of a kind, of a vault."""

    vault: Text
    kind: str
    name: Text
    """``*``: every one of the kind."""
    by: str
    """The role's name, or ``access policy``."""
    scope: Text
    urn: str
    lists: bool
    state: State = "held"
    has_condition: bool = False
    """Whether the role assignment has a condition, so that only Azure knows what it covers."""
    goes_beyond: bool = False
    """Whether the role gives more than the right to read."""

    def covers(self, vault: Text, kind: str, name: Text) -> bool:
        """Whether the object is within the right."""
        if self.kind != kind or known(self.vault).lower() != known(vault).lower():
            return False
        return self.name == EVERY or known(self.name).lower() == known(name).lower() != ""


def grants_of(chain: Chain, identity: Identity) -> list[Grant]:
    """The rights of an identity, those that another tool has to give among them."""
    grants = [grant for role in chain.roles_of(identity) for grant in grants_of_role(chain, role)]
    if principal := known(identity.principal_id).lower():
        grants += [
            grant for policy in policies_of(chain, principal) for grant in _grants_of_policy(chain, policy)
        ]
        grants += [grant for grant in _external(chain, principal) if not _has(grants, grant)]
    return grants


def policies_of(chain: Chain, principal: str) -> list[AccessPolicy]:
    """The access policies of a principal."""
    return [policy for policy in chain.access_policies if known(policy.principal_id).lower() == principal]


def _has(grants: list[Grant], other: Grant) -> bool:
    return any(grant.covers(other.vault, other.kind, other.name) for grant in grants)


def grants_of_role(chain: Chain, assignment: RoleAssignment) -> Iterator[Grant]:
    """The rights to read that a role assignment gives."""
    role, urn = role_of(chain.graph, assignment.role), assignment.node.urn
    if assignment.scope is UNKNOWN:
        yield from _by_dependency(chain, assignment, role)
        return
    for vault, collection, name in targets(chain, assignment.scope):
        # Azure RBAC counts only in a vault that is set to it.
        # https://learn.microsoft.com/azure/key-vault/general/rbac-guide
        state: State = (
            "missing" if (known_vault := chain.vault(vault)) and known_vault.rbac is False else "held"
        )
        # Azure judges a condition by attributes of each request, which no resource shows.
        # https://learn.microsoft.com/azure/role-based-access-control/conditions-overview
        has_condition = assignment.condition != ""
        for kind in _kinds(role, collection):
            is_unsure = state == "held" and (role is None or has_condition)
            by, lists = role.name if role else f"role {assignment.role}", _lists(role, kind, name)
            yield Grant(
                vault,
                kind,
                name,
                by,
                assignment.scope,
                urn,
                lists,
                "unknown" if is_unsure else state,
                has_condition,
                role is not None and bool(beyond_reading(kind, role.rights.get(kind, ()))),
            )


def _kinds(role: VaultRole | None, collection: str) -> list[str]:
    """The kinds that a role reads in a collection; of a role that is unknown, whatever may be there."""
    possible = [kind for name, kind in KINDS.items() if collection in ("", name)]
    return [kind for kind in possible if role is None or kind in role.reads]


def _lists(role: VaultRole | None, kind: str, name: Text) -> bool:
    return role is not None and name == EVERY and kind in role.lists


def targets(chain: Chain, scope: Text) -> Iterator[tuple[Text, str, str]]:
    """Vault, collection and object name that a scope covers; an empty collection is all of them."""
    vault, collection, name = vault_in_id(scope)
    if vault:
        if not elsewhere(chain, scope):
            yield vault, collection, name or EVERY
        return
    prefix = f"{known(scope).lower().rstrip('/')}/"
    for of_scope in chain.vaults:
        if f"{known(of_scope.resource_id).lower()}/".startswith(prefix) and prefix != "/":
            yield of_scope.name, "", EVERY


def elsewhere(chain: Chain, scope: Text) -> str:
    """The id of the vault that a scope names with another subscription or resource group; empty if it is at
    the vault, or if the id is unknown.
    """
    known_vault = chain.vault(vault_in_id(scope)[0])
    own = known(known_vault.resource_id).lower() if known_vault else ""
    is_id = own.startswith("/subscriptions/") and vault_in_id(own)[0] != ""
    return own if is_id and not f"{known(scope).lower()}/".startswith(f"{own}/") else ""


def _by_dependency(chain: Chain, assignment: RoleAssignment, role: VaultRole | None) -> Iterator[Grant]:
    """A right whose scope only an update will tell: by what the role assignment waits for and is called."""
    node = assignment.node
    written = [item for item in chain.vault_objects if item.node.urn in node.dependencies]
    vaults = [vault for vault in chain.vaults if vault.node.urn in _upstream(chain, node)]
    collection, name = object_in_name(node)
    vault = written[0].vault if written else vaults[0].name if len(vaults) == 1 else _only(chain.vaults)
    for kind in _kinds(role, collection):
        by = role.name if role else "a role"
        object_name: Text = name or (written[0].name if written else UNKNOWN)
        yield Grant(vault, kind, object_name, by, UNKNOWN, node.urn, lists=False, state="unknown")


def _upstream(chain: Chain, node: Node) -> set[str]:
    urns = set(node.dependencies)
    for urn in node.dependencies:
        if upstream := chain.graph.get(urn):
            urns |= set(upstream.dependencies)
    return urns


def _only(vaults: tuple[Vault, ...]) -> Text:
    return vaults[0].name if len(vaults) == 1 else UNKNOWN


def object_in_name(node: Node) -> tuple[str, str]:
    """Collection and object in a logical name such as ``orders/secrets/db-password``."""
    parts = node.name.split("/")
    for index, part in enumerate(parts[:-1]):
        if part in KINDS:
            return part, "/".join(parts[index + 1 :])
    return "", ""


def _grants_of_policy(chain: Chain, policy: AccessPolicy) -> Iterator[Grant]:
    vault = chain.vault(policy.vault)
    state: State = "missing" if vault and vault.rbac is True else "held"
    scope = vault.resource_id if vault else ""
    permissions = {"secret": policy.secrets, "key": policy.keys, "certificate": policy.certificates}
    for kind, allowed in permissions.items():
        names = {known(permission).lower() for permission in allowed}
        if {"get", "all"} & names:
            lists = bool({"list", "all"} & names)
            yield Grant(policy.vault, kind, EVERY, "access policy", scope, policy.node.urn, lists, state)


def _external(chain: Chain, principal: str) -> Iterator[Grant]:
    """Rights that the stack needs and does not give (``grants: external``), of the output ``grants``."""
    for row in map(mapping, listed((chain.graph.outputs or {}).get("grants"))):
        if known(text(row.get("principalId"))).lower() != principal:
            continue
        role, scope = role_of(chain.graph, text(row.get("roleDefinition"))), text(row.get("scope"))
        for vault, collection, name in targets(chain, scope):
            for kind in _kinds(role, collection):
                by = known(text(row.get("role"))) or "a role"
                yield Grant(vault, kind, name, by, scope, "", _lists(role, kind, name), "external")
