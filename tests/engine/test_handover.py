"""The hand-over of a stack that is up, as the Pulumi CLI knows it, and of a stack file."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rehearsal import state_folder
from rehearsal.engine import find_engine
from rehearsal.simulator_process import Simulators
from tests.support.rehearse import PROJECT, REPOSITORY, Rehearsal
from tests.support.run import Run, finished

pytestmark = pytest.mark.engine

ORDERS = {
    "name": "orders",
    "namespace": "shop",
    "technique": "kubernetes-secret",
    "kind": "none",
    "secrets": [{"name": "db", "from": "random", "env": "DB"}],
}


def _handover(*arguments: object, **environment: str) -> Run:
    command = [sys.executable, "-m", "operations", "handover", *map(str, arguments)]
    return finished(
        subprocess.run(
            command,
            cwd=REPOSITORY,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
    )


def test_a_stack_that_is_up_is_handed_over_and_an_update_makes_it_stale(
    tmp_path: Path, simulators: Simulators
) -> None:
    stack, out = Rehearsal.small(tmp_path, simulators, ORDERS), tmp_path / "out"
    stack.up()
    here = state_folder.StateFolder(stack.state, stack.stack, PROJECT)
    options = ("--stack", stack.stack, "--folder", here.work)
    environment = {
        "PATH": os.pathsep.join([str(find_engine().parent), os.environ["PATH"]]),
        "PULUMI_HOME": str(here.home),
        "PULUMI_BACKEND_URL": f"{here.backend.resolve().as_uri()}?metadata=skip",
        "PULUMI_CONFIG_PASSPHRASE": here.passphrase,
    }
    written = _handover(*options, "--out", out, **environment)
    assert written.status == 0, written.output
    assert "name: orders-secrets" in (out / "orders" / "values.yaml").read_text()
    assert _handover(*options, "--check", out, **environment).status == 0

    stack.config["aks-secrets:workloads"][0]["secrets"][0]["env"] = "OTHER"
    stack.up()
    stale = _handover(*options, "--check", out, **environment)
    assert stale.status == 1
    assert "orders/values.yaml differs" in stale.output


def test_a_stack_file_is_rehearsed_for_a_look(tmp_path: Path, simulators: Simulators) -> None:
    stack, out = Rehearsal.small(tmp_path, simulators, ORDERS), tmp_path / "out"
    file = tmp_path / "Pulumi.look.yaml"
    file.write_text(json.dumps({"config": stack.config}))
    done = _handover("--stack", "look", "--config-file", file, "--out", out)
    assert done.status == 0, done.output
    assert "Made from a rehearsal of Pulumi.look.yaml" in (out / "README.md").read_text()


def test_without_a_cli_there_is_one_line(tmp_path: Path) -> None:
    done = _handover("--stack", "dev", "--out", tmp_path / "out", PATH=str(tmp_path))
    assert done.status == 1
    assert done.output.strip().startswith("error: the Pulumi CLI is not on PATH; install it")
