"""Role assignments.

https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from rehearsal.simulators.azure.arm import TENANT, ArmError, Write, not_found, response, rule
from rehearsal.simulators.azure.subscriptions import require_tenant, subscription_of
from rehearsal.simulators.azure.types import type_of_id
from rehearsal.simulators.world import AzureResource, World

ASSIGNMENT: Final = "azure-native:authorization:RoleAssignment"
_GUID: Final = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_ROLE: Final = rf"(?:/subscriptions/[^/]+)?/providers/Microsoft\.Authorization/roleDefinitions/{_GUID}"


def working(world: World) -> Iterator[AzureResource]:
    """Role assignments, without those that are not known everywhere yet."""
    return (known for known in world.of_type(ASSIGNMENT) if world.works(known.id))


def has_role(world: World, principal_id: str, roles: frozenset[str], scope: str) -> bool:
    """Whether the principal has one of the roles at the scope or above it.

    Memberships of groups and custom roles are ignored.
    """
    for assignment in working(world):
        assigned_scope, role, principal = _key(assignment.properties)
        if (
            principal == principal_id.lower()
            and role in roles
            and f"{scope.lower()}/".startswith(f"{assigned_scope.rstrip('/')}/")
        ):
            return True
    return False


@rule(ASSIGNMENT)
def assignment_name_is_a_guid(write: Write) -> None:
    """The name of a role assignment is a GUID (pulumi-azure-native#625)."""
    if not re.fullmatch(_GUID, write.name):
        raise ArmError(
            400,
            "InvalidRoleAssignmentId",
            f"The role assignment ID '{write.name}' is not valid. The role assignment ID must be a GUID.",
        )


@rule(ASSIGNMENT)
def role_is_an_id(write: Write) -> None:
    """The role is the id of a role definition, which ends in a GUID."""
    role = str(write.requested_value("roleDefinitionId"))
    if not re.fullmatch(_ROLE, role, re.IGNORECASE):
        raise ArmError(
            400,
            "InvalidRoleDefinitionId",
            f"The role definition ID '{role}' is not valid. The role definition ID must be a GUID.",
        )


@rule(ASSIGNMENT)
def scope_exists(write: Write) -> None:
    """The resource group and the resource in the scope exist.

    Objects below a resource that ARM tracks, such as `/secrets/<name>` of a vault, belong to the data plane
    and may be created after the assignment.
    https://learn.microsoft.com/azure/role-based-access-control/scope-overview
    """
    scope = "/" + str(write.requested_value("scope")).strip("/")
    require_tenant(write.world, scope)
    parts = scope.split("/")
    if len(parts) < 5 or parts[3].lower() != "resourcegroups":
        return
    tracked = "/".join(parts[:9])
    if write.world.get(tracked) is None:
        known = type_of_id(tracked)
        raise not_found(write.world, tracked, known.arm_type if known else "/".join(parts[6:8]))


@rule(ASSIGNMENT)
def principal_is_known_or_typed(write: Write) -> None:
    """Without the right principalType ARM looks the principal up and does not find a new identity.

    The Python SDK sends `User` if the program sets no type
    (pulumi_azure_native/authorization/role_assignment.py); no user has the id of the identity.
    https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#symptom---assigning-a-role-to-a-new-principal-sometimes-fails
    """
    principal = str(write.requested_value("principalId"))
    known, type_ = write.world.directory.get(principal), write.requested_value("principalType")
    is_new = principal in write.world.unreplicated
    if (known is None and not type_) or (known and is_new and type_ != known.type):
        raise ArmError(
            400,
            "PrincipalNotFound",
            f"Principal {principal.replace('-', '')} does not exist in the directory {TENANT}. Check that "
            "you have the correct principal ID. If you are creating this principal and then immediately "
            "assigning a role, this error might be related to a replication delay. In this case, set the "
            "role assignment principalType property to a value, such as ServicePrincipal, User, or Group.  "
            "See https://aka.ms/docs-principaltype",
        )


@rule(ASSIGNMENT)
def principal_type_matches(write: Write) -> None:
    """A principalType is the type of the principal (the page above, UnmatchedPrincipalType)."""
    principal, type_ = str(write.requested_value("principalId")), write.requested_value("principalType")
    known = write.world.directory.get(principal)
    if known and type_ and known.type != type_:
        raise ArmError(
            400,
            "UnmatchedPrincipalType",
            f"The PrincipalId '{principal.replace('-', '')}' has type '{known.type}' , which is different "
            f"from specified PrinciaplType '{type_}'.",  # ARM's spelling
        )


@rule(ASSIGNMENT)
def assignment_is_unique(write: Write) -> None:
    """A principal has a role at a scope in one assignment only, whatever its name (the page above)."""
    for other in write.world.of_type(ASSIGNMENT):
        if other.id.lower() != write.id.lower() and _key(other.properties) == _key(write.body):
            raise ArmError(
                409,
                "RoleAssignmentExists",
                "The role assignment already exists. The ID of the existing role assignment is "
                f"{other.id.rsplit('/', 1)[1].replace('-', '')}.",
            )


@rule(ASSIGNMENT)
def assignment_is_immutable(write: Write) -> None:
    """Only the description and the condition of an assignment can change (the page above).

    azure-native replaces an assignment when principalId or scope change; a changed role is an update in
    place.
    """
    if write.current and _key(write.current.properties) != _key(write.body):
        raise ArmError(
            400,
            "RoleAssignmentUpdateNotPermitted",
            "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
        )


@response(ASSIGNMENT)
def _assignment(write: Write) -> dict[str, Any]:
    principal = write.world.directory.get(str(write.requested_value("principalId")))
    scope = "/" + str(write.requested_value("scope")).strip("/")
    type_ = write.requested_value("principalType") or (principal.type if principal else "User")
    return {"scope": scope, "principalType": type_, **_role_in_subscription(write, scope)}


def _role_in_subscription(write: Write, scope: str) -> dict[str, Any]:
    """ARM answers with the id that the role has in the subscription of the scope, whatever it was sent:
    Azure/azure-rest-api-specs#10939, #11103.
    """
    sent, subscription = str(write.requested_value("roleDefinitionId")), subscription_of(scope)
    if not subscription or subscription_of(sent).lower() == subscription.lower():
        return {}
    role = sent.rpartition("/")[2]
    definitions = f"/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions"
    return {"roleDefinitionId": f"{definitions}/{role}"}


def _key(properties: Any) -> tuple[str, str, str]:
    """Scope, role and principal in lower case."""
    return (
        "/" + str(properties.get("scope")).strip("/").lower(),
        str(properties.get("roleDefinitionId")).rsplit("/", 1)[-1].lower(),
        str(properties.get("principalId")).lower(),
    )
