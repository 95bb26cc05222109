"""The updates of an acceptance: the same engine, program and providers as `pulumi up`, by Automation API.

Its program runs in this process, so a rehearsal, whose engine has no language host, takes the same way.
"""

from __future__ import annotations

import os
import runpy
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from pulumi.automation import CommandResult, LocalWorkspace, PulumiCommand, Stack
from pulumi.automation.errors import CommandError, create_command_error

from operations.acceptance.children import OnLine, run_child
from operations.acceptance.locks import running_updates
from operations.acceptance.run_folder import RunFolder
from operations.azure.documents import objects_at, text_at
from operations.errors import OperationError

_OUTPUT_LINES: Final = 4000


class _EngineCommand(PulumiCommand):
    """The CLI. Automation API would leave it behind at an interrupt, and the stack locked."""

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: OnLine | None = None,
        on_error: OnLine | None = None,
    ) -> CommandResult:
        """Run one command. An interrupt lets it finish what it has begun, and is raised then."""
        command = [self.command, "--non-interactive"]
        command += [argument for argument in args if argument != "--non-interactive"]
        environment = {**os.environ, **additional_env, "PULUMI_AUTOMATION_API": "true"}
        ended = run_child(command, environment, cwd, on_output=on_output, on_error=on_error)
        result = CommandResult("\n".join(ended.output), "\n".join(ended.errors), ended.status)
        if ended.status:
            raise create_command_error(result)
        return result


class Engine:
    """The stack of a run."""

    def __init__(self, folder: RunFolder, show: Callable[[str], None]) -> None:
        # The program and the engine talk over the loopback interface, also behind a proxy.
        os.environ.setdefault("no_grpc_proxy", "127.0.0.1,localhost")
        self._show, self._folder = show, folder
        self.lines: list[str] = []
        """The last lines of its output."""
        self._state: Mapping[str, Any] | None = None
        try:
            command = _EngineCommand()
        except FileNotFoundError as error:
            raise OperationError(
                "the Pulumi CLI is not on PATH; install it (https://www.pulumi.com/docs/install)"
            ) from error
        self.version = str(command.version)
        workspace = LocalWorkspace(
            work_dir=str(folder.path),
            program=_inline(folder.program),
            pulumi_command=command,
            env_vars=folder.environment,
        )
        self._stack = _answered(lambda: Stack.create_or_select(folder.stack, workspace))

    def up(self) -> dict[str, Any]:
        """`pulumi up`. Returns the number of operations by kind. Raises OperationError if it fails."""
        result = self._operated(
            lambda: self._stack.up(
                on_output=self._line, color="never", show_secrets=False, suppress_outputs=True
            )
        )
        return {str(kind): number for kind, number in (result.summary.resource_changes or {}).items()}

    def destroy(self) -> None:
        """`pulumi destroy`, also after an engine that was killed. Raises OperationError if it fails."""
        self._release_lock()
        self._operated(lambda: self._stack.destroy(on_output=self._line, color="never", show_secrets=False))

    def resources(self) -> Mapping[str, int]:
        """Number of resources in the state by type."""
        resources = self.state().get("resources") or []
        return dict(sorted(Counter(str(each["type"]) for each in resources).items()))

    def versions(self) -> dict[str, str]:
        """Versions of Kubernetes and of each chart, by the state."""
        versions: dict[str, str] = {}
        for each in objects_at(self.state(), "resources"):
            if text_at(each, "type") == "azure-native:containerservice:ManagedCluster":
                current = text_at(each, "outputs", "currentKubernetesVersion")
                versions["Kubernetes"] = current or text_at(each, "outputs", "kubernetesVersion")
            if text_at(each, "type") == "kubernetes:helm.sh/v3:Release":
                versions[f"chart {text_at(each, 'inputs', 'chart')}"] = text_at(each, "inputs", "version")
        return versions

    def state(self) -> Mapping[str, Any]:
        """The deployment as the last operation has left it, secrets encrypted. Raises OperationError."""
        state = self._state
        if state is None:
            state = self._state = _answered(self._stack.export_stack).deployment or {}
        return state

    def _operated(self, operate: Callable[[], Any]) -> Any:
        """The result of an operation.

        Raises:
            OperationError: it fails, with the errors that its display shows.
            KeyboardInterrupt: it was interrupted, and the engine has ended.
        """
        self.lines, self._state = [], None
        try:
            return _answered(operate)
        except OperationError as error:
            errors = [line.strip() for line in self.lines if "error:" in line]
            raise OperationError("; ".join(dict.fromkeys(errors)) or str(error) or "it fails") from error

    def _release_lock(self) -> None:
        """`pulumi cancel`, if the engine that has locked the stack is gone."""
        locks = running_updates(self._folder)
        if alive := [process for process in locks if process]:
            raise OperationError(
                f"an update of this run is under way, in process {alive[0]}; wait until it has ended"
            )
        if locks:
            _answered(self._stack.cancel)

    def _line(self, line: str) -> None:
        self.lines = [*self.lines[-_OUTPUT_LINES:], line]
        self._show(line)


def _answered(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except CommandError as error:
        text = str(error)
        text = text.split("stderr:", 1)[1] if "stderr:" in text else text
        raise OperationError(" ".join(text.split())) from error


def _inline(program: Path) -> Callable[[], None]:
    def run() -> None:
        sys.path.insert(0, str(program))
        try:
            runpy.run_path(str(program / "__main__.py"), run_name="__main__")
        finally:
            sys.path.remove(str(program))

    return run
