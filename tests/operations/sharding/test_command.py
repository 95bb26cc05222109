"""The command `shard`: its files, its steps, and its refusals."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from operations.cli import app
from operations.workspace import Cli
from stacks.settings.loader import SCALARS, SECTIONS

CONFIG: dict[str, Any] = {
    "azure-native:location": "westeurope",
    "aks-secrets:cluster": {"system_pool": {"vm_size": "Standard_D2s_v5", "count": 1}},
    "aks-secrets:workloads": [
        {
            "name": name,
            "namespace": name,
            "technique": "sdk",
            "image": "registry.example/app:1",
            "secrets": [{"name": "shared-key", "from": "config", "expires": "2030-01-01T00:00:00Z"}],
        }
        for name in ("orders", "cart")
    ],
    "secret-values:shared-key": {"secure": "v1:AAAAAAAAAAA=:AAAAAAAAAAAAAAAA"},
}

NO_WORKLOADS: dict[str, Any] = {"aks-secrets:workloads": None, "secret-values:shared-key": None}


def _identity(name: str) -> dict[str, Any]:
    type_ = "azure-native:managedidentity:UserAssignedIdentity"
    inputs = {"resourceGroupName": "rg-of-dev", "resourceName": f"id-{name}"}
    return {"type": type_, "urn": f"urn:pulumi:dev::p::C${type_}::{name}-identity", "inputs": inputs}


def _component(kind: str, name: str) -> dict[str, Any]:
    type_ = f"aks-secrets:index:{kind}"
    return {"type": type_, "urn": f"urn:pulumi:dev::p::{type_}::{name}"}


def _run(
    folder: Path, monkeypatch: pytest.MonkeyPatch, config: dict[str, Any], resources: list[dict[str, Any]]
) -> Any:
    def run(_cli: Cli, *_arguments: str) -> str:
        return json.dumps({"deployment": {"resources": resources}})

    monkeypatch.setattr(Cli, "run", run)
    file = folder / "Pulumi.dev.yaml"
    file.write_text(yaml.safe_dump({"encryptionsalt": "v1:salt", "config": config}), encoding="utf-8")
    arguments = ["shard", "--stack", "dev", "--into", "2", "--out", str(folder / "split")]
    return CliRunner().invoke(app, [*arguments, "--config-file", str(file)])


def _state() -> list[dict[str, Any]]:
    secret = "azure-native:keyvault:Secret"
    return [
        *(_component(kind, name) for kind in ("Workload", "WorkloadIdentity") for name in ("orders", "cart")),
        *(_identity(name) for name in ("orders", "cart")),
        {"type": secret, "urn": f"urn:pulumi:dev::p::aks-secrets:index:KeyVault${secret}::vault/shared-key"},
        _component("KeyVault", "vault"),
    ]


def test_a_secret_of_two_stacks_is_written_by_one_and_moves_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = _run(tmp_path, monkeypatch, CONFIG, _state())
    assert result.exit_code == 0, result.output
    first, second = (
        yaml.safe_load((tmp_path / "split" / f"Pulumi.dev-{number}.yaml").read_text())["config"]
        for number in (1, 2)
    )
    assert first["aks-secrets:workloads"][0]["secrets"] == CONFIG["aks-secrets:workloads"][0]["secrets"]
    assert second["aks-secrets:workloads"][0]["secrets"] == [{"name": "shared-key", "from": "existing"}]
    assert first["aks-secrets:identities"] == [{"name": "orders", "resource_name": "id-orders"}]
    assert first["aks-secrets:cluster"] == {"resource_group": "rg-of-dev"}
    moved = [(tmp_path / "split" / f"dev-{number}.moved.txt").read_text().splitlines() for number in (1, 2)]
    assert [[urn.rpartition("::")[2] for urn in urns] for urns in moved] == [
        ["orders", "orders", "vault/shared-key"],
        ["cart", "cart"],
    ]
    assert "pulumi config set --secret secret-values:shared-key --stack dev-1\n" in result.output
    assert "pulumi config set --path 'aks-secrets:namespaces[1].name' cart --stack dev\n" in result.output
    assert "AAAA" not in result.output, "no encrypted value is in another stack's file or in the steps"


def test_the_platform_keeps_its_key_and_lists_all_namespaces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _run(tmp_path, monkeypatch, CONFIG, _state()).exit_code == 0
    platform = yaml.safe_load((tmp_path / "split" / "Pulumi.dev.yaml").read_text())
    assert platform["encryptionsalt"] == "v1:salt"
    assert platform["config"]["aks-secrets:composition"] == "platform"
    assert platform["config"]["aks-secrets:namespaces"] == [{"name": "orders"}, {"name": "cart"}]
    assert not {key for key in platform["config"] if "workloads" in key or "secret-values" in key}


def test_every_section_is_the_platforms_or_goes_with_the_workloads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new section has to be in one of the two."""
    waiver = {"proof": "image-pinned", "reason": "none yet", "expires": "2030-01-31"}
    config = {
        **CONFIG,
        "aks-secrets:technique": "sdk",
        "aks-secrets:grants": "managed",
        "aks-secrets:tags": {"team": "shop"},
        "aks-secrets:labels": {"team": "shop"},
        "aks-secrets:namespaces": [{"name": "orders", "existing": True}],
        "aks-secrets:waivers": [waiver, {**waiver, "proof": "vault-firewall", "workload": "cart"}],
    }
    result = _run(tmp_path, monkeypatch, config, _state())
    assert result.exit_code == 0, result.output
    platform, orders, cart = (
        yaml.safe_load((tmp_path / "split" / f"Pulumi.{name}.yaml").read_text())["config"]
        for name in ("dev", "dev-1", "dev-2")
    )
    left = {f"aks-secrets:{key}" for key in (*SCALARS, *SECTIONS)} - set(orders)
    assert left == {
        f"aks-secrets:{key}"
        for key in ("base", "vault", "vaults", "network", "operators", "monitoring", "people")
    }
    assert platform["aks-secrets:waivers"] == orders["aks-secrets:waivers"] == [waiver]
    assert cart["aks-secrets:waivers"] == config["aks-secrets:waivers"]


@pytest.mark.parametrize(
    ("change", "resources", "refusal"),
    [
        ({}, [], "the state has no identity of orders, so there is nothing to move yet; run `pulumi up`"),
        (NO_WORKLOADS, [], "workloads: there are none, so there is nothing to split"),
        ({"aks-secrets:vault": {"authorization": "access-policies"}}, None, "vault.authorization"),
    ],
)
def test_what_cannot_be_split_is_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, Any],
    resources: list[dict[str, Any]] | None,
    refusal: str,
) -> None:
    state = _state() if resources is None else resources
    config = {key: value for key, value in {**CONFIG, **change}.items() if value is not None}
    result = _run(tmp_path, monkeypatch, config, state)
    assert result.exit_code == 1
    assert refusal in " ".join(result.output.split())
