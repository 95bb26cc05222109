"""Several vaults in one stack, each technique reading two of them, on the real engine."""

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest

from rehearsal.simulator_process import Simulators
from rehearsal.simulators.azure import arm
from tests.support.rehearse import Rehearsal, Run

pytestmark = pytest.mark.engine

GROUP = f"/subscriptions/{arm.SUBSCRIPTION}/resourceGroups/rg-audit"
AUDIT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-audit"
CLOUD: dict[str, Any] = {
    "azure": [
        {"id": GROUP, "location": "westeurope"},
        {
            "id": AUDIT,
            "location": "westeurope",
            "properties": {
                "tenantId": arm.TENANT,
                "sku": {"family": "A", "name": "standard"},
                "enableRbacAuthorization": True,
                "vaultUri": "https://kv-audit.vault.azure.net/",
            },
        },
    ]
}


def _workload(technique: str, **how: Any) -> dict[str, Any]:
    secrets = [
        {"name": f"{technique}-a", "from": "random"},
        {"name": f"{technique}-b", "vault": "payments", "from": "random"},
    ]
    ways = [{key: value.format(letter) for key, value in how.items()} for letter in ("A", "B")]
    return {
        "name": technique,
        "namespace": "shop",
        "technique": technique,
        "image": "registry.example/shop:1",
        "secrets": [{**secret, **way} for secret, way in zip(secrets, ways, strict=True)],
    }


SHARED: dict[str, Any] = {
    "azure-native:location": "westeurope",
    "aks-secrets:cluster": {"system_pool": {"vm_size": "Standard_D2s_v5", "count": 1}},
    "aks-secrets:operators": {"csi_driver": {}, "external_secrets": {}, "dapr": {"scheduler": False}},
    "aks-secrets:vaults": [{"name": "payments", "sku": "premium"}],
}
WORKLOADS = [
    _workload("csi", env="CSI_{}"),
    _workload("eso", env="ESO_{}"),
    _workload("dapr"),
    _workload("sdk"),
    _workload("kubernetes-secret", env="PLAIN_{}"),
]


def _names(run: Run, suffix: str) -> set[str]:
    return {found["metadata"]["name"] for found in run.inputs(suffix)}


def _value(stack: Rehearsal, secret: str) -> str:
    """As the simulated vault keeps it: sealed, so equal for equal values."""
    (found,) = [found for found in stack.world["azure"] if found["id"].endswith(f"/secrets/{secret}")]
    (value,) = re.findall(r"hmac-sha256:[0-9a-f]{64}", json.dumps(found))
    return value


def test_every_technique_reads_two_vaults(tmp_path: Path, simulators: Simulators) -> None:
    stack = Rehearsal(
        tmp_path, {**copy.deepcopy(SHARED), "aks-secrets:workloads": copy.deepcopy(WORKLOADS)}, simulators
    )
    made = stack.up()
    skus = {found["properties"]["sku"]["name"]: found["vaultName"] for found in made.inputs("Vault")}
    main, payments = skus["standard"], skus["premium"]

    # Each reads two objects, each in its own vault, and has a right to nothing else.
    rows = {
        (row["workload"], row["secret"]): row for row in made.document["outputs"]["access"] if row["asked"]
    }
    assert len(rows) == len(WORKLOADS) * 2
    for (workload, secret), row in rows.items():
        assert row["vault"] == (payments if secret.endswith("-b") else main)
        assert row["scope"].endswith(f"/vaults/{row['vault']}/secrets/{secret}"), workload
    scopes = {found["scope"] for found in made.inputs("RoleAssignment") if "/secrets/" in found["scope"]}
    assert scopes == {row["scope"] for row in rows.values()}

    # By technique: what names a vault is there once per vault.
    assert _names(made, "SecretProviderClass") == {"csi", "csi.payments"}
    assert _names(made, "SecretStore") == {"eso", "eso.payments"}
    assert _names(made, "Component") == {"dapr-key-vault", "dapr-key-vault.payments"}
    (csi,) = made.inputs("Deployment", "csi-deployment")
    mounts = {
        mount["name"]: mount["mountPath"]
        for mount in csi["spec"]["template"]["spec"]["containers"][0]["volumeMounts"]
    }
    assert mounts == {
        "secrets-store": "/mnt/secrets-store",
        "secrets-store-payments": "/mnt/secrets-store-payments",
    }
    (sdk,) = made.inputs("Deployment", "sdk-deployment")
    env = {entry["name"]: entry["value"] for entry in sdk["spec"]["template"]["spec"]["containers"][0]["env"]}
    assert env == {
        "KEYVAULT_URL": f"https://{main}.vault.azure.net/",
        "KEYVAULT_URL_PAYMENTS": f"https://{payments}.vault.azure.net/",
        "SECRET_NAME": "sdk-a",
        "SECRET_NAMES": "sdk-a",
        "SECRET_NAME_PAYMENTS": "sdk-b",
        "SECRET_NAMES_PAYMENTS": "sdk-b",
    }
    assert stack.up().summary == {}
    assert stack.run("refresh").status == 0
    destroyed = stack.run("destroy")
    assert destroyed.status == 0, destroyed.errors
    assert stack.world["azure"] == []


