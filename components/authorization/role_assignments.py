"""Role assignments, as plain data and as resources.

Owns: ``RoleAssignmentSpec``, ``PlannedGrant``, and the only place that creates a RoleAssignment.
Deliberately not here: the list of roles that a workload needs, which stacks/args/ plans.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_azure_native import authorization

from components import naming
from components.authorization.roles import PrincipalType, Role
from components.resource_ids import role_definition_id


@dataclass(frozen=True)
class Principal:
    """A user, group or service principal in Microsoft Entra ID."""

    label: str
    """Readable name for outputs and logical names: ``podinfo``, ``control-plane``, ``deployer``."""
    object_id: Input[str]
    """Object id of the service principal, user or group; not the client id."""
    type: PrincipalType


@dataclass(frozen=True)
class RoleAssignmentSpec:
    """A role that a principal needs at a scope."""

    principal: Principal
    role: Role
    scope: Input[str]
    """ARM id of a resource, as narrow as possible."""


def make_role_assignment(
    name: str, spec: RoleAssignmentSpec, subscription_id: str, opts: ResourceOptions
) -> authorization.RoleAssignment:
    """A role assignment with a name that is derived from scope, role and principal.

    ``principal_type`` is always set. Without it ARM looks the principal up and does not find an identity that
    was created a moment ago (400 PrincipalNotFound,
    https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#symptom---assigning-a-role-to-a-new-principal-sometimes-fails).
    """
    principal_id = spec.principal.object_id
    return authorization.RoleAssignment(
        name,
        scope=spec.scope,
        principal_id=principal_id,
        principal_type=spec.principal.type.value,
        role_definition_id=role_definition_id(subscription_id, spec.role.value),
        role_assignment_name=Output.all(scope=spec.scope, principal_id=principal_id).apply(
            lambda known: naming.role_assignment(known["scope"], spec.role.value, known["principal_id"])
        ),
        opts=opts,
    )


def describe(spec: RoleAssignmentSpec) -> dict[str, Input[str]]:
    """The role assignment as data and as an az command, for deployers that may not assign roles."""
    principal_id, scope = spec.principal.object_id, spec.scope
    return {
        "principal": spec.principal.label,
        "principalId": principal_id,
        "principalType": spec.principal.type.value,
        "role": spec.role.role_name,
        "roleDefinition": spec.role.value,
        "scope": scope,
        "command": Output.concat(
            "az role assignment create --assignee-object-id ",
            principal_id,
            f" --assignee-principal-type {spec.principal.type} --role {spec.role.value} --scope ",
            scope,
        ),
    }


@dataclass(frozen=True)
class PlannedGrant:
    """A role at a scope, for a principal that is not yet known."""

    label: str
    """Part of the logical name, unique within the identity: ``secrets/db-password``."""
    role: Role
    scope: Input[str]
    depends_on: pulumi.Resource | None = None
    """Resource at the scope that has to exist first, if the scope is not an output of it."""


class RoleAssignments:
    """The role assignments of one principal, as data and, if the program manages them, as resources.

    They are granted after the principal is created: a vault with access policies refers to the identity, and
    the identity's role assignments refer to the vault.
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
        """All role assignments that the principal needs, also those that the program does not make."""
        self.resources: list[pulumi.Resource] = []

    def grant(self, planned: Sequence[PlannedGrant], principal: Principal | None = None) -> None:
        """Grant the planned roles to ``principal``; None: to the principal itself."""
        for grant in planned:
            spec = RoleAssignmentSpec(principal or self._principal, grant.role, grant.scope)
            self.grants.append(spec)
            if self._managed:
                opts = ResourceOptions(
                    parent=self._parent, depends_on=[grant.depends_on] if grant.depends_on else None
                )
                self.resources.append(
                    make_role_assignment(f"{self._name}/{grant.label}", spec, self._subscription_id, opts)
                )
