"""ARM templates of rehearsed resources: their form, and the absence of secrets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rehearsal.render.arm_template import templates
from rehearsal.render.manifests import render

SUBSCRIPTION = "/subscriptions/5b5c5c5b-0000-4000-8000-00000000000b"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg-shop"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-shop"


def row(
    type_: str,
    id_: str,
    inputs: dict[str, Any],
    *,
    urn: str = "",
    dependencies: tuple[str, ...] = (),
    op: str = "create",
) -> dict[str, Any]:
    inputs = {"azureApiVersion": "2024-01-01", **inputs}
    return {
        "type": f"azure-native:{type_}",
        "id": id_,
        "urn": urn or id_,
        "op": op,
        "inputs": inputs,
        "dependencies": list(dependencies),
    }


def vault() -> dict[str, Any]:
    inputs = {
        "resourceGroupName": "rg-shop",
        "vaultName": "kv-shop",
        "location": "westeurope",
        "properties": {"sku": {"name": "standard"}},
    }
    return row("keyvault:Vault", VAULT, inputs, urn="vault")


def secret(value: str, properties: str = "value") -> dict[str, Any]:
    inputs = {
        "resourceGroupName": "rg-shop",
        "vaultName": "kv-shop",
        "secretName": "db-password",
        "properties": {properties: value},
    }
    return row("keyvault:Secret", f"{VAULT}/secrets/db-password", inputs, dependencies=("vault",))


def only(*rows: dict[str, Any]) -> dict[str, Any]:
    """The one resource of the one template."""
    (template,) = templates(rows).values()
    (resource,) = template["resources"]
    return resource


def test_each_group_has_a_template_and_the_subscription_one_for_the_groups() -> None:
    group = row(
        "resources:ResourceGroup",
        GROUP,
        {"resourceGroupName": "rg-shop", "location": "westeurope", "tags": {"team": "shop"}},
    )
    by_file = templates([group, vault()])
    assert set(by_file) == {"azure-subscription.json", "azure-rg-shop.json"}
    for template, schema in zip(
        by_file.values(), ("subscriptionDeploymentTemplate", "deploymentTemplate"), strict=True
    ):
        assert template["$schema"].startswith("https://schema.management.azure.com/schemas/20")
        assert template["$schema"].endswith(f"/{schema}.json#")
        assert template["contentVersion"] == "1.0.0.0"
    assert by_file["azure-subscription.json"]["resources"] == [
        {
            "type": "Microsoft.Resources/resourceGroups",
            "apiVersion": "2024-01-01",
            "name": "rg-shop",
            "location": "westeurope",
            "tags": {"team": "shop"},
        }
    ]


def test_groups_of_one_name_in_two_subscriptions_are_two_files() -> None:
    other = {**vault(), "id": VAULT.replace("5b5c5c5b", "00000000"), "urn": "other"}
    assert set(templates([vault(), other])) == {
        "azure-00000000-0000-4000-8000-00000000000b-rg-shop.json",
        "azure-5b5c5c5b-0000-4000-8000-00000000000b-rg-shop.json",
    }


def test_a_child_has_its_parents_name_and_its_dependencies() -> None:
    (template,) = templates([secret("x"), vault()]).values()
    parent, child = template["resources"]
    assert (parent["type"], parent["name"]) == ("Microsoft.KeyVault/vaults", "kv-shop")
    assert parent["properties"] == {"sku": {"name": "standard"}}
    assert (child["type"], child["name"]) == ("Microsoft.KeyVault/vaults/secrets", "kv-shop/db-password")
    assert child["dependsOn"] == ["[resourceId('Microsoft.KeyVault/vaults', 'kv-shop')]"]
    assert "resourceGroupName" not in child


def test_a_secret_is_a_parameter_without_a_value() -> None:
    """Also a secret that the program has not marked."""
    (template,) = templates([secret("canary")]).values()
    assert template["parameters"] == {"db_password_value": {"type": "securestring"}}
    assert template["resources"][0]["properties"] == {"value": "[parameters('db_password_value')]"}
    assert "canary" not in json.dumps(template)


def test_a_value_in_brackets_is_escaped() -> None:
    assert only(secret("[concat('a')]", "contentType"))["properties"] == {"contentType": "[[concat('a')]"}


def test_a_role_assignment_is_an_extension_of_its_scope() -> None:
    scope = f"{VAULT}/secrets/db-password"
    inputs = {"scope": scope, "roleAssignmentName": "guid", "principalId": "p", "roleDefinitionId": "r"}
    grant = row(
        "authorization:RoleAssignment",
        f"{scope}/providers/Microsoft.Authorization/roleAssignments/guid",
        inputs,
        urn="grant",
    )
    assert only(grant) == {
        "type": "Microsoft.Authorization/roleAssignments",
        "apiVersion": "2024-01-01",
        "name": "guid",
        "scope": "Microsoft.KeyVault/vaults/kv-shop/secrets/db-password",
        "properties": {"principalId": "p", "roleDefinitionId": "r"},
    }
    (template,) = templates([grant, {**vault(), "dependencies": ["grant"]}]).values()
    assert template["resources"][1]["dependsOn"] == [
        "[extensionResourceId(resourceId('Microsoft.KeyVault/vaults/secrets', 'kv-shop', 'db-password'), "
        "'Microsoft.Authorization/roleAssignments', 'guid')]"
    ]


@pytest.mark.parametrize(
    ("token", "path", "inputs", "body"),
    [
        (
            "containerservice:AgentPool",
            "Microsoft.ContainerService/managedClusters/aks/agentPools/apps",
            {
                "resourceName": "aks",
                "agentPoolName": "apps",
                "type": "VirtualMachineScaleSets",
                "tags": {"a": "b"},
            },
            {"properties": {"type": "VirtualMachineScaleSets", "tags": {"a": "b"}}},
        ),
        (
            "operationalinsights:Workspace",
            "Microsoft.OperationalInsights/workspaces/log",
            {
                "workspaceName": "log",
                "location": "westeurope",
                "tags": {"a": "b"},
                "sku": {"name": "PerGB2018"},
            },
            {"location": "westeurope", "tags": {"a": "b"}, "properties": {"sku": {"name": "PerGB2018"}}},
        ),
        (
            "containerservice:ManagedCluster",
            "Microsoft.ContainerService/managedClusters/aks",
            {
                "resourceName": "aks",
                "sku": {"tier": "Free"},
                "identity": {"type": "UserAssigned", "userAssignedIdentities": ["/id"]},
            },
            {
                "sku": {"tier": "Free"},
                "identity": {"type": "UserAssigned", "userAssignedIdentities": {"/id": {}}},
            },
        ),
        (
            "network:PrivateEndpoint",
            "Microsoft.Network/privateEndpoints/pe",
            {
                "privateEndpointName": "pe",
                "subnet": {"id": "/s", "privateEndpointNetworkPolicies": "Disabled"},
                "privateLinkServiceConnections": [{"name": "pe", "groupIds": ["vault"]}],
            },
            {
                "properties": {
                    "subnet": {"id": "/s", "properties": {"privateEndpointNetworkPolicies": "Disabled"}},
                    "privateLinkServiceConnections": [{"name": "pe", "properties": {"groupIds": ["vault"]}}],
                }
            },
        ),
    ],
)
def test_the_body_has_arms_form(token: str, path: str, inputs: dict[str, Any], body: dict[str, Any]) -> None:
    resource = only(row(token, f"{GROUP}/providers/{path}", {"resourceGroupName": "rg-shop", **inputs}))
    assert {
        name: value for name, value in resource.items() if name not in ("type", "apiVersion", "name")
    } == body


def test_an_access_policy_is_added_to_its_vault() -> None:
    policy = {"objectId": "o", "tenantId": "t", "permissions": {"secrets": ["get"]}}
    resource = only(
        row("keyvault:AccessPolicy", f"{VAULT}/accessPolicy", {"vaultName": "kv-shop", "policy": policy})
    )
    assert (resource["type"], resource["name"]) == ("Microsoft.KeyVault/vaults/accessPolicies", "kv-shop/add")
    assert resource["properties"] == {"accessPolicies": [policy]}


def test_read_and_deleted_resources_are_not_rendered() -> None:
    read = {**vault(), "inputs": {}}
    assert templates([read, {**secret("x"), "op": "delete"}]) == {}


def test_an_obsolete_template_is_removed_and_foreign_files_stay(tmp_path: Path) -> None:
    foreign = tmp_path / "azure-foreign.json"
    foreign.write_text('{"resources": []}')
    assert [path.name for path in render([vault()], tmp_path)] == ["azure-rg-shop.json"]
    assert render([], tmp_path) == []
    assert [path.name for path in tmp_path.iterdir()] == [foreign.name]
