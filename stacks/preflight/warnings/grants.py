"""Warnings about role assignments that the stack would make a second time."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from components import naming
from components.authorization.roles import ObjectType
from components.cluster.app_routing import routing_identity
from stacks.preflight.checks.vaults import resolved_vaults
from stacks.preflight.existing import get_cluster
from stacks.preflight.lookup import Lookup
from stacks.preflight.needed_grants import needed_grant, principal_before_the_update
from stacks.preflight.own_state import ROLE_ASSIGNMENT
from stacks.preflight.registry import warning
from stacks.settings import Grants
from stacks.settings.model.rights import ReadScope, read_scopes, right_scopes
from stacks.settings.validation.problems import Path, set_command
from stacks.settings.validation.registry import Violation


@warning(
    "role-assignment-exists",
    "role, scope and principal occur together once:"
    " https://learn.microsoft.com/azure/role-based-access-control/troubleshooting",
)
def role_assignments_are_made_once(lookup: Lookup) -> Iterator[Violation]:
    """Azure has a role assignment, under the name that this program gives it, that the state does not have.

    Not a check: after an `up` that died it is this stack's own, which `resume` takes into the state, and that
    begins with a preview.
    """
    settings = lookup.settings
    if settings.grants is not Grants.MANAGED:
        return
    for identity, workloads in settings.workloads_by_identity.items():
        path, principal = _path(lookup, identity), principal_before_the_update(lookup, identity)
        if principal is None:
            continue
        vaults = resolved_vaults(lookup)
        for reach in (*read_scopes(workloads), *right_scopes(workloads)):
            vault = vaults.get(reach.vault)
            grant = needed_grant(reach, vault, principal) if vault else None
            if vault is None or grant is None or (ROLE_ASSIGNMENT, grant.name) in lookup.state.holders:
                continue
            if grant.is_found(lookup, path):
                what = f"{reach.name!r} of vault" if reach.name else "vault"
                yield Violation(
                    path,
                    f"role {grant.role.role_name!r} for {what} {vault.name!r} is assigned already, and not by"
                    " this stack, so `pulumi up` cannot create it: cannot create already existing resource",
                    "resume an `up` of this stack that died by `python -m operations resume`, or leave the"
                    " role assignments of an identity that stacks share to one of them",
                    command="pulumi config set aks-secrets:grants external",
                )


@warning(
    "grants-of-others-exist",
    "role, scope and principal occur together once:"
    " https://learn.microsoft.com/azure/role-based-access-control/troubleshooting",
)
def role_assignments_of_others_stay_theirs(lookup: Lookup) -> Iterator[Violation]:
    """With ``grants: external`` the state has what others made as resources that are only read, so neither
    `up` nor `resume` can make them the program's.
    """
    settings, state = lookup.settings, lookup.state
    if settings.grants is not Grants.MANAGED:
        return
    grants: Sequence[Mapping[str, Any]] = state.published.get("grants") or ()
    theirs = [
        grant
        for grant in grants
        if grant.get("exists")
        and grant["principal"] in settings.workloads_by_identity
        and state.has(
            ROLE_ASSIGNMENT,
            naming.role_assignment(grant["scope"], grant["roleDefinition"], grant["principalId"]),
        )
    ]
    if theirs:
        yield Violation(
            ("grants",),
            f"is managed now, but the stack only reads {len(theirs)} role assignments that were made while it"
            " was external, so `pulumi up` cannot create them: cannot create already existing resource",
            "leave them to those who made them, or take them over as"
            " docs/operations.md#grants-that-others-made describes",
            command="pulumi config set aks-secrets:grants external",
        )


@warning(
    "certificate-grant-exists",
    "role, scope and principal occur together once:"
    " https://learn.microsoft.com/azure/role-based-access-control/troubleshooting",
)
def certificates_are_granted_once(lookup: Lookup) -> Iterator[Violation]:
    """The application routing add-on has one identity in a cluster, and stacks may share a certificate."""
    settings, cluster = lookup.settings, get_cluster(lookup)
    principal = routing_identity(cluster.answer.ingress_profile) if cluster else None
    if settings.grants is not Grants.MANAGED or principal is None or not principal.object_id:
        return
    vaults = resolved_vaults(lookup)
    for index, ingress in settings.ingresses:
        reach = ReadScope(ingress.vault, ObjectType.CERT_KEY_PAIR, ingress.certificate)
        vault, path = vaults.get(ingress.vault), ("workloads", index, "service", "ingress", "certificate")
        grant = needed_grant(reach, vault, principal.object_id) if vault else None
        if grant is None or (ROLE_ASSIGNMENT, grant.name) in lookup.state.holders:
            continue
        if ingress.grants is Grants.MANAGED and grant.is_found(lookup, path):
            yield Violation(
                path,
                f"the add-on may read {ingress.certificate!r} already, and not by this stack, so `pulumi up`"
                " cannot grant it: cannot create already existing resource",
                "resume an `up` of this stack that died by `python -m operations resume`, or leave it to the"
                " other stack",
                command=set_command(("workloads", index, "service", "ingress", "grants"), Grants.EXTERNAL),
            )


def _path(lookup: Lookup, identity: str) -> Path:
    """The key that names an identity: an entry of identities, or its first workload."""
    settings = lookup.settings
    if entry := settings.listed_identity(identity):
        return ("identities", entry[0], "existing")
    first = settings.workloads_by_identity[identity][0]
    key = "technique" if first.spec.operator_reads else "access"
    return ("workloads", [workload.name for workload in settings.workloads].index(first.name), key)
