"""A whole acceptance, rehearsed: the real engine, the program, and each other operation as a process, against
servers that speak the protocols of Entra, Azure Resource Manager and Key Vault. The acceptance itself and the
servers are forks.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from operations.acceptance.plan import STEPS
from rehearsal.simulator_process import REPOSITORY
from tests.support.forks import Forks

pytestmark = pytest.mark.engine


def test_an_acceptance_is_rehearsed_from_its_doctor_to_the_purge(tmp_path: Path, forks: Forks):
    done = forks.run(["acceptance", "--out", str(tmp_path)], own_simulators=True)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    (file,) = tmp_path.glob("*/report.json")
    report = json.loads(file.read_text(encoding="utf-8"))
    assert [(step["name"], step["outcome"]) for step in report["steps"]] == [
        (step.name, "done") for step in STEPS
    ]
    facts = {step["name"]: step["facts"] for step in report["steps"]}
    assert facts["rotate"]["operations"]["replace"] == 1
    assert "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass" in facts["up"]["resources"]
    assert "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass" not in facts["move"]["resources"]
    assert facts["purge"] == {"purged": 1}
    assert {"Kubernetes", "chart external-secrets", "chart dapr"} <= report["versions"].keys()
    text = (file.parent / "report.md").read_text(encoding="utf-8")
    assert text.startswith("# Rehearsal of an acceptance: succeeded")
    assert re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}-", text) == []
    passphrase = (file.parent / "passphrase").read_text(encoding="utf-8")
    assert passphrase not in done.stdout + text + (file.parent / "output.log").read_text()


@pytest.mark.usefixtures("default_signal_handlers")
def test_an_interrupt_lets_the_engine_end_and_with_keep_everything_stays(tmp_path: Path):
    command = [sys.executable, "-m", "rehearsal", "acceptance", "--keep", "--out", str(tmp_path)]
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        command, cwd=REPOSITORY, stdout=pipe, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    try:
        _await_a_resource(tmp_path)
        os.killpg(process.pid, signal.SIGINT)
        output, _ = process.communicate(timeout=300)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 130, output[-4000:]
    (folder,) = tmp_path.iterdir()
    assert list((folder / "state").rglob("locks/**/*.json")) == [], "the clean-up finds it locked"
    (state,) = (folder / "state").rglob(f"{folder.name}.json")
    latest = json.loads(state.read_text(encoding="utf-8"))["checkpoint"]["latest"]
    assert "pending_operations" not in latest
    assert "azure-native:resources:ResourceGroup" in {row["type"] for row in latest["resources"]}
    steps = json.loads((folder / "report.json").read_text(encoding="utf-8"))["steps"]
    taken = [(step["name"], step["outcome"]) for step in steps]
    assert (taken, steps[1]["details"]) == ([("doctor", "done"), ("up", "failed")], "interrupted")
    assert {file.stem for file in (folder / "evidence").iterdir()} >= {"pods", "events"}
    assert f"--clean-up {folder}" in output.replace("\n", "")


def _await_a_resource(folder: Path) -> None:
    """Until the first resource of Azure is there."""
    deadline = time.monotonic() + 300
    while not any(
        "ResourceGroup" in log.read_text() and " created" in log.read_text()
        for log in folder.glob("*/output.log")
    ):
        assert time.monotonic() < deadline
        time.sleep(0.02)
