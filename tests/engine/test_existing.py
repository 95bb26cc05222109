"""Workloads on a cluster, in a vault and as an identity that exist already."""

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from rehearsal.simulator_process import Simulators
from rehearsal.simulators.azure import arm
from tests.support.rehearse import Rehearsal

pytestmark = pytest.mark.engine

LOCATION = {"azure-native:location": "westeurope"}

GROUP = f"/subscriptions/{arm.SUBSCRIPTION}/resourceGroups/rg-platform"

CLUSTER = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/aks-old"

VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-old"

IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-readers"

ADOPTED: dict[str, Any] = {
    **LOCATION,
    "aks-secrets:composition": "workloads",
    "aks-secrets:cluster": {"existing": {"name": "aks-old", "resource_group": "rg-platform"}},
    "aks-secrets:vault": {"existing": {"id": VAULT}},
    "aks-secrets:identities": [{"name": "readers", "existing": {"id": IDENTITY}}],
    "aks-secrets:workloads": [
        {
            "name": "shop",
            "namespace": "shop",
            "technique": "sdk",
            "identity": "readers",
            "scope": "vault",
            "image": "registry.example/shop:1",
            "secrets": [{"name": "db-password", "from": "random"}, {"name": "old", "from": "existing"}],
        }
    ],
}


HUB = "99999999-0000-4000-8000-00000000000b"
"""Another subscription."""


def _elsewhere(value: Any) -> Any:
    """The same, in the other subscription."""
    return json.loads(json.dumps(value).replace(arm.SUBSCRIPTION, HUB))


def _cloud(*, issuer: bool = True, by_role: bool = True, sku: str = "Base") -> dict[str, Any]:
    cluster: dict[str, Any] = {
        "id": CLUSTER,
        "location": "westeurope",
        "dnsPrefix": "old",
        "sku": {"name": sku, "tier": "Standard"},
        "agentPoolProfiles": [{"name": "system", "mode": "System", "count": 1, "vmSize": "Standard_D2s_v5"}],
        "identity": {"type": "SystemAssigned"},
        "tags": {"owner": "platform-team"},
    }
    if issuer:
        cluster |= {
            "oidcIssuerProfile": {"enabled": True},
            "securityProfile": {"workloadIdentity": {"enabled": True}},
        }
    return {
        "azure": [
            {"id": GROUP, "location": "westeurope"},
            cluster,
            {
                "id": VAULT,
                "location": "westeurope",
                "properties": {
                    "tenantId": arm.TENANT,
                    "sku": {"family": "A", "name": "standard"},
                    "enableRbacAuthorization": by_role,
                    **({} if by_role else {"accessPolicies": []}),
                },
            },
            {"id": IDENTITY, "location": "westeurope"},
        ]
    }


@pytest.fixture
def adopting(tmp_path: Path, simulators: Simulators) -> Rehearsal:
    """Workloads on an existing cluster, in an existing vault, with an existing identity."""
    return Rehearsal(tmp_path, copy.deepcopy(ADOPTED), simulators, "adopting")


def _row(rehearsal: Rehearsal, id_: str) -> Mapping[str, Any] | None:
    return next(
        (resource for resource in rehearsal.world["azure"] if resource["id"].lower() == id_.lower()), None
    )


@pytest.mark.parametrize("by_role", [True, False], ids=["rbac", "access-policies"])
def test_what_exists_is_read_used_and_left_as_it_was(adopting: Rehearsal, by_role: bool) -> None:
    cloud = _cloud(by_role=by_role)
    preview = adopting.run("preview", cloud)
    assert preview.status == 0, preview.errors
    before = {id_: _row(adopting, id_) for id_ in (CLUSTER, IDENTITY)}
    made = adopting.up(cloud)
    assert {op.split()[0] for op in made.operations["read"]} == {
        "ManagedCluster",
        "Vault",
        "UserAssignedIdentity",
    }
    assert bool(made.inputs("AccessPolicy")) is not by_role, (
        "the program follows the vault's authorization and never changes it"
    )
    assert adopting.up().summary == {}
    assert adopting.run("refresh").summary == {}
    vault = _row(adopting, VAULT)
    assert vault is not None
    assert vault["properties"]["properties"]["enableRbacAuthorization"] is by_role
    assert adopting.run("destroy").status == 0
    assert {id_: _row(adopting, id_) for id_ in before} == before, "neither changed nor tagged nor deleted"
    assert _row(adopting, f"{VAULT}/secrets/db-password") is None, (
        "secrets in a vault that stays are deleted one by one"
    )
    assert [
        resource["id"]
        for resource in adopting.world["azure"]
        if "/federatedIdentityCredentials/" in resource["id"]
    ] == []


