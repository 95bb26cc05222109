"""Small programs for tests on the real engine, and their rehearsals."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from typer.testing import CliRunner, Result

from rehearsal import operations, state_folder
from rehearsal.cli import app
from rehearsal.engine import EngineCommand, find_engine
from rehearsal.simulator_process import REPOSITORY, Simulators
from tests.support.forks import Forks
from tests.support.rehearse import Rehearsal

SUBSCRIPTION = "/subscriptions/5b5c5c5b-0000-4000-8000-00000000000b"
_IDENTITIES = (
    f"{SUBSCRIPTION}/resourcegroups/rg-test/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
)
IDENTITY = f"""
azure:
  - id: {SUBSCRIPTION}/resourceGroups/rg-test
    location: westeurope
  - id: {_IDENTITIES}/id-app
    location: westeurope
"""


@cache
def _engine() -> EngineCommand:
    return EngineCommand(find_engine())


@dataclass
class Program:
    """A program, and its rehearsals: in a process, as a command line in this process, or with running
    simulators.
    """

    folder: Path
    forks: Forks | None = None
    """None: each command is a process of its own from the start."""
    printed: list[str] = field(default_factory=list)
    """All output of its rehearsals."""

    @property
    def state(self) -> Path:
        return self.folder / ".rehearsal" / "dev"

    def command(self, operation: str, *more: str) -> list[str]:
        command = [sys.executable, "-m", "rehearsal", operation, "--stack", "dev", *more]
        if operation in ("preview", "up") and "--proofs" not in more:
            command.append("--no-proofs")  # a small program has a link or two of the chain
        return [*command, "--program", str(self.folder)]

    def run(self, operation: str, *more: str) -> subprocess.CompletedProcess[str]:
        command = self.command(operation, *more)
        if self.forks:
            self._initialise()
            done = self.forks.run(command[3:])
        else:
            # Another working directory: nothing may depend on it.
            environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
            done = subprocess.run(
                command, cwd=self.folder.parent, env=environment, capture_output=True, text=True, check=False
            )
        self.printed += [done.stdout, done.stderr]
        return done

    def _initialise(self) -> None:
        """Begin with the empty stack of the session."""
        if Rehearsal.starts and not self.state.exists():
            Rehearsal.starts.initialise(self.state, "dev", self.folder, _engine())

    def document(self, operation: str, *more: str, succeeds: bool = True) -> dict[str, Any]:
        done = self.run(operation, "--json", *more)
        assert (done.returncode == 0) == succeeds, done.stdout + done.stderr
        return json.loads(done.stdout)

    def invoke(self, operation: str, *more: str) -> Result:
        done = CliRunner().invoke(app, self.command(operation, *more)[3:])
        self.printed += [done.stdout, done.stderr]
        return done

    def inside(
        self, operation: str, simulators: Simulators, cloud: str = "", *, keep_checkpoints: bool = False
    ) -> dict[str, Any]:
        """The document of an operation in this process, without a preview.

        It has to succeed: a failed one leaves tasks of the program behind.
        """
        self._initialise()
        lines: list[str] = []
        options = operations.RehearsalOptions(
            program=self.folder,
            cloud=yaml.safe_load(cloud),
            keep_checkpoints=keep_checkpoints,
            skip_preview=True,
            show=lines.append,
            warn=lines.append,
        )
        with (
            state_folder.prepare_exclusively(self.state, "dev", self.folder, None) as here,
            operations.working_directory(self.folder),
        ):
            opened = operations.open_stack_in(_engine(), here, options)
            outcome = operations.run(opened, here, operation, simulators, options, lines.append)
        self.printed += lines
        assert outcome.succeeded, "\n".join(lines)
        return outcome.report.document()

    def world(self) -> dict[str, Any]:
        return json.loads((self.state / "world" / "cloud.json").read_text())

    def change(self, world: dict[str, Any]) -> None:
        (self.state / "world" / "cloud.json").write_text(json.dumps(world))


def program(folder: Path, text: str, stack: str = "", forks: Forks | None = None) -> Program:
    folder.mkdir()
    (folder / "__main__.py").write_text(text)
    (folder / "Pulumi.yaml").write_text("name: app\nruntime: python\n")
    (folder / "Pulumi.dev.yaml").write_text(stack or "config: {azure-native:location: westeurope}\n")
    return Program(folder, forks)


def errors(document: dict[str, Any]) -> str:
    return "\n".join(entry["message"] for entry in document["diagnostics"] if entry["severity"] == "error")
