"""Deleted resources of a stack: those with the stack's names, and no others."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from operations.azure.clouds import PUBLIC
from operations.azure.refusals import AzureRefusedError
from operations.azure.session import AzureSession
from operations.effective_settings import stack_settings
from operations.restoration.deleted import Answers, deleted_of
from operations.restoration.recovery import recovery_of
from stacks.settings import Settings
from stacks.settings.azure_names import AzureNames
from stacks.settings.model.vault import VaultSettings
from tests.stack_files import shipped

REPOSITORY = Path(__file__).parents[3]
SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
HUB = "99999999-0000-0000-0000-000000000001"
"""Another subscription."""
_SETTINGS = stack_settings("dev", REPOSITORY, Path(shipped("Pulumi.dev.yaml"))).settings
assert _SETTINGS
VAULT = AzureNames.of(_SETTINGS, SUBSCRIPTION).vaults[None].name


class _Session:
    """Resources that Azure holds as deleted."""

    subscription_id, cloud = SUBSCRIPTION, PUBLIC
    subscription = f"/subscriptions/{SUBSCRIPTION}"
    option_for = AzureSession.option_for

    def __init__(self, vaults: Sequence[str] = (), secrets: Sequence[str] = ()) -> None:
        self.vaults, self.secrets = vaults, secrets
        self.refuses = self.hub = False

    def pages(self, path: str, version: str) -> list[Mapping[str, Any]]:
        assert path.endswith("/deletedVaults")
        if self.hub and HUB not in path:
            return []
        purge = {"scheduledPurgeDate": "2026-12-31T00:00:00Z"}
        return [{"name": name, "properties": purge} for name in self.vaults]

    def vault_client(self, _kind: Any, uri: str) -> Any:
        assert uri == f"https://{VAULT}.vault.azure.net"
        if self.refuses:
            raise AzureRefusedError("deleted secrets", part="key vault", status=403, code="ForbiddenByRbac")
        moment = datetime(2026, 12, 31, tzinfo=UTC)
        rows = [SimpleNamespace(name=name, scheduled_purge_date=moment) for name in self.secrets]
        return SimpleNamespace(list_deleted_secrets=lambda: rows)


def _deleted(session: _Session, rows: Sequence[Mapping[str, Any]] = ()) -> Answers:
    assert _SETTINGS
    return deleted_of(_SETTINGS, cast(AzureSession, session), rows)


def test_a_deleted_vault_of_another_subscription_is_looked_for_there() -> None:
    assert _SETTINGS
    vault_id = f"/subscriptions/{HUB}/resourceGroups/rg-hub/providers/Microsoft.KeyVault/vaults/kv-hub"
    vault_settings = VaultSettings.model_validate({"existing": {"id": vault_id}})
    settings = Settings.model_construct(**{**dict(_SETTINGS), "vault": vault_settings})
    session = _Session(["kv-hub"])
    session.hub = True
    answers = deleted_of(settings, cast(AzureSession, session), [])
    (vault,) = answers.deleted
    assert (vault.vault, vault.of_stack) == ("kv-hub", False)
    recovery = recovery_of(settings, REPOSITORY, Path(shipped("Pulumi.dev.yaml")), "dev", answers)
    command = f"az keyvault recover --name kv-hub --subscription {HUB}"
    assert recovery.by_hand == [f"kv-hub is not of this stack: {command}"]


@pytest.mark.parametrize("in_state", [True, False])
def test_a_deleted_vault_of_the_stack(in_state: bool) -> None:
    rows = [{"type": "azure-native:keyvault:Vault", "inputs": {"vaultName": VAULT}}] if in_state else []
    (vault,) = _deleted(_Session([VAULT.upper(), "kv-of-others"]), rows).deleted
    assert (vault.vault, vault.secret, vault.purged) == (VAULT, "", "2026-12-31")
    assert (vault.in_state, vault.of_stack) == (in_state, True)


def test_deleted_secrets_that_workloads_list() -> None:
    row = {"type": "azure-native:keyvault:Secret", "inputs": {"vaultName": VAULT, "secretName": "greeting"}}
    answers = _deleted(_Session([], ["greeting", "orders-db-password", "of-others"]), [row])
    assert [(each.secret, each.in_state, each.of_stack) for each in answers.deleted] == [
        ("greeting", True, True),
        ("orders-db-password", False, True),
    ]


def test_a_vault_that_refuses_is_reported() -> None:
    session = _Session()
    session.refuses = True
    answers = _deleted(session)
    assert answers.deleted == []
    assert [refused.code for refused in answers.refusals] == ["ForbiddenByRbac"]
