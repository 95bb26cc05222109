"""A bad day on the real engine: a write that is interrupted, and rights that take ten minutes."""

import json
from pathlib import Path

import pytest

from rehearsal.simulator_process import Simulators
from tests.engine.kills import cloud_of
from tests.support.rehearse import Rehearsal

pytestmark = pytest.mark.engine

ORDERS = {
    "name": "orders",
    "namespace": "orders",
    "technique": "csi",
    "image": "registry.example/orders:1",
    "secrets": [{"name": "db-password", "from": "random", "file": "db"}],
}
DAY = {
    "calls": [
        {"type": "azure-native:resources:ResourceGroup", "answer": "throttled", "times": 3},
        {"type": "azure-native:containerservice:ManagedCluster", "answer": "interrupted"},
    ],
    # Longer than the ten minutes of Pulumi's own time limit, with the pause of the kubelet.
    "propagation": {"role_assignments": "10m", "federated_credentials": "5m"},
}


def rehearsal_in(folder: Path, simulators: Simulators) -> Rehearsal:
    stack = Rehearsal.small(folder, simulators, ORDERS)
    stack.config["aks-secrets:operators"] = {"csi_driver": {"install": "addon"}}
    return stack


def test_the_next_up_converges(tmp_path: Path, simulators: Simulators) -> None:
    stack = rehearsal_in(tmp_path / "bad", simulators)
    file = tmp_path / "day.yaml"
    file.write_text(json.dumps(DAY), encoding="utf-8")
    failed = stack.command("up", "--faults", str(file))
    assert failed.status != 0
    assert 'Status=503 Code="ServerTimeout"' in failed.output
    assert "Azure has an error: " in failed.output
    assert "type `python -m rehearsal up --stack test`" in failed.output
    (cluster,) = [row for row in stack.deployment["resources"] if row["type"].endswith(":ManagedCluster")]
    assert cluster["initErrors"]

    file.write_text(json.dumps({"propagation": DAY["propagation"]}), encoding="utf-8")
    assert stack.command("up", "--faults", str(file)).status == 0
    undisturbed = rehearsal_in(tmp_path / "undisturbed", simulators)
    undisturbed.up()
    assert cloud_of(stack) == cloud_of(undisturbed)
    assert 600 < stack.world["clock"] < 1200 + 200
