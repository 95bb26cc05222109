"""Azure's own management clients read what a subscription may do: sizes, quotas, versions, vault names."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from azure.identity import DefaultAzureCredential
from azure.mgmt.compute import ComputeManagementClient
from azure.mgmt.containerservice import ContainerServiceClient
from azure.mgmt.keyvault import KeyVaultManagementClient
from azure.mgmt.resource.resources import ResourceManagementClient

from rehearsal.data_planes.planes import Planes
from rehearsal.simulators.azure.arm import SUBSCRIPTION
from rehearsal.simulators.seed import apply_seed
from rehearsal.simulators.seed_document import SeedError
from rehearsal.simulators.world import World
from tests.rehearsal.data_planes.worlds import (
    GROUP,
    signed_in,
)

pytestmark = pytest.mark.servers


@pytest.fixture
def planes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Planes]:
    with signed_in(tmp_path, monkeypatch) as served:
        yield served


def client(kind: Any, **options: Any) -> Any:
    return kind(DefaultAzureCredential(), SUBSCRIPTION, **options)


def test_sizes_quotas_and_versions_are_those_of_a_fresh_subscription(planes: Planes) -> None:
    compute = client(ComputeManagementClient)
    skus = {row.name: row for row in compute.resource_skus.list(filter="location eq 'westeurope'")}
    size = skus["Standard_D4ds_v5"]
    assert (size.family, size.location_info[0].zones) == ("standardDDSv5Family", ["1", "2", "3"])
    assert {row.name: row.value for row in size.capabilities}["vCPUs"] == "4"
    assert size.restrictions == []
    usages = {row.name.value: (row.current_value, row.limit) for row in compute.usage.list("westeurope")}
    assert usages["cores"] == (2 * 4 + 3 * 2, 20)
    assert usages["standardDDSv5Family"] == (8, 20)
    assert usages["standardDSv5Family"] == (6, 20)
    offered = (
        client(ContainerServiceClient).managed_clusters.list_kubernetes_versions("westeurope").values_property
    )
    (default,) = [row for row in offered if row.is_default]
    assert default.version == "1.35"
    assert "KubernetesOfficial" in default.capabilities.support_plan
    assert list(default.patch_versions) == ["1.35.2"]


def test_a_cloud_file_limits_the_subscription(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = {
        "features": ["Microsoft.Compute/EncryptionAtHost"],
        "quotas": [{"location": "westeurope", "name": "cores", "limit": 16, "used": 1}],
        "sizes": [
            {"location": "westeurope", "name": "Standard_D2s_v5", "zones": ["1"]},
            {
                "location": "westeurope",
                "name": "Standard_D4s_v5",
                "restricted": "NotAvailableForSubscription",
            },
        ],
        "versions": [{"location": "westeurope", "offered": ["1.36"]}],
    }
    with signed_in(
        tmp_path, monkeypatch, subscriptions=[limits], unregistered=["Microsoft.KubernetesConfiguration"]
    ):
        compute = client(ComputeManagementClient)
        skus = {row.name: row for row in compute.resource_skus.list(filter="location eq 'westeurope'")}
        assert skus["Standard_D2s_v5"].location_info[0].zones == ["1"]
        (restriction,) = skus["Standard_D4s_v5"].restrictions
        assert (restriction.type, restriction.reason_code) == ("Location", "NotAvailableForSubscription")
        usages = {row.name.value: row for row in compute.usage.list("westeurope")}
        assert (usages["cores"].current_value, usages["cores"].limit) == (15, 16)
        versions = client(ContainerServiceClient).managed_clusters.list_kubernetes_versions("westeurope")
        assert [row.version for row in versions.values_property] == ["1.36"]
        providers = client(ResourceManagementClient).providers
        assert providers.get("Microsoft.KubernetesConfiguration").registration_state == "NotRegistered"
        assert providers.get("Microsoft.KeyVault").registration_state == "Registered"


def test_names_of_vaults_are_free_taken_or_soft_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-gone"
    deleted = [{"id": gone, "location": "westeurope", "retentionDays": 7}]
    with signed_in(tmp_path, monkeypatch, deletedVaults=deleted):
        vaults = client(KeyVaultManagementClient).vaults

        def available(name: str) -> tuple[bool, str]:
            body = {"name": name, "type": "Microsoft.KeyVault/vaults"}
            answer = vaults.check_name_availability(body)
            return answer.name_available, answer.reason

        assert available("kv-free") == (True, None)
        assert available("KV-planes") == (False, "AlreadyExists")
        assert available("kv-gone") == (False, "AlreadyExists")
        assert available("1") == (False, "AccountNameInvalid")
        (row,) = vaults.list_deleted()
        assert (row.name, row.properties.vault_id, row.properties.location) == ("kv-gone", gone, "westeurope")
        assert (row.properties.scheduled_purge_date - row.properties.deletion_date).days == 7
        vaults.begin_purge_deleted("kv-gone", "westeurope").result()
        assert list(vaults.list_deleted()) == []
        assert available("kv-gone") == (True, None)


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ({"id": "mine"}, "id: mine is no GUID"),
        ({"state": "Enabld"}, r"unknown state 'Enabld' \(did you mean|unknown state 'Enabld'"),
        ({"rolls": []}, "unknown key 'rolls'"),
        ({"roles": [7]}, "roles should be a list of names, but it has 7"),
        ({"quotas": [{"location": "westeurope"}]}, r"quotas\[0\]: the key 'name' is missing"),
        (
            {"quotas": [{"location": "westeurope", "name": "cores", "limit": "10"}]},
            r"quotas\[0\].limit: should be a number, but it is a text",
        ),
        ({"sizes": [{"location": "x", "name": "y", "zone": "1"}]}, r"sizes\[0\]: unknown key 'zone'"),
        ({"locks": [{"level": "NoDelete"}]}, r"locks\[0\].level: unknown level 'NoDelete'"),
        ({"locks": [{"scope": "/resourceGroups/rg"}]}, r"locks\[0\]: the key 'level' is missing"),
        ({"denials": [{"name": "x"}]}, r"denials\[0\]: the key 'actions' is missing"),
        (
            {"policies": [{"name": "x", "type": "y", "path": "z"}]},
            r"policies\[0\]: the key 'values' is missing",
        ),
        ({"customRoles": [{"actions": []}]}, r"customRoles\[0\]: the key 'name' is missing"),
        ({"versions": ["1.35"]}, r"versions\[0\]: should be a mapping, but it is a text"),
    ],
)
def test_a_wrong_subscription_of_a_cloud_file_is_refused(
    tmp_path: Path, entry: dict[str, Any], problem: str
) -> None:
    with pytest.raises(SeedError, match=problem):
        apply_seed(World(tmp_path / "world"), {"subscriptions": [entry]})
