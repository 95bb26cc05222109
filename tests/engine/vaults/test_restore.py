"""`rehearsal restore`: what is deleted comes back by one command and an `up`, with its values."""

import json
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


def _document(output: str) -> dict[str, Any]:
    """The document before what the rehearsal says on standard error."""
    return json.JSONDecoder().raw_decode(output)[0]


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
    listed = stack.command("restore", "--json", own_simulators=True)
    assert listed.status == 1, "without --yes it stays deleted"
    (row,) = _document(listed.output)["deleted"]
    assert (row["kind"], row["secret"], row["isBack"]) == ("secret", "db-password", False)
    assert _values(stack) == []
    secret = stack.command("restore", "--yes", own_simulators=True)
    assert secret.status == 0, secret.output
    assert f"secret db-password is back in vault {VAULT}" in secret.output
    assert _values(stack) == before
    assert stack.up(refresh=True).summary == {}

    bad_days.delete_vault(stack, VAULT)
    vault = stack.command("restore", "--yes", "--json", own_simulators=True)
    assert vault.status == 0, vault.output
    document = _document(vault.output)
    assert document["nextSteps"][0] == "python -m rehearsal up --refresh --stack test"
    assert "recover: true" in document["stackFile"]["diff"]
    cast("dict[str, Any]", stack.config["aks-secrets:vault"])["recover"] = (
        True  # what the command has written
    )
    back = stack.up(refresh=True)
    assert back.summary["import"] >= 1
    assert _values(stack) == before