def test_a_vault_that_nobody_has_granted_is_not_read(tmp_path: Path, simulators: Simulators) -> None:
    """The simulated vault is asked by name: with its grant taken away, the second vault refuses, and the first one does not."""
    stack = Rehearsal(
        tmp_path,
        {**copy.deepcopy(SHARED), "aks-secrets:workloads": [_workload("csi", env="CSI_{}")]},
        simulators,
    )
    stack.up()
    world = stack.world
    world["azure"] = [
        found
        for found in world["azure"]
        if not ("/roleAssignments/" in found["id"] and "/secrets/csi-b/" in found["id"])
    ]
    stack.change_world(world)
    stack.config["aks-secrets:workloads"][0]["image"] = "registry.example/shop:2"
    refused = stack.command("up", "--json")
    assert refused.status != 0
    assert "csi-b" in refused.errors
    assert "csi-a" not in refused.errors


def test_one_kubernetes_secret_of_two_vaults_with_eso(tmp_path: Path, simulators: Simulators) -> None:
    workload = _workload("eso")
    for secret in workload["secrets"]:
        secret["kubernetes_secret"] = {"name": "shop-login"}
    workload["compose"] = [
        {
            "name": "both",
            "template": '{{ index . "eso-a" }}:{{ index . "eso-b" }}',
            "kubernetes_secret": {"name": "shop-both"},
        }
    ]
    stack = Rehearsal(tmp_path, {**copy.deepcopy(SHARED), "aks-secrets:workloads": [workload]}, simulators)
    made = stack.up()
    for found in made.inputs("ExternalSecret"):
        stores = [
            (entry["secretKey"], (entry.get("sourceRef") or {}).get("storeRef", {}).get("name"))
            for entry in found["spec"]["data"]
        ]
        assert stores == [("eso-a", None), ("eso-b", "eso.payments")]
        assert found["spec"]["secretStoreRef"]["name"] == "eso"
    assert len(made.inputs("ExternalSecret")) == 2
    assert stack.up().summary == {}


def test_a_secret_moves_to_another_vault_and_back(tmp_path: Path, simulators: Simulators) -> None:
    """By name alone: its value goes along, the objects of its technique follow, and identity and pods' owner are changed in place."""
    stack = Rehearsal(
        tmp_path,
        {**copy.deepcopy(SHARED), "aks-secrets:workloads": [_workload("eso", env="ESO_{}")]},
        simulators,
    )
    stack.up()
    value = _value(stack, "eso-a")
    for vault in ("payments", None, "payments"):
        stack.config["aks-secrets:workloads"][0]["secrets"][0]["vault"] = vault or "payments"
        if vault is None:
            del stack.config["aks-secrets:workloads"][0]["secrets"][0]["vault"]
        moved = stack.up()
        kept = {
            "UserAssignedIdentity",
            "FederatedIdentityCredential",
            "ServiceAccount",
            "Deployment",
            "Vault",
        }
        touched = {(found["op"], found["type"].split(":")[-1]) for found in moved.document["resources"]}
        assert not {kind for op, kind in touched if kind in kept and op not in ("same", "update")}
        assert _value(stack, "eso-a") == value
    assert stack.up().summary == {}


def test_a_team_reads_the_platforms_vaults_and_one_that_exists(
    tmp_path: Path, simulators: Simulators
) -> None:
    platform = Rehearsal(
        tmp_path, {**copy.deepcopy(SHARED), "aks-secrets:composition": "platform"}, simulators, "platform"
    )
    assert platform.run("up", CLOUD).status == 0
    workload = _workload("eso", env="ESO_{}")
    workload["secrets"].append({"name": "audit-token", "vault": "audit", "from": "random", "env": "AUDIT"})
    team = Rehearsal(
        tmp_path,
        {
            "azure-native:location": "westeurope",
            "aks-secrets:composition": "workloads",
            "aks-secrets:platform": {"stack": "organization/aks-secrets/platform"},
            "aks-secrets:vaults": [{"name": "audit", "existing": {"id": AUDIT}}],
            "aks-secrets:workloads": [workload],
        },
        simulators,
        "team",
    )
    made = team.up()
    read = {
        found["name"]
        for found in made.document["resources"]
        if found["op"] == "read" and found["type"].endswith(":Vault")
    }
    assert read == {"vault-existing-vault", "vault-payments-existing-vault", "vault-audit-existing-vault"}
    assert _names(made, "SecretStore") == {"eso", "eso.payments", "eso.audit"}
    assert team.up().summary == {}
    assert platform.up().summary == {}

    team.config["aks-secrets:workloads"][0]["secrets"][1]["vault"] = "payment"
    refused = team.command("preview", "--json")
    assert refused.status != 0
    assert (
        "workloads[0].secrets[1].vault: 'payment' is neither in vaults nor a vault of stack organization/aks-secrets/platform"
        in refused.errors
    )
    assert "choose audit or payments" in refused.errors

    team.config["aks-secrets:workloads"][0]["secrets"][1]["vault"] = "payments"
    assert team.run("destroy").status == 0
    assert [found["id"] for found in platform.world["azure"] if found["id"].startswith(AUDIT)] == [AUDIT], (
        "what exists stays"
    )


