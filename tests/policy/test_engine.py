"""The pack under the real engine, over simulated providers: ``pulumi preview --policy-pack policy``."""

import json
from pathlib import Path

import pytest

from rehearsal.simulator_process import Simulators
from tests.policy.packs import REPOSITORY, analyze_state, operate_with_pack, starter
from tests.policy.recording import STACK_FILE

pytestmark = pytest.mark.engine

PASSWORD = "s3cr3tpass"
ENV = f'      env: {{DATABASE_URL: "postgres://app:{PASSWORD}@db:5432/shop"}}\n'
WAIVER = "  aks-secrets:waivers: [{proof: no-secret-in-env, reason: until the move, expires: 2999-01-31}]\n"
FAULT = (
    "env DATABASE_URL of container 'worker' of Deployment 'worker' holds a URL with a password in plain text"
)


def test_a_preview_with_the_pack_stops_what_is_broken_unless_it_is_waived_or_advisory(
    tmp_path: Path, simulators: Simulators
) -> None:
    text = STACK_FILE.read_text(encoding="utf-8").replace("      port: 9898\n", f"      port: 9898\n{ENV}")
    broken, waived = tmp_path / "Pulumi.broken.yaml", tmp_path / "Pulumi.waived.yaml"
    broken.write_text(text, encoding="utf-8")
    waived.write_text(text + WAIVER, encoding="utf-8")
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"all": "advisory"}), encoding="utf-8")
    with starter(tmp_path):
        refused = operate_with_pack(simulators, "preview", broken, tmp_path / "state")
        allowed = operate_with_pack(simulators, "preview", waived, tmp_path / "state")
        advised = operate_with_pack(simulators, "preview", broken, tmp_path / "state", config=config)
    policy = "no-secret-in-env  (kubernetes:apps/v1:Deployment: worker-deployment)"
    assert not refused.outcome.succeeded
    assert f"[mandatory] [severity: high]  {policy}" in refused.text
    assert FAULT in refused.text
    assert "to mend it: workloads[name=worker].secrets: list it there" in refused.text
    assert refused.text.count("[mandatory]") == 1
    assert allowed.outcome.succeeded, allowed.text
    assert f"no-secret-in-env: {FAULT} (waived until 2999-01-31: until the move)" in allowed.text
    assert advised.outcome.succeeded, advised.text
    assert f"[advisory] [severity: high]  {policy}" in advised.text
    assert PASSWORD not in refused.text + allowed.text + advised.text


def test_an_update_and_the_state_that_it_leaves_are_judged(tmp_path: Path, simulators: Simulators) -> None:
    """The configuration is that of the page."""
    page = (REPOSITORY / "docs" / "policy.md").read_text(encoding="utf-8")
    config = tmp_path / "policy-config.json"
    config.write_text(page.split("```json\n")[1].split("```")[0], encoding="utf-8")
    with starter(tmp_path):
        updated = operate_with_pack(simulators, "up", STACK_FILE, tmp_path / "state", config=config)
        analyzed = analyze_state(tmp_path / "state", STACK_FILE)
    assert updated.outcome.succeeded, updated.text
    assert "aks-secrets@" in updated.text
    assert "[mandatory]" not in updated.text
    assert "aks-secrets@" in analyzed
    assert "[mandatory]" not in analyzed
