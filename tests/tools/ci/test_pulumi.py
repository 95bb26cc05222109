"""tools/ci/pulumi.py: which commands run with which variables. `pulumi` is a shell script."""

import inspect
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.tools.fake_engine import script
from tests.trust.recording import recorded
from tools.ci import pulumi
from tools.ci.access_report import AccessReport
from tools.ci.drift_text import drift_text
from tools.engine_finder import EngineFinder

pytestmark = pytest.mark.servers

REPOSITORY = Path(__file__).resolve().parents[3]
DIGEST: dict[str, Any] = {
    "steps": [
        {
            "op": "update",
            "urn": "urn:pulumi:prod::aks-secrets::aks:x$azure-native:keyvault:Vault::vault",
            "detailedDiff": {"properties.networkAcls": {"kind": "update"}},
        },
        {"op": "same", "urn": "urn:pulumi:prod::aks-secrets::azure-native:resources:ResourceGroup::group"},
    ],
    "changeSummary": {"update": 1, "same": 1},
}


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with a whole CLI on PATH, in a pipeline that is signed in."""
    (tmp_path / "tools/pulumi").mkdir(parents=True)
    go_mod = (REPOSITORY / "tools/pulumi/go.mod").read_text(encoding="utf-8")
    (tmp_path / "tools/pulumi/go.mod").write_text(go_mod, encoding="utf-8")
    script(tmp_path / "bin/pulumi-language-python", "exit 0")
    fake(tmp_path, json.dumps(DIGEST))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    for name in ("AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_SUBSCRIPTION_ID", "GITLAB_AZURE_TOKEN"):
        monkeypatch.setenv(name, name.lower())
    monkeypatch.setenv("PULUMI_BACKEND_URL", "azblob://state?storage_account=shop")
    for name in ("ACTIONS_ID_TOKEN_REQUEST_URL", "SYSTEM_OIDCREQUESTURI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    return tmp_path


def fake(root: Path, output: str, status: int = 0) -> None:
    (root / "output").write_text(output, encoding="utf-8")
    script(
        root / "bin/pulumi",
        f'[ "$1" = version ] && {{ echo v3.999.0; exit; }}\n'
        f'echo "$@" >> {root}/calls\n'
        f'env | grep -E "^(ARM|AZURE|AAD|PULUMI)_" | sort > {root}/variables\n'
        f'cat "$AZURE_FEDERATED_TOKEN_FILE" > {root}/token\n'
        f"cat {root}/output; exit {status}",
    )


def calls(root: Path) -> list[str]:
    return (root / "calls").read_text(encoding="utf-8").splitlines()


def test_the_update_asks_nothing_and_previews_no_second_time(program: Path) -> None:
    assert pulumi.main(["up", "--stack", "prod"], program) == 0
    assert calls(program) == ["up --stack prod --non-interactive --yes --skip-preview"]
    assert (program / "token").read_text(encoding="utf-8") == "gitlab_azure_token"
    variables = (program / "variables").read_text(encoding="utf-8")
    assert "ARM_CLIENT_ID=azure_client_id" in variables
    assert "AAD_LOGIN_METHOD=workloadidentity" in variables


def test_an_update_can_be_held_to_a_plan(program: Path) -> None:
    assert pulumi.main(["up", "--stack", "prod", "--plan", "/x/plan.json"], program) == 0
    assert calls(program)[0].endswith(" --plan /x/plan.json")


def test_the_preview_shows_its_report_in_the_summary(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def report(root: Path, stack: str, after: Path, before: Path | None, out: Path) -> AccessReport:
        assert json.loads(after.read_text(encoding="utf-8")) == DIGEST
        return AccessReport(f"report of {stack}", out, ())

    monkeypatch.setattr(pulumi, "access_report", report)
    assert pulumi.main(["preview", "--stack", "prod", "--out", str(program / "out")], program) == 0
    assert calls(program) == ["preview --stack prod --non-interactive --json --show-sames --show-reads"]
    assert "report of prod" in (program / "summary.md").read_text(encoding="utf-8")


def test_a_broken_proof_ends_the_run_before_the_approval(
    program: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    report = AccessReport("", program, ("credential-issuer",))
    monkeypatch.setattr(pulumi, "access_report", lambda *arguments: report)
    assert pulumi.main(["preview", "--stack", "prod", "--out", str(program / "out")], program) == 1
    assert capsys.readouterr().err == "error: the proof credential-issuer is broken\n"


def test_a_failed_preview_shows_its_errors(program: Path, capsys: pytest.CaptureFixture[str]) -> None:
    digest = {"diagnostics": [{"severity": "error", "message": "vaults[0]: bad"}, {"severity": "info"}]}
    fake(program, "warning: a line before it\n" + json.dumps(digest), status=255)
    assert pulumi.main(["preview", "--stack", "prod", "--out", str(program / "out")], program) == 255
    assert capsys.readouterr().err == "error: vaults[0]: bad\n"


def test_without_a_digest_the_last_line_is_the_reason(
    program: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fake(program, "error: no stack named 'prod' found", status=255)
    assert pulumi.main(["drift", "--stack", "prod", "--out", str(program / "out")], program) == 1
    assert capsys.readouterr().err == "pulumi: pulumi printed no digest: error: no stack named 'prod' found\n"


def test_a_drift_is_written_by_names_only(program: Path) -> None:
    assert pulumi.main(["drift", "--stack", "prod", "--out", str(program / "out")], program) == 0
    assert calls(program) == ["preview --stack prod --non-interactive --json --refresh"]
    assert [file.name for file in (program / "out").iterdir()] == ["drift.md"]
    text = (program / "out/drift.md").read_text(encoding="utf-8")
    assert "1 resource differs" in text
    assert "| update | `vault` | `azure-native:keyvault:Vault` | `properties.networkAcls` |" in text
    assert "group" not in text


def test_a_digest_of_the_real_engine_names_what_was_changed_by_hand() -> None:
    rows = [line for line in drift_text("small", recorded("preview_drifted")).splitlines() if " | `" in line]
    assert rows == [
        "| create | `orders/secrets/payment-api-key` | `azure-native:authorization:RoleAssignment` |  |",
        "| update | `vault-vault` | `azure-native:keyvault:Vault` | `properties.enablePurgeProtection` |",
        "| update | `worker-deployment` | `kubernetes:apps/v1:Deployment` | `spec.replicas` |",
    ]
    assert drift_text("small", recorded("preview_same")) == ""


def test_no_drift_is_an_empty_file(program: Path) -> None:
    fake(program, json.dumps({"steps": DIGEST["steps"][1:]}))
    assert pulumi.main(["drift", "--stack", "prod", "--out", str(program / "out")], program) == 0
    assert (program / "out/drift.md").read_text(encoding="utf-8") == ""


def test_an_engine_without_its_language_host_is_refused(
    program: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (program / "bin/pulumi-language-python").unlink()
    assert pulumi.main(["up", "--stack", "prod"], program) == 1
    assert "install the whole Pulumi CLI" in capsys.readouterr().err


def test_without_a_backend_nothing_runs(
    program: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PULUMI_BACKEND_URL")
    assert pulumi.main(["up", "--stack", "prod"], program) == 1
    assert "PULUMI_BACKEND_URL is not set" in capsys.readouterr().err
    assert not (program / "calls").exists()


@pytest.mark.usefixtures("default_signal_handlers")
def test_a_signal_reaches_pulumi_once_and_its_end_is_awaited(program: Path) -> None:
    """A second SIGINT makes pulumi end at once: it would leave its lock and unfinished operations."""
    code = (
        "import signal, time\n"
        "seen = []\n"
        "signal.signal(signal.SIGINT, lambda *_: seen.append(1))\n"
        f"open({str(program / 'ready')!r}, 'w').close()\n"
        "from pathlib import Path\n"
        f"while not (seen and Path({str(program / 'all sent')!r}).exists()): time.sleep(0.01)\n"
        f"open({str(program / 'seen')!r}, 'w').write(str(len(seen)))\n"
    )
    (program / "wait.py").write_text(code, encoding="utf-8")
    script(
        program / "bin/pulumi",
        f'[ "$1" = version ] && {{ echo v3.999.0; exit; }}\nexec {sys.executable} {program}/wait.py',
    )
    run = (
        "import sys, pathlib; from tools.ci import pulumi; "
        f"sys.exit(pulumi.main(['up', '--stack', 'x'], pathlib.Path({str(program)!r})))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", run], cwd=REPOSITORY, stderr=subprocess.DEVNULL, start_new_session=True
    )
    _until((program / "ready").exists)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    # The process gets the next signal when it has handled the one before: none is merged with another.
    for _ in range(3):
        process.send_signal(signal.SIGTERM)
        _until(lambda: _pending(process.pid) == 0)
    (program / "all sent").touch()
    assert process.wait(30) == 0
    assert (program / "seen").read_text(encoding="utf-8") == "1"


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def _pending(process: int) -> int:
    """The signals that the process has not got yet."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return sum(int(mask, 16) for mask in re.findall(r"^(?:SigPnd|ShdPnd):\t(\w+)", status, re.MULTILINE))


@pytest.mark.engine
@pytest.mark.parametrize("verb", ["preview", "up"])
def test_the_engine_knows_every_option(verb: str) -> None:
    engine = EngineFinder(REPOSITORY).find()
    assert engine is not None
    usage = subprocess.run(
        [engine.path, verb, "--help"],
        env={**os.environ, "PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_UPDATE_CHECK": "true"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    source = inspect.getsource(getattr(pulumi, verb)) + (
        inspect.getsource(pulumi.drift) if verb == "preview" else ""
    )
    options = set(re.findall(r'"(--[a-z-]+)"', source))
    assert len(options) >= 5
    assert {option for option in options if f"{option} " not in usage} == set()