def test_one_zone_leads_to_all_private_addresses(tmp_path: Path, simulators: Simulators) -> None:
    """A network is linked to one zone of a name, so a second one would be refused."""
    closed: dict[str, Any] = {"network": {"public_access": False}, "private_endpoint": {}}
    config = {
        **copy.deepcopy(SHARED),
        "aks-secrets:network": {
            "address_space": "10.10.0.0/16",
            "nodes": "10.10.0.0/22",
            "private_endpoints": "10.10.4.0/27",
        },
        "aks-secrets:vault": closed,
        "aks-secrets:vaults": [{"name": "payments", **closed}],
        "aks-secrets:workloads": [_workload("sdk")],
    }
    stack = Rehearsal(tmp_path, config, simulators)
    made = stack.up()
    assert len(made.inputs("PrivateEndpoint")) == 2
    assert len(made.inputs("PrivateZone")) == 1
    assert len(made.inputs("PrivateDnsZoneGroup")) == 2
    assert stack.up().summary == {}


def test_the_order_of_the_list_says_nothing(tmp_path: Path, simulators: Simulators) -> None:
    """Neither which vault the shared group and zone seem to belong to, nor which of them goes."""
    closed: dict[str, Any] = {"network": {"public_access": False}, "private_endpoint": {}}
    shared = {**closed, "resource_group": "rg-secrets"}
    config = {
        **copy.deepcopy(SHARED),
        "aks-secrets:network": {
            "address_space": "10.10.0.0/16",
            "nodes": "10.10.0.0/22",
            "private_endpoints": "10.10.4.0/27",
        },
        "aks-secrets:vaults": [{"name": "a", **shared}, {"name": "b", **shared}],
        "aks-secrets:workloads": [],
    }
    stack = Rehearsal(tmp_path, config, simulators)
    stack.up()
    config["aks-secrets:vaults"].reverse()
    assert stack.up().summary == {}
    config["aks-secrets:vault"] = closed
    added = stack.up()
    assert set(added.summary) == {"create", "update"}, "an endpoint, and no other zone"
    config["aks-secrets:vaults"].pop()
    gone = stack.up()
    assert {found["name"] for found in gone.document["resources"] if found["op"] == "delete"} >= {
        "vault-a-vault"
    }
    assert not {
        found["type"]
        for found in gone.document["resources"]
        if found["op"] == "delete" and "Zone" in found["type"]
    } - {"azure-native:network:PrivateDnsZoneGroup"}
    assert stack.up().summary == {}


@pytest.mark.parametrize("resource_name", [None, "kv-pay-own"])
def test_what_the_stack_makes_it_does_not_adopt(
    tmp_path: Path, simulators: Simulators, resource_name: str | None
) -> None:
    """Pulumi would delete what leaves the program as a resource of its own."""
    said = {"resource_name": resource_name} if resource_name else {}
    config = {
        **copy.deepcopy(SHARED),
        "aks-secrets:vaults": [{"name": "a", **said}, {"name": "b"}],
        "aks-secrets:workloads": [],
    }
    stack = Rehearsal(tmp_path, config, simulators)
    made = stack.up()
    (name,) = [found["vaultName"] for found in made.inputs("Vault", "vault-a-vault")]
    config["aks-secrets:vaults"] = [
        {"name": "b", "existing": {"name": name, "resource_group": "rg-aks-secrets-test"}}
    ]
    refused = stack.command("up", "--json")
    assert refused.status != 0
    assert f"vaults[0].existing: '{name}' " in refused.errors
    assert "which this stack creates" in refused.errors or "is created by this stack" in refused.errors
    assert any(found["id"].endswith(f"/vaults/{name}") for found in stack.world["azure"])


