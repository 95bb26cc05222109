"""The world's file, and what --cloud plants in it."""

from __future__ import annotations

import base64
import json
import stat
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rehearsal.simulators.__main__ import _answer
from rehearsal.simulators.azure import arm
from rehearsal.simulators.provider import ProviderError
from rehearsal.simulators.seed import SeedError, apply_seed
from rehearsal.simulators.world import FILE, KEY_FILE, World, WorldError
from tests.simulators.conftest import kubeconfig_of
from tests.support.acting import SUBSCRIPTION, Azure, Kubernetes, manifest

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
    assert one.keyed_hash("a") == one.keyed_hash("a") != one.keyed_hash("b")
    assert one.keyed_hash("a") != other.keyed_hash("a")


def test_a_broken_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{}")
    with pytest.raises(
        WorldError, match=r"cloud\.json is not a simulated cloud .*; delete the state folder .* to start over"
    ):
        World(tmp_path)


def test_planted_resources_exist(azure: Azure) -> None:
    secret = {"id": f"{VAULT}/secrets/db", "properties": {"value": "canary"}}
    entries = [
        {"id": GROUP, "location": "westeurope"},
        {"id": VAULT, "location": "westeurope", "properties": {}},
        secret,
    ]
    apply_seed(azure.world, {"azure": entries})
    found = azure.invoke("keyvault:getVault", resourceGroupName="shared", vaultName="kv-shared")
    assert found["properties"]["vaultUri"] == "https://kv-shared.vault.azure.net/"
    assert azure.invoke(
        "keyvault:getSecret", resourceGroupName="shared", vaultName="kv-shared", secretName="db"
    )
    azure.world.save()
    assert "canary" not in (azure.world.folder / FILE).read_text()


def test_a_planted_value_wins_over_a_computed_one(azure: Azure) -> None:
    identity = (
        f"{SUBSCRIPTION}/resourcegroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-old"
    )
    apply_seed(azure.world, {"azure": [{"id": identity, "location": "westeurope", "clientId": "mine"}]})
    found = azure.invoke(
        "managedidentity:getUserAssignedIdentity", resourceGroupName="rg", resourceName="id-old"
    )
    assert found["clientId"] == "mine"
    assert found["principalId"] in azure.world.directory


def test_what_was_planted_once_stays_as_it_has_become(azure: Azure) -> None:
    document = {"azure": [{"id": GROUP, "location": "westeurope"}]}
    apply_seed(azure.world, document)
    azure.world.remove(GROUP)
    azure.new_operation()
    apply_seed(azure.world, document)
    assert azure.world.get(GROUP) is None


def test_planted_objects_are_in_their_cluster(azure: Azure) -> None:
    pools = [{"name": "system", "mode": "System", "count": 1}]
    entries = [
        {"id": GROUP, "location": "westeurope"},
        {"id": CLUSTER, "location": "westeurope", "agentPoolProfiles": pools},
    ]
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "team-a"}}
    apply_seed(azure.world, {"azure": entries, "kubernetes": [{"cluster": CLUSTER, "objects": [namespace]}]})
    answer = azure.invoke(
        "containerservice:listManagedClusterUserCredentials",
        resourceGroupName="shared",
        resourceName="aks-shared",
    )
    kubeconfig = base64.b64decode(answer["kubeconfigs"][0]["value"]).decode()
    with pytest.raises(ProviderError, match='namespaces "team-a" already exists'):
        Kubernetes(azure, kubeconfig).namespace("team-a")


def test_planted_principals_have_their_type(azure: Azure) -> None:
    apply_seed(azure.world, {"directory": [{"objectId": "ABC", "type": "Group", "name": "team"}]})
    assert azure.world.directory["abc"].type == "Group"


def test_a_planted_deleted_vault_can_be_recovered_with_its_secrets(azure: Azure) -> None:
    id_ = f"{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv-old"
    apply_seed(azure.world, {"deletedVaults": [{"id": id_, "secrets": ["db"], "retentionDays": 7}]})
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
        ({"azure": [{"id": "/x"}]}, r"azure\[0\]: the id /x has no type that the rehearsal simulates"),
        ({"directory": [{"objectId": "a", "type": "Robot"}]}, "unknown type 'Robot'"),
        ({"kubernetes": [{"cluster": "/x", "objects": []}]}, "the cluster /x does not exist"),
    ],
)
def test_a_wrong_document_is_an_error_that_says_where(azure: Azure, document: Any, problem: str) -> None:
    with pytest.raises(SeedError, match=problem):
        apply_seed(azure.world, document)


CIRCLE: list[Any] = []
CIRCLE.append(CIRCLE)
OBJECTS: dict[str, Any] = {
    "id": CLUSTER,
    "location": "westeurope",
    "agentPoolProfiles": [{"name": "a", "mode": "System"}],
}


