"""Rights beyond reading: each workload's identity has those that the stack lists, and no other.

Owns: role assignments and access policies of the identities of workloads. Deliberately not here: what they
read (roles.py), people, and the identities of the cluster.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from trust.chain import Chain
from trust.grants import EVERY, object_in_name, policies_of, targets
from trust.nodes.azure import Identity, RoleAssignment
from trust.nodes.fields import known
from trust.nodes.vaults import AccessPolicy
from trust.proofs.joins import line, names, object_label
from trust.proofs.proof import Finding, proof
from trust.rights.configured import ConfiguredRights, configured_rights, described_rights
from trust.rights.holders import readers
from trust.rights.table import beyond_reading, least_roles
from trust.rights.uses import PERMISSIONS, held_rights
from trust.roles import KINDS, VaultRole, role_of
from trust.values import UNKNOWN

_ROLES: Final = "https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/security"
_READING: Final[Mapping[str, frozenset[str]]] = {
    # https://learn.microsoft.com/azure/key-vault/general/assign-access-policy
    "secrets": frozenset({"get", "list"}),
    "keys": frozenset({"get", "list", "encrypt", "wrapkey", "verify", "getrotationpolicy"}),
    "certificates": frozenset({"get", "list", "getissuers", "listissuers"}),
}
"""Permissions of an access policy that neither write nor delete, nor use the private half of a key."""


@proof(
    "role-reads-only",
    of=readers,
    reason="A pod that is taken over could change secrets, delete them, use keys, or take more rights.",
    source=_ROLES,
)
def role_reads_only(chain: Chain) -> Iterator[Finding]:
    """No identity of a workload writes, deletes or uses a key in a vault, unless the stack lists the right at
    that object, and by no wider role than it needs; none changes the vault or the access to it.
    """
    for identity, workloads in readers(chain):
        configured = configured_rights(chain, identity, names(workloads))
        for urn, problem, unknown in _more_than_configured(chain, identity, configured):
            for name in names(workloads):
                yield Finding(
                    workload=name,
                    text=f"{name}: identity '{identity.name}' {problem}",
                    fix=f"{line(name, 'identity')}: an identity without this right",
                    urn=urn,
                    unknown=unknown,
                )


def _more_than_configured(
    chain: Chain, identity: Identity, configured: ConfiguredRights
) -> Iterator[tuple[str, str, bool]]:
    for assignment in chain.roles_of(identity):
        role, urn = role_of(chain.graph, assignment.role), assignment.node.urn
        vaults = {str(vault) for vault, _, _ in targets(chain, assignment.scope)}
        if not vaults and assignment.scope is not UNKNOWN:
            continue
        where = f"in vault {', '.join(sorted(vaults))}" if vaults else "in a vault"
        if role is None:
            label = "that is unknown" if assignment.role is UNKNOWN else assignment.role
            yield urn, f"holds role {label} {where}, of which nothing is known", True
        elif role.controls:
            yield urn, f"controls access {where} ({role.name})", False
        else:
            for problem in _unasked(chain, assignment, role, configured):
                yield urn, f"may {problem} {where} ({role.name})", False
    for policy in policies_of(chain, known(identity.principal_id).lower()) if identity.principal_id else ():
        if more := sorted(_beyond_reading(policy, configured)):
            yield policy.node.urn, f"may {', '.join(more)} in vault {policy.vault} (access policy)", False


def _unasked(
    chain: Chain, assignment: RoleAssignment, role: VaultRole, configured: ConfiguredRights
) -> Iterator[str]:
    """Actions beyond reading that the role allows and the stack does not list, each once for all vaults."""
    unasked: dict[str, set[str]] = {}
    for kind, rights, key in _reached(chain, assignment, role, configured):
        beyond = beyond_reading(kind, role.rights.get(kind, ()))
        if rights and (role.guid in least_roles(kind, rights) or beyond <= rights):
            continue
        if rights:
            kind = f"{kind} {key}, of which the stack lists {', '.join(sorted(rights))} only"
        unasked.setdefault(kind, set()).update(beyond - (rights or frozenset()))
    writes = sorted(kind for kind in unasked if kind in role.writes)
    if writes:
        yield f"write {', '.join(f'{kind}s' for kind in writes)}"
    for kind, rights in unasked.items():
        if kind not in writes and rights:
            plural = "s" if kind in KINDS.values() else ""
            yield f"{', '.join(sorted(rights))} {kind}{plural}"


def _reached(
    chain: Chain, assignment: RoleAssignment, role: VaultRole, configured: ConfiguredRights
) -> Iterator[tuple[str, frozenset[str] | None, str]]:
    """Each kind of object with which the role does more than read, the listed rights and the object's name.
    None for rights: it reaches more than one object.
    """
    scopes = [
        (collection, (str(vault), name)) for vault, collection, name in targets(chain, assignment.scope)
    ]
    if assignment.scope is UNKNOWN:
        # In a first preview the logical name tells the object, and the description the rights.
        collection, name = object_in_name(assignment.node)
        kind, rights = KINDS.get(collection, ""), frozenset(described_rights(assignment))
        if kind and name and rights:
            yield kind, beyond_reading(kind, rights), name
            return
        scopes = [("", ("", EVERY))]
    for collection, (vault, name) in scopes:
        for part, kind in KINDS.items():
            goes_beyond = kind in role.writes or beyond_reading(kind, role.rights.get(kind, ()))
            if collection in ("", part) and goes_beyond:
                is_one = collection and name != EVERY
                key = (vault.lower(), kind, name.lower())
                yield kind, configured.get(key, frozenset()) if is_one else None, name


def _beyond_reading(policy: AccessPolicy, configured: ConfiguredRights) -> set[str]:
    """The permissions that no right of the vault's objects explains: a policy has no narrower scope."""
    vault = known(policy.vault).lower()
    granted = {"secrets": policy.secrets, "keys": policy.keys, "certificates": policy.certificates}
    listed = {
        (kind, right) for (of, kind, _), rights in configured.items() if of == vault for right in rights
    }
    return {
        f"{name} {collection}"
        for collection, permissions in granted.items()
        for permission in permissions
        if (name := known(permission).lower()) not in _READING[collection] | {""}
        and (KINDS[collection], PERMISSIONS.get(name, name)) not in listed
    }


