"""Stacks whose cluster, vaults and identities exist in other subscriptions."""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import pulumi_azure_native as azure
import pytest
import yaml

from aks_secrets_testing.builds import build
from aks_secrets_testing.stacks import StackBuild, build_document
from rehearsal.simulators.azure import arm
from stacks.settings.base.base_file import PROGRAM
from stacks.settings.config_keys import PROVIDER_KEYS
from stacks.settings.provider_inputs import sign_in_inputs
from tests.trust.proofs.broken import not_proved
from tests.trust.proofs.changing import changed_inputs
from trust.chain import Chain
from trust.graph import Graph
from trust.proofs import run

HUB = "99999999-0000-4000-8000-00000000000b"
"""Subscription of the vault and the identity."""
CLUSTERS = "88888888-0000-4000-8000-00000000000b"
"""Subscription of the cluster."""


def _id(kind: str, name: str, subscription: str, group: str = "rg-shared") -> str:
    return f"/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.{kind}/{name}"


VAULT = _id("KeyVault/vaults", "kv-hub", HUB)
IDENTITY = _id("ManagedIdentity/userAssignedIdentities", "id-shop", HUB)
CLUSTER = _id("ContainerService/managedClusters", "aks-shared", CLUSTERS)
HERE = _id("KeyVault/vaults", "kv-here", arm.SUBSCRIPTION)


def _vault(id_: str) -> dict[str, Any]:
    rules = {
        "tenantId": arm.TENANT,
        "sku": {"family": "A", "name": "standard"},
        "enableRbacAuthorization": True,
    }
    return {"id": id_, "location": "westeurope", "properties": rules}


CLOUD: dict[str, Any] = {
    "azure": [
        *(
            {"id": f"/subscriptions/{subscription}/resourceGroups/rg-shared", "location": "westeurope"}
            for subscription in (HUB, CLUSTERS, arm.SUBSCRIPTION)
        ),
        _vault(VAULT),
        _vault(HERE),
        {"id": f"{VAULT}/secrets/token", "properties": {"value": "x"}},
        {"id": IDENTITY, "location": "westeurope"},
        {
            "id": CLUSTER,
            "location": "westeurope",
            "identity": {"type": "SystemAssigned"},
            "oidcIssuerProfile": {"enabled": True},
            "securityProfile": {"workloadIdentity": {"enabled": True}},
        },
    ]
}


def _workload(name: str, **keys: Any) -> dict[str, Any]:
    secrets = [{"name": "db", "from": "random"}, {"name": "token", "from": "existing"}]
    secrets.append({"name": "log-key", "from": "random", "vault": "here"})
    common = {"namespace": "shop", "technique": "sdk", "image": "registry.example/shop:1"}
    return {"name": name, **common, "secrets": secrets, **keys}


@cache
def _build(preview: bool = False) -> StackBuild:
    config = {
        "azure-native:location": "westeurope",
        "azure-native:useMsi": "true",
        "aks-secrets:composition": "workloads",
        "aks-secrets:cluster": {"existing": {"id": CLUSTER}, "resource_group": "rg-shared"},
        "aks-secrets:vault": {"existing": {"id": VAULT.upper()}},
        "aks-secrets:vaults": [{"name": "here", "existing": {"id": HERE}}],
        "aks-secrets:resource_groups": [{"name": "rg-shared", "existing": True}],
        "aks-secrets:identities": [{"name": "readers", "existing": {"id": IDENTITY}}],
        "aks-secrets:workloads": [_workload("shop", identity="readers"), _workload("jobs")],
        "aks-secrets:operators": {"dapr": {"install": "extension", "version": "1.14.4-msft.10"}},
    }
    return build_document({"config": config}, "dev", cloud=CLOUD, preview=preview)


def _subscription(provider: str) -> str:
    """The subscription in the name of a provider; ``-`` for the default provider."""
    return provider.partition("::subscription/")[2].partition("::")[0] or "-"


def test_each_other_subscription_has_one_provider_with_the_sign_in_of_the_default_one() -> None:
    providers = [each for each in _build().resources if each.type == "pulumi:providers:azure-native"]
    inputs = {each.name: each.plain() for each in providers}
    expected = {"environment": "public", "location": "westeurope", "useMsi": "true"}
    assert inputs == {f"subscription/{id_}": {"subscriptionId": id_, **expected} for id_ in (CLUSTERS, HUB)}


