"""Authorization: role assignments, role definitions, permissions of the caller.

https://learn.microsoft.com/rest/api/authorization/role-assignments/list-for-scope, …/role-definitions/list,
…/permissions/list-for-resource-group. Memberships of groups are not simulated.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any, Final

from rehearsal.data_planes.arm.documents import document
from rehearsal.data_planes.arm.facts import Facts
from rehearsal.data_planes.arm.roles import BY_ID, BY_NAME, ROLES, Role
from rehearsal.data_planes.arm.routes import Call, listed, route
from rehearsal.data_planes.web import Answer
from rehearsal.simulators.azure.arm import DEPLOYER, ArmError, not_found
from rehearsal.simulators.azure.authorization import ASSIGNMENT
from rehearsal.simulators.azure.subscriptions import subscription_of
from rehearsal.simulators.azure.types import type_of_id
from rehearsal.simulators.world import World

_PROVIDER: Final = "/providers/Microsoft.Authorization"
_NAMESPACE: Final = uuid.UUID("6d3b0c53-6f5a-4a0e-9c0f-1b8f2f8d8a55")
_FILTER: Final = re.compile(
    r"(?P<scope>atScope\(\))?(?: and )?"
    r"(?:principalId eq '?(?P<id>[\w-]+)'?|assignedTo\('(?P<to>[\w-]+)'\))?",
    re.IGNORECASE,
)


def roles_of(world: World, principal: str, scope: str) -> Iterator[Role]:
    """The roles that a principal has at a scope, assigned there or above."""
    for assignment in _assignments(world, subscription_of(scope)):
        properties = assignment["properties"]
        if properties["principalId"].lower() == principal.lower() and _is_at_or_above(
            properties["scope"], scope
        ):
            role = _by_id(world, scope, properties["roleDefinitionId"].rsplit("/", 1)[-1])
            if role is not None:
                yield role


def _by_id(world: World, scope: str, id_: str) -> Role | None:
    custom = {role.id.lower(): role for role in Facts(world, subscription_of(scope)).custom_roles}
    return custom.get(id_.lower()) or BY_ID.get(id_.lower())


def _assignments(world: World, subscription: str) -> Iterator[dict[str, Any]]:
    """The assignments of the world, and the deployer's own, which exist before the stack."""
    yield from (document(world, assignment) for assignment in world.of_type(ASSIGNMENT))
    scope = f"/subscriptions/{subscription}"
    principal = world.directory.get(DEPLOYER)
    facts = Facts(world, subscription)
    custom = {role.name: role for role in facts.custom_roles}
    for name in facts.roles if subscription else ():
        role = custom.get(name) or BY_NAME.get(name)
        if role is not None:
            guid = uuid.uuid5(_NAMESPACE, f"{scope}|{role.id}".lower())
            yield {
                "id": f"{scope}{_PROVIDER}/roleAssignments/{guid}",
                "name": str(guid),
                "type": "Microsoft.Authorization/roleAssignments",
                "properties": {
                    "roleDefinitionId": f"{scope}{_PROVIDER}/roleDefinitions/{role.id}",
                    "principalId": DEPLOYER,
                    "principalType": principal.type if principal else "User",
                    "scope": scope,
                },
            }


def _is_at_or_above(scope: str, other: str) -> bool:
    """Whether a scope is the other one or above it; `/` is above all."""
    return f"/{other.strip('/')}/".lower().startswith(f"/{scope.strip('/')}/".lower().replace("//", "/"))


