"""Stacks that stand on one another, and things that exist already: on the real engine, in one backend and one cloud."""

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from rehearsal.simulator_process import Simulators
from rehearsal.simulators.azure import arm
from tests.support.rehearse import Rehearsal, Run

pytestmark = pytest.mark.engine

LOCATION = {"azure-native:location": "westeurope"}
PLATFORM: dict[str, Any] = {
    **LOCATION,
    "aks-secrets:composition": "platform",
    "aks-secrets:cluster": {
        "system_pool": {"vm_size": "Standard_D2s_v5", "count": 1},
        "entra": {"enabled": False},
        "local_accounts": True,
    },
    "aks-secrets:operators": {"csi_driver": {}, "external_secrets": {}, "dapr": {"scheduler": False}},
    "aks-secrets:namespaces": [{"name": "orders", "enforce": "restricted"}],
}


def _team(name: str, *workloads: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **LOCATION,
        "aks-secrets:composition": "workloads",
        "aks-secrets:platform": {"stack": "organization/aks-secrets/platform"},
        "aks-secrets:workloads": [
            {
                "namespace": name,
                "image": "registry.example/shop:1",
                "secrets": [{"name": f"{name}-password", "from": "random"}],
                **workload,
            }
            for workload in workloads
        ],
    }


ORDERS = _team("orders", {"name": "orders", "technique": "eso"}, {"name": "desk", "technique": "dapr"})
BILLING = _team("billing", {"name": "billing", "technique": "csi"}, {"name": "dunning", "technique": "sdk"})


@pytest.fixture
def stacks(tmp_path: Path, simulators: Simulators) -> dict[str, Rehearsal]:
    """A platform and two teams."""
    configs = {"platform": PLATFORM, "orders": ORDERS, "billing": BILLING}
    return {
        name: Rehearsal(tmp_path, copy.deepcopy(config), simulators, name) for name, config in configs.items()
    }


def _ops(run: Run) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for resource in run.document["resources"]:
        found.setdefault(resource["op"], set()).add(f"{resource['type'].split(':')[-1]} {resource['name']}")
    return found


def test_teams_come_and_go_on_a_platform_that_stays(stacks: dict[str, Rehearsal]) -> None:
    platform, orders, billing = stacks.values()
    platform.up()
    for team in (orders, billing):
        made = team.up()
        read = {
            "StackReference platform",
            "ManagedCluster cluster-existing-cluster",
            "Vault vault-existing-vault",
        }
        assert _ops(made)["read"] == read, "what is the platform's is read, and nothing else is"
        assert {
            resource["type"]
            for resource in made.document["resources"]
            if resource["type"].endswith((":Vault", ":ManagedCluster"))
        } == {
            "azure-native:keyvault:Vault",
            "azure-native:containerservice:ManagedCluster",
        }
        assert team.up().summary == {}
    assert platform.up().summary == {}, "nothing of the platform was changed by those on it"

    # The namespace that the platform made is its own; the other team made one.
    namespaces = {resource["name"] for team in (orders, billing) for resource in _namespaces(team)}
    assert namespaces == {"namespace-billing"}

    before = platform.world
    destroyed = billing.run("destroy")
    assert destroyed.status == 0, destroyed.errors
    assert set(destroyed.summary) == {"delete", "discard"}, "what was read is forgotten"
    assert orders.up().summary == {}
    assert platform.up().summary == {}
    gone = {resource["id"] for resource in before["azure"]} - {
        resource["id"] for resource in platform.world["azure"]
    }
    assert gone
    assert [id_ for id_ in gone if "orders" in id_.lower()] == []
    assert [
        id_ for id_ in gone if id_.endswith(("/managedClusters/aks-platform", "/vaults/kv-platform"))
    ] == []

    # In a vault that stays its secrets are deleted one by one; in a cluster that stays so are its objects.
    assert orders.run("destroy").status == 0
    (objects,) = platform.world["kubernetes"].values()
    left = {
        key.split("/")[2]
        for key in objects
        if key.startswith(("apps/", "external-secrets.io/", "dapr.io/", "core/Secret/"))
    }
    assert not left & {"orders", "billing"}
    assert platform.run("destroy").status == 0
    assert platform.world["kubernetes"] == {}


def _namespaces(team: Rehearsal) -> list[Mapping[str, Any]]:
    return [
        {"name": row["urn"].rsplit("::", 1)[1]}
        for row in team.deployment["resources"]
        if row["type"].endswith(":Namespace")
    ]


