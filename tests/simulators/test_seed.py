"""The --cloud file: what it adds to a world, and its mistakes."""

from __future__ import annotations

import base64
from datetime import date
from typing import Any

import pytest

from rehearsal.simulators.azure import arm
from rehearsal.simulators.provider import ProviderError
from rehearsal.simulators.seed import SeedError, apply_seed
from rehearsal.simulators.storage import FILE
from tests.support.acting import SUBSCRIPTION, Azure, Kubernetes, manifest

GROUP = f"{SUBSCRIPTION}/resourceGroups/shared"


VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-shared"


CLUSTER = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/aks-shared"


def test_seeded_resources_exist(azure: Azure) -> None:
    secret = {"id": f"{VAULT}/secrets/db", "properties": {"value": "canary"}}
    entries = [
        {"id": GROUP, "location": "westeurope"},
        {"id": VAULT, "location": "westeurope", "properties": {}},
        secret,
    ]
    apply_seed(azure.world, {"azure": entries})
    resource = azure.invoke("keyvault:getVault", resourceGroupName="shared", vaultName="kv-shared")
    assert resource["properties"]["vaultUri"] == "https://kv-shared.vault.azure.net/"
    assert azure.invoke(
        "keyvault:getSecret", resourceGroupName="shared", vaultName="kv-shared", secretName="db"
    )
    azure.world.save()
    assert "canary" not in (azure.world.folder / FILE).read_text()


def test_a_seeded_value_takes_precedence_over_a_computed_one(azure: Azure) -> None:
    identity = (
        f"{SUBSCRIPTION}/resourcegroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-old"
    )
    apply_seed(azure.world, {"azure": [{"id": identity, "location": "westeurope", "clientId": "mine"}]})
    resource = azure.invoke(
        "managedidentity:getUserAssignedIdentity", resourceGroupName="rg", resourceName="id-old"
    )
    assert resource["clientId"] == "mine"
    assert resource["principalId"] in azure.world.directory


def test_an_entry_is_added_once_only(azure: Azure) -> None:
    document = {"azure": [{"id": GROUP, "location": "westeurope"}]}
    apply_seed(azure.world, document)
    azure.world.remove(GROUP)
    azure.new_operation()
    apply_seed(azure.world, document)
    assert azure.world.get(GROUP) is None


def test_seeded_objects_are_in_their_cluster(azure: Azure) -> None:
    pools = [{"name": "system", "mode": "System", "count": 1}]
    entries = [
        {"id": GROUP, "location": "westeurope"},
        {"id": CLUSTER, "location": "westeurope", "agentPoolProfiles": pools},
    ]
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "team-a"}}
    apply_seed(azure.world, {"azure": entries, "kubernetes": [{"cluster": CLUSTER, "objects": [namespace]}]})
    credentials = azure.invoke(
        "containerservice:listManagedClusterUserCredentials",
        resourceGroupName="shared",
        resourceName="aks-shared",
    )
    kubeconfig = base64.b64decode(credentials["kubeconfigs"][0]["value"]).decode()
    with pytest.raises(ProviderError, match='namespaces "team-a" already exists'):
        Kubernetes(azure, kubeconfig).namespace("team-a")


def test_seeded_principals_have_their_type(azure: Azure) -> None:
    apply_seed(azure.world, {"directory": [{"objectId": "ABC", "type": "Group", "name": "team"}]})
    assert azure.world.directory["abc"].type == "Group"


def test_a_seeded_deleted_vault_can_be_recovered_with_its_secrets(azure: Azure) -> None:
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
def test_a_wrong_document_is_an_error_with_its_path(azure: Azure, document: Any, problem: str) -> None:
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
                    {**OBJECTS, "identity": {"type": "UserAssigned", "userAssignedIdentities": ["/x/none"]}}
                ]
            },
            (
                'azure[0]: Status=404 Code="FailedIdentityOperation" Message="The resource with ID '
                "'/x/none' was not found.\""
            ),
        ),
        (in_cluster("text"), "kubernetes[0]: objects[0]: should be a mapping, but it is a text"),
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


def test_a_corrected_file_adds_the_objects_that_a_wrong_one_began_with(azure: Azure) -> None:
    good, bad = manifest("v1", "Namespace", "a"), manifest("v1", "ServiceAccount", "b")
    with pytest.raises(SeedError):
        apply_seed(azure.world, in_cluster(good, bad))
    apply_seed(azure.world, in_cluster(good, {**bad, "metadata": {"name": "b", "namespace": "a"}}))
    assert "core/ServiceAccount/a/b" in azure.world.kubernetes[CLUSTER.lower()]
