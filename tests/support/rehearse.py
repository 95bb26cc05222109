"""The whole program on the real engine, with a state folder of a test's own.

``run`` works inside the test's process with one set of simulators for all, which saves a second each time.
``command`` is what a person types, in a process of its own; an operation that is to fail goes this way, since
the engine leaves before the program then, and what the program still says to it would be an error of the
test.

Both skip the preview that `up` and `destroy` begin with, unless the preview is the subject of the test
(``previews=True``). ``pytest --with-previews`` makes none of them skip it: it takes longer, and finds what
only a preview refuses.
"""

import copy
import json
import os
import subprocess
import sys
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, ClassVar
from unittest.mock import patch

import pulumi
from pulumi.automation import Stack
from ruamel.yaml import YAML

from aks_secrets_testing.fast_sdk import without_unused_work
from rehearsal import operations, stack_files, state_folder
from rehearsal.engine import EngineCommand, find_engine
from rehearsal.simulator_process import Simulators
from tests.stack_files import shipped
from tests.support.forks import Forks
from tests.support.run import Run, finished
from tests.support.starts import Starts, copy_state, fingerprint

SKIP_PREVIEW = "--skip-preview"

REPOSITORY = Path(__file__).parents[2]
PROJECT = "aks-secrets"


@cache
def _engine() -> EngineCommand:
    return EngineCommand(find_engine())


@cache
def _project() -> dict[str, Any]:
    return stack_files.read_document(REPOSITORY / "Pulumi.yaml")


