"""Locks, deny assignments and policies: what each form of them means for the stack."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from operations.checks import Finding
from tests.operations.azure.services import refused
from tests.operations.doctor.broken import DEV, GROUP, PROD, VAULT
from tests.operations.doctor.cloud import Cloud
from tests.operations.doctor.direct import DEPLOYER, findings_of
from tests.operations.doctor.documents import ROOT, denial, evaluation, inherited, lock

EVERYONE = {"id": "00000000-0000-0000-0000-000000000000", "type": "SystemDefined"}
SELF = {"id": DEPLOYER.object_id, "type": "ServicePrincipal"}
TEAM = {"id": "77777777-2222-4333-8444-555555555555", "type": "Group"}
WRITE = "Microsoft.KeyVault/vaults/write"
DEFINITION = "/providers/Microsoft.Authorization/policyDefinitions/p1"
SET = "/providers/Microsoft.Authorization/policySetDefinitions/s1"


def states(findings: list[Finding]) -> list[str]:
    return [finding.state for finding in findings]


@pytest.mark.parametrize(
    ("scope", "level", "state", "text"),
    [
        (ROOT, "ReadOnly", "wrong", "is ReadOnly on the subscription: Azure refuses every write there"),
        (GROUP, "ReadOnly", "wrong", "is ReadOnly on resource group rg-aks-secrets-stack: Azure refuses"),
        (GROUP.upper(), "ReadOnly", "wrong", "is ReadOnly on resource group RG-AKS-SECRETS-STACK: Azure"),
        (
            f"{GROUP}/providers/Microsoft.KeyVault/vaults/{VAULT}",
            "CanNotDelete",
            "fine",
            f"is CanNotDelete on vault {VAULT}: `up` works; what deletes there fails",
        ),
        (f"{ROOT}/resourceGroups/rg-other", "ReadOnly", "fine", "none on what the stack writes"),
        (f"{GROUP}/providers/Microsoft.KeyVault/vaults/other", "ReadOnly", "fine", "none on what the stack"),
        (f"{GROUP}-2", "ReadOnly", "fine", "none on what the stack writes"),
    ],
)
def test_a_lock_matters_where_the_stack_writes(scope: str, level: str, state: str, text: str):
    cloud = Cloud(locks=[lock(scope, level)])
    (finding,) = findings_of("locks", DEV, cloud)
    assert (finding.state, finding.text[: len(text)]) == (state, text)
    if "none on" not in text:
        assert f"az lock delete --ids {scope}/providers/Microsoft.Authorization/locks/" in finding.next_step


@pytest.mark.parametrize(
    ("properties", "state"),
    [
        ({}, "wrong"),
        ({"excludePrincipals": [SELF]}, "fine"),
        ({"excludePrincipals": [TEAM]}, "unknown"),
        ({"principals": [SELF]}, "wrong"),
        ({"principals": [TEAM]}, "unknown"),
        ({"principals": [{**SELF, "id": "another"}]}, "fine"),
        ({"doNotApplyToChildScopes": True}, "fine"),
        ({"doNotApplyToChildScopes": True, "scope": GROUP}, "wrong"),
        ({"scope": f"{ROOT}/resourceGroups/rg-other"}, "fine"),
        ({"scope": f"{GROUP}-2"}, "fine"),
        ({"permissions": [{"actions": ["*/delete"]}]}, "fine"),
        ({"permissions": [{"actions": ["*"], "notActions": ["*/write", "*/action"]}]}, "fine"),
        ({"permissions": [{"actions": [], "dataActions": ["*"]}]}, "fine"),
        ({"permissions": [{"actions": ["Microsoft.Authorization/roleAssignments/*"]}]}, "wrong"),
    ],
)
def test_a_deny_assignment_matters_if_it_takes_an_action_from_the_deployer(
    properties: dict[str, Any], state: str
):
    cloud = Cloud(denials=[denial(WRITE, EVERYONE, **properties)])
    assert states(findings_of("deny_assignments", DEV, cloud)) == [state]


@pytest.mark.parametrize(("groups", "state"), [([TEAM["id"]], "wrong"), (["another"], "fine")])
def test_groups_of_the_sign_in_count(groups: list[str], state: str):
    cloud = Cloud(denials=[denial(WRITE, TEAM)])
    caller = replace(DEPLOYER, groups=frozenset(groups))
    assert states(findings_of("deny_assignments", DEV, cloud, caller)) == [state]


def test_a_member_of_an_admin_group_writes_in_the_cluster():
    group = "11111111-2222-4333-8444-555555555555"
    stack = PROD  # its cluster has the group; grants in Kubernetes by Azure RBAC are not there
    caller = replace(DEPLOYER, groups=frozenset({group}))
    assert states(findings_of("kubernetes_rights", stack, Cloud(), caller)) == ["fine"]


def test_a_read_that_is_denied_is_not_a_missing_role():
    cloud = Cloud()
    text = "however, the access is denied because of the deny assignment with name 'stack-denies'"
    cloud.refusals["locks"] = refused(403, "DenyAssignmentAuthorizationFailed", text)
    (finding,) = findings_of("locks", DEV, cloud)
    assert (finding.state, finding.text) == ("unknown", "cannot be asked: a deny assignment takes the right")
    assert "az role assignment create" not in finding.next_step


def on(subject: str, path: str, value: object) -> Callable[[dict[str, Any]], list[dict[str, Any]]]:
    return lambda content: [evaluation(path, value)] if content["type"].endswith(subject) else []


@pytest.mark.parametrize(
    ("restrict", "line"),
    [
        (
            on("vaults", "properties.publicNetworkAccess", "Enabled"),
            (
                "wrong",
                f"vault {VAULT}",
                "rules denies it because of properties.publicNetworkAccess (Enabled)",
            ),
        ),
        (
            on("vaults", "properties.enablePurgeProtection", None),
            ("wrong", f"vault {VAULT}", "rules denies it because of properties.enablePurgeProtection"),
        ),
        (
            on("resourceGroups", "tags.owner", None),
            ("wrong", "resource group rg-aks-secrets-stack", "rules denies it because of tags.owner"),
        ),
        (
            on("managedClusters", "properties.apiServerAccessProfile.enablePrivateCluster", False),
            (
                "wrong",
                "cluster aks-stack",
                "rules denies it because of properties.apiServerAccessProfile.enablePrivateCluster (False)",
            ),
        ),
        (
            on("managedClusters", "properties.diskEncryptionSetID", None),
            (
                "unknown",
                "cluster aks-stack",
                "rules may deny it because of properties.diskEncryptionSetID, which the settings do not"
                " decide",
            ),
        ),
    ],
)
def test_a_denied_resource_is_named_with_the_property(restrict: Any, line: tuple[str, str, str]):
    findings = findings_of("policies", DEV, Cloud(restrict=restrict))
    first = findings[0]
    assert (first.state, first.subject, first.text) == (line[0], line[1], f"assignment {line[2]}")
    assert f"az policy assignment show --name rules --scope {ROOT}" in first.next_step
    assert states(findings[1:]) == ["fine"]


def test_azure_is_asked_about_what_the_program_sends():
    contents: dict[str, Any] = {}
    findings_of(
        "policies", PROD, Cloud(restrict=lambda content: contents.update({content["type"]: content}) or [])
    )
    vault = contents["Microsoft.KeyVault/vaults"]
    assert vault["properties"]["publicNetworkAccess"] == "Disabled"
    assert vault["properties"]["enablePurgeProtection"] is True
    assert vault["tags"] == {"environment": "prod"}
    assert (
        contents["Microsoft.ContainerService/managedClusters"]["properties"]["disableLocalAccounts"] is True
    )


def definition(then: str, *types: str, **parameters: Any) -> dict[str, Any]:
    """https://learn.microsoft.com/azure/governance/policy/concepts/definition-structure-basics"""
    condition = (
        {"anyOf": [{"field": "type", "equals": each} for each in types]} if types else {"field": "location"}
    )
    return {
        "properties": {"parameters": parameters, "policyRule": {"if": condition, "then": {"effect": then}}}
    }


