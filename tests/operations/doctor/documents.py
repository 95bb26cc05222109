"""Azure's documents of one resource each, in the form of their page."""

from typing import Any

from tests.operations.azure.services import OBJECT, SUBSCRIPTION

ROOT = f"/subscriptions/{SUBSCRIPTION}"
ADMINISTRATOR = (
    f"{ROOT}/providers/Microsoft.Authorization/roleDefinitions/f58310d9-a9f6-439a-9e8d-f62e7b41a168"
)


def size(name: str, family: str, cores: int, **more: Any) -> dict[str, Any]:
    """https://learn.microsoft.com/rest/api/compute/resource-skus/list#examples"""
    capabilities = {"vCPUs": str(cores), "EphemeralOSDiskSupported": "True", "LowPriorityCapable": "True"}
    return {
        "resourceType": "virtualMachines",
        "name": name,
        "family": family,
        "locations": ["westeurope"],
        "locationInfo": [{"location": "westeurope", "zones": ["1", "2", "3"]}],
        "capabilities": [{"name": key, "value": value} for key, value in capabilities.items()],
        "restrictions": [],
        **more,
    }


def usage(name: str, used: int, limit: int) -> dict[str, Any]:
    """https://learn.microsoft.com/rest/api/compute/usage/list#examples"""
    return {
        "name": {"value": name, "localizedValue": name},
        "currentValue": used,
        "limit": limit,
        "unit": "Count",
    }


def version(minor: str, *plans: str, default: bool = False) -> dict[str, Any]:
    """https://learn.microsoft.com/rest/api/aks/managed-clusters/list-kubernetes-versions#examples"""
    return {
        "version": minor,
        "isDefault": default,
        "capabilities": {"supportPlan": list(plans)},
        "patchVersions": {f"{minor}.2": {"upgrades": []}},
    }


def cluster(name: str, group: str, **properties: Any) -> tuple[str, dict[str, Any]]:
    """https://learn.microsoft.com/rest/api/aks/managed-clusters/get#examples"""
    arm_id = f"{ROOT}/resourceGroups/{group}/providers/Microsoft.ContainerService/managedClusters/{name}"
    return arm_id, {
        "id": arm_id,
        "name": name,
        "properties": {
            "provisioningState": "Succeeded",
            "powerState": {"code": "Running"},
            "kubernetesVersion": "1.36",
            "oidcIssuerProfile": {
                "enabled": True,
                "issuerURL": "https://westeurope.oic.prod-aks.azure.com/t/c/",
            },
            "securityProfile": {"workloadIdentity": {"enabled": True}},
            "aadProfile": {"managed": True, "enableAzureRBAC": True},
            "agentPoolProfiles": [
                {"name": "system", "count": 1, "osType": "Linux", "vmSize": "Standard_D2s_v5"}
            ],
            **properties,
        },
    }


def vault(name: str, group: str, **properties: Any) -> tuple[str, dict[str, Any]]:
    """https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/get#examples"""
    arm_id = f"{ROOT}/resourceGroups/{group}/providers/Microsoft.KeyVault/vaults/{name}"
    uri = f"https://{name}.vault.azure.net/"
    return arm_id, {
        "id": arm_id,
        "name": name,
        "properties": {
            "vaultUri": uri,
            "enableRbacAuthorization": True,
            "enableSoftDelete": True,
            **properties,
        },
    }


def lock(scope: str, level: str) -> dict[str, Any]:
    """https://learn.microsoft.com/rest/api/resources/management-locks/list-at-resource-group-level"""
    name = f"keep-{level.lower()}"
    return {
        "id": f"{scope}/providers/Microsoft.Authorization/locks/{name}",
        "type": "Microsoft.Authorization/locks",
        "name": name,
        "properties": {"level": level},
    }


def denial(action: str, principal: dict[str, str], **more: Any) -> dict[str, Any]:
    """https://learn.microsoft.com/rest/api/authorization/deny-assignments/list-for-scope#examples"""
    entry = {"actions": [action], "notActions": [], "dataActions": [], "notDataActions": []}
    properties = {
        "denyAssignmentName": "stack-denies",
        "permissions": [entry],
        "scope": ROOT,
        "doNotApplyToChildScopes": False,
        "principals": [principal],
        "excludePrincipals": [],
        "isSystemProtected": True,
        **more,
    }
    id_ = f"{ROOT}/providers/Microsoft.Authorization/denyAssignments/d1"
    return {"id": id_, "name": "d1", "properties": properties}


def evaluation(path: str, value: object) -> dict[str, Any]:
    """https://learn.microsoft.com/rest/api/policyinsights/policy-restrictions/check-at-resource-group-scope#examples"""
    return {
        "policyInfo": {
            "policyDefinitionId": "/providers/Microsoft.Authorization/policyDefinitions/p1",
            "policyAssignmentId": f"{ROOT}/providers/Microsoft.Authorization/policyAssignments/rules",
        },
        "evaluationResult": "NonCompliant",
        "evaluationDetails": {
            "evaluatedExpressions": [
                {"result": "True", "expressionKind": "Field", "expression": "type", "path": "type"},
                {
                    "result": "False",
                    "expressionKind": "Field",
                    "expression": path,
                    "path": path,
                    "expressionValue": value,
                    "operator": "Equals",
                },
            ]
        },
        "effectDetails": {"policyEffect": "Deny"},
    }


def inherited(definition_id: str, **properties: Any) -> dict[str, Any]:
    """https://learn.microsoft.com/rest/api/policy/policy-assignments/list#examples"""
    group = "/providers/Microsoft.Management/managementGroups/shop"
    return {
        "id": f"{group}/providers/Microsoft.Authorization/policyAssignments/guard",
        "name": "guard",
        "properties": {
            "displayName": "Guardrails",
            "policyDefinitionId": definition_id,
            "enforcementMode": "Default",
            "parameters": {},
            **properties,
        },
    }


def assignment(condition: str | None) -> dict[str, Any]:
    """https://learn.microsoft.com/rest/api/authorization/role-assignments/list-for-scope"""
    properties = {"roleDefinitionId": ADMINISTRATOR, "principalId": OBJECT, "condition": condition}
    return {"name": "a", "properties": properties}


def definition() -> dict[str, dict[str, Any]]:
    """Role Based Access Control Administrator."""
    actions = ["Microsoft.Authorization/roleAssignments/write", "*/read"]
    permissions = [{"actions": actions, "notActions": []}]
    return {ADMINISTRATOR.lower(): {"id": ADMINISTRATOR, "properties": {"permissions": permissions}}}