def test_a_workload_goes_through_the_techniques_on_somebody_elses_platform(
    stacks: dict[str, Rehearsal],
) -> None:
    platform, orders, _ = stacks.values()
    platform.up()
    orders.up()
    for technique in ("csi", "sdk", "eso"):
        for workload in orders.config["aks-secrets:workloads"]:
            workload["technique"] = technique
        run = orders.up()
        assert not {op for op in run.summary if "replace" in op}
    assert orders.up().summary == {}


@pytest.mark.parametrize(
    ("theirs", "ours", "says"),
    [
        ({"name": "desk"}, {"app_id": "desk"}, 'configurations.dapr.io "desk" already exists'),
        (
            {"name": "till", "dapr": {"app_id": "desk"}},
            {"app_id": "desk"},
            'configurations.dapr.io "desk" already exists',
        ),
        (
            {"name": "till", "dapr": {"store": "vault"}},
            {"store": "vault"},
            'components.dapr.io "vault" already exists',
        ),
    ],
    ids=["named", "given", "store"],
)
def test_what_dapr_calls_alike_in_two_stacks_is_found_before_any_pod(
    stacks: dict[str, Rehearsal], theirs: Mapping[str, Any], ours: Mapping[str, Any], says: str
) -> None:
    platform, orders, billing = stacks.values()
    platform.up()
    orders.config["aks-secrets:workloads"][1] |= theirs
    orders.up()
    second = {"name": "counter", "namespace": "orders", "technique": "dapr", "dapr": ours}
    billing.config["aks-secrets:workloads"][0] |= second
    refused = billing.command("up")
    assert refused.status != 0
    assert says in refused.output
    (objects,) = platform.world["kubernetes"].values()
    assert "apps/Deployment/orders/counter" not in objects
    assert orders.up().summary == {}

    billing.config["aks-secrets:workloads"][0]["dapr"] = {"app_id": "counter-desk"}
    billing.up()
    assert billing.up().summary == {}
    assert orders.up().summary == {}


def _policies(run: Run) -> dict[str, Any]:
    return {found["metadata"]["name"]: found["spec"] for found in run.inputs("NetworkPolicy")}


def test_what_the_platform_isolates_is_isolated_for_the_teams_too(stacks: dict[str, Rehearsal]) -> None:
    platform, orders, billing = stacks.values()
    platform.config["aks-secrets:namespaces"] = [{"name": "orders", "isolated": True}]
    platform.config["aks-secrets:operators"]["dapr"] |= {"namespace": "dapr"}
    made = platform.up()
    assert set(_policies(made)) == {"default-deny"}
    assert made.document["outputs"]["platform"]["isolatedNamespaces"] == ["orders"]
    found = _policies(orders.up())
    assert set(found) == {"orders", "desk"}, "nobody of the team has said so"
    peers = [peer for rule in found["desk"]["egress"] for peer in rule["to"]]
    assert {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "dapr"}}} in peers, (
        "where the platform has put it"
    )
    assert _policies(billing.up()) == {}
    assert orders.up().summary == {}


def test_a_team_cannot_take_back_what_the_platform_isolates(stacks: dict[str, Rehearsal]) -> None:
    platform, orders, _ = stacks.values()
    platform.config["aks-secrets:namespaces"] = [{"name": "orders", "isolated": True}]
    platform.up()
    orders.config["aks-secrets:namespaces"] = [{"name": "orders", "isolated": False}]
    run = orders.command("preview")
    assert run.status != 0
    assert (
        "namespaces[0].isolated: false, but stack organization/aks-secrets/platform isolates namespace 'orders'"
        in run.output
    )
    assert "pulumi config rm --path 'namespaces[0].isolated'" in run.output
    assert "Traceback" not in run.output
    orders.config["aks-secrets:namespaces"] = [{"name": "orders", "enforce": "restricted"}]
    assert set(_policies(orders.up())) == {"orders", "desk"}


def test_a_platform_that_says_nothing_of_isolation_isolates_nothing(stacks: dict[str, Rehearsal]) -> None:
    """One of an earlier release."""
    platform, orders, _ = stacks.values()
    platform.up()
    (file,) = platform.state.rglob("stacks/aks-secrets/platform.json")
    state = json.loads(file.read_text())
    stack = next(
        row for row in state["checkpoint"]["latest"]["resources"] if row["type"] == "pulumi:pulumi:Stack"
    )
    del (
        stack["outputs"]["platform"]["isolatedNamespaces"],
        stack["outputs"]["platform"]["operators"]["dapr"]["namespace"],
    )
    file.write_text(json.dumps(state))
    assert _policies(orders.up()) == {}