def _asking(chain: Chain) -> list[tuple[Identity, list[str], ConfiguredRights]]:
    """Each identity of which the stack lists rights beyond reading."""
    entries = ((identity, names(workloads)) for identity, workloads in readers(chain))
    asking = [(identity, whose, configured_rights(chain, identity, whose)) for identity, whose in entries]
    return [entry for entry in asking if entry[2]]


@proof(
    "rights-are-held",
    of=_asking,
    reason="Key Vault answers 403 (ForbiddenByRbac) when the application writes, signs or unwraps.",
    source=_ROLES,
    follows=["vault-authorization", "role-scope-exists", "role-names-its-object", "role-reads-only"],
)
def rights_are_held(chain: Chain) -> Iterator[Finding]:
    """The identity of every workload has each right beyond reading that the stack lists for it."""
    for identity, whose, configured in _asking(chain):
        held = [item for item in held_rights(chain, identity) if item.state != "missing"]
        unsure = any(role.scope is UNKNOWN or role.role is UNKNOWN for role in chain.roles_of(identity))
        for key, rights in configured.items():
            granted = frozenset[str]().union(*(item.rights for item in held if item.covers(key)))
            if not (missing := sorted(rights - granted)):
                continue
            vault, kind, name = key
            target = object_label(kind, name, vault)
            for workload in whose:
                yield Finding(
                    workload=workload,
                    text=f"{workload}: identity '{identity.name}' may not {', '.join(missing)} {target},"
                    " which the stack lists",
                    fix=f"{line(workload, 'secrets')}: rights of {name}",
                    urn=identity.node.urn,
                    unknown=unsure,
                )
