"""The pack under the real engine, over simulated providers: ``pulumi preview --policy-pack policy``."""

import json
from pathlib import Path

import pytest

from tests.policy.packs import analyze_state, operate_with_pack, starter
from tests.policy.recording import STACK_FILE

pytestmark = pytest.mark.engine

NO_SUCH_PROOF = "  aks-secrets:waivers: [{proof: no-such-proof, reason: because, expires: 2999-01-31}]\n"
FAULT = "waivers[proof=no-such-proof] waives nothing: there is no proof 'no-such-proof'"


def test_a_preview_with_the_pack_stops_what_is_broken_and_only_that(tmp_path: Path) -> None:
    broken = tmp_path / "Pulumi.small.yaml"
    broken.write_text(STACK_FILE.read_text(encoding="utf-8") + NO_SUCH_PROOF, encoding="utf-8")
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"all": "advisory"}), encoding="utf-8")
    with starter(tmp_path):
        right = operate_with_pack("preview", STACK_FILE, tmp_path / "state")
        refused = operate_with_pack("preview", broken, tmp_path / "state")
        advised = operate_with_pack("preview", broken, tmp_path / "state", config=config)
    assert right.outcome.succeeded, right.text
    assert "[mandatory]" not in right.text
    assert "aks-secrets@" in right.text
    assert not refused.outcome.succeeded
    assert "[mandatory] [severity: high]  waivers" in refused.text
    assert FAULT in refused.text
    assert advised.outcome.succeeded
    assert "[advisory] [severity: high]  waivers" in advised.text
    assert FAULT in advised.text


def test_an_update_and_the_state_that_it_leaves_are_judged(tmp_path: Path) -> None:
    with starter(tmp_path):
        updated = operate_with_pack("up", STACK_FILE, tmp_path / "state")
        analyzed = analyze_state(tmp_path / "state", STACK_FILE)
    assert updated.outcome.succeeded, updated.text
    assert "aks-secrets@" in updated.text
    assert "[mandatory]" not in updated.text
    assert "aks-secrets@" in analyzed
    assert "[mandatory]" not in analyzed
