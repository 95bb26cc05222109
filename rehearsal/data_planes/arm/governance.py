"""Locks, deny assignments and policies of a subscription, as ARM lists them; the --cloud file has them.

https://learn.microsoft.com/rest/api/resources/management-locks, …/authorization/deny-assignments,
…/policy/policy-assignments, …/policyinsights/policy-restrictions. There are no management groups.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from rehearsal.data_planes.arm.routes import Call, listed, route
from rehearsal.data_planes.web import Answer
from rehearsal.simulators.azure import governance
from rehearsal.simulators.azure.arm import ArmError
from rehearsal.simulators.azure.governance import Denial, Lock, Policy, is_at_or_above
from rehearsal.simulators.azure.subscriptions import subscription_of

_PROVIDER: Final = "/providers/Microsoft.Authorization"
_EVERYONE: Final = {"id": "00000000-0000-0000-0000-000000000000", "type": "SystemDefined"}
"""https://learn.microsoft.com/azure/role-based-access-control/deny-assignments#all-principals-principal"""


def _is_listed(call: Call, scope: str) -> bool:
    """Without a filter: at, above and below the scope; `atScope()` leaves out what is below."""
    requested = call.parameters["scope"]
    is_below = call.filter.lower() != "atscope()" and is_at_or_above(requested, scope)
    return is_at_or_above(scope, requested) or is_below


@route("GET", f"{{scope}}{_PROVIDER}/locks", "Microsoft.Authorization/locks/read", scope="{scope}")
def _locks(call: Call) -> Answer:
    rows = governance.locks(call.world, subscription_of(call.parameters["scope"]))
    return listed([_lock(lock) for lock in rows if _is_listed(call, lock.scope)])


def _lock(lock: Lock) -> dict[str, Any]:
    properties = {"level": lock.level}
    return {
        "id": lock.id,
        "name": lock.name,
        "type": "Microsoft.Authorization/locks",
        "properties": properties,
    }


@route(
    "GET",
    f"{{scope}}{_PROVIDER}/denyAssignments",
    "Microsoft.Authorization/denyAssignments/read",
    scope="{scope}",
)
def _deny_assignments(call: Call) -> Answer:
    rows = governance.denials(call.world, subscription_of(call.parameters["scope"]))
    return listed([_denial(each) for each in rows if _is_listed(call, each.scope)])


def _denial(denial: Denial) -> dict[str, Any]:
    permission = {"actions": list(denial.actions), "notActions": [], "dataActions": [], "notDataActions": []}
    return {
        "id": f"{denial.scope}{_PROVIDER}/denyAssignments/{denial.guid}",
        "name": denial.guid,
        "type": "Microsoft.Authorization/denyAssignments",
        "properties": {
            "denyAssignmentName": denial.name,
            "permissions": [permission],
            "scope": denial.scope,
            "doNotApplyToChildScopes": False,
            "principals": [_EVERYONE],
            "excludePrincipals": [{"id": id_, "type": "User"} for id_ in denial.excluded],
            "isSystemProtected": True,
        },
    }


@route(
    "GET",
    f"{{scope}}{_PROVIDER}/policyAssignments",
    "Microsoft.Authorization/policyAssignments/read",
    scope="{scope}",
)
def _assignments(call: Call) -> Answer:
    rows = governance.policies(call.world, subscription_of(call.parameters["scope"]))
    return listed([_assignment(policy) for policy in rows if _is_listed(call, policy.scope)])


def _definition_id(policy: Policy) -> str:
    subscription = re.sub(r"(/subscriptions/[^/]+).*", r"\1", policy.scope)
    return f"{subscription}{_PROVIDER}/policyDefinitions/{policy.name}"


def _assignment(policy: Policy) -> dict[str, Any]:
    return {
        "id": policy.id,
        "name": policy.name,
        "type": "Microsoft.Authorization/policyAssignments",
        "properties": {
            "displayName": policy.name,
            "policyDefinitionId": _definition_id(policy),
            "scope": policy.scope,
            "notScopes": [],
            "parameters": {},
            "enforcementMode": "Default",
        },
    }


@route(
    "POST",
    "{scope}/providers/Microsoft.PolicyInsights/checkPolicyRestrictions",
    "Microsoft.PolicyInsights/checkPolicyRestrictions/read",
    scope="{scope}",
)
def _restrictions(call: Call) -> Answer:
    scope = call.parameters["scope"]
    content = call.request.document.get("resourceDetails", {}).get("resourceContent")
    if not isinstance(content, Mapping) or not content.get("type"):
        # What Azure answers to a content without a type is documented nowhere.
        raise ArmError(400, "BadRequest", "The resource content has no type.")
    rows = governance.policies(call.world, subscription_of(scope))
    denied = [policy for policy in rows if policy.denies(str(content["type"]), content, scope)]
    evaluations = [_evaluation(policy, content) for policy in denied]
    body = {"fieldRestrictions": [], "contentEvaluationResult": {"policyEvaluations": evaluations}}
    return Answer(status=200, body=body)


def _evaluation(policy: Policy, content: Mapping[str, Any]) -> dict[str, Any]:
    expressions = [
        _expression("type", str(content["type"]), policy.type),
        _expression(policy.path, policy.value_in(content), list(policy.values)),
    ]
    return {
        "policyInfo": {"policyDefinitionId": _definition_id(policy), "policyAssignmentId": policy.id},
        "evaluationResult": "NonCompliant",
        "evaluationDetails": {"evaluatedExpressions": expressions},
        "effectDetails": {"policyEffect": "Deny"},
    }


def _expression(path: str, value: Any, target: Any) -> dict[str, Any]:
    return {
        "result": "True",
        "expressionKind": "Field",
        "expression": path,
        "path": path,
        "expressionValue": value,
        "targetValue": target,
        "operator": "In" if isinstance(target, list) else "Equals",
    }


@route(
    "GET",
    f"{{scope}}{_PROVIDER}/roleEligibilityScheduleInstances",
    "Microsoft.Authorization/roleEligibilityScheduleInstances/read",
    scope="{scope}",
)
def _eligible(_call: Call) -> Answer:
    """No principal of a rehearsal has an eligible role."""
    return listed([])
