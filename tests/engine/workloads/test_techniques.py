"""A workload moves from one technique to the next, and what does not belong to the technique stays."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from components.workloads import Technique
from rehearsal.simulator_process import Simulators
from tests.support.rehearse import Rehearsal, Run

pytestmark = pytest.mark.engine

OPERATORS = {"csi_driver": {}, "external_secrets": {}, "dapr": {}}

SECRETS = [
    {"name": "db-password", "from": "random"},
    {"name": "greeting", "from": "literal", "sensitive": False, "value": "hello"},
]

NAMES = ["db-password", "greeting"]

OWN: dict[Technique, set[str]] = {
    Technique.SDK: set(),
    Technique.CSI: {"shop-secret-provider-class"},
    Technique.ESO: {
        "shop-secret-store",
        "shop/shop-external-HASH",
        "shop-token-role",
        "shop-token-role-binding",
    },
    Technique.DAPR: {"shop-component", "shop-configuration"},
    Technique.KUBERNETES_SECRET: {"shop/shop-secrets"},
}

"""Logical names of the resources of each technique. The others belong to the workload."""


@pytest.fixture
def stack(tmp_path: Path, simulators: Simulators) -> Rehearsal:
    """A cluster with every operator, and one workload."""
    rehearsal = Rehearsal.of("Pulumi.dev.yaml", tmp_path, simulators)
    rehearsal.config["aks-secrets:operators"] = OPERATORS
    rehearsal.config["aks-secrets:workloads"] = [
        {
            "name": "shop",
            "namespace": "shop",
            "technique": "sdk",
            "image": "registry.example/shop:1",
            "secrets": SECRETS,
        }
    ]
    return rehearsal


def _ops(run: Run) -> dict[str, set[str]]:
    names: dict[str, set[str]] = {}
    for resource in run.document["resources"]:
        names.setdefault(resource["op"], set()).add(
            re.sub(r"-external-[0-9a-f]{6}$", "-external-HASH", resource["name"])
        )
    return names


def _delivered(run: Run, rehearsal: Rehearsal, technique: Technique) -> list[str]:
    """The names under which the pod gets at its secrets, from what the technique's own consumer reads."""
    match technique:
        case Technique.SDK:
            (deployment,) = run.inputs("Deployment")
            env = {
                variable["name"]: variable.get("value")
                for variable in deployment["spec"]["template"]["spec"]["containers"][0]["env"]
            }
            return env["SECRET_NAMES"].split(",")
        case Technique.CSI:
            return sorted(
                mounted["id"].removeprefix("secret/")
                for mounted in _object(rehearsal, "SecretProviderClassPodStatus")["status"]["objects"]
            )
        case Technique.ESO:
            return sorted(_object(rehearsal, "Secret", "shop-external-")["data"])
        case Technique.DAPR:
            (configuration,) = run.inputs("Configuration")
            return configuration["spec"]["secrets"]["scopes"][0]["allowedSecrets"]
        case Technique.KUBERNETES_SECRET:
            return sorted(_object(rehearsal, "Secret", "shop-secrets")["stringData"])


def _object(rehearsal: Rehearsal, kind: str, prefix: str = "") -> dict[str, Any]:
    """The first object of a kind in the workload's namespace whose name begins so."""
    (objects,) = rehearsal.world["kubernetes"].values()
    return next(
        manifest
        for manifest in objects.values()
        if (manifest["kind"], manifest["metadata"].get("namespace")) == (kind, "shop")
        and manifest["metadata"]["name"].startswith(prefix)
    )


# Each technique after each other one would be twenty updates; on this way each comes and goes once, from
# and to a different one.
WAY = [
    Technique.SDK,
    Technique.CSI,
    Technique.ESO,
    Technique.DAPR,
    Technique.KUBERNETES_SECRET,
    Technique.ESO,
    Technique.CSI,
    Technique.DAPR,
    Technique.SDK,
]


def test_another_technique_changes_its_own_objects_and_the_pods_and_nothing_else(stack: Rehearsal) -> None:
    assert set(WAY) == set(Technique)
    (workload,) = stack.config["aks-secrets:workloads"]
    first = stack.up()
    assert _delivered(first, stack, Technique.SDK) == NAMES
    for before, after in pairwise(WAY):
        workload["technique"] = after.value
        run = stack.up()
        ops = _ops(run)
        assert ops.pop("create", set()) == OWN[after], f"{before} to {after}"
        assert ops.pop("delete", set()) == OWN[before], f"{before} to {after}"
        assert ops.pop("update", set()) == {"shop-deployment"}
        assert set(ops) <= {"same", "read"}, "nothing is replaced"
        assert _delivered(run, stack, after) == NAMES
    assert stack.up().summary == {}
