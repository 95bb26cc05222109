"""Role assignments: who may do what where.

Owns: ``Grant`` (the wish, plain data) and ``assign`` (the one place that makes a RoleAssignment).
Deliberately not here: who needs which grant. The owner of an identity makes its grants, each once.
"""

from dataclasses import dataclass

from pulumi import Input, Output, ResourceOptions
from pulumi_azure_native import authorization

from components import naming
from components.authorization.roles import PrincipalType, Role
from components.resource_ids import role_definition_id


@dataclass(frozen=True)
class Principal:
    """Somebody in the directory."""

    label: str
    """A plain word for people: ``podinfo``, ``control-plane``, ``deployer``."""
    object_id: Input[str]
    """Principal id, which is the object id of the service principal, not the client id."""
    type: PrincipalType


@dataclass(frozen=True)
class RoleAssignmentSpec:
    """A role that a principal needs at a scope."""

    principal: Principal
    role: Role
    scope: Input[str]
    """ARM id of a resource, as narrow as the need."""


def make_role_assignment(
    name: str, spec: RoleAssignmentSpec, subscription_id: str, opts: ResourceOptions
) -> authorization.RoleAssignment:
    """Make the role assignment, under a name that is the same each time.

    ``principal_type`` is always said: without it ARM looks the principal up, and does not find an identity that was made a second ago
    (400 PrincipalNotFound, https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#symptom---assigning-a-role-to-a-new-principal-sometimes-fails).
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
    """A grant as data and as the az command that makes it, for whoever may assign roles where the deployer may not."""
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
