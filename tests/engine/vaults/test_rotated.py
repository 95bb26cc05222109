"""The key `rotated`: a random value that is drawn anew and written, in the vault and in the cluster."""

import re
from pathlib import Path
from typing import Any

import pytest

from rehearsal.simulator_process import Simulators
from tests.support.rehearse import Rehearsal

pytestmark = pytest.mark.engine

LATER = "2099-12-30T10:00:00Z"


def _stack(tmp_path: Path, simulators: Simulators) -> tuple[Rehearsal, dict[str, Any]]:
    secret: dict[str, Any] = {"name": "db-password", "from": "random", "env": "DB_PASSWORD"}
    workload = {
        "name": "shop",
        "namespace": "shop",
        "technique": "kubernetes-secret",
        "image": "registry.example/shop:1.0.0",
        "secrets": [secret],
    }
    return Rehearsal.small(tmp_path, simulators, workload), secret


def _held(stack: Rehearsal) -> tuple[int, str]:
    (secret,) = [row for row in stack.world["azure"] if row["token"] == "azure-native:keyvault:Secret"]
    return secret["versions"], secret["properties"]["properties"]["value"]


def test_a_rotation_writes_the_new_value_once_and_nothing_else(
    tmp_path: Path, simulators: Simulators
) -> None:
    stack, secret = _stack(tmp_path, simulators)
    stack.up()
    (first, value) = _held(stack)
    typed = stack.command("rotate", "db-password", "--yes", own_simulators=True)
    assert typed.status == 0, typed.output
    assert "kubectl rollout restart deployment/shop --namespace shop" in typed.output
    assert "Next: python -m rehearsal up --stack test" in typed.output
    (secret["rotated"],) = re.findall(r'rotated: "([^"]+)"', typed.output)
    rotated = stack.up(previews=True)
    assert rotated.summary == {"replace": 1, "update": 2}
    assert {row.split()[0] for row in rotated.operations["replace"]} == {"RandomPassword"}
    assert {row.split()[0] for row in rotated.operations["update"]} == {"Secret"}
    second, drawn = _held(stack)
    assert (second, drawn != value) == (first + 1, True)
    assert stack.up().summary == {}
    secret["content_type"] = "text/plain"  # nothing is written over the value, as without `rotated`
    assert stack.up(refresh=True).summary == {}
    secret["rotated"] = LATER
    stack.up()
    assert _held(stack)[0] == second + 1
