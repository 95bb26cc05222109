"""A customer-managed key for etcd: switched on, rotated, moved and switched off."""

import copy
from pathlib import Path
from typing import Any

import pytest

from rehearsal.simulator_process import Simulators
from rehearsal.simulators.azure import arm
from tests.support.rehearse import Rehearsal, Run

pytestmark = pytest.mark.engine

SUBSCRIPTION = f"/subscriptions/{arm.SUBSCRIPTION}"

HUB = f"{SUBSCRIPTION}/resourceGroups/rg-hub"

KEY_VAULT = f"{HUB}/providers/Microsoft.KeyVault/vaults/kv-etcd"

OLD, NEW = (f"https://kv-etcd.vault.azure.net/keys/etcd/{digit * 32}" for digit in "ab")

KEYS: list[dict[str, Any]] = [
    {
        "id": KEY_VAULT,
        "location": "westeurope",
        "properties": {
            "enableRbacAuthorization": True,
            "enablePurgeProtection": True,
            "tenantId": arm.TENANT,
            "sku": {"family": "A", "name": "standard"},
        },
    },
    {"id": f"{KEY_VAULT}/keys/etcd", "kty": "RSA", "keyUriWithVersion": OLD, "attributes": {"enabled": True}},
]

CLOUD: dict[str, Any] = {"azure": [{"id": HUB, "location": "westeurope"}, *KEYS]}
CONFIG: dict[str, Any] = {
    "azure-native:location": "westeurope",
    "aks-secrets:cluster": {
        "system_pool": {"vm_size": "Standard_D4s_v5", "count": 3},
        "kms": {"key_id": OLD, "vault_id": KEY_VAULT},
    },
    "aks-secrets:workloads": [
        {
            "name": "shop",
            "namespace": "shop",
            "technique": "sdk",
            "image": "registry.example/shop:1",
            "secrets": [{"name": "db-password", "from": "existing"}],
        }
    ],
}


@pytest.fixture
def stack(tmp_path: Path, simulators: Simulators) -> Rehearsal:
    """A public cluster with a key of its own."""
    return Rehearsal(tmp_path, copy.deepcopy(CONFIG), simulators)


def rights(stack: Rehearsal) -> list[str]:
    """Names of the key vaults with a role assignment, one per assignment."""
    scopes = [
        resource["properties"].get("scope", "")
        for resource in stack.world["azure"]
        if resource["token"].endswith(":RoleAssignment")
    ]
    return sorted(scope.rsplit("/", 1)[-1] for scope in scopes if "/vaults/kv-etcd" in scope)


def warned(run: Run) -> list[str]:
    """The warnings about KMS."""
    return [
        resource["message"]
        for resource in run.document["diagnostics"]
        if resource["message"].startswith("cluster.kms: ")
    ]


def test_a_key_of_ones_own_encrypts_and_its_next_version_is_an_update(stack: Rehearsal) -> None:
    made = stack.up(CLOUD)
    (cluster,) = made.inputs("ManagedCluster")
    assert cluster["securityProfile"]["azureKeyVaultKms"] == {
        "enabled": True,
        "keyId": OLD,
        "keyVaultNetworkAccess": "Public",
    }
    assert KEY_VAULT in [resource["scope"] for resource in made.inputs("RoleAssignment")]
    assert stack.up().summary == {}

    stack.cluster["kms"]["key_id"] = NEW
    assert stack.up().summary == {"update": 1}


def test_without_kms_the_right_stays_until_the_vault_is_no_former_one(stack: Rehearsal) -> None:
    stack.up(CLOUD)
    del stack.cluster["kms"]
    stack.cluster["former_kms_vault_ids"] = [KEY_VAULT]
    off = stack.up()
    assert off.summary == {"update": 1}, "off, and nothing else"
    (warning,) = warned(off)
    assert (
        "until every Secret was written again after this `pulumi up`,"
        " as docs/config/cluster.md#another-vault-or-no-kms"
        " describes (kubectl get secrets --all-namespaces -o json | kubectl" in warning
    )
    again = stack.up()
    assert (again.summary, warned(again), rights(stack)) == ({}, [], ["kv-etcd"])

    del stack.cluster["former_kms_vault_ids"]
    (cluster,) = [
        resource["id"] for resource in stack.world["azure"] if resource["token"].endswith(":ManagedCluster")
    ]
    run = stack.run("up", {"secretsWrittenAgain": [{"cluster": cluster}]})
    assert (run.status, run.summary, rights(stack)) == (0, {"delete": 1}, []), run.errors
    assert stack.up().summary == {}


def test_a_right_that_is_taken_too_early_stops_the_api_server(stack: Rehearsal) -> None:
    stack.up(CLOUD)
    del stack.cluster["kms"]
    stack.cluster["former_kms_vault_ids"] = [KEY_VAULT]
    stack.up()
    del stack.cluster["former_kms_vault_ids"]
    assert stack.up().summary == {"delete": 1}
    stack.config["aks-secrets:workloads"][0]["image"] = "registry.example/shop:2"
    assert "configured Kubernetes cluster is unreachable" in stack.refused().output
    stack.cluster["former_kms_vault_ids"] = [KEY_VAULT]
    assert rights(stack) == []
    assert stack.up().summary == {"create": 1, "update": 1}, (
        "a role assignment in the former vault starts it again"
    )


def test_to_another_vault_and_back_no_right_goes_and_none_is_made_twice(stack: Rehearsal) -> None:
    cloud = copy.deepcopy(CLOUD)
    for resource in copy.deepcopy(cloud["azure"][1:]):
        text = resource | {"id": resource["id"].replace("kv-etcd", "kv-etcd-2")}
        cloud["azure"].append(
            text | ({"keyUriWithVersion": OLD.replace("kv-etcd", "kv-etcd-2")} if "kty" in resource else {})
        )
    stack.up(cloud)
    here, there = (
        stack.cluster["kms"],
        {"key_id": OLD.replace("kv-etcd", "kv-etcd-2"), "vault_id": KEY_VAULT + "-2"},
    )
    stack.cluster.update(kms=there, former_kms_vault_ids=[KEY_VAULT])
    moved = stack.up()
    assert (moved.summary, rights(stack)) == ({"create": 1, "update": 1}, ["kv-etcd", "kv-etcd-2"])
    assert "and the key of kms was changed once more" in warned(moved)[0]
    stack.cluster.update(kms=here, former_kms_vault_ids=[there["vault_id"]])
    assert (stack.up().summary, rights(stack)) == ({"update": 1}, ["kv-etcd", "kv-etcd-2"])
    assert stack.run("destroy").status == 0
    assert rights(stack) == [], "nothing is left behind"


def test_a_stack_that_is_up_keeps_the_grant_under_its_new_name(stack: Rehearsal) -> None:
    """Earlier releases knew one key vault, and called its grant cluster-key."""
    stack.up(CLOUD)
    (urn,) = [
        resource["urn"]
        for resource in stack.deployment["resources"]
        if resource["urn"].endswith("::cluster/key/kv-etcd")
    ]
    stack.engine("state", "rename", urn, "cluster-key", "--yes")
    assert stack.up().summary == {}
    stack.engine("state", "rename", urn, "cluster-key", "--yes")
    del stack.cluster["kms"]
    stack.cluster["former_kms_vault_ids"] = [KEY_VAULT]
    assert stack.up().summary == {"update": 1}