def _write_json(path: Path, document: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def _replace(stack: Stack, operation: str, urns: Collection[str]) -> None:
    """Make the operation replace the resources as their providers do, which is to delete the old ones first.

    `--replace` alone does not ask the provider, so the new ones would be made beside the old ones.
    """
    program = stack.workspace.program
    assert program is not None

    def delete_first(
        arguments: pulumi.ResourceTransformArgs,
    ) -> pulumi.ResourceTransformResult | None:
        if not arguments.custom or arguments.type_.startswith("pulumi:"):
            return None
        opts = pulumi.ResourceOptions.merge(
            arguments.opts, pulumi.ResourceOptions(delete_before_replace=True)
        )
        return pulumi.ResourceTransformResult(arguments.props, opts)

    def replacing() -> None:
        pulumi.runtime.register_resource_transform(delete_first)
        program()

    stack.workspace.program = replacing
    setattr(stack, operation, partial(getattr(stack, operation), replace=list(urns)))


@dataclass
class Rehearsal:
    """A stack file and a state folder of one test."""

    folder: Path
    config: dict[str, Any]
    simulators: Simulators
    stack: str = "test"
    """Several stacks in one folder share its cloud and its backend."""
    starts: ClassVar[Starts | None] = None
    """The states that the tests of a session begin with. None: each operation is run anew."""
    forks: ClassVar[Forks | None] = None
    """None: each command is a process of its own from the start."""
    always_previews: ClassVar[bool] = False
    """Whether every `up` and `destroy` is previewed, as with ``pytest --with-previews``."""

    @classmethod
    def small(cls, folder: Path, simulators: Simulators, *workloads: dict[str, Any]) -> "Rehearsal":
        """The dev stack without its operators, and with other workloads."""
        stack = cls.of("Pulumi.dev.yaml", folder, simulators)
        del stack.config["aks-secrets:operators"]
        stack.config["aks-secrets:workloads"] = list(workloads)
        return stack

    @classmethod
    def of(cls, stack_file: str, folder: Path, simulators: Simulators) -> "Rehearsal":
        """A shipped stack, to be changed by the test."""
        return cls(folder, YAML(typ="safe").load(shipped(stack_file))["config"], simulators)

    @property
    def cluster(self) -> dict[str, Any]:
        """Section ``cluster`` of the stack file, to be changed by the test."""
        return self.config["aks-secrets:cluster"]

    def run(
        self,
        operation: str,
        cloud: Any = None,
        *,
        replace: Collection[str] = (),
        previews: bool = False,
        refresh: bool = False,
    ) -> Run:
        """One operation on the config as it is now. Tests that begin with the same first update share it.

        ``replace``: URNs of resources to be replaced whatever the config says, the old ones first.
        """
        run = partial(self._run, operation, cloud, replace=replace, previews=previews, refresh=refresh)
        if replace:
            return run()
        if self.starts:
            here = self._initialised(self.starts)
            if operation == "up" and not (previews or refresh) and not here.deployment.get("resources"):
                return self._first_update(self.starts, cloud)
        return run()

    def _first_update(self, starts: Starts, cloud: Any) -> Run:
        begun_with = json.dumps([self.config, cloud], default=str)
        with starts.kept(f"up {self.stack} {fingerprint(self.state, self.stack, begun_with)}") as kept:
            if kept.is_dir():
                copy_state(kept / "state", self.state)
                return Run(**json.loads((kept / "run.json").read_text(encoding="utf-8")))
            run = self._run("up", cloud)
            if run.status == 0:
                copy_state(self.state, kept / "state")
                (kept / "run.json").write_text(json.dumps(asdict(run)), encoding="utf-8")
            return run

    def _initialised(self, starts: Starts) -> state_folder.StateFolder:
        """The state folder, which has the stack afterwards."""
        here = state_folder.StateFolder(self.state, self.stack, PROJECT)
        if not here.is_used:
            starts.initialise(self.state, self.stack, REPOSITORY, _engine())
        return here

    def _run(
        self,
        operation: str,
        cloud: Any,
        *,
        replace: Collection[str] = (),
        previews: bool = False,
        refresh: bool = False,
    ) -> Run:
        lines: list[str] = []
        here = self._prepared()
        options = operations.RehearsalOptions(
            program=REPOSITORY,
            cloud=cloud,
            skip_preview=not (previews or self.always_previews),
            refresh=refresh,
            show=lines.append,
            warn=lines.append,
        )
        with operations.working_directory(REPOSITORY), without_unused_work():
            stack = operations.open_stack_in(_engine(), here, options)
            if replace:
                _replace(stack, operation, replace)
            outcome = operations.run(stack, here, operation, self.simulators, options, lines.append)
        return Run(0 if outcome.succeeded else 1, outcome.report.document(), "\n".join(lines))

    def command(
        self,
        operation: str,
        *more: str,
        previews: bool = False,
        own_simulators: bool = False,
        environment: Mapping[str, str] | None = None,
    ) -> Run:
        """The command line, in a fork of a process that has imported everything.

        ``own_simulators``: with a process of simulators that begins and ends with it, as ``typed`` has.
        """
        if operation in operations.PREVIEWS and not (previews or self.always_previews):
            more = (SKIP_PREVIEW, *more)
        if self.starts is None or self.forks is None:
            return self.typed(operation, *more, environment=environment)
        self._initialised(self.starts)
        arguments = self.arguments(operation, *more)
        return finished(self.forks.run(arguments, environment, own_simulators=own_simulators))

    def typed(self, operation: str, *more: str, environment: Mapping[str, str] | None = None) -> Run:
        """The command as a person types it, in a process with simulators of its own."""
        command = [sys.executable, "-m", "rehearsal", *self.arguments(operation, *more)]
        done = subprocess.run(
            command,
            cwd=REPOSITORY,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return finished(done)

    def arguments(self, operation: str, *more: str) -> list[str]:
        """The arguments of a command on this stack."""
        arguments = [operation, "--stack", self.stack, "--state", str(self.state), *more]
        if operation not in ("outputs", "purge"):
            arguments += ["--config-file", str(self._stack_file())]
        return arguments

    def _stack_file(self) -> Path:
        self.folder.mkdir(exist_ok=True)
        stack_file = self.folder / f"Pulumi.{self.stack}.yaml"
        stack_file.write_text(json.dumps({"config": self.config}, indent=1), encoding="utf-8")
        return stack_file

    def _prepared(self) -> state_folder.StateFolder:
        """The state folder with copies in JSON, which is YAML too.

        To read and write YAML so that a person's quotes stay takes as long as a small program, and
        ``command`` does it.
        """
        config = json.loads(self._stack_file().read_text(encoding="utf-8"))
        files = stack_files.UserFiles(copy.copy(_project()), config)
        with patch.object(stack_files, "_write", _write_json):
            return state_folder.prepare_from(self.state, self.stack, files)

    def engine(self, *arguments: str) -> str:
        """A command of the engine that is no rehearsal, such as `state move`; what it printed."""
        here = self._prepared()
        with operations.working_directory(REPOSITORY):
            stack = operations.open_stack_in(_engine(), here, operations.RehearsalOptions(program=REPOSITORY))
            environment = {**stack.workspace.env_vars, "PULUMI_HOME": str(here.home)}
            run = partial(_engine().run, cwd=str(here.work), additional_env=environment)
            run(["stack", "select", self.stack])
            return run(list(arguments)).stdout

    def up(self, cloud: Any = None, *, previews: bool = False, refresh: bool = False) -> Run:
        """An update that has to succeed."""
        run = self.run("up", cloud, previews=previews, refresh=refresh)
        assert run.status == 0, run.errors
        return run

    def refused(self, operation: str = "up", cloud: Any = None, *, previews: bool = False) -> Run:
        """A command that has to fail, and to show no traceback."""
        more: list[str] = []
        if cloud is not None:
            self.folder.mkdir(exist_ok=True)
            file = self.folder / "cloud.json"
            file.write_text(json.dumps(cloud), encoding="utf-8")
            more = ["--cloud", str(file)]
        run = self.command(operation, *more, previews=previews)
        assert run.status != 0, run.output
        assert "Traceback" not in run.output, run.output
        return run

    @property
    def state(self) -> Path:
        """The state folder."""
        return self.folder / "state"

    @property
    def deployment(self) -> Mapping[str, Any]:
        """The state as the engine wrote it, secrets encrypted."""
        return state_folder.existing(self.state, self.stack).deployment

    @property
    def world(self) -> dict[str, Any]:
        """The simulated cloud."""
        return json.loads((self.state / "world" / "cloud.json").read_text())

    def change_world(self, world: Mapping[str, Any]) -> None:
        """Another program changes the cloud between two operations."""
        (self.state / "world" / "cloud.json").write_text(json.dumps(world))

    def secret(self, name: str) -> dict[str, Any]:
        """A secret as the simulated vault holds it."""
        return next(
            resource for resource in self.world["azure"] if resource["id"].endswith(f"/secrets/{name}")
        )
