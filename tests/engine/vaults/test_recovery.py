"""Vaults and secrets that are gone, and what brings them back: each documented command with its preview."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal.simulator_process import Simulators
from tests.support import bad_days
from tests.support.rehearse import Rehearsal

pytestmark = pytest.mark.engine

MAIN, SECOND = "kv-recovery-main", "kv-recovery-second"
SECRETS = {MAIN: "db-password", SECOND: "api-key"}
_WORKLOAD: dict[str, Any] = {
    "name": "shop",
    "namespace": "shop",
    "technique": "sdk",
    "kind": "none",
    "secrets": [
        {"name": "db-password", "from": "random"},
        {"name": "api-key", "from": "random", "vault": "second"},
    ],
}


@pytest.fixture
def stack(tmp_path: Path, simulators: Simulators) -> Rehearsal:
    """A stack with two vaults and a random secret in each, which is up."""
    stack = Rehearsal.small(tmp_path, simulators, _WORKLOAD)
    recover(stack, on=False)
    stack.up()
    return stack


def recover(stack: Rehearsal, *, on: bool) -> None:
    """`pulumi config set --path vault.recover true` and `… vaults[0].recover true`, or `pulumi config rm`."""
    key = {"recover": True} if on else {}
    stack.config["aks-secrets:vault"] = {"name": MAIN, **key}
    stack.config["aks-secrets:vaults"] = [{"name": "second", "resource_name": SECOND, **key}]


def values(stack: Rehearsal) -> dict[str, tuple[int, str]]:
    """Number of versions and hash of the value of each secret that the vaults hold."""
    held = [resource for resource in stack.world["azure"] if "/secrets/" in resource["id"]]
    return {
        resource["id"].rsplit("/", 1)[1]: (
            resource["versions"],
            resource["properties"]["properties"]["value"],
        )
        for resource in held
        if resource["token"] == "azure-native:keyvault:Secret"
    }


def grants(stack: Rehearsal) -> int:
    """Role assignments on secrets."""
    tokens = [resource["token"] for resource in stack.world["azure"] if "/secrets/" in resource["id"]]
    return tokens.count("azure-native:authorization:RoleAssignment")


def is_settled(stack: Rehearsal) -> bool:
    """Whether nothing is left to do without `recover`, also after Azure is read."""
    recover(stack, on=False)
    return stack.up(refresh=True).summary == {}


def by_destroy(stack: Rehearsal) -> Iterator[str]:
    """`pulumi destroy`."""
    assert stack.run("destroy", previews=True).status == 0
    taken = stack.refused()
    assert "already exists in deleted state" in taken.output
    yield "up"


def by_hand(stack: Rehearsal) -> Iterator[str]:
    """`az keyvault delete`, while the state has both vaults."""
    for vault in SECRETS:
        bad_days.delete_vault(stack, vault)
    yield "up --refresh"


def by_hand_and_the_state_knows(stack: Rehearsal) -> Iterator[str]:
    """`az keyvault delete`, and a refresh has removed both vaults from the state."""
    for vault in SECRETS:
        bad_days.delete_vault(stack, vault)
    assert stack.run("refresh").status == 0
    yield "up"


def by_destroy_and_back_by_hand(stack: Rehearsal) -> Iterator[str]:
    """`pulumi destroy`, then `az keyvault recover` instead of the program's key."""
    assert stack.run("destroy").status == 0
    for vault in SECRETS:
        bad_days.recover_vault(stack, vault)
    assert "already existing resource" in stack.refused().output
    yield "up"


@pytest.mark.parametrize(
    "gone", [by_destroy, by_hand, by_hand_and_the_state_knows, by_destroy_and_back_by_hand]
)
def test_two_vaults_come_back_with_their_values_and_grants(stack: Rehearsal, gone: Any) -> None:
    before, granted = values(stack), grants(stack)
    (command,) = gone(stack)
    recover(stack, on=True)
    back = stack.up(previews=True, refresh="--refresh" in command)
    assert back.summary["import"] >= len(SECRETS)
    assert (values(stack), grants(stack)) == (before, granted)
    assert is_settled(stack)


