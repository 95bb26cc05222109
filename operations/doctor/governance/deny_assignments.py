"""Deny assignments that take from the deployer what `up` does, whatever roles it has.

https://learn.microsoft.com/azure/role-based-access-control/deny-assignments. Managed applications, deployment
stacks and owners make them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal

from operations.azure.api_versions import AUTHORIZATION
from operations.azure.documents import at, objects_at, text_at
from operations.azure.permissions import covers
from operations.azure.tokens import Caller
from operations.checks import Check, Finding
from operations.doctor.examination import Examination
from operations.doctor.family import family
from operations.doctor.governance.touched import in_each_group, writes
from operations.doctor.scopes import is_at_or_above, shown

_SUBJECT: Final = "deployer"
_CHECK: Final = "deny assignments"
_PROVIDER: Final = "/providers/Microsoft.Authorization/denyAssignments"
_EVERYONE: Final = "00000000-0000-0000-0000-000000000000"
"""https://learn.microsoft.com/azure/role-based-access-control/deny-assignments#all-principals-principal"""
_Answer = Literal["yes", "no", "unknown"]


@family(asks_azure=True)
def nothing_is_denied(examination: Examination) -> Iterator[Check]:
    """No deny assignment takes an action from the deployer that `up` needs."""
    yield Check(_SUBJECT, _CHECK, lambda: _judge(examination))


def _judge(examination: Examination) -> Iterator[Finding]:
    assignments, refused = in_each_group(
        examination, (_SUBJECT, _CHECK), _PROVIDER, AUTHORIZATION, **{"$filter": "atScope()"}
    )
    yield from refused
    findings = [finding for each in assignments if (finding := _finding(examination, each)) is not None]
    yield from findings or [Finding(_SUBJECT, _CHECK, "fine", "none takes an action that `up` needs")]


def _finding(examination: Examination, assignment: Mapping[str, Any]) -> Finding | None:
    scope = text_at(assignment, "properties", "scope") or examination.subscription
    denied = [
        (where, action)
        for where, actions in writes(examination).items()
        if _reaches(assignment, scope, where)
        for action in actions
        if _denies(assignment, action)
    ]
    concerns = _concerns(assignment, examination.session.caller)
    if not denied or concerns == "no":
        return None
    name = text_at(assignment, "properties", "denyAssignmentName") or text_at(assignment, "name")
    actions = ", ".join(dict.fromkeys(action for _, action in denied))
    check = f"deny assignment {name}"
    if concerns == "unknown":
        text = f"on {shown(scope)} denies {actions} to groups, and the sign-in does not tell its groups"
        step = f"az ad group member check --group <group> --member-id {examination.session.caller.object_id}"
        return Finding(_SUBJECT, check, "unknown", text, step)
    # https://learn.microsoft.com/azure/azure-resource-manager/bicep/deployment-stacks#protect-managed-resources
    if at(assignment, "properties", "isSystemProtected") is True:
        step = (
            "let the owner of the deployment stack or managed application that made it exclude the deployer"
        )
    else:
        step = "let its owner exclude the deployer (portal: Access control (IAM), Deny assignments)"
    return Finding(_SUBJECT, check, "wrong", f"on {shown(scope)} denies {actions}", step)


def _reaches(assignment: Mapping[str, Any], scope: str, where: str) -> bool:
    if at(assignment, "properties", "doNotApplyToChildScopes") is True:
        return scope.rstrip("/").lower() == where.rstrip("/").lower()
    return is_at_or_above(scope, where) or scope in ("", "/")


def _denies(assignment: Mapping[str, Any], action: str) -> bool:
    return any(
        covers(entry, action, "actions", "notActions")
        for entry in objects_at(assignment, "properties", "permissions")
    )


def _concerns(assignment: Mapping[str, Any], caller: Caller) -> _Answer:
    listed = _is_among(objects_at(assignment, "properties", "principals"), caller)
    excluded = _is_among(objects_at(assignment, "properties", "excludePrincipals"), caller)
    if listed == "no" or excluded == "yes":
        return "no"
    return "unknown" if "unknown" in (listed, excluded) else "yes"


def _is_among(principals: Sequence[Mapping[str, Any]], caller: Caller) -> _Answer:
    ids = {text_at(each, "id").lower() for each in principals}
    if ids & {_EVERYONE, caller.object_id.lower()}:
        return "yes"
    groups = {text_at(each, "id").lower() for each in principals if text_at(each, "type") == "Group"}
    if not groups:
        return "no"
    if caller.groups is None:
        return "unknown"
    return "yes" if groups & caller.groups else "no"
