"""`rehearsal restore`: what is deleted comes back by one command and an `up`, with its values."""

from pathlib import Path
from typing import Any, cast

import pytest

from rehearsal.simulator_process import Simulators
from tests.support import bad_days
from tests.support.rehearse import Rehearsal

pytestmark = pytest.mark.engine

VAULT = "kv-restore-main"
_WORKLOAD: dict[str, Any] = {
    "name": "shop",
    "namespace": "shop",
    "technique": "sdk",
    "kind": "none",
    "secrets": [{"name": "db-password", "from": "random"}, {"name": "api-key", "from": "existing"}],
}


def _values(stack: Rehearsal) -> list[str]:
    return [
        row["properties"]["properties"]["value"]
        for row in stack.world["azure"]
        if row["token"] == "azure-native:keyvault:Secret"
    ]


def test_a_secret_and_then_the_vault_come_back_with_their_values(
    tmp_path: Path, simulators: Simulators
) -> None:
    stack = Rehearsal.small(tmp_path, simulators, _WORKLOAD)
    stack.config["aks-secrets:vault"] = {"name": VAULT}
    stack.config["aks-secrets:people"] = {"current": True}  # who recovers needs a right in the vault
    stack.up()
    before = _values(stack)

    bad_days.delete_secret(stack, VAULT, "db-password")
    assert _values(stack) == []
    secret = stack.command("restore", "--yes", own_simulators=True)
    assert secret.status == 0, secret.output
    assert f"secret db-password is back in vault {VAULT}" in secret.output
    assert _values(stack) == before
    assert stack.up(refresh=True).summary == {}

    bad_days.delete_vault(stack, VAULT)
    vault = stack.command("restore", "--yes", own_simulators=True)
    assert vault.status == 0, vault.output
    assert "Next: python -m rehearsal up --refresh --stack test" in vault.output
    assert "recover: true" in vault.output
    cast("dict[str, Any]", stack.config["aks-secrets:vault"])["recover"] = (
        True  # what the command has written
    )
    back = stack.up(refresh=True)
    assert back.summary["import"] >= 1
    assert _values(stack) == before
