"""The right of an identity to read an object: the role assignment or access policy, and whether it works."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from operations.azure.refusals import KEY_VAULT, AzureRefusedError
from operations.checks import Finding, State
from operations.kubernetes_access import KubernetesError
from operations.verify.observed import Document, Observed
from operations.verify.results import About, age, moment, right_of, symptom_of, written
from operations.verify.sign_in import mend, token_right
from operations.verify.subjects import Subject
from operations.verify.vaults import COLLECTIONS, newest, versions_as_workload
from trust.chain import Chain
from trust.nodes.azure import Identity
from trust.nodes.fields import known, listed, mapping, vault_in_id
from trust.nodes.vaults import Vault
from trust.requests import Request
from trust.roles import VaultRole, role_of, role_of_permissions

EVERY: Final = "*"
_SPREADS: Final = timedelta(minutes=30)
"""A role assignment takes up to ten minutes: https://learn.microsoft.com/azure/role-based-access-control/troubleshooting"""


@dataclass(frozen=True)
class Assignment:
    """A role assignment as Azure holds it."""

    id: str
    principal_id: str
    principal_type: str
    role_id: str
    scope: str
    created: datetime | None
    created_by: str

    @classmethod
    def of(cls, document: Document) -> Assignment:
        properties = mapping(document.get("properties"))
        return cls(
            str(document.get("id", "")),
            str(properties.get("principalId", "")).lower(),
            str(properties.get("principalType") or "principal"),
            str(properties.get("roleDefinitionId", "")),
            str(properties.get("scope", "")),
            moment(properties.get("createdOn")),
            str(properties.get("createdBy") or ""),
        )

    @property
    def role_guid(self) -> str:
        return self.role_id.rpartition("/")[2].lower()

    def covers(self, vault: Vault, kind: str, name: str) -> bool:
        """Whether the object is within the scope."""
        if self.is_above(vault) or self.is_at(vault):
            return True
        in_vault, collection, object_name = vault_in_id(self.scope.lower())
        return (in_vault, collection, object_name) == (known(vault.name), COLLECTIONS[kind], name.lower())

    def is_at(self, vault: Vault) -> bool:
        return self.scope.lower().rstrip("/") == known(vault.resource_id).lower()

    def is_above(self, vault: Vault) -> bool:
        """Whether the scope is the group, the subscription, or a management group above it."""
        scope = self.scope.lower().rstrip("/")
        # The list is that of the vault, so a management group in it is one above.
        is_group = scope.startswith("/providers/microsoft.management/managementgroups/")
        return is_group or known(vault.resource_id).lower().startswith(f"{scope}/")


def live_assignments(observed: Observed, vault: Vault) -> list[Assignment]:
    """The role assignments at a vault, above it and at its objects. Raises AzureRefusedError."""
    return [Assignment.of(document) for document in observed.role_assignments(known(vault.resource_id))]


def live_role(observed: Observed, chain: Chain, assignment: Assignment) -> VaultRole | None:
    """Data actions of a role in a vault. None: its definition may not be read."""
    if role := role_of(chain.graph, assignment.role_guid):
        return role
    try:
        properties = mapping(observed.role_definition(assignment.role_id).get("properties"))
    except AzureRefusedError:
        return None
    permissions = listed(properties.get("permissions"))
    return role_of_permissions(str(properties.get("roleName") or assignment.role_guid), permissions)


def uses_roles(document: Document) -> bool:
    """Whether role assignments decide in a vault, and not access policies."""
    return mapping(document.get("properties")).get("enableRbacAuthorization") is True


def grant(observed: Observed, subject: Subject, request: Request) -> Iterator[Finding]:
    """The role assignment or access policy by which the identity may read."""
    identity, vault = _reader(subject, request)
    if identity is None or vault is None or not known(identity.principal_id):
        return
    about = _about(subject, request, "grant", vault)
    vault_id = known(vault.resource_id)
    try:
        document = observed.vault(vault_id)
        if not uses_roles(document):
            yield _policy(about, subject, identity, request, document)
            return
        assignments = live_assignments(observed, vault)
    except AzureRefusedError as error:
        if error.is_missing:
            yield about.wrong(
                f"vault {vault.name} does not exist", f"python -m operations restore --stack {subject.stack}"
            )
        else:
            yield about.refused(error, f"Microsoft.Authorization/roleAssignments/read on {vault_id}")
        return
    name = known(request.name)
    own = [item for item in assignments if item.principal_id == known(identity.principal_id).lower()]
    for item in own:
        role = live_role(observed, subject.chain, item)
        if role and request.kind in role.reads and item.covers(vault, request.kind, name):
            yield about.fine(f"{identity.name} has {role.name} since {written(item.created)}")
            return
    if by_group := _by_group(observed, subject, identity, vault, request):
        yield about.fine(by_group)
        return
    text = f"{identity.name} has no role that reads {request.kind} {name} of {vault.name}"
    yield about.wrong(text, _grant_command(subject, identity, request) or mend(subject.stack))


def _by_group(
    observed: Observed, subject: Subject, identity: Identity, vault: Vault, request: Request
) -> str:
    """By which group's role the identity reads an object. Empty: by none, or it cannot be asked."""
    principal, name = known(identity.principal_id), known(request.name)
    scopes = (f"{known(vault.resource_id)}/{COLLECTIONS[request.kind]}/{name}", known(vault.resource_id))
    for scope in scopes if principal else ():
        try:
            documents = observed.assignments_of(scope, principal)
        except AzureRefusedError:
            return ""
        for item in map(Assignment.of, documents):
            if item.principal_type != "Group" or not item.covers(vault, request.kind, name):
                continue
            role = live_role(observed, subject.chain, item)
            if role and request.kind in role.reads:
                return f"{identity.name} has {role.name} as a member of group {item.principal_id}"
    return ""