def test_what_exists_in_another_subscription_is_used_there(adopting: Rehearsal) -> None:
    adopting.config |= _elsewhere(adopting.config)
    adopting.config["aks-secrets:cluster"] = {"existing": {"id": CLUSTER.replace(arm.SUBSCRIPTION, HUB)}}
    cloud = _elsewhere(_cloud())
    preview = adopting.run("preview", cloud)
    assert preview.status == 0, preview.errors
    before = adopting.world["azure"]
    adopting.up(cloud)
    vault, identity = (id_.replace(arm.SUBSCRIPTION, HUB) for id_ in (VAULT, IDENTITY))
    assert _row(adopting, f"{vault}/secrets/db-password") is not None
    ids = [resource["id"] for resource in adopting.world["azure"]]
    assert [id_ for id_ in ids if id_.lower().startswith(f"{identity}/federated".lower())]
    assert [
        id_ for id_ in ids if id_.startswith(f"{vault}/providers/Microsoft.Authorization/roleAssignments")
    ]
    assert adopting.run("refresh").summary == {}
    assert adopting.up().summary == {}, "a role keeps the id that ARM answers with"
    assert adopting.run("destroy").status == 0
    assert adopting.world["azure"] == before


@pytest.mark.parametrize("composition", ["workloads", "all-in-one", "platform"])
def test_every_composition_adopts(adopting: Rehearsal, composition: str) -> None:
    adopting.config["aks-secrets:composition"] = composition
    if composition == "platform":
        del adopting.config["aks-secrets:workloads"], adopting.config["aks-secrets:identities"]
        adopting.config["aks-secrets:namespaces"] = [{"name": "shop"}]
    adopting.up(_cloud())
    assert adopting.up().summary == {}


def test_a_cluster_without_issuer_is_refused_with_the_command_that_mends_it(adopting: Rehearsal) -> None:
    run = adopting.refused("preview", _cloud(issuer=False))
    command = "az aks update --resource-group rg-platform --name aks-old"
    assert f"{command} --enable-oidc-issuer --enable-workload-identity" in run.output


def test_an_automatic_cluster_takes_the_chart_of_dapr(adopting: Rehearsal) -> None:
    workload = adopting.config["aks-secrets:workloads"][0]
    adopting.config["aks-secrets:workloads"] = [{**workload, "technique": "dapr"}]
    adopting.config["aks-secrets:operators"] = {"dapr": {"scheduler": False}}
    adopting.up(_cloud(sku="Automatic"))


def test_what_a_stack_makes_it_does_not_adopt(adopting: Rehearsal) -> None:
    """The resource would leave the program, and Pulumi deletes what leaves a program."""
    adopting.config = {**LOCATION, "aks-secrets:cluster": {"system_pool": {"vm_size": "Standard_D2s_v5"}}}
    made = adopting.up().document["outputs"]["platform"]
    for key in ("cluster", "vault"):
        config = {**LOCATION, "aks-secrets:cluster": {"system_pool": {"vm_size": "Standard_D2s_v5"}}}
        config[f"aks-secrets:{key}"] = {"existing": {"id": made[key]["id"]}}
        adopting.config = config
        run = adopting.refused("preview")
        name = made[key]["name"]
        problem = f"'{name}' in resource group 'rg-aks-secrets-adopting' is created by this stack"
        assert f"{key}.existing: {problem}" in run.output
