"""A Dapr store of several applications, on the real engine."""

from pathlib import Path
from typing import Any

import pytest

from rehearsal.simulator_process import Simulators
from tests.support.rehearse import Rehearsal

pytestmark = pytest.mark.engine


def _app(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "namespace": "traffic",
        "technique": "dapr",
        "kind": "none",
        "dapr": {"store": "azurekeyvault"},
        "secrets": [{"name": f"{name}-key", "from": "existing"}],
    }


def _scopes(stack: Rehearsal) -> list[list[str]]:
    (objects,) = stack.world["kubernetes"].values()
    return [item["scopes"] for key, item in objects.items() if key.split("/")[1] == "Component"]


def test_a_store_stays_when_workloads_join_and_leave(tmp_path: Path, simulators: Simulators) -> None:
    """One Component of that name can exist, so it is the same one under another logical name."""
    stack = Rehearsal.small(tmp_path, simulators, _app("fines"))
    stack.config["aks-secrets:operators"] = {"dapr": {"scheduler": False}}
    stack.up()
    assert _scopes(stack) == [["fines"]]
    steps = [
        (["traffic", "fines"], "dapr-store/traffic/azurekeyvault", set[str]()),
        (["traffic"], "traffic-component", {"fines-component", "dapr-store/traffic/azurekeyvault"}),
    ]
    for names, component, gone in steps:
        stack.config["aks-secrets:workloads"] = [_app(name) for name in names]
        run = stack.run("up")
        assert run.status == 0, run.errors
        assert "replace" not in run.changes
        assert component in run.changes["update"]
        assert not gone & {*run.changes.get("delete", ())}
        assert _scopes(stack) == [names]
    assert stack.up().summary == {}
