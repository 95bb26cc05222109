"""Identities that the program does not make, and that read the vault for workloads all the same.

Owns: their role assignments. Deliberately not here: how the driver is told to use them (components/workloads/techniques/csi_access_modes.py).
Neither is tied to a ServiceAccount, so neither proves which pod it is that reads: workload identity is the better choice.
"""

from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions

from components.authorization.role_assignments import Principal
from components.authorization.roles import PrincipalType
from components.identity.workload_identity import RoleAssignments, ServiceAccount


@dataclass(frozen=True, kw_only=True)
class ExternalPrincipalArgs:
    """Who it is, and what it may do."""

    label: str
    """A plain word for people."""
    client_id: Input[str]
    object_id: Input[str]
    """Of the service principal, which role assignments name."""
    tenant_id: Input[str]
    subscription_id: str
    grants_managed: bool = True
    """False: makes no role assignment."""


class ExternalPrincipal(pulumi.ComponentResource):
    """The CSI add-on's identity, which sits on every node, or a service principal with a secret.

    Creates: one RoleAssignment per grant.
    """

    client_id: Output[str]
    principal_id: Output[str]
    tenant_id: Output[str]

    federated: bool = False
    resource_id: None = None
    role_assignments: RoleAssignments

    def __init__(self, name: str, args: ExternalPrincipalArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-secrets:index:BorrowedIdentity", name, None, opts)
        self.client_id = Output.from_input(args.client_id)
        self.principal_id = Output.from_input(args.object_id)
        self.tenant_id = Output.from_input(args.tenant_id)
        principal = Principal(args.label, args.object_id, PrincipalType.SERVICE_PRINCIPAL)
        self.role_assignments = RoleAssignments(
            self, name, principal, args.subscription_id, managed=args.grants_managed
        )
        self.register_outputs(
            {"client_id": self.client_id, "principal_id": self.principal_id, "tenant_id": self.tenant_id}
        )

    def dependencies_for(self, _account: ServiceAccount, /) -> list[pulumi.Resource]:
        """Its role assignments: no ServiceAccount stands between it and a pod."""
        return list(self.role_assignments.resources)
