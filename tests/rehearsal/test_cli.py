"""The command line: each refusal is one line, and one document with --json."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from rehearsal import operations, operations_process, state_folder
from rehearsal.cli import app
from rehearsal.report import Report
from rehearsal.simulator_process import REPOSITORY
from tools.processes import INTERRUPTS

NO_CLOUD = "This is a rehearsal: no cloud was touched."


@pytest.fixture
def program(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: app\nruntime: python\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {}\n")
    return tmp_path


def run(program: Path, operation: str, *more: str) -> Result:
    return CliRunner().invoke(app, [operation, "--stack", "dev", "--program", str(program), *more])


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        (["--config-file", "none.yaml"], "--config-file: there is no file"),
        (["--config-file", "."], "--config-file: "),
        (["--state", "/dev/null"], "--state: /dev/null cannot be used as a folder"),
        (["--cloud", "none.yaml"], "--cloud: there is no file none.yaml"),
        (["--faults", "none.yaml"], "--faults: there is no file none.yaml"),
        (["--faults", "."], "--faults: . cannot be read: "),
        (["--faults", "Makefile"], "--faults: Makefile is neither YAML nor JSON: "),
        (["--faults", "pyproject.toml", "--faults-seed", "1"], "--faults-seed: --faults names a bad day"),
        (["--latency", "slow"], "--latency: 'slow' is not TYPE=SECONDS"),
        (["--latency", "*=-1"], "--latency: '*=-1' is not TYPE=SECONDS"),
        (["--latency", "*=nan"], "--latency: '*=nan' is not TYPE=SECONDS"),
        (["--latency", "*=inf"], "--latency: '*=inf' is not TYPE=SECONDS"),
        (["--stack", "prod"], "--stack: there is no stack 'prod'"),
        (["--stack", "a/b"], "--stack: 'a/b' is no stack name"),
    ],
)
def test_a_wrong_option_is_one_sentence(program: Path, more: list[str], problem: str) -> None:
    done = run(program, "up", *more)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"error: {problem}")
    assert done.stderr.splitlines()[1:] == [NO_CLOUD]


def test_a_wrong_option_is_one_document_with_json(program: Path) -> None:
    done = run(program, "preview", "--json", "--latency", "slow")
    assert done.exit_code == 2
    assert "TYPE=SECONDS" in json.loads(done.stdout)["diagnostics"][0]["message"]
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["preview", "--json"], "--stack"),
        (["up", "--stack", "dev", "--json", "--no-such"], "--no-such"),
        (["upp", "--json"], "upp"),
    ],
)
def test_a_usage_error_is_one_document_with_json(arguments: list[str], problem: str) -> None:
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 2
    assert problem in json.loads(done.stdout)["diagnostics"][0]["message"]
    assert done.stderr == ""


def test_help_stays_help(program: Path) -> None:
    assert "--latency" in run(program, "up", "--json", "--help").stdout


@pytest.fixture
def rehearsed(program: Path) -> Path:
    """A state folder as an `up` leaves it, made without an engine."""
    here = state_folder.prepare(program / ".rehearsal" / "dev", "dev", program, None)
    checkpoint = here.backend / ".pulumi" / "stacks" / "app" / "dev.json"
    checkpoint.parent.mkdir(parents=True)
    checkpoint.write_text(json.dumps({"checkpoint": {"latest": {"resources": []}}}))
    return here.folder


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("operation", ["up", "preview", "refresh", "destroy", "render"])
def test_a_folder_that_another_rehearsal_has_locked_stays_unchanged(
    program: Path, rehearsed: Path, operation: str
) -> None:
    other = program / "other.yaml"
    other.write_text("config: {app:answer: no}\n")
    (rehearsed / "throw-away").mkdir()
    (rehearsed / "throw-away" / "other").touch()
    with (rehearsed / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        before = contents(rehearsed)
        done = run(program, operation, "--config-file", str(other), "--state", str(rehearsed))
        assert contents(rehearsed) == before
    assert done.exit_code == 1
    assert "another rehearsal is using" in done.stderr


def test_a_closed_terminal_and_a_kill_are_interrupts(program: Path) -> None:
    before = {number: signal.getsignal(number) for number in INTERRUPTS}
    try:
        for number in INTERRUPTS[1:]:
            signal.signal(number, signal.SIG_DFL)
        run(program, "outputs")
        for number in INTERRUPTS:
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(number)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def test_a_stack_that_the_folder_does_not_hold_is_an_error(program: Path, rehearsed: Path) -> None:
    for name, problem in (
        ("prod", f"for the stack 'prod' in {rehearsed} (it holds dev)"),
        ("../dev", "is no stack name"),
    ):
        done = run(program, "outputs", "--state", str(rehearsed), "--stack", name)
        assert done.exit_code == 2
        assert problem in done.stderr


def test_a_corrupt_checkpoint_is_one_sentence(program: Path, rehearsed: Path) -> None:
    for text in ("{", "[]", '{"checkpoint": []}'):
        (rehearsed / "state" / ".pulumi" / "stacks" / "app" / "dev.json").write_text(text)
        done = run(program, "outputs")
        assert done.exit_code == 1
        assert "dev.json is corrupt" in done.stderr
        assert done.stderr.splitlines()[1:] == [NO_CLOUD]


def test_a_corrupt_cloud_is_one_sentence_for_purge(program: Path, rehearsed: Path) -> None:
    (rehearsed / "world" / "cloud.json").write_text("{")
    done = run(program, "purge", "--vault", "kv")
    assert done.exit_code == 1
    assert "is not a simulated cloud" in done.stderr


def test_a_file_in_place_of_a_folder_is_one_sentence(program: Path, rehearsed: Path) -> None:
    shutil.rmtree(rehearsed / "work")
    (rehearsed / "work").touch()
    done = run(program, "up")
    assert done.exit_code == 1
    assert done.stderr.startswith(f"error: --state: {rehearsed / 'work'} cannot be used")


def test_a_folder_in_place_of_a_manifest_is_one_sentence(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "demo"}}
    report = Report(resources=[{"type": "kubernetes:core/v1:Namespace", "inputs": namespace, "op": "create"}])
    monkeypatch.setattr(operations, "rehearse", lambda *_: operations.Outcome(True, report))
    manifest = tmp_path / "out" / "namespace-demo.yaml"
    manifest.mkdir(parents=True)
    done = run(program, "render", "--out", str(tmp_path / "out"))
    assert done.exit_code == 2
    assert done.stderr.startswith(f"error: --out: {manifest} cannot be used")


@pytest.mark.servers
def test_the_exit_of_the_reader_stops_nothing(tmp_path: Path) -> None:
    """`| head -1`, in a separate process, because the process loses its standard output."""
    text = (
        "import sys, time, typer\nfrom pathlib import Path\nfrom rehearsal.command_runner import "
        "run_and_exit\n"
        "from rehearsal.operations import Outcome\n"
        "from rehearsal.report import Report\n"
        "def run():\n"
        "    while not Path(sys.argv[2]).exists(): time.sleep(0.01)\n"
        "    for number in range(3): print('x' * 9999, flush=True)\n"
        "    Path(sys.argv[1]).touch(); return Outcome(True, Report())\n"
        "try: run_and_exit(run, as_json=False)\n"
        "except typer.Exit as end: sys.exit(end.exit_code)\n"
    )
    command = [sys.executable, "-c", text, str(tmp_path / "done"), str(tmp_path / "closed")]
    with subprocess.Popen(
        command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        (tmp_path / "closed").touch()
        assert running.stderr.read() == NO_CLOUD + "\n"
    assert running.returncode == 0
    assert (tmp_path / "done").exists()


@pytest.mark.servers
def test_an_interrupt_during_the_imports_shows_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("raise KeyboardInterrupt\n")
    command = [sys.executable, "-m", "rehearsal", "up"]
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{REPOSITORY}"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "")


@pytest.mark.parametrize("operation", ["outputs"])
def test_an_empty_folder_is_an_error_with_the_command(program: Path, operation: str) -> None:
    done = run(program, operation)
    assert done.exit_code == 1
    assert "type: python -m rehearsal up --stack dev" in done.stderr


def test_a_missing_engine_is_an_error_with_the_command(
    program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (program / "tools" / "pulumi").mkdir(parents=True)
    shutil.copy(REPOSITORY / "tools" / "pulumi" / "go.mod", program / "tools" / "pulumi")
    monkeypatch.setattr("rehearsal.engine.REPOSITORY", program)
    monkeypatch.setenv("PATH", str(program))
    done = run(program, "up")
    assert done.exit_code == 1
    assert "type: make setup" in done.stderr


@pytest.mark.servers
@pytest.mark.usefixtures("default_signal_handlers")
def test_a_sigterm_is_passed_on_to_a_command_of_operations() -> None:
    received: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: received.append(number))
    script = "trap 'exit 7' TERM; kill -TERM $PPID; while :; do sleep 0.01; done"
    assert operations_process._start(["/bin/sh", "-c", script], dict(os.environ)) == 7
    assert received == [signal.SIGTERM]
