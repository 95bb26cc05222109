"""The identity that pods take on, and whom it trusts.

Owns: a user-assigned identity, its federated identity credentials one after the other, its role assignments.
Deliberately not here: which grants are needed (the composition plans them), and the ServiceAccount inside the cluster.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_azure_native import managedidentity

from components import naming
from components.authorization.role_assignments import Principal, RoleAssignmentSpec, make_role_assignment
from components.authorization.roles import PrincipalType, Role
from components.cluster.base import Cluster

AUDIENCE = "api://AzureADTokenExchange"
"""The one audience that Entra accepts from a federated credential in the public cloud, and the one that the webhook asks for."""

CREDENTIALS_PER_IDENTITY = 20
"""https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations"""


@dataclass(frozen=True)
class ServiceAccount:
    """A ServiceAccount by its names: the subject of a federated credential is derived from it, never typed."""

    namespace: str
    name: str

    @property
    def subject(self) -> str:
        """``system:serviceaccount:<namespace>:<name>``, the ``sub`` of the tokens that the cluster issues to it."""
        return f"system:serviceaccount:{self.namespace}:{self.name}"


@dataclass(frozen=True)
class PlannedGrant:
    """A role at a scope, before there is an identity to give it to."""

    label: str
    """Part of the logical name, unique within the identity: ``secrets/db-password``."""
    role: Role
    scope: Input[str]
    depends_on: pulumi.Resource | None = None
    """What has to exist at the scope first, where the scope itself does not say so."""


class RoleAssignments:
    """What a principal may do: the wish as data, and the role assignments where the program makes them.

    Added after the identity is made: a vault with access policies names the identity, and its grants name the vault.
    """

    def __init__(
        self,
        parent: pulumi.ComponentResource,
        name: str,
        principal: Principal,
        subscription_id: str,
        *,
        managed: bool,
    ) -> None:
        self._parent, self._name, self._principal, self._subscription_id, self._managed = (
            parent,
            name,
            principal,
            subscription_id,
            managed,
        )
        self.grants: list[RoleAssignmentSpec] = []
        """What it needs, whoever makes the role assignments."""
        self.resources: list[pulumi.Resource] = []

    def grant(self, planned: Sequence[PlannedGrant], principal: Principal | None = None) -> None:
        """One RoleAssignment per planned grant, each after what has to exist at its scope. ``principal``: for somebody else."""
        for one in planned:
            grant = RoleAssignmentSpec(principal or self._principal, one.role, one.scope)
            self.grants.append(grant)
            if self._managed:
                opts = ResourceOptions(
                    parent=self._parent, depends_on=[one.depends_on] if one.depends_on else None
                )
                self.resources.append(
                    make_role_assignment(f"{self._name}/{one.label}", grant, self._subscription_id, opts)
                )


class VaultPrincipal(Protocol):
    """Whoever reads the vault for a workload: its own identity, or one that it borrows (components/identity/external_principal.py)."""

    client_id: Output[str]
    principal_id: Output[str]
    tenant_id: Output[str]
    federated: bool
    """Whether pods take it on by the token of their ServiceAccount."""
    role_assignments: RoleAssignments

    @property
    def resource_id(self) -> Output[str] | None:
        """ARM id of an identity that the program makes."""
        ...

    def dependencies_for(self, account: ServiceAccount, /) -> list[pulumi.Resource]:
        """What has to be there before a pod of this ServiceAccount can read anything."""
        ...


@dataclass(frozen=True, kw_only=True)
class WorkloadIdentityArgs:
    """What the identity is called, whom it trusts and what it may do."""

    resource_group_name: Input[str]
    identity_name: str
    existing_id: str | None = None
    """ARM id of an identity that is there already: it is read, trusts these ServiceAccounts too, and outlives the stack."""
    subscription_id: str
    cluster: Cluster
    """Whose issuer is trusted."""
    service_accounts: Sequence[ServiceAccount]
    """At most 20. None: pods take it on otherwise (AAD Pod Identity)."""
    pod_identity_principal: Principal | None = None
    """With AAD Pod Identity: the kubelet's identity, as which its pods on the nodes hand it out."""
    grants_managed: bool = True
    """False: makes no role assignment."""


