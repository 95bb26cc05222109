"""The Pulumi engine: which binary, with which environment, and how its operations run.

Operations go through Automation API with the program inline, so no language host is needed.
"""

from __future__ import annotations

import os
import runpy
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

import pulumi
from pulumi.automation import (
    CommandResult,
    ConfigValue,
    InvalidVersionError,
    LocalWorkspace,
    OutputMap,
    PulumiCommand,
    Stack,
    UpdateSummary,
)
from pulumi.automation._stack import StackInitMode  # what Stack.create_or_select passes, for Stack only
from pulumi.automation.errors import create_command_error

from rehearsal.errors import RehearsalError
from rehearsal.simulator_process import REPOSITORY
from rehearsal.state_folder import StateFolder, config_path
from tools.engine_finder import EngineError, EngineFinder
from tools.processes import deferred_interrupts

OnOutput = Callable[[str], Any]


def find_engine() -> Path:
    """The engine that `make setup` found or made."""
    try:
        found = EngineFinder(REPOSITORY).find()
    except EngineError as error:
        raise RehearsalError(str(error)) from error
    if found is None:
        raise RehearsalError("there is no Pulumi engine to use; type: make setup")
    return found.path.resolve()


class EngineCommand(PulumiCommand):
    """The engine's command line, whose child this process ends when it is interrupted."""

    def __init__(self, path: Path) -> None:
        try:
            super().__init__(root=str(path.parent.parent))
        except (InvalidVersionError, OSError, subprocess.CalledProcessError) as error:
            raise RehearsalError(
                f"the Pulumi engine {path} cannot be used: {error}; type: make setup"
            ) from error

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: OnOutput | None = None,
        on_error: OnOutput | None = None,
    ) -> CommandResult:
        """Runs one command. Ctrl-C asks the engine to stop once, a second one ends it."""
        process: subprocess.Popen[str] | None = None
        readers: list[threading.Thread] = []
        lines: tuple[list[str], list[str]] = ([], [])
        try:
            with deferred_interrupts():
                process = subprocess.Popen(
                    [
                        self.command,
                        "--non-interactive",
                        *(argument for argument in args if argument != "--non-interactive"),
                    ],
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    cwd=cwd,
                    env={**os.environ, **additional_env, "PULUMI_AUTOMATION_API": "true"},
                    encoding="utf-8",
                    # The terminal's Ctrl-C would reach the engine as well, and two of them make it drop its state.
                    start_new_session=True,
                )
                for stream, on_line, kept in (
                    (process.stdout, on_output, lines[0]),
                    (process.stderr, on_error, lines[1]),
                ):
                    readers.append(threading.Thread(target=_read, args=(stream, on_line, kept), daemon=True))
                    readers[-1].start()
            process.wait()
        except KeyboardInterrupt:
            if process is not None:
                process.send_signal(signal.SIGINT)
                process.wait()
            raise
        finally:
            if process is not None and process.poll() is None:  # interrupted twice, or a defect
                process.kill()
                process.wait()
        assert process is not None
        for reader in readers:
            reader.join()
        result = CommandResult("\n".join(lines[0]), "\n".join(lines[1]), process.returncode)
        if process.returncode:
            raise create_command_error(result)
        return result


def _read(stream: IO[str], on_line: OnOutput | None, lines: list[str]) -> None:
    with stream:
        for line in stream:
            lines.append(line.rstrip("\n"))
            if on_line:
                try:
                    on_line(lines[-1])
                except OSError:  # nobody takes it any more; the engine must not wait for that
                    on_line = None


class _Workspace(LocalWorkspace):
    """Leaves out runs of the command line that only cost time."""

    is_used = False

    def select_stack(self, stack_name: str) -> None:
        """Every command names its stack; selecting matters only to find out that there is none yet."""
        if not self.is_used:
            super().select_stack(stack_name)

    def stack_outputs(self, stack_name: str) -> OutputMap:  # noqa: ARG002 the signature is LocalWorkspace's
        """`up` would read them, twice; the report reads the exported state."""
        return {}


class _Stack(Stack):
    """Leaves out one more."""

    def info(self, show_secrets: bool = True) -> UpdateSummary:  # noqa: ARG002 the signature is Stack's
        """Every operation would end by reading the stack's history; the events have said it all."""
        return UpdateSummary(
            kind="update",
            start_time=datetime.now(tz=UTC),
            message="",
            environment={},
            config={},
            result="succeeded",
        )


def open_stack(
    engine: EngineCommand, state_folder: StateFolder, program: Path, *, keep_checkpoints: bool
) -> Stack:
    """The stack of the state folder, made if it is new, with the program inline."""
    environment = {
        "PULUMI_BACKEND_URL": state_folder.backend.resolve().as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": state_folder.passphrase,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        # A failing update still writes its state; only a killed one loses it.
        "PULUMI_SKIP_CHECKPOINTS": "false" if keep_checkpoints else "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS": "true",
        "KUBECONFIG": os.devnull,
    }
    workspace = _Workspace(
        work_dir=str(state_folder.work),
        pulumi_home=str(state_folder.home),
        program=inline(program),
        env_vars=environment,
        pulumi_command=engine,
    )
    workspace.is_used = state_folder.is_used
    stack: Stack = _Stack(state_folder.stack, workspace, StackInitMode.CREATE_OR_SELECT)
    if state_folder.pending_secrets:
        for is_nested in (False, True):
            # Only what is nested is a path: in `db.password` at the top the dot is part of the key.
            secrets = {
                path: value
                for path, value in state_folder.pending_secrets.items()
                if (len(path) > 1) == is_nested
            }
            values = {config_path(path): ConfigValue(value, secret=True) for path, value in secrets.items()}
            if values:
                stack.set_all_config(values, path=is_nested)
        state_folder.pending_secrets = {}
    return stack


def inline(program: Path) -> Callable[[], None]:
    """The program's `__main__.py` as Automation API wants it. `pulumi.run(main)` inside it works."""

    def run() -> None:
        pulumi.log.debug = _drop
        with _importing_from(program):
            runpy.run_path(str(program / "__main__.py"), run_name="__main__")

    return run


def _drop(*_: object, **__: object) -> None:
    """Debug messages: the SDK sends about five per resource, each a blocking call, and the engine shows them only with `--debug`."""


@contextmanager
def _importing_from(program: Path) -> Iterator[None]:
    """Each run imports the program's own modules anew, as each run of the language host would."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and _is_program_module(Path(file), program, name):
            del sys.modules[name]
    sys.path.insert(0, str(program))
    try:
        yield
    finally:
        sys.path.remove(str(program))


_OURS: Final = ("rehearsal", "tests", "__main__")


def _is_program_module(file: Path, program: Path, name: str) -> bool:
    if name.split(".")[0] in _OURS or not file.is_relative_to(program):
        return False
    return "site-packages" not in file.parts
