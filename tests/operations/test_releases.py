"""Helm releases whose last operation was cut off, and lost random values."""

import stat
from pathlib import Path
from typing import Any

import pytest

from operations.adoption.candidates import HELM_RELEASE, Planned
from operations.adoption.random_values import LostValue, lost_values, with_values
from operations.adoption.releases import cut_off
from operations.adoption.resume import Round
from operations.adoption.values import plain, secret
from operations.errors import OperationError
from operations.helm import mend

PROVIDER = "urn:pulumi:dev::p::pulumi:providers:kubernetes::cluster"


def _release(status: str) -> dict[str, Any]:
    return {
        "urn": f"urn:pulumi:dev::p::{HELM_RELEASE}::dapr",
        "type": HELM_RELEASE,
        "id": "dapr-system/dapr",
        "provider": f"{PROVIDER}::1",
        "outputs": {"status": {"status": status}},
    }


@pytest.mark.parametrize(
    ("status", "command"),
    [
        ("pending-install", "helm uninstall dapr --namespace dapr-system"),
        ("pending-upgrade", "helm rollback dapr --namespace dapr-system"),
        ("pending-rollback", "helm rollback dapr --namespace dapr-system"),
        ("deployed", ""),
        ("failed", ""),
        ("superseded", ""),
    ],
)
def test_each_status_has_its_command(status: str, command: str) -> None:
    release = cut_off(_release(status))
    assert (" ".join(release.command) if release else "") == command


@pytest.mark.servers
@pytest.mark.parametrize("status", [0, 1])
def test_a_rollback_is_helms_with_the_kubeconfig_of_the_provider(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    helm, seen = tmp_path / "helm", tmp_path / "seen"
    script = f'echo "$@" > {seen}\ncat "$KUBECONFIG" >> {seen}\necho "no revision" >&2\nexit {status}\n'
    helm.write_text(f"#!/bin/sh\n{script}")
    helm.chmod(helm.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    row = _release("pending-upgrade")
    provider = {"urn": PROVIDER, "inputs": {"kubeconfig": secret("clusters: []")}}
    round_ = Round({}, {}, read={"deployment": {"resources": [provider, row]}})
    release = cut_off(row)
    assert release is not None
    if status:
        with pytest.raises(
            OperationError, match=r"^helm rollback dapr --namespace dapr-system: no revision$"
        ):
            mend(release, round_)
    else:
        mend(release, round_)
    assert seen.read_text() == "rollback dapr --namespace dapr-system\nclusters: []"


@pytest.mark.servers
def test_without_helm_the_message_has_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    row = _release("pending-upgrade")
    provider = {"urn": PROVIDER, "inputs": {"kubeconfig": "clusters: []"}}
    release = cut_off(row)
    assert release is not None
    with pytest.raises(OperationError) as refused:
        mend(release, Round({}, {}, read={"deployment": {"resources": [provider, row]}}))
    assert str(refused.value) == (
        "the Helm CLI is not installed; install it, or type yourself: "
        "helm rollback dapr --namespace dapr-system"
    )


PASSWORD = Planned(
    "urn:pulumi:dev::p::random:index/randomPassword:RandomPassword::db",
    {
        "type": "random:index/randomPassword:RandomPassword",
        "name": "db",
        "custom": True,
        "inputDiff": {"adds": {"length": 40, "special": False}},
    },
    ("create",),
)
SECRET_URN = "urn:pulumi:dev::p::azure-native:keyvault:Secret::db"
MADE_FROM_IT = Planned(
    SECRET_URN,
    {
        "type": "azure-native:keyvault:Secret",
        "name": "db",
        "propertyDependencies": {"properties": [PASSWORD.urn]},
    },
    ("same",),
)
STATE = {
    "deployment": {
        "resources": [
            {
                "urn": SECRET_URN,
                "custom": True,
                "type": "azure-native:keyvault:Secret",
                "id": "/vaults/kv/secrets/db",
                "inputs": {"vaultName": "kv", "secretName": "db"},
            }
        ]
    }
}


def test_a_lost_value_is_that_of_a_secret_that_exists() -> None:
    planned = {PASSWORD.urn: PASSWORD, SECRET_URN: MADE_FROM_IT}
    assert lost_values(STATE, planned, reads_vault=False) == [
        LostValue(PASSWORD, "db", reason="--no-read-vault")
    ]
    assert lost_values({"deployment": {"resources": []}}, planned, reads_vault=False) == []


def test_a_value_from_the_vault_is_secret_in_the_state() -> None:
    planned = {PASSWORD.urn: PASSWORD}
    state = with_values(STATE, planned, [LostValue(PASSWORD, "db", "hush")])
    row = next(row for row in state["deployment"]["resources"] if row["urn"] == PASSWORD.urn)
    assert row["id"] == "none"
    assert row["inputs"] == {"length": 40, "special": False}
    assert row["outputs"]["result"] == secret("hush")
    assert plain(row["outputs"]["result"]) == "hush"
    # the provider's defaults, or the next update would draw another value
    assert row["outputs"]["lower"] is True
    assert row["outputs"]["minLower"] == 0
