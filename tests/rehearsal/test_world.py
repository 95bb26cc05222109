"""The world's file, and what --cloud plants in it."""

from __future__ import annotations

import base64
import json
import stat
from pathlib import Path
from typing import Any

import pytest

from rehearsal.simulators.azure import arm
from rehearsal.simulators.cloud import FILE, KEY_FILE, World, WorldError
from rehearsal.simulators.provider import ProviderError
from rehearsal.simulators.seed import SeedError, plant
from tests.rehearsal.acting import SUBSCRIPTION, Azure, Kubernetes
from tests.rehearsal.conftest import kubeconfig_of

GROUP = f"{SUBSCRIPTION}/resourceGroups/shared"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-shared"
CLUSTER = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/aks-shared"


def test_a_world_is_the_same_after_saving_and_loading(azure: Azure) -> None:
    azure.vault()
    azure.delete("keyvault:Secret", azure.secret())
    azure.cluster()
    Kubernetes(azure, kubeconfig_of(azure)).namespace()
    azure.world.save()
    again = World(azure.world.folder)
    assert again._document() == azure.world._document()


def test_the_key_of_the_hashes_is_its_owners_alone(tmp_path: Path) -> None:
    World(tmp_path)
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600


def test_equal_secrets_have_equal_hashes_in_one_world_only(tmp_path: Path) -> None:
    one, other = World(tmp_path / "one"), World(tmp_path / "other")
    assert one.seal("a") == one.seal("a") != one.seal("b")
    assert one.seal("a") != other.seal("a")


def test_a_broken_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{}")
    with pytest.raises(WorldError, match=r"cloud\.json is not a simulated cloud"):
        World(tmp_path)


def test_planted_resources_exist(azure: Azure) -> None:
    secret = {"id": f"{VAULT}/secrets/db", "properties": {"value": "canary"}}
    entries = [{"id": GROUP, "location": "westeurope"}, {"id": VAULT, "location": "westeurope", "properties": {}}, secret]
    plant(azure.world, {"azure": entries})
    found = azure.invoke("keyvault:getVault", resourceGroupName="shared", vaultName="kv-shared")
    assert found["properties"]["vaultUri"] == "https://kv-shared.vault.azure.net/"
    assert azure.invoke("keyvault:getSecret", resourceGroupName="shared", vaultName="kv-shared", secretName="db")
    azure.world.save()
    assert "canary" not in (azure.world.folder / FILE).read_text()


def test_a_planted_value_wins_over_a_computed_one(azure: Azure) -> None:
    identity = f"{SUBSCRIPTION}/resourcegroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-old"
    plant(azure.world, {"azure": [{"id": identity, "location": "westeurope", "clientId": "mine"}]})
    found = azure.invoke("managedidentity:getUserAssignedIdentity", resourceGroupName="rg", resourceName="id-old")
    assert found["clientId"] == "mine"
    assert found["principalId"] in azure.world.directory


def test_what_was_planted_once_stays_as_it_has_become(azure: Azure) -> None:
    document = {"azure": [{"id": GROUP, "location": "westeurope"}]}
    plant(azure.world, document)
    azure.world.remove(GROUP)
    azure.new_operation()
    plant(azure.world, document)
    assert azure.world.get(GROUP) is None


def test_planted_objects_are_in_their_cluster(azure: Azure) -> None:
    pools = [{"name": "system", "mode": "System", "count": 1}]
    entries = [
        {"id": GROUP, "location": "westeurope"},
        {"id": CLUSTER, "location": "westeurope", "agentPoolProfiles": pools},
    ]
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "team-a"}}
    plant(azure.world, {"azure": entries, "kubernetes": [{"cluster": CLUSTER, "objects": [namespace]}]})
    answer = azure.invoke("containerservice:listManagedClusterUserCredentials", resourceGroupName="shared", resourceName="aks-shared")
    kubeconfig = base64.b64decode(answer["kubeconfigs"][0]["value"]).decode()
    with pytest.raises(ProviderError, match='namespaces "team-a" already exists'):
        Kubernetes(azure, kubeconfig).namespace("team-a")


def test_planted_principals_have_their_type(azure: Azure) -> None:
    plant(azure.world, {"directory": [{"objectId": "ABC", "type": "Group", "name": "team"}]})
    assert azure.world.directory["abc"].type == "Group"


def test_a_planted_deleted_vault_can_be_recovered_with_its_secrets(azure: Azure) -> None:
    id_ = f"{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv-old"
    plant(azure.world, {"deletedVaults": [{"id": id_, "secrets": ["db"], "retentionDays": 7}]})
    with pytest.raises(arm.ArmError, match="ConflictError"):
        azure.vault("kv-old")
    made = azure.vault("kv-old", createMode="recover")
    assert made.outputs["properties"]["softDeleteRetentionInDays"] == 7
    assert azure.world.get(f"{id_}/secrets/db") is not None


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ([], "should be a mapping"),
        ({"azur": []}, "unknown section 'azur'"),
        ({"azure": {}}, "azure: should be a list"),
        ({"azure": ["x"]}, r"azure\[0\]: should be a mapping"),
        ({"azure": [{}]}, r"azure\[0\]: the key 'id' is missing"),
        ({"azure": [{"id": "/x"}]}, r"azure\[0\]: the id /x is of no type"),
        ({"directory": [{"objectId": "a", "type": "Robot"}]}, "unknown type 'Robot'"),
        ({"kubernetes": [{"cluster": "/x", "objects": []}]}, "the cluster /x does not exist"),
    ],
)
def test_a_wrong_document_is_an_error_that_says_where(azure: Azure, document: Any, problem: str) -> None:
    with pytest.raises(SeedError, match=problem):
        plant(azure.world, document)


def test_the_file_is_json_that_a_person_can_read(azure: Azure) -> None:
    azure.world.save()
    document = json.loads((azure.world.folder / FILE).read_text())
    assert document["azure"][0]["id"].endswith("/resourceGroups/rg")
