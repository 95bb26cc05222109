"""The command line of the operations: which commands there are, and what one of them imports."""

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from operations.cli import app
from rehearsal.simulator_process import REPOSITORY

_RESUME = """
import json, sys
from operations.cli import app
app(["resume", "--help"], standalone_mode=False)
print(json.dumps(sorted(sys.modules)))
"""


@pytest.mark.servers
def test_a_command_is_imported_when_it_is_typed() -> None:
    """`resume` needs no settings: their import takes longer than all that it does."""
    done = subprocess.run(
        [sys.executable, "-c", _RESUME], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    modules = json.loads(done.stdout.splitlines()[-1])
    assert "operations.commands.resume" in modules
    assert [name for name in modules if name.split(".")[0] in ("stacks", "components")] == []


def test_each_file_of_commands_is_a_command() -> None:
    files = sorted(path.stem for path in (REPOSITORY / "operations/commands").glob("[!_]*.py"))
    shown = CliRunner().invoke(app, ["--help"]).output
    assert [name for name in files if f" {name.replace('_', '-')} " not in shown] == []


def test_a_misspelled_command_is_told_its_name() -> None:
    refused = CliRunner().invoke(app, ["resum"])
    assert refused.exit_code == 2
    assert "Did you mean 'resume'?" in refused.output