def test_an_operator_that_the_platform_lacks_is_named_with_its_stack(stacks: dict[str, Rehearsal]) -> None:
    platform, orders, _ = stacks.values()
    platform.config["aks-secrets:operators"] = {"csi_driver": {}}
    platform.up()
    run = orders.command("preview")
    assert run.status != 0
    assert (
        "workloads[0].technique: 'eso' needs operators.external_secrets, which stack organization/aks-secrets/platform"
        in run.output
    )
    assert (
        "workloads[1].technique: 'dapr' needs operators.dapr, which stack organization/aks-secrets/platform does not"
        in run.output
    )
    assert "Traceback" not in run.output


def test_a_platform_that_tells_nothing_is_named_and_so_is_who_asks(stacks: dict[str, Rehearsal]) -> None:
    _, orders, _ = stacks.values()
    run = orders.command("preview")
    assert run.status != 0
    assert (
        'unknown stack "organization/aks-secrets/platform"' in run.output
    )  # the engine's own words: it does not ask the program
    assert "aks-secrets-orders" in run.output
    assert "Traceback" not in run.output


def test_a_platform_of_another_version_is_named_and_so_is_who_asks(stacks: dict[str, Rehearsal]) -> None:
    platform, orders, _ = stacks.values()
    platform.up()
    (file,) = platform.state.rglob("stacks/aks-secrets/platform.json")
    state = json.loads(file.read_text())
    stack = next(
        row for row in state["checkpoint"]["latest"]["resources"] if row["type"] == "pulumi:pulumi:Stack"
    )
    stack["outputs"]["platform"]["version"] = 1
    file.write_text(json.dumps(state))
    run = orders.command("preview")
    assert run.status != 0
    message = "publishes version 1 of its platform, but stack aks-secrets/orders reads version 2"
    assert f"stack organization/aks-secrets/platform {message}" in run.output


# -------------------------------------------------------------------------------------------------------------- what exists already

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


