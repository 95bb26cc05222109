"""`python -m operations verify`: its options, its exit status, and what it prints."""

import json

import pytest
from typer.testing import CliRunner

from components.workloads import Technique
from operations.cli import app
from operations.commands import verify as command
from operations.verify.techniques import techniques as verified
from tests.operations.verify import breaks
from tests.operations.verify.live import Live
from trust.techniques import techniques

pytestmark = pytest.mark.servers

STATE = "tests/trust/recorded/state_before.json"


def run(*arguments: str):
    return CliRunner().invoke(app, ["verify", "--stack", "dev", *arguments])


def test_every_technique_is_verified():
    """So is the add-on of an Ingress, which is no workload's technique."""
    assert {module.NAME for module in techniques()} <= set(verified())
    assert set(verified()) - {technique.value for technique in Technique} == {"app-routing"}


@pytest.fixture
def of_build(live: Live, monkeypatch):
    """The command reads the build of the running stack, whatever --state names."""
    monkeypatch.setattr(command, "read_document", lambda _option, _path: live.graph)
    return live


def test_a_healthy_stack_is_status_0_and_a_line_per_workload(of_build: Live):
    done = run("--state", "any")
    assert done.exit_code == 0, done.output
    rows = [line for line in done.stdout.splitlines() if line.startswith("│ fine")]
    assert [row.split("│")[2].strip() for row in rows] == [
        "kv-dev-3e45bb5d", "orders", "billing", "greeter", "podinfo", "shop", "checkout", "the stack",
    ]  # fmt: skip
    assert "nothing at kv-dev-3e45bb5d, id-aks-dev" in done.stdout
    assert "wrong" not in done.stdout


def test_what_is_broken_is_the_first_row_of_the_output(of_build: Live):
    breaks.without_issuer_slash(of_build)
    done = run("--state", "any", "--timeout", "0")
    assert done.exit_code == 1
    first = next(line for line in done.stdout.splitlines() if line.startswith("│"))
    assert [cell.strip() for cell in first.split("│")[1:4]] == ["wrong", "greeter", "issuer"]
    assert done.stdout.splitlines()[-1].startswith(("2 wrong", "3 wrong"))


def test_the_document_is_the_only_thing_on_standard_output(of_build: Live):
    breaks.no_label(of_build)
    done = run("--state", "any", "--json", "--workload", "greeter", "--timeout", "0")
    assert done.exit_code == 1
    document = json.loads(done.stdout)
    assert set(document) == {"stack", "delivery", "surplus"}
    assert document["stack"] == "dev"
    assert document["surplus"] == {
        "findings": [],
        "counts": {"wrong": 0, "waiting": 0, "unknown": 0, "fine": 0},
    }
    first = document["delivery"]["findings"][0]
    assert set(first) == {"subject", "check", "state", "text", "nextStep"}
    assert (first["subject"], first["check"], first["state"]) == ("greeter", "token in pods", "wrong")
    assert {entry["subject"] for entry in document["delivery"]["findings"]} == {"greeter"}


def test_what_is_unknown_for_one_reason_takes_one_row(of_build: Live):
    breaks.nothing_may_be_asked_of_the_cluster(of_build)
    done = run("--state", "any", "--timeout", "0", "--workload", "shop")
    assert done.exit_code == 3
    rows = [line for line in done.stdout.splitlines() if line.startswith("│ unknown")]
    assert len(rows) == 1, done.stdout
    assert "listClusterUserCredential/action" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--timeout", "soon"], "--timeout: no duration, 'soon'; write 90s, 5m or 1h"),
        (
            ["--workload", "shp"],
            "--workload: the state has no workload 'shp'; choose billing, checkout, greeter,",
        ),
    ],
)
def test_a_wrong_option_is_one_line(arguments: list[str], message: str, of_build: Live):
    done = run("--state", "any", *arguments)
    assert done.exit_code == 1
    assert message in done.output


def test_without_a_sign_in_the_command_says_so(of_build: Live, monkeypatch):
    for name in ("ARM_CLIENT_SECRET", "ARM_CLIENT_ID", "ARM_TENANT_ID", "ARM_SUBSCRIPTION_ID"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("PATH", "/nowhere")
    done = run("--state", "any")
    assert done.exit_code == 1
    assert "there is no sign-in" in done.output


def test_a_state_that_is_none_is_refused(tmp_path):
    file = tmp_path / "state.json"
    file.write_text("[]")
    done = run("--state", str(file))
    assert done.exit_code == 1
    assert "--state" in done.output
    assert "Traceback" not in done.output


def test_a_recorded_state_is_read(live: Live):
    """A state as `pulumi stack export` writes it: of a stack that is not the one that runs."""
    done = run("--state", STATE, "--timeout", "0")
    assert done.exit_code == 1
    assert "does not exist" in done.stdout