VAULTS = "Microsoft.KeyVault/vaults"
EFFECT = {"effect": {"type": "String", "defaultValue": "Audit"}}


@pytest.mark.parametrize(
    ("single", "parameters", "state"),
    [
        (definition("deny", VAULTS), {}, "unknown"),
        (definition("deny", "Microsoft.Storage/storageAccounts"), {}, "fine"),
        (definition("deny"), {}, "unknown"),
        (definition("audit", VAULTS), {}, "fine"),
        (definition("[parameters('effect')]", VAULTS, **EFFECT), {}, "fine"),
        (definition("[parameters('effect')]", VAULTS, **EFFECT), {"effect": {"value": "Deny"}}, "unknown"),
    ],
)
def test_a_policy_of_a_management_group_that_denies_is_unknown(single: Any, parameters: Any, state: str):
    cloud = Cloud(policies=[inherited(DEFINITION, parameters=parameters)])
    cloud.resources[DEFINITION.lower()] = single
    assert states(findings_of("policies", DEV, cloud)) == ["fine", state]


@pytest.mark.parametrize("properties", [{"enforcementMode": "DoNotEnforce"}, {"notScopes": [ROOT]}])
def test_a_policy_that_does_not_apply_is_no_finding(properties: dict[str, Any]):
    cloud = Cloud(policies=[inherited(DEFINITION, **properties)])
    cloud.resources[DEFINITION.lower()] = definition("deny", VAULTS)
    assert states(findings_of("policies", DEV, cloud)) == ["fine", "fine"]


def test_an_initiative_sets_the_effects_of_its_definitions_and_those_that_audit_are_not_read():
    members = [
        {"policyDefinitionId": f"{DEFINITION}-{number}", "parameters": {"effect": {"value": "Audit"}}}
        for number in range(200)
    ]
    effect = {"value": "[parameters('vaultEffect')]"}
    members.append({"policyDefinitionId": DEFINITION, "parameters": {"effect": effect}})
    own = {"vaultEffect": {"type": "String", "defaultValue": "Deny"}}
    cloud = Cloud(policies=[inherited(SET)])
    cloud.resources[SET.lower()] = {"properties": {"parameters": own, "policyDefinitions": members}}
    cloud.resources[DEFINITION.lower()] = definition("[parameters('effect')]", VAULTS, **EFFECT)
    finding = findings_of("policies", DEV, cloud)[-1]
    assert finding.state == "unknown"
    assert finding.text.startswith("Guardrails, assigned to management group shop, may deny")
    assert sum("policyDefinitions" in request for request in cloud.requests) == 1
    cloud.policies = [inherited(SET, parameters={"vaultEffect": {"value": "Audit"}})]
    assert findings_of("policies", DEV, cloud)[-1].state == "fine"
