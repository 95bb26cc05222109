"""The user-assigned identity of workloads, and what ties it to ServiceAccounts.

Owns: the identity, its federated identity credentials (created one after the other) and its role assignments.
Deliberately not here: the identity binding (identity_binding.py), the list of roles (stacks/args/ plans it),
and the ServiceAccount in the cluster.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_azure_native import managedidentity

from components import naming
from components.authorization.role_assignments import (
    PlannedGrant,
    Principal,
    RoleAssignments,
)
from components.authorization.roles import PrincipalType, Role
from components.cluster.base import Cluster
from components.identity.identity_binding import make_identity_binding
from components.identity.principal import ServiceAccount

AUDIENCE = "api://AzureADTokenExchange"
"""The only audience that Entra accepts for a federated credential in the public cloud; the webhook requests
tokens for it.
"""

_CREDENTIAL_NAME = "federatedIdentityCredentialResourceName"

CREDENTIALS_PER_IDENTITY = 20
"""https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations"""


@dataclass(frozen=True, kw_only=True)
class WorkloadIdentityArgs:
    """Arguments of ``WorkloadIdentity``."""

    resource_group_name: Input[str]
    identity_name: str
    existing_id: str | None = None
    """ARM id of an existing identity, which gets federated credentials and is not deleted with the stack.
    None: the program creates one.
    """
    subscription_id: str
    """Subscription of the identity."""
    cluster: Cluster
    """Cluster whose issuer the federated credentials trust."""
    cluster_id: str
    """ARM id of that cluster, known beforehand."""
    service_accounts: Sequence[ServiceAccount]
    """Those with a federated credential, at most 20. Empty: none has one."""
    bound_accounts: Sequence[ServiceAccount] = ()
    """Those that use the identity by an identity binding, any number. Empty: no binding."""
    binding_name: str = ""
    """Name of the identity binding in the cluster."""
    pod_identity_principal: Principal | None = None
    """With AAD Pod Identity: the kubelet's identity, which assigns this identity to pods on the nodes."""
    grants_managed: bool = True
    """False: the program makes no role assignment."""


class WorkloadIdentity(pulumi.ComponentResource):
    """A user-assigned identity that pods of the given ServiceAccounts authenticate as.

    Creates: UserAssignedIdentity (or reads it), one FederatedIdentityCredential per ServiceAccount, an
    IdentityBinding with its ClusterRole and ClusterRoleBinding if accounts are bound, one RoleAssignment per
    grant.
    """

    name: Output[str]
    resource_id: Output[str]
    client_id: Output[str]
    """The value of the ServiceAccount's annotation."""
    principal_id: Output[str]
    """The principal of role assignments."""
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
        self.federated = bool(args.service_accounts or args.bound_accounts)
        self._credentials = self._make_credentials(name, args, identity)
        self._bound, self._binding = set(args.bound_accounts), self._make_binding(name, args)
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

    def trust_of(self, account: ServiceAccount, /) -> list[pulumi.Resource]:
        """Resources by which the identity accepts tokens of this ServiceAccount."""
        return [
            *([self._credentials[account]] if account in self._credentials else []),
            *(self._binding if account in self._bound else []),
        ]

    def dependencies_for(self, account: ServiceAccount, /) -> list[pulumi.Resource]:
        """Resources that have to exist before a pod of this ServiceAccount can read a vault."""
        return [*self.trust_of(account), *self.role_assignments.resources]

    def _make_binding(self, name: str, args: WorkloadIdentityArgs) -> list[pulumi.Resource]:
        if not args.bound_accounts:
            return []
        return make_identity_binding(
            self,
            name,
            cluster=args.cluster,
            cluster_id=args.cluster_id,
            binding_name=args.binding_name,
            identity_id=self.resource_id,
            client_id=self.client_id,
            accounts=args.bound_accounts,
            # AKS writes a credential of the identity, too, and ARM refuses parallel writes.
            depends_on=list(self._credentials.values())[-1:],
        )

    def _make_or_read(self, name: str, args: WorkloadIdentityArgs) -> managedidentity.UserAssignedIdentity:
        if args.existing_id:
            child = ResourceOptions(parent=self)
            return managedidentity.UserAssignedIdentity.get(
                f"{name}-existing-identity", args.existing_id, child
            )
        # No tags: the preview of an update knows only name and location, so a changed tag would preview as a
        # new principal, and every role assignment as replaced.
        return managedidentity.UserAssignedIdentity(
            f"{name}-identity",
            resource_group_name=args.resource_group_name,
            resource_name_=args.identity_name,
            opts=ResourceOptions(parent=self),
        )

    def _make_credentials(
        self, name: str, args: WorkloadIdentityArgs, identity: managedidentity.UserAssignedIdentity
    ) -> dict[ServiceAccount, managedidentity.FederatedIdentityCredential]:
        """One credential per ServiceAccount, created one after the other: ARM refuses parallel writes to an
        identity (409, pulumi-azure-native#4343).
        """
        made: dict[ServiceAccount, managedidentity.FederatedIdentityCredential] = {}
        for account in args.service_accounts:
            made[account] = managedidentity.FederatedIdentityCredential(
                f"{name}/{account.namespace}/{account.name}",
                resource_group_name=args.resource_group_name,
                resource_name_=self.name,
                federated_identity_credential_resource_name=_credential_name(args, account),
                issuer=args.cluster.issuer_url,
                subject=account.subject,
                audiences=[AUDIENCE],
                # A created identity takes its credentials along; those of an existing identity are deleted.
                opts=ResourceOptions(
                    parent=self,
                    depends_on=list(made.values())[-1:],
                    deleted_with=None if args.existing_id else identity,
                    # Credentials of earlier releases keep their names. Azure refuses two of one issuer and
                    # subject, so a renamed one would be deleted first, and pods would get no token for
                    # minutes (entra workload-identity-federation-considerations).
                    ignore_changes=[_CREDENTIAL_NAME] if args.existing_id else None,
                ),
            )
        return made


def _credential_name(args: WorkloadIdentityArgs, account: ServiceAccount) -> str:
    """An existing identity may have a credential for a ServiceAccount of that name in another cluster."""
    if args.existing_id:
        return naming.shared_identity_credential(account.namespace, account.name, args.cluster_id)
    return naming.federated_credential(account.namespace, account.name)
