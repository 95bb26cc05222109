"""Commands of operations/ on a rehearsed stack: processes of their own that meet the simulated cloud only."""

import json
from pathlib import Path
from typing import Any

import pytest

from rehearsal.simulator_process import Simulators
from tests.support.rehearse import Rehearsal

pytestmark = pytest.mark.engine


@pytest.fixture
def shop(tmp_path: Path, simulators: Simulators) -> Rehearsal:
    stack = Rehearsal.small(tmp_path, simulators, _workload("orders", technique="sdk"))
    stack.up()
    return stack


def _workload(name: str, **keys: Any) -> dict[str, Any]:
    return {
        "name": name,
        "namespace": "shop",
        "image": "registry.example/shop:1",
        "secrets": [{"name": "db-password", "from": "random"}],
        **keys,
    }


def test_who_reads_a_secret_of_the_rehearsed_stack(shop: Rehearsal) -> None:
    run = shop.typed("who", "db-password", "--json")
    assert run.status == 0, run.output
    (reader,) = json.loads(run.output.partition("\n}")[0] + "\n}")["readers"]
    assert (reader["workload"], reader["technique"]) == ("orders", "sdk")
    assert "no cloud was touched" in run.output