@route(
    "GET",
    f"{{scope}}{_PROVIDER}/roleAssignments",
    "Microsoft.Authorization/roleAssignments/read",
    scope="{scope}",
)
def _list_assignments(call: Call) -> Answer:
    """Without a filter: at, above and below the scope; `atScope()` leaves out what is below.

    https://learn.microsoft.com/azure/role-based-access-control/role-assignments-list-rest
    """
    scope, words = call.parameters["scope"], call.filter.strip()
    match = _FILTER.fullmatch(words)
    if match is None:
        # https://learn.microsoft.com/rest/api/authorization/role-assignments/list-for-scope (filters)
        raise ArmError(
            400, "InvalidFilterInQueryString", f"Invalid $filter '{words}' specified in the query string."
        )
    principal, at_scope = (match["id"] or match["to"] or "").lower(), bool(match["scope"])
    rows = []
    for assignment in _assignments(call.world, subscription_of(scope)):
        properties = assignment["properties"]
        above = _is_at_or_above(properties["scope"], scope)
        below = not at_scope and _is_at_or_above(scope, properties["scope"])
        if (above or below) and principal in ("", properties["principalId"].lower()):
            rows.append(assignment)
    return listed(rows)


@route(
    "GET",
    f"{{scope}}{_PROVIDER}/roleAssignments/{{name}}",
    "Microsoft.Authorization/roleAssignments/read",
    scope="{scope}",
)
def _get_assignment(call: Call) -> Answer:
    id_ = call.request.path
    for assignment in _assignments(call.world, subscription_of(id_)):
        if assignment["id"].lower() == id_.lower():
            return Answer(status=200, body=assignment)
    raise not_found(call.world, id_, "Microsoft.Authorization/roleAssignments")


def _definition(role: Role, subscription: str) -> dict[str, Any]:
    prefix = f"/subscriptions/{subscription}" if subscription else ""
    return {
        "id": f"{prefix}{_PROVIDER}/roleDefinitions/{role.id}",
        "name": role.id,
        "type": "Microsoft.Authorization/roleDefinitions",
        "properties": {
            "roleName": role.name,
            "type": "BuiltInRole" if role.id in BY_ID else "CustomRole",
            "description": "",
            "assignableScopes": ["/" if role.id in BY_ID else prefix],
            "permissions": [_permission(role)],
        },
    }


def _permission(role: Role) -> dict[str, list[str]]:
    return {
        "actions": list(role.actions),
        "notActions": list(role.not_actions),
        "dataActions": list(role.data_actions),
        "notDataActions": list(role.not_data_actions),
    }


@route(
    "GET",
    f"{{scope}}{_PROVIDER}/roleDefinitions",
    "Microsoft.Authorization/roleDefinitions/read",
    scope="{scope}",
)
def _list_definitions(call: Call) -> Answer:
    match = re.search(r"roleName eq '([^']+)'", call.filter, re.IGNORECASE)
    subscription = subscription_of(call.parameters["scope"])
    known = [*ROLES, *Facts(call.world, subscription).custom_roles]
    return listed([_definition(role, subscription) for role in known if not match or role.name == match[1]])


@route(
    "GET",
    f"{{scope}}{_PROVIDER}/roleDefinitions/{{name}}",
    "Microsoft.Authorization/roleDefinitions/read",
    scope="{scope}",
)
def _get_definition(call: Call) -> Answer:
    role = _by_id(call.world, call.parameters["scope"], call.parameters["name"])
    if role is None:
        # https://github.com/hashicorp/terraform-provider-azurerm/issues/8426
        name = call.parameters["name"]
        raise ArmError(
            404,
            "RoleDefinitionDoesNotExist",
            f"The specified role definition with ID '{name}' does not exist.",
        )
    return Answer(status=200, body=_definition(role, subscription_of(call.parameters["scope"])))


@route("GET", f"{{scope}}{_PROVIDER}/permissions")
def _permissions(call: Call) -> Answer:
    """Permissions of the caller at the scope, one row per role. A scope that does not exist has none."""
    scope = call.parameters["scope"]
    if scope.strip("/").count("/") > 1 and call.world.get(scope) is None:
        row = type_of_id(scope)
        raise not_found(call.world, scope, row.arm_type if row else "")
    roles = roles_of(call.world, call.caller.object_id, call.parameters["scope"])
    return listed([_permission(role) for role in roles])