def test_people_manage_the_vaults_that_the_stack_makes_and_no_others(
    tmp_path: Path, simulators: Simulators
) -> None:
    config = {
        **copy.deepcopy(SHARED),
        "aks-secrets:vaults": [{"name": "payments"}, {"name": "audit", "existing": {"id": AUDIT}}],
        "aks-secrets:people": {"groups": ["66666666-7777-4888-8999-000000000000"]},
        "aks-secrets:workloads": [],
    }
    stack = Rehearsal(tmp_path, config, simulators)
    made = stack.run("up", CLOUD)
    assert made.status == 0, made.errors
    officers = [
        found["scope"] for found in made.inputs("RoleAssignment") if found["principalType"] == "Group"
    ]
    assert len(officers) == 2
    assert not [scope for scope in officers if "kv-audit" in scope]


def test_one_vault_has_one_name(tmp_path: Path, simulators: Simulators) -> None:
    """Known only when both names are: a platform's vault that the team's stack lists as well."""
    platform = Rehearsal(
        tmp_path, {**copy.deepcopy(SHARED), "aks-secrets:composition": "platform"}, simulators, "platform"
    )
    made = platform.up()
    (name,) = [found["vaultName"] for found in made.inputs("Vault", "vault-vault")]
    team = Rehearsal(
        tmp_path,
        {
            "azure-native:location": "westeurope",
            "aks-secrets:composition": "workloads",
            "aks-secrets:platform": {"stack": "organization/aks-secrets/platform"},
            "aks-secrets:vaults": [
                {"name": "ours", "existing": {"name": name, "resource_group": "rg-aks-secrets-platform"}}
            ],
            "aks-secrets:workloads": [
                _workload("sdk") | {"secrets": [{"name": "a", "vault": "ours", "from": "existing"}]}
            ],
        },
        simulators,
        "team",
    )
    refused = team.command("preview", "--json")
    assert refused.status != 0
    assert f"'{name}' is also the vault of the platform" in refused.errors


def test_a_platforms_list_of_policies_is_the_platforms(tmp_path: Path, simulators: Simulators) -> None:
    """An all-in-one is a platform too, and may have such a vault; its next update would take out what a team has added."""
    config = {
        **copy.deepcopy(SHARED),
        "aks-secrets:vault": {"authorization": "access-policy"},
        "aks-secrets:vaults": [],
    }
    platform = Rehearsal(tmp_path, {**config, "aks-secrets:workloads": []}, simulators, "platform")
    platform.up()
    workload = _workload("sdk") | {"secrets": [{"name": "a", "from": "existing"}], "scope": "vault"}
    team = Rehearsal(
        tmp_path,
        {
            "azure-native:location": "westeurope",
            "aks-secrets:composition": "workloads",
            "aks-secrets:platform": {"stack": "organization/aks-secrets/platform"},
            "aks-secrets:workloads": [workload],
        },
        simulators,
        "team",
    )
    refused = team.command("preview", "--json")
    assert refused.status != 0
    assert (
        "uses access policies, and that stack's next update would remove the policies that this one adds"
        in refused.errors
    )


def test_objects_of_one_name_in_two_vaults_are_both_mounted(tmp_path: Path, simulators: Simulators) -> None:
    """The driver mounts each vault's in a folder of its own."""
    workload = {key: value for key, value in _workload("csi").items() if key != "secrets"}
    workload["secrets"] = [
        {"name": "login", "from": "random"},
        {"name": "login", "vault": "payments", "from": "random"},
    ]
    stack = Rehearsal(tmp_path, {**copy.deepcopy(SHARED), "aks-secrets:workloads": [workload]}, simulators)
    made = stack.up()
    scopes = [
        found["scope"] for found in made.inputs("RoleAssignment") if found["scope"].endswith("/secrets/login")
    ]
    assert len(set(scopes)) == len(scopes) == 2
    assert _names(made, "SecretProviderClass") == {"csi", "csi.payments"}
    assert stack.up().summary == {}


def test_beside_a_vault_that_exists_somebody_is_told_of_the_one_that_is_made(
    tmp_path: Path, simulators: Simulators
) -> None:
    config = {
        **copy.deepcopy(SHARED),
        "aks-secrets:vault": {"existing": {"id": AUDIT}},
        "aks-secrets:monitoring": {"alerts": {"emails": ["shop@example.com"]}},
        "aks-secrets:workloads": [_workload("sdk")],
    }
    stack = Rehearsal(tmp_path, config, simulators)
    made = stack.run("up", CLOUD)
    assert made.status == 0, made.errors
    (payments,) = (
        found["vaultName"] for found in made.inputs("Vault") if "vaultName" in found
    )  # the other is read
    watched = [
        *(found["source"] for found in made.inputs("SystemTopic")),
        *(rule["scopes"][0] for rule in made.inputs("MetricAlert")),
    ]
    assert [scope.rsplit("/", 1)[1] for scope in watched] == [payments] * 3
    assert stack.up().summary == {}
