"""Workloads of every technique that read several vaults."""

import copy
import json
import re
from pathlib import Path

import pytest

from rehearsal.simulator_process import Simulators
from tests.support.rehearse import Rehearsal, Run
from tests.support.vault_stacks import AUDIT, CLOUD, SHARED, reading_workload

pytestmark = pytest.mark.engine

WORKLOADS = [
    reading_workload("csi", env="CSI_{}"),
    reading_workload("eso", env="ESO_{}"),
    reading_workload("dapr"),
    reading_workload("sdk"),
    reading_workload("kubernetes-secret", env="PLAIN_{}"),
]


def _names(run: Run, suffix: str) -> set[str]:
    return {resource["metadata"]["name"] for resource in run.inputs(suffix)}


def _value(stack: Rehearsal, secret: str) -> str:
    """The keyed hash that the simulated vault stores: equal for equal values."""
    (resource,) = [
        resource for resource in stack.world["azure"] if resource["id"].endswith(f"/secrets/{secret}")
    ]
    (value,) = re.findall(r"hmac-sha256:[0-9a-f]{64}", json.dumps(resource))
    return value


def test_every_technique_reads_two_vaults(tmp_path: Path, simulators: Simulators) -> None:
    stack = Rehearsal(
        tmp_path, {**copy.deepcopy(SHARED), "aks-secrets:workloads": copy.deepcopy(WORKLOADS)}, simulators
    )
    made = stack.up()
    skus = {resource["properties"]["sku"]["name"]: resource["vaultName"] for resource in made.inputs("Vault")}
    main, payments = skus["standard"], skus["premium"]

    # Each reads two objects, each in its own vault, and has a right to nothing else.
    rows = {
        (row["workload"], row["secret"]): row for row in made.document["outputs"]["access"] if row["asked"]
    }
    assert len(rows) == len(WORKLOADS) * 2
    for (workload, secret), row in rows.items():
        assert row["vault"] == (payments if secret.endswith("-b") else main)
        assert row["scope"].endswith(f"/vaults/{row['vault']}/secrets/{secret}"), workload
    scopes = {
        resource["scope"] for resource in made.inputs("RoleAssignment") if "/secrets/" in resource["scope"]
    }
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


def test_a_vault_without_a_role_assignment_is_not_read(tmp_path: Path, simulators: Simulators) -> None:
    """Each vault checks its own role assignments: without its own the second vault refuses, and the first one
    does not.
    """
    stack = Rehearsal(
        tmp_path,
        {**copy.deepcopy(SHARED), "aks-secrets:workloads": [reading_workload("csi", env="CSI_{}")]},
        simulators,
    )
    stack.up()
    world = stack.world
    world["azure"] = [
        resource
        for resource in world["azure"]
        if not ("/roleAssignments/" in resource["id"] and "/secrets/csi-b/" in resource["id"])
    ]
    stack.change_world(world)
    stack.config["aks-secrets:workloads"][0]["image"] = "registry.example/shop:2"
    refused = stack.command("up", "--json")
    assert refused.status != 0
    assert "csi-b" in refused.errors
    assert "csi-a" not in refused.errors


def test_one_kubernetes_secret_of_two_vaults_with_eso(tmp_path: Path, simulators: Simulators) -> None:
    workload = reading_workload("eso")
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
    for resource in made.inputs("ExternalSecret"):
        stores = [
            (entry["secretKey"], (entry.get("sourceRef") or {}).get("storeRef", {}).get("name"))
            for entry in resource["spec"]["data"]
        ]
        assert stores == [("eso-a", None), ("eso-b", "eso.payments")]
        assert resource["spec"]["secretStoreRef"]["name"] == "eso"
    assert len(made.inputs("ExternalSecret")) == 2
    assert stack.up().summary == {}


def test_a_secret_moves_to_another_vault_and_back(tmp_path: Path, simulators: Simulators) -> None:
    """One key moves it: the value goes along, the objects of the technique follow, and identity and pod owner
    change in place.
    """
    stack = Rehearsal(
        tmp_path,
        {**copy.deepcopy(SHARED), "aks-secrets:workloads": [reading_workload("eso", env="ESO_{}")]},
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
        touched = {
            (resource["op"], resource["type"].split(":")[-1]) for resource in moved.document["resources"]
        }
        assert not {kind for op, kind in touched if kind in kept and op not in ("same", "update")}
        assert _value(stack, "eso-a") == value
    assert stack.up().summary == {}


def test_a_team_reads_the_platforms_vaults_and_one_that_exists(
    tmp_path: Path, simulators: Simulators
) -> None:
    platform = Rehearsal(
        tmp_path, {**copy.deepcopy(SHARED), "aks-secrets:composition": "platform"}, simulators, "platform"
    )
    platform.up(CLOUD)
    workload = reading_workload("eso", env="ESO_{}")
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
        resource["name"]
        for resource in made.document["resources"]
        if resource["op"] == "read" and resource["type"].endswith(":Vault")
    }
    assert read == {"vault-existing-vault", "vault-payments-existing-vault", "vault-audit-existing-vault"}
    assert _names(made, "SecretStore") == {"eso", "eso.payments", "eso.audit"}
    assert team.up().summary == {}
    assert platform.up().summary == {}

    assert team.run("destroy").status == 0
    assert [resource["id"] for resource in platform.world["azure"] if resource["id"].startswith(AUDIT)] == [
        AUDIT
    ], "what exists stays"


def test_objects_of_one_name_in_two_vaults_are_both_mounted(tmp_path: Path, simulators: Simulators) -> None:
    """The driver mounts each vault's in a folder of its own."""
    workload = {key: value for key, value in reading_workload("csi").items() if key != "secrets"}
    workload["secrets"] = [
        {"name": "login", "from": "random"},
        {"name": "login", "vault": "payments", "from": "random"},
    ]
    stack = Rehearsal(tmp_path, {**copy.deepcopy(SHARED), "aks-secrets:workloads": [workload]}, simulators)
    made = stack.up()
    scopes = [
        resource["scope"]
        for resource in made.inputs("RoleAssignment")
        if resource["scope"].endswith("/secrets/login")
    ]
    assert len(set(scopes)) == len(scopes) == 2
    assert _names(made, "SecretProviderClass") == {"csi", "csi.payments"}
    assert stack.up().summary == {}