def test_what_is_in_another_subscription_is_read_and_written_with_its_provider() -> None:
    built = _build()
    made = {
        (each.type.rpartition(":")[2], each.name): _subscription(each.provider)
        for each in built.resources
        if each.type.startswith("azure-native:")
    }
    assert made["Secret", "vault/db"] == HUB
    assert made["Secret", "vault-here/log-key"] == "-"
    assert made["FederatedIdentityCredential", "readers/shop/shop"] == HUB
    assert made["FederatedIdentityCredential", "jobs/shop/jobs"] == "-"
    assert made["UserAssignedIdentity", "jobs-identity"] == "-"
    assert made["Extension", "dapr-extension"] == CLUSTERS
    read = {each.name: _subscription(each.provider) for each in built.read_resources}
    assert read == {
        "cluster-existing-cluster": CLUSTERS,
        "vault-existing-vault": HUB,
        "vault-here-existing-vault": "-",
        "readers-existing-identity": HUB,
    }


def test_an_access_policy_is_written_where_its_vault_is() -> None:
    seed = json.loads(json.dumps(CLOUD))
    seed["azure"][3]["properties"] |= {"enableRbacAuthorization": False, "accessPolicies": []}
    config = {
        "azure-native:location": "westeurope",
        "aks-secrets:cluster": {"system_pool": {"vm_size": "Standard_D4s_v5", "count": 1}},
        "aks-secrets:vault": {"existing": {"id": VAULT}},
        "aks-secrets:workloads": [
            _workload("shop", scope="vault", secrets=[{"name": "token", "from": "existing"}])
        ],
    }
    policy = build_document({"config": config}, "dev", cloud=seed).single("AccessPolicy")
    assert (_subscription(policy.provider), policy.inputs["vaultName"]) == (HUB, "kv-hub")


@pytest.mark.parametrize("preview", [False, True])
def test_a_role_is_at_the_whole_id_of_its_vault_and_is_that_of_its_subscription(preview: bool) -> None:
    scopes = {}
    for assignment in _build(preview=preview).of_type("RoleAssignment"):
        inputs = assignment.plain()
        scopes[assignment.name] = (
            inputs["scope"].lower(),
            inputs["roleDefinitionId"].split("/")[2],
        )
    assert scopes["jobs/secrets/db"] == (f"{VAULT}/secrets/db".lower(), HUB)
    assert scopes["readers/secrets/token"] == (f"{VAULT}/secrets/token".lower(), HUB)
    assert scopes["jobs/here/secrets/log-key"] == (f"{HERE}/secrets/log-key".lower(), arm.SUBSCRIPTION)