def in_cluster(*objects: Any) -> dict[str, Any]:
    return {"azure": [OBJECTS], "kubernetes": [{"cluster": CLUSTER, "objects": list(objects)}]}


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (
            {"azure": [{"id": GROUP}, {"id": GROUP, "tags": {"made": date(2026, 1, 2)}}]},
            r"azure[1]: tags.made: 2026-01-02 is read as a date",
        ),
        ({"azure": [{"id": GROUP, "tags": CIRCLE}]}, "azure[0]: tags[0]: it contains itself"),
        ({"azure": [{"id": GROUP, "tags": {1: "x"}}]}, "azure[0]: tags: the key 1 is no text"),
        ({"azure": [{"id": GROUP, "tags": {"a": float("inf")}}]}, "azure[0]: tags.a: inf is not a number"),
        ({"azure": [{"id": GROUP, "tags": {"x"}}]}, "azure[0]: tags: a set is no JSON value"),
        (
            {"azure": [{"id": VAULT, "properties": "text"}]},
            "azure[0]: 'properties' should be of type 'object' but got a string",
        ),
        (
            {"azure": [{"id": VAULT, "properties": {"sku": "x"}}]},
            "azure[0]: 'properties.sku' should be of type 'object'",
        ),
        (
            {
                "azure": [
                    {**OBJECTS, "identity": {"type": "UserAssigned", "userAssignedIdentities": ["/x/nobody"]}}
                ]
            },
            'azure[0]: Status=404 Code="FailedIdentityOperation" Message="The resource with ID \'/x/nobody\' was not found."',
        ),
        (in_cluster("text"), "kubernetes[0]: objects[0]: should be a mapping, but it is a str"),
        (
            {"azure": [OBJECTS], "kubernetes": [{"cluster": CLUSTER, "objects": "x"}]},
            "kubernetes[0]: objects should be a list",
        ),
        (in_cluster({"kind": "Namespace"}), "kubernetes[0]: objects[0]: metadata should be a mapping"),
        (
            in_cluster({"kind": "Namespace", "metadata": {"name": "a"}}),
            "objects[0]: apiVersion should be a text, but it is missing",
        ),
        (
            in_cluster(manifest("v1", "ServiceAccount", "a")),
            "objects[0]: the ServiceAccount 'a': add its metadata.namespace",
        ),
        (
            in_cluster(manifest("v1", "Namespace", "a", "b")),
            "objects[0]: the Namespace 'a': remove metadata.namespace",
        ),
        (
            in_cluster(manifest("v1", "ServiceAccount", "a", "none")),
            'objects[0]: namespaces "none" not found',
        ),
        (in_cluster(manifest("v1", "Namespace", "A")), 'objects[0]: metadata.name: Invalid value: "A"'),
        (
            in_cluster(manifest("x.io/v1", "Widget", "a", "default")),
            'objects[0]: no matches for kind "Widget"',
        ),
        ({"deletedVaults": [{"id": GROUP}]}, "deletedVaults[0]: the id /subscriptions"),
        ({"deletedVaults": [{"id": VAULT, "secrets": "db"}]}, "deletedVaults[0]: secrets should be a list"),
        (
            {"deletedVaults": [{"id": VAULT, "secrets": [{}]}]},
            "deletedVaults[0]: secrets should be a list of names",
        ),
    ],
)
def test_an_ordinary_mistake_is_one_sentence(azure: Azure, document: Any, problem: str) -> None:
    with pytest.raises(SeedError) as refused:
        apply_seed(azure.world, document)
    assert str(refused.value).startswith(problem) or problem in str(refused.value)
    assert "\n" not in str(refused.value)


def test_an_anchor_that_is_used_twice_is_no_circle(azure: Azure) -> None:
    tags = {"a": "b"}
    apply_seed(
        azure.world,
        {
            "azure": [
                {"id": GROUP, "location": "x", "tags": tags},
                {"id": VAULT, "location": "x", "tags": tags},
            ]
        },
    )


def test_a_mended_file_plants_the_objects_that_a_broken_one_began_with(azure: Azure) -> None:
    good, bad = manifest("v1", "Namespace", "a"), manifest("v1", "ServiceAccount", "b")
    with pytest.raises(SeedError):
        apply_seed(azure.world, in_cluster(good, bad))
    apply_seed(azure.world, in_cluster(good, {**bad, "metadata": {"name": "b", "namespace": "a"}}))
    assert "core/ServiceAccount/a/b" in azure.world.kubernetes[CLUSTER.lower()]


@pytest.mark.parametrize(
    ("request_", "about", "problem"),
    [
        ({"latency": {"*": float("inf")}}, "latency", "the latency of * is inf; use seconds"),
        ({"latency": {"*": float("nan")}}, "latency", "the latency of * is nan; use seconds"),
        ({"cloud": {"azure": [{}]}}, "cloud", "azure[0]: the key 'id' is missing"),
        ({"latency": {"*": "soon"}}, "state", "defect of the rehearsal's simulator: TypeError"),
    ],
)
def test_whatever_goes_wrong_is_an_answer(
    tmp_path: Path, request_: dict[str, Any], about: str, problem: str
) -> None:
    answer = _answer({"open": str(tmp_path / "world"), **request_}, {})
    assert answer["about"] == about
    assert answer["error"].startswith(problem)


def test_the_file_is_json_that_a_person_can_read(azure: Azure) -> None:
    azure.world.save()
    document = json.loads((azure.world.folder / FILE).read_text())
    assert document["azure"][0]["id"].endswith("/resourceGroups/rg")
