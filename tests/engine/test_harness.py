"""A build on mocks registers what the engine then does: otherwise a user's test proves nothing."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from aks_secrets_testing import build_stack
from rehearsal.engine import EngineCommand, find_engine
from rehearsal.simulator_process import REPOSITORY, Simulators
from tests.stack_files import shipped
from tests.support.rehearse import Rehearsal

pytestmark = pytest.mark.engine

BY_AZURE = ("issuer", "clientId")
"""Values that Azure makes, and that mocks stand in for."""


def test_an_empty_stack_has_a_key_that_takes_no_time(tmp_path: Path, simulators: Simulators) -> None:
    """A key from a passphrase takes longer than a small update. A state names it beside the stack file."""
    stack = Rehearsal.small(tmp_path, simulators)
    assert Rehearsal.starts is not None
    Rehearsal.starts.initialise(stack.state, stack.stack, REPOSITORY, EngineCommand(find_engine()))
    assert stack.deployment["secrets_providers"]["type"] == "cloud"


def _rows(outputs: dict[str, Any]) -> list[dict[str, Any]]:
    return [{key: value for key, value in row.items() if key not in BY_AZURE} for row in outputs["access"]]


def test_a_build_has_the_resources_and_the_access_of_a_rehearsal(
    tmp_path: Path, simulators: Simulators
) -> None:
    rehearsal = Rehearsal.of("Pulumi.dev.yaml", tmp_path / "rehearsal", simulators)
    stack_file = Path(shutil.copy(shipped("Pulumi.dev.yaml"), tmp_path / f"Pulumi.{rehearsal.stack}.yaml"))
    built, made = build_stack(stack_file), rehearsal.up().document
    assert {(resource.type, resource.name) for resource in built.resources} == {
        (resource["type"], resource["name"])
        for resource in made["resources"]
        if resource["type"] != "pulumi:pulumi:Stack" and not resource["name"].startswith("default")
    }
    assert _rows(built.outputs) == _rows(made["outputs"])
