"""Pods that start again after an edit of the list find the Kubernetes Secrets that they name."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from components.workloads import WORKLOADS, Capability, Technique
from operations.handover.files import contents
from operations.handover.pods import Target, handed_over
from rehearsal.simulator_process import Simulators
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import POD, Manifest
from rehearsal.simulators.kubernetes.cluster import SimulatedCluster
from rehearsal.simulators.kubernetes.controllers import rollout
from rehearsal.simulators.kubernetes.node import kubelet
from rehearsal.simulators.world import World
from tests.operations.handover.kustomize import with_component
from tests.settings.samples import operators
from tests.support.rehearse import Rehearsal
from tests.support.release import restored

pytestmark = pytest.mark.engine

DEPLOYMENT = GroupVersionKind("apps", "v1", "Deployment")
OPERATORS = {**operators(), "dapr": {"scheduler": False}}


def _stack(folder: Path, simulators: Simulators, technique: Technique, **keys: Any) -> Rehearsal:
    workload = {"name": "shop", "namespace": "shop", "technique": technique.value, **keys}
    stack = Rehearsal.small(folder, simulators, workload)
    operator = WORKLOADS[technique].spec.operator
    stack.config["aks-secrets:operators"] = {operator.value: OPERATORS[operator.value]} if operator else {}
    workload["secrets"] = [_secret(technique, "first"), _secret(technique, "second")]
    return stack


def _secret(technique: Technique, name: str) -> dict[str, Any]:
    variable = {"env": name.upper()} if Capability.ENV in WORKLOADS[technique].spec.capabilities else {}
    return {"name": name, "from": "random", **variable}


def _secrets(stack: Rehearsal) -> list[dict[str, Any]]:
    return stack.config["aks-secrets:workloads"][0]["secrets"]


@contextmanager
def _cluster(stack: Rehearsal) -> Iterator[SimulatedCluster]:
    world = World(stack.state / "world")
    (cluster,) = world.kubernetes
    yield SimulatedCluster(world, cluster)
    world.save()


def _start_again(stack: Rehearsal, namespace: str = "shop") -> dict[str, bool]:
    """Each running pod of the workload is made again from the template that it has: a drained node, say."""
    started: dict[str, bool] = {}
    with _cluster(stack) as cluster:
        cluster.poll()
        running = [pod for pod in cluster.all_of(POD, namespace) if pod.get("status") == {"phase": "Running"}]
        for pod in running:
            owner = pod["metadata"]["ownerReferences"][0]["name"]
            kubelet.stop(cluster, [pod])
            again = cluster.put(pod)
            started[pod["metadata"]["name"]] = rollout.start(cluster, again, DEPLOYMENT, owner)
    return started


@pytest.mark.parametrize("technique", list(Technique))
def test_one_secret_more_that_nothing_grants_costs_no_pod(
    tmp_path: Path, simulators: Simulators, technique: Technique
) -> None:
    stack = _stack(tmp_path, simulators, technique, image="registry.example/shop:1", run_as_user=1000)
    stack.up()
    # The role assignments that there are stay; from now on nothing makes another one.
    stack.config["aks-secrets:grants"] = "external"
    stack.up()
    _secrets(stack).append(_secret(technique, "third"))
    stack.up()
    started = _start_again(stack)
    assert started
    assert all(started.values()), started


@pytest.mark.parametrize("technique", list(Technique))
def test_pods_of_another_tool_find_their_secrets_after_each_edit(
    tmp_path: Path, simulators: Simulators, technique: Technique
) -> None:
    stack = _stack(tmp_path, simulators, technique, kind="none")
    outputs = stack.up().document["outputs"]
    with _cluster(stack) as cluster:
        cluster.create(_deployment(tmp_path, "shop", outputs))
    assert all(_start_again(stack).values())
    _secrets(stack).append(_secret(technique, "third"))
    stack.up()
    assert all(_start_again(stack).values())
    _secrets(stack)[-1] = _secret(technique, "renamed")
    stack.up()
    assert all(_start_again(stack).values())
    del _secrets(stack)[-1]
    stack.up()
    started = _start_again(stack)
    assert started
    assert all(started.values())


@pytest.mark.parametrize("grants", ["managed", "external"])
def test_an_upgrade_and_an_edit_after_it_cost_no_pod(
    tmp_path: Path, simulators: Simulators, grants: str
) -> None:
    stack = restored("74b7ecf", tmp_path, simulators)
    workloads = stack.config["aks-secrets:workloads"]
    namespaces = [workload["namespace"] for workload in workloads]
    outputs = stack.deployment["resources"][0]["outputs"]
    with _cluster(stack) as cluster:
        for name in outputs["pods"]:
            cluster.create(_deployment(tmp_path / name, name, outputs))
    stack.config["aks-secrets:grants"] = grants
    # The class that pods of another tool name is changed in place: what it lists has to be granted first.
    edited = [each for each in workloads if grants == "managed" or each["name"] != "desk-elsewhere"]
    for edit in range(3):
        if edit == 1:
            for workload in edited:
                source = "random" if workload is workloads[0] else "existing"
                workload["secrets"].append({"name": "third", "from": source, "env": "THIRD"})
        if edit == 2:
            for workload in edited:
                workload["secrets"].pop()
        upgraded = stack.up()
        assert not [op for op in upgraded.summary if "replace" in op and grants == "managed"]
        for namespace in namespaces:
            started = _start_again(stack, namespace)
            assert started, namespace
            assert all(started.values()), (edit, namespace)


def _deployment(folder: Path, name: str, outputs: Manifest) -> Manifest:
    """Argo CD's deployment: the manifest of another team with the component of the hand-over."""
    labels = {"app": "shop"}
    container = {"name": "app", "image": "registry.example/shop:1"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    manifest: Manifest = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "elsewhere", "namespace": name},
        "spec": {"selector": {"matchLabels": labels}, "template": template},
    }
    targets = {name: Target("elsewhere", "app")}
    (deployment,) = with_component(
        folder, contents("dev", handed_over("dev", outputs, targets)), name, manifest
    )
    return deployment