def test_the_example_of_the_page_is_a_stack() -> None:
    """Its own group has another name than the vault's, whose name a second vault of the stack takes up."""
    page = (PROGRAM / "docs" / "adopt.md").read_text(encoding="utf-8")
    section = page.split("## In another subscription")[1].split("\n## ")[0]
    stack, cloud = (yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", section, re.DOTALL))
    stack["config"]["aks-secrets:vaults"] = [{"name": "made", "resource_group": "rg-hub"}]
    workspace = _id("OperationalInsights/workspaces", "log-hub", HUB)
    stack["config"]["aks-secrets:monitoring"] = {"existing": {"id": workspace}}
    registry = _id("ContainerRegistry/registries", "acrhub", HUB)
    stack["config"]["aks-secrets:cluster"]["container_registries"] = [registry]
    built = build_document(stack, "hub", cloud=cloud)
    groups = {each.name: each.urn for each in built.of_type("ResourceGroup")}
    assert set(groups) == {"resource-group", "vault-group-rg-hub"}, "a group of the hub is another one"
    secret = built.single("Secret", "vault/session-key")
    assert _subscription(secret.provider) == HUB
    assert not set(groups.values()) & set(secret.dependencies)
    assert {each.inputs["workspaceId"] for each in built.of_type("DiagnosticSetting")} == {workspace}
    pull = built.single("RoleAssignment", "cluster/registry/acrhub").inputs
    assert (pull["scope"], pull["roleDefinitionId"].split("/")[2]) == (registry, HUB)


def test_a_private_endpoint_is_in_the_subscription_of_its_network() -> None:
    network = _id("Network/virtualNetworks", "vnet-hub", HUB, "rg-net")
    subnets = {"subnet_id": f"{network}/subnets/nodes"}
    config = {
        "azure-native:location": "westeurope",
        "aks-secrets:cluster": {
            "system_pool": {"vm_size": "Standard_D4s_v5", "count": 1},
            "network": subnets,
        },
        "aks-secrets:vault": {"private_endpoint": {"subnet_id": f"{network}/subnets/endpoints"}},
        "aks-secrets:workloads": [],
    }
    built = build_document({"config": config}, "dev", cloud={})
    for kind in ("PrivateEndpoint", "PrivateDnsZoneGroup"):
        made = built.single(kind)
        assert (_subscription(made.provider), made.inputs["resourceGroupName"]) == (HUB, "rg-net")
    assert _subscription(built.single("PrivateZone").provider) == "-"
    assert _subscription(built.single("Vault").provider) == "-"


def test_the_platform_of_a_stack_may_be_in_another_subscription() -> None:
    issuer = "https://issuer.example/"
    platform = {
        "version": 2,
        "subscriptionId": CLUSTERS,
        "tenantId": arm.TENANT,
        "location": "westeurope",
        "resourceGroup": "rg-shared",
        "cluster": {"name": "aks-shared", "id": CLUSTER, "issuerUrl": issuer},
        "vault": {"name": "kv-hub", "id": VAULT, "uri": "https://kv-hub.vault.azure.net/"},
        "operators": {},
        "namespaces": [],
    }
    config = {
        "azure-native:location": "westeurope",
        "aks-secrets:composition": "workloads",
        "aks-secrets:platform": {"stack": "organization/aks-secrets/platform"},
        "aks-secrets:workloads": [_workload("shop", secrets=[{"name": "db", "from": "random"}])],
    }
    answers = {"pulumi:pulumi:StackReference": {"outputs": {"platform": platform}}}
    built = build_document({"config": config}, "team", cloud=CLOUD, answers=answers)
    assert _subscription(built.single("Secret", "vault/db").provider) == HUB
    read = {each.name: _subscription(each.provider) for each in built.read_resources}
    assert read == {"platform": "-", "cluster-existing-cluster": CLUSTERS, "vault-existing-vault": HUB}


def test_a_stack_without_another_subscription_has_no_provider_of_its_own() -> None:
    config = {
        "azure-native:location": "westeurope",
        "aks-secrets:composition": "workloads",
        "aks-secrets:cluster": {"existing": {"id": CLUSTER.replace(CLUSTERS, arm.SUBSCRIPTION)}},
        "aks-secrets:vault": {"existing": {"id": HERE.upper()}},
        "aks-secrets:workloads": [_workload("shop", secrets=[{"name": "db", "from": "random"}])],
    }
    seed = json.loads(json.dumps(CLOUD).replace(CLUSTERS, arm.SUBSCRIPTION))
    seed["azure"] = list({each["id"]: each for each in seed["azure"]}.values())
    built = build_document({"config": config}, "dev", cloud=seed)
    assert [each.name for each in built.resources if each.type == "pulumi:providers:azure-native"] == []


def test_the_proofs_hold_and_see_a_role_in_the_wrong_subscription() -> None:
    graph = _build().graph
    assert [verdict.proof.name for verdict in not_proved(run(Chain.read(graph)))] == []
    wrong = (("scope",), lambda scope: scope.lower().replace(HUB, arm.SUBSCRIPTION))
    nodes = [changed_inputs(node, [wrong]) if node.name == "jobs/secrets/db" else node for node in graph]
    broken = run(Chain.read(Graph(nodes, "build", outputs=graph.outputs)), only=["role-scope-exists"])
    (finding,) = [judged.finding for verdict in broken for judged in verdict.findings]
    assert finding.text == (
        f"jobs: a role is at vault 'kv-hub' in subscription '{arm.SUBSCRIPTION}', resource group 'rg-shared';"
        f" the vault is in subscription '{HUB}', resource group 'rg-shared'"
    )


def test_every_key_of_the_provider_but_the_subscription_is_passed_on() -> None:
    values = dict.fromkeys(PROVIDER_KEYS, "x") | {
        "auxiliaryTenantIds": '["t"]',
        **dict.fromkeys(
            (
                "disableInstanceDiscovery",
                "disablePulumiPartnerId",
                "useDefaultAzureCredential",
                "useMsi",
                "useOidc",
            ),
            "true",
        ),
    }
    seen: list[Mapping[str, Any]] = []

    def program() -> None:
        seen.append(sign_in_inputs())
        azure.Provider("p", **seen[0])

    config = {f"azure-native:{key}": value for key, value in values.items()}
    built = build(program, config=config, secret_keys=("azure-native:oidcToken", "azure-native:metadataHost"))
    provider = built.single("azure-native")
    assert set(provider.inputs) == set(PROVIDER_KEYS) - {"subscriptionId"}
    assert provider.is_secret("metadataHost"), "encrypted in the stack file"
    assert provider.plain()["auxiliaryTenantIds"] == '["t"]'
