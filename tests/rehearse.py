"""The whole program on the real engine, as a user runs it: ``python -m rehearsal`` in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

REPOSITORY = Path(__file__).parent.parent


@dataclass(frozen=True)
class Run:
    """How one rehearsal went."""

    status: int
    document: Mapping[str, Any]
    output: str
    """Everything that was printed, on either stream."""

    @property
    def summary(self) -> Mapping[str, int]:
        """Operation → count, without the resources that stayed the same."""
        return {op: count for op, count in self.document["summary"].items() if op != "same" and count}

    @property
    def errors(self) -> str:
        """What the engine and the providers complained of."""
        return "\n".join(found["message"] for found in self.document["diagnostics"] if found["severity"] == "error")

    def inputs(self, suffix: str, name: str | None = None) -> list[Mapping[str, Any]]:
        """Inputs of every resource of a type."""
        return [
            found["inputs"]
            for found in self.document["resources"]
            if found["type"].endswith(f":{suffix}") and name in (None, found["name"])
        ]


@dataclass
class Rehearsal:
    """A stack file and a state folder of one test."""

    folder: Path
    config: dict[str, Any]

    @classmethod
    def of_dev(cls, folder: Path) -> "Rehearsal":
        """The shipped dev stack, to be changed by the test."""
        return cls(folder, YAML(typ="safe").load(REPOSITORY / "Pulumi.dev.yaml")["config"])

    def run(self, operation: str, *more: str, as_json: bool = True) -> Run:
        """One operation on the config as it is now."""
        self.folder.mkdir(exist_ok=True)
        stack_file = self.folder / "Pulumi.test.yaml"
        with stack_file.open("w") as file:
            YAML(typ="safe").dump({"config": self.config}, file)
        command = [sys.executable, "-m", "rehearsal", operation, "--stack", "test", "--state", str(self.state), *more]
        if operation not in ("outputs", "render", "purge"):
            command += ["--config-file", str(stack_file)]
        if as_json:
            command.append("--json")
        done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=False)
        document = json.loads(done.stdout) if as_json else {}
        return Run(done.returncode, document, done.stdout + done.stderr)

    def up(self) -> Run:
        """An update that has to succeed."""
        run = self.run("up")
        assert run.status == 0, run.errors
        return run

    @property
    def state(self) -> Path:
        """The state folder."""
        return self.folder / "state"

    @property
    def world(self) -> dict[str, Any]:
        """The simulated cloud."""
        return json.loads((self.state / "world" / "cloud.json").read_text())

    def change_world(self, world: Mapping[str, Any]) -> None:
        """Somebody else changes the cloud between two operations."""
        (self.state / "world" / "cloud.json").write_text(json.dumps(world))

    def secret(self, name: str) -> dict[str, Any]:
        """A secret as the simulated vault holds it."""
        return next(found for found in self.world["azure"] if found["id"].endswith(f"/secrets/{name}"))
