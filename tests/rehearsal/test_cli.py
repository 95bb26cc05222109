"""The command line's refusals: one sentence each, and one document with --json."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from rehearsal.cli import app
from rehearsal.simulation import REPOSITORY

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
        (["--state", "/dev/null"], "--state: /dev/null cannot be used as a folder"),
        (["--cloud", "none.yaml"], "--cloud: there is no file none.yaml"),
        (["--latency", "slow"], "--latency: 'slow' is not TYPE=SECONDS"),
        (["--latency", "*=-1"], "--latency: '*=-1' is not TYPE=SECONDS"),
        (["--stack", "prod"], "--stack: there is no stack 'prod'"),
        (["--stack", "a/b"], "--stack: 'a/b' is no stack name"),
    ],
)
def test_a_wrong_option_is_one_sentence(program: Path, more: list[str], problem: str) -> None:
    done = run(program, "up", *more)
    assert done.exit_code in (1, 2)
    assert done.stdout == ""
    assert done.stderr.startswith(f"error: {problem}")
    assert done.stderr.splitlines()[1:] == [NO_CLOUD]


def test_a_wrong_option_is_one_document_with_json(program: Path) -> None:
    done = run(program, "preview", "--json", "--latency", "slow")
    assert done.exit_code == 2
    assert "TYPE=SECONDS" in json.loads(done.stdout)["diagnostics"][0]["message"]
    assert done.stderr == ""


@pytest.mark.parametrize("operation", ["outputs"])
def test_nothing_rehearsed_yet_says_what_to_type(program: Path, operation: str) -> None:
    done = run(program, operation)
    assert done.exit_code == 1
    assert "type: python -m rehearsal up --stack dev" in done.stderr


def test_no_engine_says_what_to_type(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (program / "tools" / "pulumi").mkdir(parents=True)
    shutil.copy(REPOSITORY / "tools" / "pulumi" / "go.mod", program / "tools" / "pulumi")
    monkeypatch.setattr("rehearsal.engine.REPOSITORY", program)
    monkeypatch.setenv("PATH", str(program))
    done = run(program, "up")
    assert done.exit_code == 1
    assert "type: make setup" in done.stderr
