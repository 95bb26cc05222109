"""Role assignments, as plain data and as resources.

Owns: ``RoleAssignmentSpec``, ``PlannedGrant``, ``NeededRoleAssignment``, and the only place that creates or
reads a RoleAssignment.
Deliberately not here: the list of roles that a workload needs, which stacks/args/ plans.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_azure_native import authorization

from components import naming
from components.arm_errors import is_forbidden, is_not_found
from components.authorization.roles import PrincipalType, Role
from components.resource_ids import role_definition_id, subscription_of


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
    description: str | None = None
    """The purpose, which Azure shows as the description. None: the role makes it clear."""


@dataclass(frozen=True)
class ExistingRoleAssignment:
    """Azure's answer about a role assignment that the program does not make, under the name that its command
    gives it.
    """

    command: str
    """The az command that makes it. Repeated, it changes nothing."""
    id: str | None
    """ARM id of the role assignment. None: it does not exist under this name, or cannot be read."""
    unreadable: str | None = None
    """Azure's refusal of the read. None: it was read."""

    @property
    def exists(self) -> bool | None:
        """None: it cannot be read."""
        return None if self.unreadable else self.id is not None


@dataclass(frozen=True)
class NeededRoleAssignment:
    """A role assignment that the stack needs."""

    spec: RoleAssignmentSpec
    resource: authorization.RoleAssignment | None
    """None: the program does not make it (`grants: external`)."""
    existing: Output[ExistingRoleAssignment] | None = None
    """None: the program makes it."""

    def describe(self) -> dict[str, Input[str] | Input[bool | None]]:
        """The role assignment as data and as an az command, for deployers that may not assign roles."""
        spec = self.spec
        described: dict[str, Input[str] | Input[bool | None]] = {
            "principal": spec.principal.label,
            "principalId": spec.principal.object_id,
            "principalType": spec.principal.type.value,
            "role": spec.role.role_name,
            "roleDefinition": spec.role.value,
            "scope": spec.scope,
            "command": Output.all(spec.scope, spec.principal.object_id).apply(
                lambda known: grant_command(
                    spec.role, spec.principal.type, known[0], known[1], spec.description
                )
            ),
        }
        if spec.description is not None:
            described["description"] = spec.description
        if self.existing is not None:
            described["exists"] = self.existing.apply(lambda existing: existing.exists)
        return described


def make_or_read_role_assignment(
    name: str, spec: RoleAssignmentSpec, subscription_id: str, opts: ResourceOptions, *, managed: bool
) -> NeededRoleAssignment:
    """The role assignment; or, unless the program manages it, what exists of it.

    One that exists is read under the logical name of the one that the program would make. The engine then
    releases a role assignment that it has managed so far, and does not delete it ("relinquish" in
    pulumi/pulumi, pkg/resource/deploy/step_generator.go): workloads keep their access when ``grants``
    becomes ``external``.
    """
    if managed:
        return NeededRoleAssignment(spec, _make(name, spec, subscription_id, opts))
    existing = Output.all(spec.scope, spec.principal.object_id).apply(lambda known: _find(spec, *known))
    read_opts = ResourceOptions(parent=opts.parent)
    existing.apply(
        lambda live: authorization.RoleAssignment.get(name, live.id, read_opts) if live.id else None
    )
    return NeededRoleAssignment(spec, None, existing)


