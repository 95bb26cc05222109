"""Rights to read in vaults: each workload's identity reads what the workload's objects name, no more.

Owns: role assignments and access policies of the identities of workloads. Deliberately not here: what goes
beyond reading (rights.py), people, and the identities of the cluster.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from trust.access import grant_link
from trust.chain import Chain
from trust.grants import EVERY, Grant
from trust.links import Link
from trust.nodes.azure import Identity
from trust.nodes.fields import known, vault_in_id
from trust.nodes.vaults import Vault
from trust.proofs.joins import (
    line,
    names,
    object_label,
    requests,
    rights,
)
from trust.proofs.proof import REQUESTS, Finding, proof
from trust.published import listed_objects
from trust.requests import Delivery, Request
from trust.rights.configured import configured_rights
from trust.rights.holders import delivered, readers, workloads_of_identity
from trust.values import UNKNOWN
from trust.workloads import Workload

_GUIDE: Final = "https://learn.microsoft.com/azure/key-vault/general/rbac-guide"


@proof(
    "role-covers-requests",
    of=requests,
    reason="Key Vault answers 403 (ForbiddenByRbac), and the pod has no secret.",
    source=_GUIDE,
    follows=[
        "account-identity",
        "operator-identity",
        "class-identity",
        "vault-authorization",
        "role-scope-exists",
        "role-names-its-object",
        "role-reads-only",
        REQUESTS,
    ],
)
def role_covers_requests(chain: Chain) -> Iterator[Finding]:
    """The identity of every workload may read each object that the workload's own objects name, and list
    where they search.
    """
    for workload, request in requests(chain):
        identity = request.reader.identity if request.reader else None
        grants = rights(chain, identity)
        link = grant_link(request, grants)
        may_list = request.name != EVERY or any(
            grant.lists for grant in grants if grant.covers(request.vault, request.kind, EVERY)
        )
        if link.state in ("held", "external") and may_list:
            continue
        yield Finding(
            workload=workload.name,
            text=f"{workload.name}: {_lack(identity, request, link, grants, may_list=may_list)}",
            fix=f"{line(workload, 'scope')}: vault"
            if request.name == EVERY
            else f"{line(workload, 'secrets')}: list {request.name} with its type",
            urn=link.urn or (identity.node.urn if identity else workload.node.urn),
            unknown=link.state == "unknown",
        )


def _lack(
    identity: Identity | None, request: Request, link: Link, grants: Iterable[Grant], *, may_list: bool
) -> str:
    """Rights that the identity lacks for the requested objects."""
    target = object_label(request.kind, request.name, request.vault)
    if identity is None:
        return f"whether it may read {target} is unknown, since the stack does not know as whom it reads"
    who = f"identity '{identity.name}'"
    if link.state == "unknown" and any(grant.has_condition and grant.urn == link.urn for grant in grants):
        return f"whether {who} may read {target} is unknown: its role has a condition"
    if link.state == "unknown":
        return f"whether {who} may read {target} is unknown before the update"
    if not link.urn:
        return f"{who} holds no role that reads {target}"
    if not may_list:
        return f"{who} searches '{request.vault}' and may not list its {request.kind}s"
    return f"the right of {who} to read {target} has no effect in this vault"


@proof(
    "role-is-needed",
    severity="warning",
    of=readers,
    reason="A stolen token of the pod reads whatever its identity may read.",
    source="https://learn.microsoft.com/azure/key-vault/general/secure-key-vault",
    follows=[
        "role-is-asked-for",
        "secret-of-another-workload",
        "secret-key-is-made",
        "role-covers-requests",
        "role-reads-only",
        "account-identity",
        "operator-identity",
        "class-identity",
    ],
)
def role_is_needed(chain: Chain) -> Iterator[Finding]:
    """The identity of every workload may read nothing that no object of its workloads names."""
    named: dict[str, list[Request]] = defaultdict(list)
    open_to: dict[str, set[str]] = defaultdict(set)
    for _, ways in delivered(chain):
        for way in ways:
            for reader in way.readers:
                if reader.identity and not way.is_complete:
                    open_to[reader.identity.node.urn] |= _unnamed_kinds(way)
    for _, request in requests(chain):
        if request.reader and request.reader.identity:
            named[request.reader.identity.node.urn].append(request)
    for identity, workloads in readers(chain):
        urn = identity.node.urn
        for grant in rights(chain, identity):
            if grant.state == "missing" or grant.kind in open_to[urn] or _is_needed(chain, grant, named[urn]):
                continue
            if _is_for_another_technique(chain, grant, workloads):
                continue
            if grant.goes_beyond and _key(grant) in configured_rights(chain, identity, names(workloads)):
                continue  # the stack lists a right to change or to use it
            unknown = grant.name is UNKNOWN or any(UNKNOWN in (ask.name, ask.vault) for ask in named[urn])
            target = object_label(grant.kind, grant.name, grant.vault)
            for name in names(workloads):
                yield Finding(
                    workload=name,
                    text=f"{name}: identity '{identity.name}' may read {target} ({grant.by}), which no object"
                    " of its workloads names",
                    fix=f"{line(name, 'scope')}: object"
                    if grant.name == EVERY
                    else f"{line(name, 'secrets')}: list {grant.name}, or take the role away",
                    urn=grant.urn or urn,
                    unknown=unknown,
                )


def _is_for_another_technique(chain: Chain, grant: Grant, workloads: Iterable[Workload]) -> bool:
    """Whether the right is at an object whose value the program writes into a Kubernetes Secret: the next
    technique needs it (docs/techniques.md#kubernetes-secret), and until then the output ``access`` lists it.
    """
    written = {workload.node.urn for secret in chain.secrets if (workload := chain.workload_of(secret.node))}
    rows = listed_objects(chain)
    return any(
        workload.node.urn in written
        and (workload.name, known(grant.vault), known(grant.name).lower()) in rows
        for workload in workloads
    )


def _key(grant: Grant) -> tuple[str, str, str]:
    return known(grant.vault).lower(), grant.kind, known(grant.name).lower()


def _unnamed_kinds(way: Delivery) -> set[str]:
    """Kinds of objects that only the application knows: its variables name secrets alone, if they do."""
    return {"key", "certificate"} if way.requests else {"secret", "key", "certificate"}


def _is_needed(chain: Chain, grant: Grant, named: Iterable[Request]) -> bool:
    covered = [ask for ask in named if grant.covers(ask.vault, ask.kind, ask.name)]
    if grant.name != EVERY:
        return bool(covered)
    vault = chain.vault(grant.vault)
    # An access policy always covers the whole vault.
    by_policy = bool(covered) and (vault is None or vault.rbac is not True)
    # Versions have to be listed, and Azure does not say whether a role at one object includes that.
    return by_policy or any(ask.name == EVERY or ask.lists_versions for ask in covered)


@proof(
    "role-names-its-object",
    of=lambda chain: chain.role_assignments,
    reason="The right would be one to an object that nothing writes, and the pods could not read theirs.",
    source=_GUIDE,
    follows=["written-object-is-readable"],
)
def role_names_its_object(chain: Chain) -> Iterator[Finding]:
    """A role at an object that the stack writes is one at the object for which it waits."""
    written = {item.node.urn: item for item in chain.vault_objects}
    for assignment in chain.role_assignments:
        vault, _, name = vault_in_id(assignment.scope)
        awaited = [written[urn] for urn in assignment.node.dependencies if urn in written]
        if not name or not awaited or any(UNKNOWN in (item.vault, item.name) for item in awaited):
            continue
        objects = [(known(item.vault), known(item.name).lower()) for item in awaited]
        if (vault, name.lower()) not in objects:
            identity = chain.identity_by_principal_id(assignment.principal_id)
            for workload in names(workloads_of_identity(chain, identity)) if identity else [""]:
                prefix = f"{workload}: " if workload else ""
                yield Finding(
                    workload=workload,
                    text=f"{prefix}the role at '{name}' of vault '{vault}' is for"
                    f" '{objects[0][1]}' of vault '{objects[0][0]}', which the stack writes",
                    fix=f"{line(workload, 'secrets')}: list {objects[0][1]}",
                    urn=assignment.node.urn,
                )


def _own_vaults(chain: Chain) -> list[Vault]:
    """The vaults whose authorization is known, and in which workloads have rights."""
    granted = {known(grant.vault) for identity, _ in readers(chain) for grant in rights(chain, identity)}
    return [vault for vault in chain.vaults if not vault.is_reference and known(vault.name) in granted]


@proof(
    "vault-authorization",
    of=_own_vaults,
    reason="A vault counts role assignments or access policies, never both.",
    source=_GUIDE,
)
def vault_authorization(chain: Chain) -> Iterator[Finding]:
    """Every vault authorizes in the way in which its workloads have their rights: by roles or by policies."""
    for vault in _own_vaults(chain):
        without_effect: dict[str, list[Workload]] = defaultdict(list)
        for identity, workloads in readers(chain):
            grants = [grant for grant in rights(chain, identity) if known(grant.vault) == known(vault.name)]
            effective = {grant.kind for grant in grants if grant.state != "missing"}
            for grant in grants:
                if grant.state == "missing" and grant.kind not in effective:
                    without_effect["access policies" if vault.rbac else "role assignments"] += workloads
        for means, workloads in without_effect.items():
            affected = names(workloads)
            way = "Azure RBAC" if vault.rbac else "access policies"
            yield Finding(
                text=f"vault '{vault.name}' authorizes by {way}, so the {means} of {len(affected)} workloads"
                f" have no effect ({', '.join(affected[:3])}{' …' if len(affected) > 3 else ''})",
                fix=f"vault.authorization: {'access-policy' if vault.rbac else 'rbac'}",
                urn=vault.node.urn,
                breaks=affected,
            )
        if vault.rbac is UNKNOWN:
            text = f"how vault '{vault.name}' authorizes is unknown before the update"
            yield Finding(text=text, fix="vault.authorization: rbac", urn=vault.node.urn, unknown=True)
