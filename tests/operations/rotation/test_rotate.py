"""`operations rotate`: what it changes, what it advises, and the order of restarts."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

import trust.techniques
from aks_secrets_testing import build_stack
from operations.cli import app
from operations.commands import rotate as command
from operations.effective_settings import Row
from operations.errors import OperationError
from operations.rotation.advice import advice
from operations.rotation.change import rotation
from operations.rotation.entries import Entry, entries_of
from operations.rotation.order import order
from operations.rotation.techniques import arrival, techniques
from operations.workspace import Workspace
from tests.stack_files import shipped
from trust.chain import Chain

REPOSITORY = Path(__file__).parents[3]
NOW = datetime(2026, 11, 30, 10, tzinfo=UTC)


@pytest.fixture
def stack_file(tmp_path: Path) -> Path:
    copied = tmp_path / "Pulumi.dev.yaml"
    copied.write_text(Path(shipped("Pulumi.dev.yaml")).read_text(encoding="utf-8"), encoding="utf-8")
    return copied


def test_a_random_secret_gets_the_time_and_nothing_else_changes(stack_file: Path) -> None:
    planned = rotation("dev", REPOSITORY, stack_file, "orders-db-password", now=NOW)
    assert planned.diff.splitlines()[3:] == [
        "-        - {name: orders-db-password, from: random}",
        '+        - {name: orders-db-password, from: random, rotated: "2026-11-30T10:00:00Z"}',
    ]
    planned.write()
    assert build_stack(stack_file).graph
    again = rotation("dev", REPOSITORY, stack_file, "orders-db-password", now=NOW.replace(hour=11))
    assert '"2026-11-30T11:00:00Z"' in again.after


def test_a_secret_of_a_base_file_is_rotated_in_the_stack_file(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: aks-secrets\nruntime: python\n")
    base = Path(shipped("Pulumi.dev.yaml")).read_text(encoding="utf-8")
    shared = base[base.index("  aks-secrets:cluster") :]
    (tmp_path / "base.yaml").write_text(f"config:\n{shared}")
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_text("config:\n  azure-native:location: westeurope\n  aks-secrets:base: base.yaml\n")
    planned = rotation("dev", tmp_path, file, "orders-db-password", now=NOW)
    assert [line for line in planned.diff.splitlines() if line[:1] == "+"][1:] == [
        "+  aks-secrets:workloads:",
        "+    - name: orders",
        "+      secrets:",
        '+        - {name: orders-db-password, rotated: "2026-11-30T10:00:00Z"}',
    ]


def test_an_unknown_secret_is_offered_a_near_one(stack_file: Path) -> None:
    with pytest.raises(OperationError, match="did you mean orders-db-password"):
        rotation("dev", REPOSITORY, stack_file, "order-db-password")


@pytest.fixture
def run(stack_file: Path, monkeypatch: pytest.MonkeyPatch):
    graph = build_stack(stack_file).graph
    monkeypatch.setattr(command, "_chain", lambda workspace: Chain.read(graph))
    assert Workspace

    def invoke(*arguments: str) -> tuple[int, str]:
        place = ["--config-file", str(stack_file), "--program", str(REPOSITORY)]
        result = CliRunner().invoke(app, ["rotate", *arguments, "--stack", "dev", *place])
        return result.exit_code, result.output

    return invoke


def test_the_command_writes_after_a_yes_and_says_what_follows(run, stack_file: Path) -> None:
    before = stack_file.read_text()
    status, output = run("orders-db-password")
    assert status == 1
    assert "add --yes" in output
    assert stack_file.read_text() == before
    status, output = run("orders-db-password", "--yes")
    assert status == 0
    assert 'rotated: "' in stack_file.read_text()
    assert "Next: pulumi up --stack dev" in output
    assert "python -m operations verify --stack dev" in output


def test_a_value_of_a_person_is_told_what_to_type(run, stack_file: Path) -> None:
    before = stack_file.read_text()
    status, output = run("greeting")
    assert status == 0
    assert "az keyvault secret set --vault-name" in output
    assert stack_file.read_text() == before


def test_a_copied_value_is_rotated_where_it_comes_from() -> None:
    file = REPOSITORY / "examples/everyday/Pulumi.everyday.yaml"
    output, key = (
        advice(rotation("everyday", REPOSITORY, file, name).entries[0], "everyday", "kv")
        for name in ("reports-database", "reports-storage")
    )
    assert output == [
        "'reports-database' is an output of another stack (from: stack); give it a new value there:",
        "pulumi up --stack organization/data/prod",
        "then copy it:",
        "pulumi up --stack everyday",
    ]
    assert "key1ConnectionString of an Azure resource" in key[0]
    assert key[1].endswith("/storageAccounts/stshopreports")
    once = Entry("reports", {"name": "db", "from": "stack", "manage": "once"})
    assert advice(once, "everyday", "kv")[-1].startswith("az keyvault secret set --vault-name kv --name db")


def test_a_pushed_value_is_rotated_where_it_is_made() -> None:
    def row(listed: str, index: int, key: str, value: str) -> Row:
        return Row(("aks-secrets:workloads", 0, listed, index, key), value, "stack", "Pulumi.dev.yaml", 1)

    rows = [
        *(row("secrets", 0, key, value) for key, value in (("name", "db"), ("from", "existing"))),
        *(row("pushes", 0, key, value) for key, value in (("name", "DB"), ("secret", "db-app"))),
    ]
    pushed, *others = entries_of(rows, "db")
    assert [entry.source for entry in others] == ["existing"]
    assert advice(pushed, "dev", "kv")[1].startswith("kubectl annotate pushsecret")
    drawn = Entry("writer", {"name": "key", "from": "push", "generate": {"length": 48}})
    assert advice(drawn, "dev", "kv")[1].startswith("az keyvault secret set --vault-name kv --name key")


def test_a_new_value_does_not_arrive_at_what_pushes() -> None:
    file = shipped("examples/everyday/Pulumi.everyday.yaml")
    graph = build_stack(file, cloud=file.with_name("cloud.yaml")).graph
    workloads = [step.workload for step in order(Chain.read(graph), "reports-session-key")]
    assert "reports" in workloads
    assert "pushes" not in workloads


def test_the_order_is_by_technique(stack_file: Path) -> None:
    steps = order(Chain.read(build_stack(stack_file).graph), "orders-db-password")
    assert {step.workload: step.technique for step in steps}["orders"] == "sdk"
    by_itself = [step.workload for step in steps if not step.restarts]
    assert steps == sorted(steps, key=lambda step: step.rank)
    assert "podinfo" in by_itself  # a file, which the driver replaces
    (podinfo,) = [step for step in steps if step.workload == "podinfo"]
    assert podinfo.when == "at the next poll of the driver, every 2m"
    color = {
        step.workload: step for step in order(Chain.read(build_stack(stack_file).graph), "podinfo-color")
    }
    assert color["podinfo"].then == "kubectl rollout restart deployment/podinfo --namespace podinfo"
    assert json.dumps([step.then for step in steps])


def test_each_technique_of_the_trust_chain_has_a_time_of_arrival() -> None:
    """Another value is unknown, so its pods are restarted."""
    assert set(techniques()) == {module.NAME for module in trust.techniques.techniques()}
    chain = Chain.read(build_stack(shipped("Pulumi.dev.yaml")).graph)
    assert arrival(chain, chain.workloads[0], "vault-copy", "orders-db-password") == ("unknown", False)
