"""The dev stack: every technique on one small cluster."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from components.workloads import WORKLOADS, Technique
from rehearsal.simulator_process import Simulators
from rehearsal.simulators.azure.keyvault.data_plane import new_version
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import SECRET
from rehearsal.simulators.kubernetes.cluster import SimulatedCluster
from rehearsal.simulators.kubernetes.operators.dapr import secrets_api
from rehearsal.simulators.kubernetes.operators.reloader import LAST_RELOADED
from rehearsal.simulators.world import World
from tests.support.rehearse import Rehearsal
from tests.trust.test_access import keys, rows
from trust import read_rehearsal
from trust.chain import Chain

pytestmark = pytest.mark.engine

CONFIGURATION, DEPLOYMENT = (
    GroupVersionKind("dapr.io", "v1alpha1", "Configuration"),
    GroupVersionKind("apps", "v1", "Deployment"),
)


@pytest.fixture
def dev(tmp_path: Path, simulators: Simulators) -> Rehearsal:
    """All techniques on one small cluster."""
    return Rehearsal.of("Pulumi.dev.yaml", tmp_path, simulators)


@contextmanager
def _cluster(rehearsal: Rehearsal) -> Iterator[SimulatedCluster]:
    """The cluster between two operations."""
    world = World(rehearsal.state / "world")
    (cluster,) = world.kubernetes
    yield SimulatedCluster(world, cluster)
    world.save()


def test_the_dev_stack_carries_every_technique_but_the_one_that_shows_values(dev: Rehearsal) -> None:
    used = {Technique(workload["technique"]) for workload in dev.config["aks-secrets:workloads"]}
    assert used >= {Technique.SDK, Technique.CSI, Technique.ESO, Technique.DAPR}
    assert [technique for technique in used if WORKLOADS[technique].spec.writes_values] == []
    made = dev.up()
    assert set(made.summary) == {"create"}
    by_key = keys(Chain.read(read_rehearsal(made.document)))
    assert set(by_key) == set(rows(made.document["outputs"]))
    assert {reading.state for reading in by_key.values()} == {"held", "external"}  # pods of other tools
    assert dev.up().summary == {}
    assert dev.run("refresh").summary == {}
    assert dev.run("destroy").summary == {"delete": made.summary["create"]}
    assert (dev.world["azure"], dev.world["kubernetes"]) == ([], {})


def test_an_application_of_dapr_reads_its_own_secrets_and_no_others(dev: Rehearsal) -> None:
    """Two guards: the sidecar serves the listed secrets only, and the identity can read nothing else."""
    dev.up()
    with _cluster(dev) as cluster:
        own = secrets_api.get_secret(
            cluster, "checkout", "checkout", "checkout-key-vault", "orders-db-password"
        )
        assert (own.status, list(own.data)) == (200, ["orders-db-password"])
        others = secrets_api.get_secret(
            cluster, "checkout", "checkout", "checkout-key-vault", "billing-api-key"
        )
        assert (others.status, others.code) == (403, "ERR_PERMISSION_DENIED")
        built_in = secrets_api.get_secret(cluster, "checkout", "checkout", "kubernetes", "anything")
        assert (built_in.status, built_in.code) == (401, "ERR_SECRET_STORE_NOT_FOUND")
        assert secrets_api.get_bulk(cluster, "checkout", "checkout", "checkout-key-vault").status == 500, (
            "bulk lists, which a right at one secret is not"
        )

    # Without the scopes of the Configuration the vault itself still refuses.
    with _cluster(dev) as cluster:
        (configuration,) = cluster.all_of(CONFIGURATION, "checkout")
        cluster.replace({**configuration, "spec": {}})
        others = secrets_api.get_secret(
            cluster, "checkout", "checkout", "checkout-key-vault", "billing-api-key"
        )
        assert (others.status, others.code) == (500, "ERR_SECRET_GET")
        assert "DeniedWithNoValidRBAC" in others.message


def test_each_value_has_a_secret_of_its_own_and_the_composed_one_none_of_its_parts(dev: Rehearsal) -> None:
    dev.up()
    (objects,) = dev.world["kubernetes"].values()
    prefix = "core/Secret/shop/shop-external."
    secrets = {
        key.removeprefix(prefix): list(value["data"])
        for key, value in objects.items()
        if key.startswith(prefix)
    }
    assert secrets == {key: [key] for key in ("database-url", "orders-db-password", "podinfo-color")}


def test_a_rotation_reaches_the_operators_secret_at_its_interval_and_the_pods_by_reloader(
    dev: Rehearsal,
) -> None:
    shop = next(workload for workload in dev.config["aks-secrets:workloads"] if workload["name"] == "shop")
    dev.config["aks-secrets:operators"]["reloader"] = {}
    shop["reload"] = True
    dev.up()
    with _cluster(dev) as cluster:
        name = "shop-external.podinfo-color"
        before = cluster.get(SECRET, "shop", name)
        vault = next(
            resource.id for resource in cluster.world.azure.values() if resource.token.endswith(":Vault")
        )
        new_version(cluster.world, vault.rsplit("/", 1)[1], "podinfo-color", "orange")
        assert cluster.get(SECRET, "shop", name) == before, "the operator has not polled yet"
        cluster.poll()
        after = cluster.get(SECRET, "shop", name)
        assert before is not None
        assert after is not None
        changed = {key for key in after["data"] if after["data"][key] != before["data"][key]}
        assert changed == {"podinfo-color"}
        deployment = cluster.get(DEPLOYMENT, "shop", "shop")
        assert deployment is not None
        assert LAST_RELOADED in deployment["spec"]["template"]["metadata"]["annotations"]
    assert dev.run("preview").summary == {}
    assert dev.up().summary == {}


def test_an_update_waits_for_the_operator_and_shows_its_error(dev: Rehearsal) -> None:
    """Only the operator knows the functions of a template. Without the wait the pods would start with the old
    value.
    """
    shop = next(workload for workload in dev.config["aks-secrets:workloads"] if workload["name"] == "shop")
    shop["compose"][0]["template"] = '{{ index . "orders-db-password" | urlencode }}'
    run = dev.command("up")
    assert run.status != 0
    assert 'function "urlencode" not defined' in run.output


@pytest.mark.parametrize(
    ("workload", "operator"), [("shop", "external_secrets"), ("checkout", "dapr"), ("podinfo", "csi_driver")]
)
def test_the_last_workload_of_a_technique_and_its_operator_leave_in_one_update(
    dev: Rehearsal, workload: str, operator: str
) -> None:
    """The custom resources are deleted first: only the operator takes off their finalizers."""
    dev.up()
    color = {
        "name": "podinfo-color",
        "from": "literal",
        "sensitive": False,
        "value": "blue",
        "env": "PODINFO_UI_COLOR",
    }
    left = [other for other in dev.config["aks-secrets:workloads"] if other["name"] != workload]
    for other in left if workload == "podinfo" else []:
        # It seeds what another reads.
        other["secrets"] = [
            color if secret["name"] == color["name"] else secret for secret in other["secrets"]
        ]
    dev.config["aks-secrets:workloads"] = left
    del dev.config["aks-secrets:operators"][operator]
    run = dev.up()
    assert not {op for op in run.summary if "replace" in op or op == "create"}, "nothing is made anew"
    assert dev.up().summary == {}
    (objects,) = dev.world["kubernetes"].values()
    assert [key for key in objects if f"/{workload}/" in key] == []


def test_other_contents_of_a_secret_reach_the_pods_under_the_name_that_it_has(dev: Rehearsal) -> None:
    shop = next(workload for workload in dev.config["aks-secrets:workloads"] if workload["name"] == "shop")
    dev.up()
    shop["compose"][0]["template"] = (
        'postgres://shop:{{ index . "orders-db-password" | urlquery }}@db.example.com/orders'
    )
    changed = dev.up()
    assert changed.changes == {"update": ["shop-deployment", "shop/shop-external.database-url"]}


def test_a_value_that_is_added_is_read_even_if_each_is_read_once(dev: Rehearsal) -> None:
    """An ExternalSecret with CreatedOnce is never read again, so that a key more would stay empty."""
    shop = next(workload for workload in dev.config["aks-secrets:workloads"] if workload["name"] == "shop")
    shop["external_secrets"] = {"refresh_policy": "CreatedOnce"}
    dev.up()
    shop["secrets"].append({"name": "billing-api-key", "from": "existing", "env": "API_KEY"})
    assert "shop/shop-external.billing-api-key" in dev.up().changes["create"]
    (objects,) = dev.world["kubernetes"].values()
    assert "core/Secret/shop/shop-external.billing-api-key" in objects


def test_one_application_and_one_list_by_four_techniques(tmp_path: Path, simulators: Simulators) -> None:
    rehearsal = Rehearsal.of("examples/four-techniques/Pulumi.one-list.yaml", tmp_path, simulators)
    workloads = rehearsal.config["aks-secrets:workloads"]
    assert (
        len(
            {
                json.dumps({**workload, "name": "", "namespace": "", "technique": ""}, sort_keys=True)
                for workload in workloads
            }
        )
        == 1
    )
    assert (
        len({workload["technique"] for workload in workloads})
        == len({workload["namespace"] for workload in workloads})
        == 4
    )
    made = rehearsal.up()
    identities = {row["identity"] for row in made.document["outputs"]["access"]}
    assert len(identities) == 4
    assert {(row["technique"], row["secret"]) for row in made.document["outputs"]["access"]} == {
        (workload["technique"], name) for workload in workloads for name in ("username", "password")
    }
    assert len(made.inputs("RoleAssignment", "demo-sdk/secrets/username")) == 1
    assert rehearsal.up().summary == {}
    assert rehearsal.run("destroy").summary == {"delete": made.summary["create"]}


def test_isolated_namespaces_are_accepted(dev: Rehearsal) -> None:
    names = sorted({workload["namespace"] for workload in dev.config["aks-secrets:workloads"]})
    dev.config["aks-secrets:namespaces"] = [
        {"name": name, "isolated": True, "enforce": "restricted"} for name in names
    ]
    made = dev.up()
    assert len(made.inputs("NetworkPolicy")) == len(names) + len(dev.config["aks-secrets:workloads"])
    assert dev.up().summary == {}
    assert dev.run("destroy").summary == {"delete": made.summary["create"]}


def _with_extension(dev: Rehearsal) -> Rehearsal:
    dev.config["aks-secrets:operators"]["dapr"] = {"install": "extension", "version": "1.14.4-msft.10"}
    return dev


def test_the_extension_serves_sidecars_as_the_chart_does(dev: Rehearsal) -> None:
    made = _with_extension(dev).up()
    (extension,) = made.inputs("Extension")
    assert (extension["version"], extension["autoUpgradeMinorVersion"]) == ("1.14.4-msft.10", False)
    with _cluster(dev) as cluster:
        assert (
            secrets_api.get_secret(
                cluster, "checkout", "checkout", "checkout-key-vault", "orders-db-password"
            ).status
            == 200
        )
        assert (
            secrets_api.get_secret(
                cluster, "checkout", "checkout", "checkout-key-vault", "billing-api-key"
            ).status
            == 403
        )
    assert dev.up().summary == {}
    assert dev.run("destroy").summary == {"delete": made.summary["create"]}


def test_the_extension_in_a_subscription_without_its_provider_names_what_to_register(dev: Rehearsal) -> None:
    cloud = dev.folder / "cloud.yaml"
    cloud.write_text(json.dumps({"unregistered": ["Microsoft.KubernetesConfiguration"]}))
    run = _with_extension(dev).command("up", "--cloud", str(cloud))
    assert run.status != 0
    assert 'Code="MissingSubscriptionRegistration"' in run.output
    assert "az provider register --namespace Microsoft.KubernetesConfiguration" in run.output
