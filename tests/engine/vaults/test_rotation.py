"""A secret gets another value in the vault: what the pods of "Secrets Management" see of it, and that the
next `up` changes nothing.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from rehearsal.simulator_process import Simulators
from rehearsal.simulators.azure.keyvault.data_plane import new_version
from rehearsal.simulators.kubernetes.cluster import SimulatedCluster
from rehearsal.simulators.kubernetes.controllers.autoscaling import scaled
from rehearsal.simulators.kubernetes.operators.reloader import LAST_RELOADED
from rehearsal.simulators.world import World
from tests.support.rehearse import Rehearsal

pytestmark = pytest.mark.engine

STATUS = "secrets-store.csi.x-k8s.io/SecretProviderClassPodStatus/secret-lab/"
_DEPLOYMENT = "apps/Deployment/secret-lab/podinfo"
SYNCED = "core/Secret/secret-lab/"


@pytest.fixture
def tutorial(tmp_path: Path, simulators: Simulators) -> Rehearsal:
    """podinfo, whose color is a secret."""
    return Rehearsal.of("examples/podinfo-rotation/Pulumi.podinfo-rotation.yaml", tmp_path, simulators)


def _podinfo(tutorial: Rehearsal) -> dict[str, Any]:
    (workload,) = tutorial.config["aks-secrets:workloads"]
    return workload


def _as_file(tutorial: Rehearsal) -> None:
    """The color as a file, and no variable beside it."""
    (color,) = [secret for secret in _podinfo(tutorial)["secrets"] if secret["name"] == "color"]
    del color["env"]
    _podinfo(tutorial)["secrets"] = [color]


@contextmanager
def _world(tutorial: Rehearsal) -> Iterator[World]:
    """The simulated cloud between two operations."""
    world = World(tutorial.state / "world")
    yield world
    world.save()


def _rotate(tutorial: Rehearsal, value: str = "orange") -> None:
    """`az keyvault secret set`, and the poll interval after it."""
    with _world(tutorial) as world:
        (cluster,) = world.kubernetes
        (vault,) = [resource for resource in world.azure.values() if resource.token.endswith(":Vault")]
        new_version(world, vault.id.rsplit("/", 1)[1], "color", value)
        SimulatedCluster(world, cluster).poll()


def _state(tutorial: Rehearsal) -> dict[str, Any]:
    (objects,) = tutorial.world["kubernetes"].values()
    deployment = objects[_DEPLOYMENT]
    return {
        "mounted": [value["status"]["objects"] for key, value in objects.items() if key.startswith(STATUS)],
        "synced": [value["data"] for key, value in objects.items() if key.startswith(SYNCED)],
        "pods": [key for key in objects if key.startswith("core/Pod/secret-lab/")],
        "reloaded": (deployment["spec"]["template"]["metadata"].get("annotations") or {}).get(LAST_RELOADED),
    }


def _nothing_to_do(tutorial: Rehearsal) -> None:
    assert tutorial.run("preview").summary == {}
    assert tutorial.up().summary == {}


def test_a_file_changes_under_a_running_pod(tutorial: Rehearsal) -> None:
    _as_file(tutorial)
    _podinfo(tutorial)["reload"] = False
    tutorial.up()
    before = _state(tutorial)
    assert before["synced"] == []
    _rotate(tutorial)
    after = _state(tutorial)
    assert after["mounted"] != before["mounted"]
    assert {**after, "mounted": before["mounted"]} == before
    _nothing_to_do(tutorial)
    assert _state(tutorial) == after


def test_a_variable_without_reload_stays_as_it_was(tutorial: Rehearsal) -> None:
    """The synced Secret changes, and the pods that read it stay."""
    _podinfo(tutorial)["reload"] = False
    tutorial.up()
    before = _state(tutorial)
    _rotate(tutorial)
    after = _state(tutorial)
    assert after["mounted"] != before["mounted"]
    assert after["synced"] != before["synced"]
    assert (after["pods"], after["reloaded"]) == (before["pods"], None)
    _nothing_to_do(tutorial)
    assert _state(tutorial) == after


def test_a_variable_with_reload_comes_with_new_pods(tutorial: Rehearsal) -> None:
    tutorial.up()
    before = _state(tutorial)
    assert before["reloaded"] is None
    _rotate(tutorial)
    after = _state(tutorial)
    assert after["synced"] != before["synced"]
    assert after["pods"] != before["pods"]
    assert json.loads(after["reloaded"])["type"] == "SECRET"
    _nothing_to_do(tutorial)
    assert tutorial.run("refresh").summary == {}
    _nothing_to_do(tutorial)
    assert _state(tutorial) == after


def test_a_file_with_reload_comes_with_new_pods_too(tutorial: Rehearsal) -> None:
    _as_file(tutorial)
    tutorial.up()
    before = _state(tutorial)
    _rotate(tutorial)
    after = _state(tutorial)
    assert after["pods"] != before["pods"]
    assert json.loads(after["reloaded"])["type"] == "SECRETPROVIDERCLASS"
    _nothing_to_do(tutorial)


def test_pods_that_an_autoscaler_moves_are_reloaded_too(tutorial: Rehearsal) -> None:
    _podinfo(tutorial)["autoscale"] = {"by": "external", "min_replicas": 2}
    tutorial.up()
    with _world(tutorial) as world:
        (objects,) = world.kubernetes.values()
        objects[_DEPLOYMENT] = scaled(objects[_DEPLOYMENT], 5)
        world.changed()
    before = _state(tutorial)
    _rotate(tutorial)
    after = _state(tutorial)
    assert after["pods"] != before["pods"]
    assert after["reloaded"] is not None
    _nothing_to_do(tutorial)
    _podinfo(tutorial)["env"] = {"LEVEL": "debug"}
    assert tutorial.up().summary == {"update": 1}
    (objects,) = tutorial.world["kubernetes"].values()
    assert objects[_DEPLOYMENT]["spec"]["replicas"] == 5
    assert _state(tutorial)["reloaded"] == after["reloaded"]


def test_the_same_value_again_makes_no_new_pods(tutorial: Rehearsal) -> None:
    tutorial.up()
    before = _state(tutorial)
    _rotate(tutorial, "blue")
    after = _state(tutorial)
    assert after["mounted"] != before["mounted"], "it is another version all the same"
    assert (after["synced"], after["pods"], after["reloaded"]) == (before["synced"], before["pods"], None)


def test_without_rotation_nothing_changes(tutorial: Rehearsal) -> None:
    del tutorial.config["aks-secrets:operators"]["reloader"]
    tutorial.config["aks-secrets:operators"]["csi_driver"] = {"rotation": False}
    _podinfo(tutorial)["reload"] = False
    tutorial.up()
    before = _state(tutorial)
    _rotate(tutorial)
    assert _state(tutorial) == before
    _nothing_to_do(tutorial)