def _cloud(*, issuer: bool = True, by_role: bool = True, sku: str = "Base") -> dict[str, Any]:
    cluster: dict[str, Any] = {
        "id": CLUSTER,
        "location": "westeurope",
        "dnsPrefix": "old",
        "sku": {"name": sku, "tier": "Standard"},
        "agentPoolProfiles": [{"name": "system", "mode": "System", "count": 1, "vmSize": "Standard_D2s_v5"}],
        "identity": {"type": "SystemAssigned"},
        "tags": {"owner": "somebody"},
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
    """Workloads on a cluster, in a vault and as an identity that somebody else has made."""
    return Rehearsal(tmp_path, copy.deepcopy(ADOPTED), simulators, "adopting")


def _row(rehearsal: Rehearsal, id_: str) -> Mapping[str, Any] | None:
    return next((found for found in rehearsal.world["azure"] if found["id"].lower() == id_.lower()), None)


@pytest.mark.parametrize("by_role", [True, False], ids=["rbac", "access-policies"])
def test_what_exists_is_read_used_and_left_as_it_was(adopting: Rehearsal, by_role: bool) -> None:
    cloud = _cloud(by_role=by_role)
    preview = adopting.run("preview", cloud)
    assert preview.status == 0, preview.errors
    before = {id_: _row(adopting, id_) for id_ in (CLUSTER, IDENTITY)}
    made = adopting.run("up", cloud)
    assert made.status == 0, made.errors
    assert {op.split()[0] for op in _ops(made)["read"]} == {"ManagedCluster", "Vault", "UserAssignedIdentity"}
    assert bool(made.inputs("AccessPolicy")) is not by_role, (
        "the vault's own way is followed, and never flipped"
    )
    assert adopting.up().summary == {}
    assert adopting.run("refresh").summary == {}
    vault = _row(adopting, VAULT)
    assert vault is not None
    assert vault["properties"]["properties"]["enableRbacAuthorization"] is by_role
    assert adopting.run("destroy").status == 0
    assert {id_: _row(adopting, id_) for id_ in before} == before, "neither changed nor tagged nor deleted"
    assert _row(adopting, f"{VAULT}/secrets/db-password") is None, (
        "a vault that stays does not take its secrets along"
    )
    assert [
        found["id"] for found in adopting.world["azure"] if "/federatedIdentityCredentials/" in found["id"]
    ] == []


@pytest.mark.parametrize("composition", ["workloads", "all-in-one", "platform"])
def test_every_composition_adopts(adopting: Rehearsal, composition: str) -> None:
    adopting.config["aks-secrets:composition"] = composition
    if composition == "platform":
        del adopting.config["aks-secrets:workloads"], adopting.config["aks-secrets:identities"]
        adopting.config["aks-secrets:namespaces"] = [{"name": "shop"}]
    made = adopting.run("up", _cloud())
    assert made.status == 0, made.errors
    assert adopting.up().summary == {}


def test_a_cluster_without_issuer_is_refused_with_the_command_that_mends_it(adopting: Rehearsal) -> None:
    run = _refused(adopting, _cloud(issuer=False))
    assert run.status != 0
    command = "az aks update --resource-group rg-platform --name aks-old --enable-oidc-issuer --enable-workload-identity"
    assert command in run.output
    assert "Traceback" not in run.output


def test_a_cluster_that_is_not_there_is_refused_in_a_sentence(adopting: Rehearsal) -> None:
    run = _refused(adopting, {"azure": [{"id": GROUP, "location": "westeurope"}]})
    assert run.status != 0
    assert "cluster.existing: there is no cluster 'aks-old' in resource group 'rg-platform'" in run.output


def test_an_access_policy_opens_the_whole_vault_and_that_has_to_be_said(adopting: Rehearsal) -> None:
    adopting.config["aks-secrets:workloads"][0]["scope"] = "object"
    run = _refused(adopting, _cloud(by_role=False))
    assert run.status != 0
    assert (
        "workloads[0].scope: 'object' does not fit vault 'kv-old', which uses access policies" in run.output
    )


def test_an_automatic_cluster_takes_the_chart_of_dapr_and_not_the_extension(adopting: Rehearsal) -> None:
    workload = adopting.config["aks-secrets:workloads"][0]
    adopting.config["aks-secrets:operators"] = {"dapr": {"install": "extension", "version": "1.14.4-msft.10"}}
    adopting.config["aks-secrets:workloads"] = [{**workload, "technique": "dapr"}]
    refused = _refused(adopting, _cloud(sku="Automatic"))
    assert refused.status != 0
    assert "operators.dapr.install: 'extension' does not become ready on cluster 'aks-old'" in refused.output
    adopting.config["aks-secrets:operators"] = {"dapr": {"scheduler": False}}
    assert adopting.run("up", _cloud(sku="Automatic")).status == 0


def test_what_a_stack_makes_it_does_not_adopt(adopting: Rehearsal) -> None:
    """It would leave the program, and Pulumi deletes what leaves a program."""
    adopting.config = {**LOCATION, "aks-secrets:cluster": {"system_pool": {"vm_size": "Standard_D2s_v5"}}}
    made = adopting.up().document["outputs"]["platform"]
    for key in ("cluster", "vault"):
        config = {**LOCATION, "aks-secrets:cluster": {"system_pool": {"vm_size": "Standard_D2s_v5"}}}
        config[f"aks-secrets:{key}"] = {"existing": {"id": made[key]["id"]}}
        adopting.config = config
        run = adopting.command("preview")
        assert run.status != 0
        assert (
            f"{key}.existing: '{made[key]['name']}' in resource group 'rg-aks-secrets-adopting' is created by this stack"
            in run.output
        )


def test_a_driver_that_nobody_seems_to_have_installed_is_asked_after(adopting: Rehearsal) -> None:
    adopting.config["aks-secrets:operators"] = {"csi_driver": {"install": "existing"}}
    run = adopting.run("preview", _cloud())
    assert "the add-on is off in cluster 'aks-old'" in run.output
    assert (
        "az aks enable-addons --addons azure-keyvault-secrets-provider --resource-group rg-platform --name aks-old"
        in run.output
    )


def _refused(rehearsal: Rehearsal, cloud: Mapping[str, Any]) -> Run:
    """In a process of its own: the engine leaves before the program does."""
    file = rehearsal.folder / "cloud.yaml"
    file.write_text(json.dumps(cloud))
    return rehearsal.command("preview", "--cloud", str(file))