def test_a_vault_that_only_the_state_has_is_refused_with_the_way(stack: Rehearsal) -> None:
    bad_days.delete_vault(stack, SECOND)
    recover(stack, on=True)
    says = (
        f"vaults[0].recover: vault '{SECOND}' does not exist, but the state has it, so Pulumi does not"
        " recover it; let the update read Azure first (pulumi up --refresh)"
    )
    assert says in stack.refused(previews=True).output


def test_nothing_to_recover_is_said_and_changes_nothing(stack: Rehearsal) -> None:
    recover(stack, on=True)
    run = stack.up(previews=True)
    assert run.summary == {}
    warnings = [entry["message"] for entry in run.document["diagnostics"] if ".recover: " in entry["message"]]
    assert [message.split(",")[0] for message in warnings] == [
        f"vault.recover: vault '{MAIN}' exists",
        f"vaults[0].recover: vault '{SECOND}' exists",
    ]


def test_a_vault_that_never_was_is_azures_refusal(tmp_path: Path, simulators: Simulators) -> None:
    stack = Rehearsal.small(tmp_path, simulators, _WORKLOAD)
    recover(stack, on=True)
    refused = stack.refused(previews=True)
    assert "SoftDeletedVaultDoesNotExist" in refused.output
    assert "if `az keyvault list-deleted` does not list it" in refused.output
    recover(stack, on=False)
    stack.up(previews=True)


def test_a_secret_deleted_by_hand_comes_back_by_hand(stack: Rehearsal) -> None:
    """The state still has it, so `az keyvault secret recover` is all."""
    before = values(stack)
    bad_days.delete_secret(stack, MAIN, "db-password")
    bad_days.recover_secret(stack, MAIN, "db-password")
    assert is_settled(stack)
    assert values(stack) == before


def test_a_secret_that_left_the_state_is_recovered_by_hand_and_imported(stack: Rehearsal) -> None:
    before = values(stack)
    both = stack.config["aks-secrets:workloads"]
    stack.config["aks-secrets:workloads"] = [_WORKLOAD | {"secrets": _WORKLOAD["secrets"][1:]}]
    assert "delete" in stack.up(previews=True).summary
    stack.config["aks-secrets:workloads"] = both
    recover(stack, on=True)
    shown = stack.run("preview").document["diagnostics"]
    command = f"az keyvault secret recover --vault-name {MAIN} --name db-password"
    assert any(command in entry["message"] for entry in shown)
    bad_days.recover_secret(stack, MAIN, "db-password")
    assert stack.up(previews=True).summary["import"] == 1
    assert values(stack) == before
    assert is_settled(stack)


def test_secrets_that_a_refused_destroy_forgot_are_imported(stack: Rehearsal) -> None:
    before = values(stack)
    stack.config["aks-secrets:vault"] = {"name": MAIN, "protect": True}
    stack.up()
    assert "cannot be deleted" in stack.refused("destroy").output
    recover(stack, on=True)
    stack.config["aks-secrets:vault"]["protect"] = True
    assert stack.up(previews=True).status == 0
    assert values(stack) == before


def test_a_new_secret_may_come_in_the_update_that_recovers(stack: Rehearsal) -> None:
    before = values(stack)
    assert stack.run("destroy").status == 0
    added = [*_WORKLOAD["secrets"], {"name": "new", "from": "random"}]
    stack.config["aks-secrets:workloads"] = [_WORKLOAD | {"secrets": added}]
    recover(stack, on=True)
    assert stack.up(previews=True).summary["import"] == len(SECRETS)
    after = values(stack)
    assert after.pop("new")[0] == 1
    assert after == before
    assert is_settled(stack)
