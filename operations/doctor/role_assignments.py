"""May the deployer assign the roles that the settings need, at every scope, also under a condition?

Conditions: https://learn.microsoft.com/azure/role-based-access-control/delegate-role-assignments-examples.
Those that the portal writes are read here; of any other one the finding is `unknown`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from operations.azure.api_versions import AUTHORIZATION
from operations.azure.documents import text_at
from operations.azure.permissions import Permissions, permissions_at
from operations.checks import Check, Finding
from operations.doctor.examination import Examination
from operations.doctor.family import family
from operations.doctor.needed_roles import NeededRole, needed_roles
from operations.doctor.scopes import shown
from stacks.settings import Grants

_SUBJECT: Final = "deployer"
_WRITE: Final = "Microsoft.Authorization/roleAssignments/write"
_ADMINISTRATOR: Final = "Role Based Access Control Administrator"
_ROLES: Final = re.compile(
    r"@Request\[Microsoft\.Authorization/roleAssignments:RoleDefinitionId\]\s*"
    r"(?P<operator>ForAnyOf(?:Any|All)Values:Guid(?:Not)?Equals)\s*\{(?P<values>[^}]*)\}",
    re.IGNORECASE,
)
_TYPES: Final = re.compile(
    r"@Request\[Microsoft\.Authorization/roleAssignments:PrincipalType\]\s*"
    r"ForAnyOfAnyValues:StringEqualsIgnoreCase\s*\{(?P<values>[^}]*)\}",
    re.IGNORECASE,
)
_PRINCIPALS: Final = "roleAssignments:PrincipalId"


@family(asks_azure=True)
def deployer_assigns_roles(examination: Examination) -> Iterator[Check]:
    """The deployer may make every role assignment of the settings."""
    if examination.settings.grants is Grants.EXTERNAL:
        text = "not needed with grants: external; the output grants lists what an administrator assigns"
        yield Check(
            _SUBJECT, "role assignments", lambda: [Finding(_SUBJECT, "role assignments", "fine", text)]
        )
        return
    scopes: dict[str, list[NeededRole]] = {}
    for needed in needed_roles(examination):
        scopes.setdefault(needed.scope, []).append(needed)
    for scope, roles in scopes.items():
        check = f"role assignments on {shown(scope)}"
        yield Check(
            _SUBJECT,
            check,
            lambda scope=scope, roles=roles, check=check: _judge(examination, scope, roles, check),
        )


def _judge(
    examination: Examination, scope: str, roles: Sequence[NeededRole], check: str
) -> Iterable[Finding]:
    permissions = permissions_at(examination.reads, scope)
    names = ", ".join(dict.fromkeys(role.role for role in roles))
    where = "" if permissions.scope == scope else f", by the rights in {shown(permissions.scope)}"
    caller = examination.session.caller
    if not permissions.allow(_WRITE):
        text = f"{caller} may not assign {names}{where}"
        step = (
            f"let an owner type: az role assignment create --assignee {caller.object_id}"
            f' --role "{_ADMINISTRATOR}" --scope {permissions.scope}; or pulumi config set grants external'
        )
        yield Finding(_SUBJECT, check, "wrong", text, step)
        return
    yield _under_conditions(examination, permissions, roles, check, f"may assign {names}{where}")


def _under_conditions(
    examination: Examination,
    permissions: Permissions,
    roles: Sequence[NeededRole],
    check: str,
    text: str,
) -> Finding:
    assigning = _assignments_that_assign(examination, permissions.scope)
    conditions = [text_at(each, "properties", "condition") for each in assigning]
    if not conditions or not all(conditions):
        return Finding(_SUBJECT, check, "fine", text)
    verdicts = [_refused(condition, roles) for condition in conditions]
    if any(verdict == [] for verdict in verdicts):
        return Finding(_SUBJECT, check, "fine", f"{text}, and the condition of its own role admits it")
    known = [verdict for verdict in verdicts if verdict is not None]
    if not known:
        text += ", under a condition that this check cannot read"
        step = (
            f"az role assignment list --assignee {examination.session.caller.object_id} --scope"
            f" {permissions.scope} --include-inherited --query '[].condition'"
        )
        return Finding(_SUBJECT, check, "unknown", text, step)
    refused = ", ".join(min(known, key=len))
    text = f"the condition of the deployer's own role refuses {refused}"
    step = "let an owner widen the condition (portal: Access control, Role assignments, View/Edit)"
    return Finding(_SUBJECT, check, "wrong", text, f"{step}; or pulumi config set grants external")


def _assignments_that_assign(examination: Examination, scope: str) -> list[Mapping[str, Any]]:
    """The deployer's role assignments at the scope, or above it, whose roles may assign roles."""
    reads, caller = examination.reads, examination.session.caller
    assignments = reads.pages(
        f"{scope}/providers/Microsoft.Authorization/roleAssignments",
        AUTHORIZATION,
        **{"$filter": f"atScope() and assignedTo('{caller.object_id}')"},
    )
    return [
        assignment
        for assignment in assignments
        if _assigns(examination, text_at(assignment, "properties", "roleDefinitionId"))
    ]


def _assigns(examination: Examination, definition_id: str) -> bool:
    if not definition_id.startswith("/"):
        return False
    definition = examination.reads.get_if_exists(definition_id, AUTHORIZATION) or {}
    entries = definition.get("properties", {})
    permissions = entries.get("permissions") if isinstance(entries, Mapping) else None
    entries = [each for each in permissions or [] if isinstance(each, Mapping)]
    return Permissions(definition_id, entries).allow(_WRITE)


def _refused(condition: str, roles: Sequence[NeededRole]) -> list[str] | None:
    """The needed roles that the condition refuses. None: this check cannot read the condition."""
    matches = list(_ROLES.finditer(condition))
    types = _TYPES.search(condition)
    if _PRINCIPALS.lower() in condition.lower() or not (matches or types):
        return None
    refused: list[str] = []
    for match in matches:
        ids = {value.strip().strip("'").lower() for value in match["values"].split(",")}
        is_denial = "not" in match["operator"].lower()
        refused += [role.role for role in roles if (role.role_id in ids) == is_denial]
    if types:
        admitted = {value.strip().strip("'").lower() for value in types["values"].split(",")}
        refused += [
            f"{role.role} for a principal of type {role.principal_type}"
            for role in roles
            if role.principal_type.lower() not in admitted
        ]
    return list(dict.fromkeys(refused))
