"""A whole acceptance, rehearsed: the real engine, the program, and each other operation as a process, against
servers that speak the protocols of Entra, Azure Resource Manager and Key Vault. The acceptance itself and the
servers are forks.
"""

import json
import re
from pathlib import Path

import pytest

from operations.acceptance.plan import STEPS
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