def _make(
    name: str, spec: RoleAssignmentSpec, subscription_id: str, opts: ResourceOptions
) -> authorization.RoleAssignment:
    """A role assignment with a name that is derived from scope, role and principal.

    ``principal_type`` is always set. Without it ARM looks the principal up and does not find an identity that
    was created a moment ago (400 PrincipalNotFound,
    https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#symptom---assigning-a-role-to-a-new-principal-sometimes-fails).
    """
    principal_id = spec.principal.object_id
    # ARM answers with the id that the role has in the scope's subscription, so that another one would differ
    # after each refresh: Azure/azure-rest-api-specs#10939
    scope_subscription_id = subscription_of(spec.scope) if isinstance(spec.scope, str) else None
    if scope_subscription_id and scope_subscription_id.lower() != subscription_id.lower():
        subscription_id = scope_subscription_id
    return authorization.RoleAssignment(
        name,
        scope=spec.scope,
        principal_id=principal_id,
        principal_type=spec.principal.type.value,
        role_definition_id=role_definition_id(subscription_id, spec.role.value),
        role_assignment_name=Output.all(spec.scope, principal_id).apply(
            lambda known: naming.role_assignment(known[0], spec.role.value, known[1])
        ),
        description=spec.description,
        opts=opts,
    )


def grant_command(
    role: Role, principal_type: PrincipalType, scope: str, principal_id: str, description: str | None = None
) -> str:
    """The az command that assigns the role."""
    # With the name that the program looks for, and that it would give: without --name az makes one up.
    return (
        f"az role assignment create --name {naming.role_assignment(scope, role.value, principal_id)}"
        f" --assignee-object-id {principal_id} --assignee-principal-type {principal_type}"
        f" --role {role.value} --scope {scope}" + (f" --description '{description}'" if description else "")
    )


async def _find(spec: RoleAssignmentSpec, scope: str, principal_id: str) -> ExistingRoleAssignment:
    """Azure's answer. A failure other than a missing right is raised: to take it for a missing role
    assignment would delete one that the program has managed so far.
    """
    command = grant_command(spec.role, spec.principal.type, scope, principal_id, spec.description)
    name = naming.role_assignment(scope, spec.role.value, principal_id)
    try:
        live = await pulumi.runtime.invoke_async(
            "azure-native:authorization:getRoleAssignment", {"scope": scope, "roleAssignmentName": name}
        )
    except Exception as error:  # the SDK raises no narrower one for an invoke that fails
        if is_not_found(error):
            return ExistingRoleAssignment(command, None)
        if is_forbidden(error):
            return ExistingRoleAssignment(command, None, str(error))
        raise
    return ExistingRoleAssignment(command, str(live["id"]))


@dataclass(frozen=True)
class PlannedGrant:
    """A role at a scope, for a principal that is not yet known."""

    label: str
    """Part of the logical name, unique within the identity: ``secrets/db-password``."""
    role: Role
    scope: Input[str]
    depends_on: pulumi.Resource | None = None
    """Resource at the scope that has to exist first, if the scope is not an output of it."""
    subscription_id: str | None = None
    """Subscription of the scope. None: it is the principal's."""
    description: str | None = None


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
        aliases: Sequence[pulumi.Alias] = (),
    ) -> None:
        self._parent, self._name, self._principal, self._subscription_id, self._managed = (
            parent,
            name,
            principal,
            subscription_id,
            managed,
        )
        self._aliases = list(aliases)
        self.grants: list[NeededRoleAssignment] = []
        """All role assignments that the principal needs, also those that the program does not make."""
        self.resources: list[pulumi.Resource] = []

    def grant(
        self,
        planned: Sequence[PlannedGrant],
        principal: Principal | None = None,
        *,
        managed: bool | None = None,
    ) -> None:
        """Assign the planned roles to ``principal``; None: to the principal itself.

        ``managed``: whether the program makes these. None: as it makes the others.
        """
        managed = self._managed if managed is None else managed
        for planned_grant in planned:
            spec = RoleAssignmentSpec(
                principal or self._principal,
                planned_grant.role,
                planned_grant.scope,
                planned_grant.description,
            )
            target = planned_grant.depends_on
            opts = ResourceOptions(
                parent=self._parent, depends_on=[target] if target else None, aliases=self._aliases
            )
            name = f"{self._name}/{planned_grant.label}"
            subscription_id = planned_grant.subscription_id or self._subscription_id
            grant = make_or_read_role_assignment(name, spec, subscription_id, opts, managed=managed)
            self.grants.append(grant)
            if grant.resource:
                self.resources.append(grant.resource)
