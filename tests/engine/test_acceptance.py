"""A whole acceptance, rehearsed: the real engine, the program, and each other operation as a process, against
servers that speak the protocols of Entra, Azure Resource Manager and Key Vault. The acceptance itself and the
servers are forks.
"""

import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from functools import partialmethod
from pathlib import Path

import pytest

from operations.acceptance.plan import STEPS
from rehearsal import operations_process
from rehearsal.simulator_process import SimulatorsWithPlanes
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
def test_an_interrupt_with_keep_leaves_everything_until_its_clean_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Ctrl-C in the middle of `up`; later the clean-up, which also finds the lock of an engine that died."""

    def interrupted_then_cleaned(command: Sequence[str], environment: Mapping[str, str]) -> int:
        status, output = _interrupted(command, environment, tmp_path)
        (folder,) = tmp_path.iterdir()
        assert (status, f"--clean-up {folder}" in output.replace("\n", "")) == (130, True), output[-4000:]
        _is_kept(folder)
        _lock(folder)
        clean_up = [*command[:4], "--rehearsed", "--clean-up", str(folder)]
        done = subprocess.run(clean_up, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
        steps = re.findall(r"^== (.+): done in \d+ s(.*)$", done.stdout, re.MULTILINE)
        assert steps == [("clean-up: destroy", ""), ("clean-up: purge", ": 1 vaults")]
        assert done.stdout.splitlines()[-1] == "everything is deleted"
        assert list((folder / "state").rglob("locks/**/*.json")) == []
        return 0

    monkeypatch.setattr(operations_process, "_start", interrupted_then_cleaned)
    # `up` cannot end before the interrupt: a secret comes after its vault, and takes two minutes.
    slow = partialmethod(SimulatorsWithPlanes.open_with_planes, latency={"azure-native:keyvault:Secret": 120})
    monkeypatch.setattr(SimulatorsWithPlanes, "open_with_planes", slow)
    assert operations_process.run_acceptance(tmp_path, ["--keep"]) == 0


def _interrupted(
    command: Sequence[str], environment: Mapping[str, str], folder: Path
) -> tuple[int | None, str]:
    """Exit status and output of the command, whose processes got Ctrl-C when the vault was there."""
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        command, env=environment, stdout=pipe, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    try:
        _await_a_vault(folder)
        os.killpg(process.pid, signal.SIGINT)
        output, _ = process.communicate(timeout=300)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    return process.returncode, output


def _is_kept(folder: Path) -> None:
    """The engine has ended what it had begun, and there is a report with evidence."""
    assert list((folder / "state").rglob("locks/**/*.json")) == [], "the clean-up finds it locked"
    (state,) = (folder / "state").rglob(f"stacks/**/{folder.name}.json")
    latest = json.loads(state.read_text(encoding="utf-8"))["checkpoint"]["latest"]
    assert "pending_operations" not in latest
    assert "azure-native:resources:ResourceGroup" in {row["type"] for row in latest["resources"]}
    steps = json.loads((folder / "report.json").read_text(encoding="utf-8"))["steps"]
    taken = [(step["name"], step["outcome"]) for step in steps]
    assert (taken, steps[1]["details"]) == ([("doctor", "done"), ("up", "failed")], "interrupted")
    assert {file.stem for file in (folder / "evidence").iterdir()} >= {"pods", "events"}


def _lock(folder: Path) -> None:
    """The lock of an engine that was killed."""
    gone = subprocess.Popen(["/bin/true"])
    gone.wait()
    (locks,) = (folder / "state").rglob("locks")
    place = locks / "organization" / "aks-secrets" / folder.name
    place.mkdir(parents=True, exist_ok=True)
    content = {"pid": gone.pid, "username": "me", "hostname": socket.gethostname()}
    content["timestamp"] = "2026-11-30T10:00:00Z"
    (place / "dead.json").write_text(json.dumps(content), encoding="utf-8")


def _await_a_vault(folder: Path) -> None:
    """Until the vault is there, which the clean-up has to purge."""
    deadline = time.monotonic() + 300
    made = re.compile(r"azure-native:keyvault:Vault .* created")
    while not any(made.search(log.read_text(encoding="utf-8")) for log in folder.glob("*/output.log")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
