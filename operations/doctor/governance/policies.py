"""Azure Policy: assignments that deny what the stack creates.

Azure itself evaluates the policies of the subscription for a resource that does not exist yet:
https://learn.microsoft.com/rest/api/policyinsights/policy-restrictions/check-at-resource-group-scope.
Those of management groups it does not evaluate for this request (Azure/azure-dev, cli/azd/docs/design, local
preflight validation), so they are read here, and named if they may deny. Whether they do is not guessed at: a
rule may hold any expression of ARM.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from operations.azure.api_versions import POLICY, POLICY_RESTRICTIONS, PROVIDERS
from operations.azure.documents import at, objects_at, text_at, texts_at
from operations.checks import Check, Finding
from operations.doctor.examination import Examination
from operations.doctor.family import family
from operations.doctor.governance.policy_contents import Content, contents
from operations.doctor.governance.policy_effects import denies
from operations.doctor.scopes import is_at_or_above, shown

_SUBJECT: Final = "Azure Policy"
_ASSIGNMENTS: Final = "/providers/Microsoft.Authorization/policyAssignments"


@family(asks_azure=True)
def policies_allow_resources(examination: Examination) -> Iterator[Check]:
    """No assigned policy denies a resource of the stack."""
    made = list(contents(examination))
    if made:
        yield Check(_SUBJECT, "subscription", lambda: _of_subscription(examination, made))
        yield Check(_SUBJECT, "management groups", lambda: _of_management_groups(examination, made))


def _of_subscription(examination: Examination, made: list[Content]) -> Iterator[Finding]:
    findings = [finding for content in made for finding in _denials(examination, content)]
    yield from findings or [
        Finding(_SUBJECT, "subscription", "fine", "no policy denies what the stack creates")
    ]


def _denials(examination: Examination, content: Content) -> Iterator[Finding]:
    scope = content.scope
    if not examination.reads.get_if_exists(scope, PROVIDERS):
        scope = examination.subscription
    answer = examination.session.post(
        f"{scope}/providers/Microsoft.PolicyInsights/checkPolicyRestrictions",
        POLICY_RESTRICTIONS,
        {"resourceDetails": {"resourceContent": content.body, "apiVersion": content.api_version}},
    )
    for evaluation in objects_at(answer, "contentEvaluationResult", "policyEvaluations"):
        effect = text_at(evaluation, "effectDetails", "policyEffect").lower()
        if text_at(evaluation, "evaluationResult") == "NonCompliant" and effect in ("deny", ""):
            yield _denied(content, evaluation)


def _denied(content: Content, evaluation: Mapping[str, Any]) -> Finding:
    assignment = text_at(evaluation, "policyInfo", "policyAssignmentId")
    expressions = [
        each
        for each in objects_at(evaluation, "evaluationDetails", "evaluatedExpressions")
        if text_at(each, "path").lower() not in ("", "type")
    ]
    fields = ", ".join(dict.fromkeys(_shown(each) for each in expressions))
    name = assignment.rpartition("/")[2] or "of the subscription"
    show = _show(assignment) if assignment else f"az policy assignment list --scope {content.scope}"
    because = f" because of {fields}" if fields else ""
    if not content.is_whole and any(each.get("expressionValue") is None for each in expressions):
        text = f"assignment {name} may deny it{because}, which the settings do not decide"
        return Finding(content.subject, _SUBJECT, "unknown", text, f"{show}; `up` tells in its first minutes")
    text = f"assignment {name} denies it{because}"
    step = f"change the settings to fit it, or let its owner exempt the resource group; {show}"
    return Finding(content.subject, _SUBJECT, "wrong", text, step)


def _shown(expression: Mapping[str, Any]) -> str:
    path, value = text_at(expression, "path"), expression.get("expressionValue")
    return f"{path} ({value})" if isinstance(value, str | int | bool) else path


def _of_management_groups(examination: Examination, made: list[Content]) -> Iterator[Finding]:
    check, scope = "management groups", examination.subscription
    types = {content.type.lower() for content in made}
    inherited = [
        each
        for each in examination.reads.pages(f"{scope}{_ASSIGNMENTS}", POLICY, **{"$filter": "atScope()"})
        if not text_at(each, "id").lower().startswith("/subscriptions/")
        and text_at(each, "properties", "enforcementMode") != "DoNotEnforce"
        and not any(is_at_or_above(left_out, scope) for left_out in texts_at(each, "properties", "notScopes"))
    ]
    denying = [each for each in inherited if denies(examination.reads, each, types)]
    if not denying:
        text = "none of their policies denies resources of these types" if inherited else "assign no policy"
        yield Finding(_SUBJECT, check, "fine", text)
    for each in denying:
        id_ = text_at(each, "id")
        name = text_at(each, "properties", "displayName") or text_at(each, "name")
        where = shown(id_[: id_.lower().find(_ASSIGNMENTS.lower())])
        text = f"{name}, assigned to {where}, may deny resources of the stack; Azure judges it at `up` only"
        step = f"{_show(id_)}; ask its owner whether the stack fits"
        yield Finding(_SUBJECT, f"assignment {at(each, 'name')}", "unknown", text, step)


def _show(assignment: str) -> str:
    scope, _, name = assignment.rpartition(_ASSIGNMENTS + "/")
    return f"az policy assignment show --name {name} --scope {scope}"