def _policy(
    about: About, subject: Subject, identity: Identity, request: Request, document: Document
) -> Finding:
    for policy in policies_of(document):
        if str(policy.get("objectId", "")).lower() != known(identity.principal_id).lower():
            continue
        allowed = mapping(policy.get("permissions")).get(COLLECTIONS[request.kind])
        if {"get", "all"} & {str(permission).lower() for permission in listed(allowed)}:
            return about.fine(f"an access policy lets {identity.name} get {COLLECTIONS[request.kind]}")
    text = f"no access policy lets {identity.name} get {COLLECTIONS[request.kind]} of {request.vault}"
    return about.wrong(text, mend(subject.stack))


def policies_of(document: Document) -> list[Mapping[str, object]]:
    """The access policies in a vault's document."""
    return [mapping(entry) for entry in listed(mapping(document.get("properties")).get("accessPolicies"))]


def _grant_command(subject: Subject, identity: Identity, request: Request) -> str:
    """The command of a role assignment that another person or tool makes (``grants: external``)."""
    for row in map(mapping, listed((subject.chain.graph.outputs or {}).get("grants"))):
        scope = str(row.get("scope", "")).lower()
        vault, _, name = vault_in_id(scope)
        if str(row.get("principalId", "")).lower() != known(identity.principal_id).lower():
            continue
        if vault == known(request.vault).lower() and name.lower() in ("", known(request.name).lower()):
            return str(row.get("command") or "")
    return ""


def read(observed: Observed, subject: Subject, request: Request) -> Iterator[Finding]:
    """Whether the right works: the vault is asked as the workload."""
    identity, vault = _reader(subject, request)
    asking = subject.asking_as(request.reader) if request.reader else None
    if identity is None or vault is None or asking is None:
        return
    name = known(request.name)
    about = _about(subject, request, "read", vault)
    try:
        versions = versions_as_workload(observed, asking, identity, known(vault.uri), request.kind, name)
    except KubernetesError as error:
        yield about.refused(error, token_right(asking))
        return
    except AzureRefusedError as error:
        yield from _refused_read(observed, asking, request, about, error)
        return
    current = newest(versions)
    if current is None:
        yield about.wrong(
            f"{request.kind} {name} has no version",
            f"az keyvault secret set --vault-name {vault.name} --name {name} --file FILE",
        )
    elif not current.enabled:
        text = f"the newest version of {request.kind} {name} is disabled"
        yield about.wrong(
            text,
            f"az keyvault {request.kind} set-attributes --vault-name {vault.name} --name {name}"
            " --enabled true",
        )
    elif current.expires and age(current.expires).total_seconds() > 0:
        text = f"the newest version of {request.kind} {name} expired at {written(current.expires)}"
        yield about.wrong(text, f"python -m operations rotate {name} --stack {subject.stack}")
    else:
        yield about.fine(f"version {current.id} of {written(current.created)}")


def _refused_read(
    observed: Observed, subject: Subject, request: Request, about: About, error: AzureRefusedError
) -> Iterator[Finding]:
    if error.code.startswith("AADSTS"):
        yield about.unknown("the workload cannot sign in")  # that finding has cause and next step
    elif error.part != KEY_VAULT:
        yield about.refused(error, right_of(error))
    elif error.code in ("ForbiddenByFirewall", "ForbiddenByConnection"):
        # The workload's nodes may be let in: this machine is not one of them.
        text = f"{error.code}: the vault does not let this machine in"
        yield about.unknown(text, "run the command from a network that the vault lets in")
    elif error.status == 403 and error.code != "SecretDisabled":
        state: State = "waiting" if _is_spreading(observed, subject, request) else "wrong"
        yield about.wrong(f"the vault refuses: {error.code}", symptom=symptom_of(error), state=state)
    elif error.status in (403, 404):
        yield about.wrong(f"the vault refuses: {error.code}", symptom=symptom_of(error))
    else:
        yield about.refused(error, token_right(subject))


def _is_spreading(observed: Observed, subject: Subject, request: Request) -> bool:
    """Whether the right is there, and so new that not every part of Azure knows it."""
    identity, vault = _reader(subject, request)
    if identity is None or vault is None:
        return False
    if not all(finding.state == "fine" for finding in grant(observed, subject, request)):
        return False
    try:
        own = [
            item
            for item in live_assignments(observed, vault)
            if item.principal_id == known(identity.principal_id).lower()
        ]
    except AzureRefusedError:
        return False
    return any(item.created is None or age(item.created) < _SPREADS for item in own)


def _reader(subject: Subject, request: Request) -> tuple[Identity | None, Vault | None]:
    identity = request.reader.identity if request.reader else None
    nameable = known(request.name) not in ("", EVERY) and request.kind in COLLECTIONS
    return identity, subject.chain.vault(request.vault) if nameable else None


def _about(subject: Subject, request: Request, check: str, vault: Vault) -> About:
    names = {"vault": known(vault.name), request.kind: known(request.name)}
    if request.reader and (identity := request.reader.identity):
        names |= {"client_id": known(identity.client_id), "object_id": known(identity.principal_id)}
    return subject.about(f"{check} {known(request.name)}", **names)


def requests_of(subject: Subject) -> Sequence[Request]:
    """The named objects that an identity reads for the workload."""
    return [request for request in subject.requests if request.reader is not None]
