"""Principals that this program does not create but that read the vault on behalf of workloads.

Owns: their role assignments. Deliberately not here: how the CSI driver uses them
(components/workloads/techniques/csi_access_modes.py). They are not tied to a ServiceAccount, so they do not
prove which pod reads; workload identity is the better choice.
"""

from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions

from components.aliases import ROOT_ALIAS
from components.authorization.role_assignments import Principal, RoleAssignments
from components.authorization.roles import PrincipalType
from components.identity.principal import ServiceAccount


@dataclass(frozen=True, kw_only=True)
class ExternalPrincipalArgs:
    """Arguments of ``ExternalPrincipal``."""

    label: str
    """Readable name for outputs and logical names."""
    client_id: Input[str]
    object_id: Input[str]
    """Object id of the service principal."""
    tenant_id: Input[str]
    subscription_id: str
    grants_managed: bool = True
    """False: the program makes no role assignment."""


class ExternalPrincipal(pulumi.ComponentResource):
    """The CSI add-on's identity, which is assigned to every node, or a service principal with a client
    secret.

    Creates: one RoleAssignment per grant.
    """

    client_id: Output[str]
    principal_id: Output[str]
    tenant_id: Output[str]

    federated: bool = False
    resource_id: None = None
    role_assignments: RoleAssignments

    def __init__(self, name: str, args: ExternalPrincipalArgs, opts: ResourceOptions | None = None) -> None:
        # The token is older than the class name; another one would replace the resource.
        super().__init__("aks-secrets:index:BorrowedIdentity", name, None, opts)
        self.client_id = Output.from_input(args.client_id)
        self.principal_id = Output.from_input(args.object_id)
        self.tenant_id = Output.from_input(args.tenant_id)
        principal = Principal(args.label, args.object_id, PrincipalType.SERVICE_PRINCIPAL)
        # Each may move to another stack, and the principal is the same in both.
        self.role_assignments = RoleAssignments(
            self, name, principal, args.subscription_id, managed=args.grants_managed, aliases=[ROOT_ALIAS]
        )
        self.register_outputs(
            {"client_id": self.client_id, "principal_id": self.principal_id, "tenant_id": self.tenant_id}
        )

    def trust_of(self, _account: ServiceAccount, /) -> list[pulumi.Resource]:
        """None: the principal does not depend on a ServiceAccount."""
        return []

    def dependencies_for(self, _account: ServiceAccount, /) -> list[pulumi.Resource]:
        """The role assignments; the principal does not depend on a ServiceAccount."""
        return list(self.role_assignments.resources)
