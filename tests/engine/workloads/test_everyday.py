"""examples/everyday: what many stacks need besides secrets, on the real engine."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from rehearsal.simulator_process import Simulators
from tests.support.rehearse import REPOSITORY, Rehearsal

pytestmark = pytest.mark.engine

CLOUD = YAML(typ="safe").load(REPOSITORY / "examples/everyday/cloud.yaml")


@pytest.fixture
def example(tmp_path: Path, simulators: Simulators) -> Rehearsal:
    return Rehearsal.of("examples/everyday/Pulumi.everyday.yaml", tmp_path, simulators)


def _object(example: Rehearsal, kind: str, name: str) -> dict[str, Any]:
    (objects,) = example.world["kubernetes"].values()
    return next(item for key, item in objects.items() if key.split("/")[1::2] == [kind, name])


def test_the_example_comes_up_and_is_left_alone(example: Rehearsal) -> None:
    made = example.up(CLOUD)
    assert set(made.summary) == {"create"}
    repository = _object(example, "Secret", "repository-shop")
    assert (
        repository["metadata"]["labels"].items()
        >= {
            "argocd.argoproj.io/secret-type": "repository",
            "cost-center": "4711",
        }.items()
    )
    assert set(repository["data"]) == {"sshPrivateKey", "type", "url"}
    assert _object(example, "Secret", "registry")["type"] == "kubernetes.io/dockerconfigjson"
    assert set(_object(example, "Secret", "worker-external-find")["data"]) == {"API_URL"}
    assert example.secret("reports-database")["versions"] == 1
    (pushed,) = _object(example, "PushSecret", "pushes-push.internal-ca")["status"]["conditions"]
    assert pushed["message"] == "could not get source secret"  # cert-manager makes it later
    assert example.up(CLOUD).summary == {}
    assert example.run("refresh", CLOUD).summary == {}
    drawn = example.secret("reports-session-key")
    assert (drawn["versions"], drawn["properties"]["tags"]) == (1, {"managed-by": "external-secrets"})


def test_a_job_is_complete_before_the_pods_behind_it_change(example: Rehearsal) -> None:
    """At the first update and when its image changes: a Job's template is immutable, so it is made anew."""
    made = example.run("up", CLOUD)
    assert made.status == 0, made.errors
    order = ["postgres-statefulset", "migrate-job", "shop-deployment"]
    assert sorted(order, key=lambda name: made.output.rindex(f" {name} created")) == order
    for workload in example.config["aks-secrets:workloads"]:
        if "image" in workload:
            workload["image"] = workload["image"].replace("1.4.2", "1.5.0")
    run = example.run("up", CLOUD)
    assert run.status == 0, run.errors
    assert run.changes == {
        "replace": ["migrate-job"],
        "update": [
            f"{name}-deployment"
            for name in ("audit", "finecollection", "reports", "shop", "trafficcontrol", "worker")
        ],
    }
    assert run.output.rindex(" migrate-job") < run.output.rindex(" shop-deployment updated")
