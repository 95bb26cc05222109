"""Scopes of roles: at the vault that there is, no wider than configured, and none for the nodes.

Deliberately not here: whether the roles suffice (``roles.py``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from trust.chain import Chain
from trust.grants import EVERY, Grant, elsewhere, grants_of_role
from trust.nodes.azure import Cluster, RoleAssignment
from trust.nodes.fields import known, listed, mapping, vault_in_id
from trust.proofs.joins import line, names, object_label, requests, rights
from trust.proofs.proof import Finding, proof
from trust.requests import Request
from trust.rights.holders import readers, workloads_of_identity
from trust.techniques import node_principals
from trust.values import UNKNOWN
from trust.workloads import Workload

_SCOPE: Final = "https://learn.microsoft.com/azure/role-based-access-control/scope-overview"
_GUIDE: Final = "https://learn.microsoft.com/azure/key-vault/general/rbac-guide"


@proof(
    "role-scope-exists",
    of=lambda chain: [assignment for assignment in chain.role_assignments if assignment.vault],
    reason="Azure finds no vault at the scope (404), so the role gives no right.",
    source=_SCOPE,
)
def role_scope_exists(chain: Chain) -> Iterator[Finding]:
    """The scope of every role at a vault has the subscription and the resource group of that vault."""
    for assignment in chain.role_assignments:
        if not (own := elsewhere(chain, assignment.scope)):
            continue
        identity = chain.identity_by_principal_id(assignment.principal_id)
        there, here = _place(known(assignment.scope)), _place(own)
        for workload in (names(workloads_of_identity(chain, identity)) if identity else []) or [""]:
            prefix = f"{workload}: " if workload else ""
            yield Finding(
                workload=workload,
                text=f"{prefix}a role is at vault '{assignment.vault}' in {there}; the vault is in {here}",
                fix=f"{line(workload, 'secrets')}: take the scope from the id of the vault",
                urn=assignment.node.urn,
            )


def _place(resource_id: str) -> str:
    parts = resource_id.split("/")
    return f"subscription '{parts[2]}', resource group '{parts[4].lower()}'"


@proof(
    "role-is-asked-for",
    of=lambda chain: [pair for pair in readers(chain) if rights(chain, pair[0])],
    reason="A stolen token of the pod reads whatever its identity may read, in every vault of the scope.",
    source="https://learn.microsoft.com/azure/key-vault/general/rbac-guide#best-practices-for-individual-keys-secrets-and-certificates-role-assignments",
    follows=[
        "role-scope-exists",
        "role-names-its-object",
        "role-covers-requests",
        "role-reads-only",
        "account-identity",
        "class-identity",
    ],
)
def role_is_asked_for(chain: Chain) -> Iterator[Finding]:
    """No role of a workload's identity is wider than the objects that its workloads name or list, unless they
    search or the settings ask for a role at the vault.
    """
    requested: dict[str, list[Request]] = defaultdict(list)
    for _, request in requests(chain):
        if request.reader and request.reader.identity:
            requested[request.reader.identity.node.urn].append(request)
    rows = _rows(chain)
    for identity, workloads in readers(chain):
        own_rows = [row for row in rows or () if _is_of(row, workloads)]
        for grant in rights(chain, identity):
            if not _is_judged(grant, rows) or _is_asked_for(grant, requested[identity.node.urn], own_rows):
                continue
            target = object_label(grant.kind, grant.name, grant.vault)
            for name in names(workloads):
                yield Finding(
                    workload=name,
                    text=f"{name}: identity '{identity.name}' may read {target} by a role at"
                    f" {_level(grant)} ({grant.by}), which nothing asks for",
                    fix=f"{line(name, 'scope')}: object, and the role at the listed objects alone"
                    if grant.name == EVERY
                    else f"{line(name, 'secrets')}: list {grant.name}, or take the role away",
                    urn=grant.urn,
                )


def _rows(chain: Chain) -> list[Mapping[str, Any]] | None:
    """The output ``access``. None: nothing shows what the settings list."""
    rows = mapping(chain.graph.outputs).get("access")
    return [mapping(row) for row in listed(rows)] if isinstance(rows, list) else None


def _is_of(row: Mapping[str, Any], workloads: list[Workload]) -> bool:
    return any(row.get("workload") == workload.name for workload in workloads)


def _is_judged(grant: Grant, rows: object) -> bool:
    """Whether it is a role that the stack gives, at a scope that is known."""
    if grant.state in ("missing", "external") or UNKNOWN in (grant.scope, grant.name):
        return False
    is_role = grant.by != "access policy"
    return is_role and (rows is not None or not vault_in_id(grant.scope)[0])


def _is_asked_for(grant: Grant, requested: list[Request], rows: list[Mapping[str, Any]]) -> bool:
    if any(known(row.get("scope") or "").lower() == known(grant.scope).lower() for row in rows):
        return True
    covered = [ask for ask in requested if grant.covers(ask.vault, ask.kind, ask.name)]
    if grant.name != EVERY:
        return bool(covered) or any(_lists(row, grant) for row in rows)
    at_vault = bool(vault_in_id(grant.scope)[0])
    return at_vault and any(ask.name in (EVERY, UNKNOWN) or ask.lists_versions for ask in covered)


def _lists(row: Mapping[str, Any], grant: Grant) -> bool:
    pair = (str(row.get("vault")).lower(), str(row.get("secret")).lower())
    return pair == (known(grant.vault).lower(), known(grant.name).lower())


def _level(grant: Grant) -> str:
    parts = known(grant.scope).strip("/").split("/")
    if vault_in_id(grant.scope)[0]:
        return "the vault" if grant.name == EVERY else "the object"
    if len(parts) >= 4:
        return f"resource group '{parts[3]}'"
    return f"subscription '{parts[1]}'" if parts[0] == "subscriptions" else f"'{grant.scope}'"


def _of_identities(chain: Chain) -> list[RoleAssignment]:
    return [
        assignment
        for assignment in chain.role_assignments
        if chain.identity_by_principal_id(assignment.principal_id) and not assignment.node.external
    ]


@proof(
    "role-principal-type",
    of=_of_identities,
    reason="ARM refuses a role assignment whose principal is of another type (UnmatchedPrincipalType).",
    source="https://learn.microsoft.com/azure/role-based-access-control/role-assignments-template",
)
def role_principal_type(chain: Chain) -> Iterator[Finding]:
    """Every role of an identity names it as a service principal."""
    for assignment in _of_identities(chain):
        if assignment.principal_type in ("ServicePrincipal", UNKNOWN):
            continue
        identity = chain.identity_by_principal_id(assignment.principal_id)
        for workload in (names(workloads_of_identity(chain, identity)) if identity else []) or [""]:
            yield Finding(
                workload=workload,
                text=f"the role at {assignment.scope} names identity '{identity and identity.name}' as a"
                f" '{assignment.principal_type}'",
                fix=f"{line(workload, 'identity')}: principalType ServicePrincipal",
                urn=assignment.node.urn,
            )


@proof(
    "nodes-read-no-vault",
    of=lambda chain: [role for cluster in chain.clusters for role in _of_nodes(chain, cluster)],
    reason="Every pod on a node gets tokens of the node's identities, whatever its ServiceAccount.",
    source="https://learn.microsoft.com/azure/aks/imds-restriction",
)
def nodes_read_no_vault(chain: Chain) -> Iterator[Finding]:
    """No identity of the nodes reads a vault, unless a SecretProviderClass or an Ingress reads as it."""
    for cluster in chain.clusters:
        reading = {known(principal).lower() for principal in node_principals(chain, cluster)}
        for assignment in _of_nodes(chain, cluster):
            if known(assignment.principal_id).lower() in reading:
                continue
            for grant in grants_of_role(chain, assignment):
                if grant.state != "missing":
                    target = object_label(grant.kind, grant.name, grant.vault)
                    yield Finding(
                        text=f"the nodes of cluster '{cluster.name}', and every pod on them, may read"
                        f" {target} ({grant.by})",
                        fix="workloads[].access: workload-identity, and take the role of the nodes away",
                        urn=assignment.node.urn,
                    )


def _of_nodes(chain: Chain, cluster: Cluster) -> list[RoleAssignment]:
    principals = {known(principal).lower() for principal in cluster.node_principals} - {""}
    return [role for role in chain.role_assignments if known(role.principal_id).lower() in principals]
