"""The number of pods goes to an autoscaler, stays with it, and comes back."""

from pathlib import Path
from typing import Any

import pytest

from rehearsal.simulator_process import Simulators
from rehearsal.simulators.kubernetes.controllers.autoscaling import scaled
from tests.support.rehearse import Rehearsal, Run

pytestmark = pytest.mark.engine

AUTOSCALE = {"min_replicas": 2, "max_replicas": 6}
KINDS = pytest.mark.parametrize("kind", ["Deployment", "StatefulSet"])


@pytest.fixture
def shop(tmp_path: Path, simulators: Simulators) -> Rehearsal:
    """One workload with three pods."""
    rehearsal = Rehearsal.small(tmp_path, simulators)
    rehearsal.config["aks-secrets:operators"] = {"csi_driver": {}}
    rehearsal.config["aks-secrets:workloads"] = [
        {
            "name": "shop",
            "namespace": "shop",
            "technique": "csi",
            "image": "registry.example/shop:1",
            "resources": {"requests": {"cpu": "250m"}},
            "replicas": 3,
            "secrets": [{"name": "db-password", "from": "random"}],
        }
    ]
    return rehearsal


def _workload(shop: Rehearsal) -> dict[str, Any]:
    return shop.config["aks-secrets:workloads"][0]


def _autoscale(shop: Rehearsal, **autoscale: Any) -> None:
    _workload(shop).pop("replicas", None)
    _workload(shop)["autoscale"] = autoscale or AUTOSCALE


def _live(shop: Rehearsal, kind: str = "Deployment") -> Any:
    (objects,) = shop.world["kubernetes"].values()
    return objects[f"apps/{kind}/shop/shop"]


def _scale(
    shop: Rehearsal, replicas: int, kind: str = "Deployment", by: str = "kube-controller-manager"
) -> None:
    """The number of replicas changes as an autoscaler would change it."""
    world = shop.world
    (objects,) = world["kubernetes"].values()
    key = f"apps/{kind}/shop/shop"
    objects[key] = scaled(objects[key], replicas, by)
    shop.change_world(world)


def _ops(run: Run) -> dict[str, str]:
    return {
        resource["name"]: resource["op"]
        for resource in run.document["resources"]
        if resource["op"] not in ("same", "read")
    }


@KINDS
def test_pods_that_are_there_stay_when_an_autoscaler_takes_over(shop: Rehearsal, kind: str) -> None:
    _workload(shop)["kind"] = kind
    shop.up()
    _autoscale(shop)
    preview = shop.run("preview")
    assert preview.status == 0, preview.errors
    assert preview.summary == {"create": 1}
    assert _ops(shop.up()) == {"shop-autoscaler": "create"}, "the pods and what owns them are the same"
    assert _live(shop, kind)["spec"]["replicas"] == 3, "neither 1, the default, nor 2, the least"
    assert shop.up().summary == {}


@KINDS
@pytest.mark.parametrize("refreshed", [False, True])
def test_pulumi_keeps_the_number_that_the_autoscaler_sets(
    shop: Rehearsal, kind: str, refreshed: bool
) -> None:
    _workload(shop)["kind"] = kind
    _autoscale(shop)
    shop.up()
    assert _live(shop, kind)["spec"]["replicas"] == 2
    _scale(shop, 5, kind)
    if refreshed:
        assert shop.run("refresh").status == 0
    assert shop.up().summary == {}
    assert _live(shop, kind)["spec"]["replicas"] == 5

    # Another image goes out; the number is still the autoscaler's.
    _workload(shop)["image"] = "registry.example/shop:2"
    assert _ops(shop.up()) == {f"shop-{kind.lower()}": "update"}
    live = _live(shop, kind)
    assert live["spec"]["replicas"] == 5
    assert live["spec"]["template"]["spec"]["containers"][0]["image"] == "registry.example/shop:2"
    assert shop.run("destroy").status == 0


def test_other_bounds_change_the_autoscaler_only(shop: Rehearsal) -> None:
    _autoscale(shop)
    shop.up()
    _scale(shop, 6)
    _autoscale(shop, min_replicas=3, max_replicas=4)
    assert _ops(shop.up()) == {"shop-autoscaler": "update"}
    assert _live(shop)["spec"]["replicas"] == 4
    assert shop.up().summary == {}


def test_an_external_autoscaler_may_scale_to_zero(shop: Rehearsal) -> None:
    _autoscale(shop, by="external", min_replicas=2)
    made = shop.up()
    assert made.inputs("HorizontalPodAutoscaler") == []
    assert len(made.inputs("PodDisruptionBudget")) == 1
    _scale(shop, 0, by="keda-operator")
    _workload(shop)["image"] = "registry.example/shop:2"
    shop.up()
    assert _live(shop)["spec"]["replicas"] == 0
    assert shop.run("refresh").status == 0
    assert shop.up().summary == {}


def test_the_number_is_taken_back_by_force_and_in_no_other_way(shop: Rehearsal) -> None:
    _autoscale(shop)
    shop.up()
    _scale(shop, 5)
    del _workload(shop)["autoscale"]
    _workload(shop)["replicas"] = 3
    refused = shop.command("up")
    assert refused.status != 0
    conflict = (
        'Apply failed with 1 conflict: conflict with "kube-controller-manager" with subresource "scale"'
        " using apps/v1: .spec.replicas"
    )
    assert conflict in refused.output
    assert _live(shop)["spec"]["replicas"] == 5

    _workload(shop)["overrides"] = {"metadata": {"annotations": {"pulumi.com/patchForce": "true"}}}
    assert _ops(shop.up()) == {"shop-deployment": "update", "shop-autoscaler": "delete"}
    assert _live(shop)["spec"]["replicas"] == 3
    del _workload(shop)["overrides"]
    shop.up()
    assert _live(shop)["spec"]["replicas"] == 3
    assert shop.up().summary == {}
