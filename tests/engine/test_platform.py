"""Stacks of teams on the stack of a platform, in one backend and one cloud."""

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from rehearsal.simulator_process import Simulators
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
        assert made.operations["read"] == read, "the resources of the platform are read, and nothing else is"
        assert {
            resource["type"]
            for resource in made.document["resources"]
            if resource["type"].endswith((":Vault", ":ManagedCluster"))
        } == {
            "azure-native:keyvault:Vault",
            "azure-native:containerservice:ManagedCluster",
        }
        assert team.up().summary == {}
    assert platform.up().summary == {}, "the teams change nothing of the platform"

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


def test_a_workload_goes_through_the_techniques_on_a_platform(
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
    refused = billing.refused()
    assert says in refused.output
    (objects,) = platform.world["kubernetes"].values()
    assert "apps/Deployment/orders/counter" not in objects
    assert orders.up().summary == {}

    billing.config["aks-secrets:workloads"][0]["dapr"] = {"app_id": "counter-desk"}
    billing.up()
    assert billing.up().summary == {}
    assert orders.up().summary == {}


def _policies(run: Run) -> dict[str, Any]:
    return {resource["metadata"]["name"]: resource["spec"] for resource in run.inputs("NetworkPolicy")}


def test_what_the_platform_isolates_is_isolated_for_the_teams_too(stacks: dict[str, Rehearsal]) -> None:
    platform, orders, billing = stacks.values()
    platform.config["aks-secrets:namespaces"] = [{"name": "orders", "isolated": True}]
    platform.config["aks-secrets:operators"]["dapr"] |= {"namespace": "dapr"}
    made = platform.up()
    assert set(_policies(made)) == {"default-deny"}
    assert made.document["outputs"]["platform"]["isolatedNamespaces"] == ["orders"]
    resource = _policies(orders.up())
    assert set(resource) == {"orders", "desk"}, "the key stands in the platform's stack file only"
    peers = [peer for rule in resource["desk"]["egress"] for peer in rule["to"]]
    assert {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "dapr"}}} in peers, (
        "the namespace that the platform publishes"
    )
    assert _policies(billing.up()) == {}
    assert orders.up().summary == {}
    orders.config["aks-secrets:namespaces"] = [{"name": "orders", "enforce": "restricted"}]
    assert set(_policies(orders.up())) == {"orders", "desk"}, "another key takes no isolation back"


def test_a_platform_that_publishes_no_isolated_namespaces_isolates_none(stacks: dict[str, Rehearsal]) -> None:
    """The output of an earlier release lacks the key."""
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
    run = orders.refused("preview")
    assert (
        "workloads[0].technique: 'eso' needs operators.external_secrets,"
        " which stack organization/aks-secrets/platform" in run.output
    )
    assert (
        "workloads[1].technique: 'dapr' needs operators.dapr,"
        " which stack organization/aks-secrets/platform does not" in run.output
    )


def test_a_platform_that_does_not_exist_is_named_with_the_stack_that_reads_it(
    stacks: dict[str, Rehearsal],
) -> None:
    _, orders, _ = stacks.values()
    run = orders.refused("preview")
    # The engine's own words: it fails before the program does.
    assert 'unknown stack "organization/aks-secrets/platform"' in run.output
    assert "aks-secrets-orders" in run.output