class WorkloadIdentity(pulumi.ComponentResource):
    """A user-assigned identity that pods of some ServiceAccounts take on.

    Creates: UserAssignedIdentity (or reads it), one FederatedIdentityCredential per ServiceAccount, one RoleAssignment per grant.
    """

    name: Output[str]
    resource_id: Output[str]
    client_id: Output[str]
    """What the ServiceAccount's annotation names."""
    principal_id: Output[str]
    """What role assignments name."""
    tenant_id: Output[str]

    federated: bool
    role_assignments: RoleAssignments

    def __init__(self, name: str, args: WorkloadIdentityArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-secrets:index:WorkloadIdentity", name, None, opts)
        if len(args.service_accounts) > CREDENTIALS_PER_IDENTITY:
            raise pulumi.RunError(
                f"identity {name}: {len(args.service_accounts)} federated credentials are too many;"
                f" Azure allows {CREDENTIALS_PER_IDENTITY} per identity"
            )
        identity = self._make_or_read(name, args)
        self.name = Output.from_input(args.identity_name) if args.existing_id else identity.name
        self.resource_id = identity.id
        self.client_id = identity.client_id
        self.principal_id = identity.principal_id
        self.tenant_id = identity.tenant_id
        self.federated = bool(args.service_accounts)
        self._credentials = self._make_credentials(name, args, identity)
        principal = Principal(name, self.principal_id, PrincipalType.SERVICE_PRINCIPAL)
        self.role_assignments = RoleAssignments(
            self, name, principal, args.subscription_id, managed=args.grants_managed
        )
        if args.pod_identity_principal:
            # https://azure.github.io/aad-pod-identity/docs/getting-started/role-assignment/
            self.role_assignments.grant(
                [PlannedGrant("kubelet", Role.MANAGED_IDENTITY_OPERATOR, identity.id)],
                args.pod_identity_principal,
            )
        self.register_outputs(
            {
                "name": self.name,
                "resource_id": self.resource_id,
                "client_id": self.client_id,
                "principal_id": self.principal_id,
                "tenant_id": self.tenant_id,
            }
        )

    def dependencies_for(self, account: ServiceAccount, /) -> list[pulumi.Resource]:
        """What has to be there before a pod of this ServiceAccount can read anything."""
        return [
            *([self._credentials[account]] if account in self._credentials else []),
            *self.role_assignments.resources,
        ]

    def _make_or_read(self, name: str, args: WorkloadIdentityArgs) -> managedidentity.UserAssignedIdentity:
        if args.existing_id:
            child = ResourceOptions(parent=self)
            return managedidentity.UserAssignedIdentity.get(
                f"{name}-existing-identity", args.existing_id, child
            )
        # No tags: azure-native's preview of an update knows only name and location, so another tag would preview as another
        # principal, and every role assignment as replaced.
        return managedidentity.UserAssignedIdentity(
            f"{name}-identity",
            resource_group_name=args.resource_group_name,
            resource_name_=args.identity_name,
            opts=ResourceOptions(parent=self),
        )

    def _make_credentials(
        self, name: str, args: WorkloadIdentityArgs, identity: managedidentity.UserAssignedIdentity
    ) -> dict[ServiceAccount, managedidentity.FederatedIdentityCredential]:
        """One after the other: ARM refuses parallel writes to one identity (409, pulumi-azure-native#4343)."""
        made: dict[ServiceAccount, managedidentity.FederatedIdentityCredential] = {}
        for account in args.service_accounts:
            made[account] = managedidentity.FederatedIdentityCredential(
                f"{name}/{account.namespace}/{account.name}",
                resource_group_name=args.resource_group_name,
                resource_name_=self.name,
                federated_identity_credential_resource_name=naming.federated_credential(
                    account.namespace, account.name
                ),
                issuer=args.cluster.issuer_url,
                subject=account.subject,
                audiences=[AUDIENCE],
                # It goes with the identity that the stack makes; of one that stays it is deleted.
                opts=ResourceOptions(
                    parent=self,
                    depends_on=list(made.values())[-1:],
                    deleted_with=None if args.existing_id else identity,
                ),
            )
        return made
