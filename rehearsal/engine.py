"""The Pulumi engine: its binary, its environment, and the run of its commands.

Operations use Automation API with an inline program, so that no language host is needed.
"""

from __future__ import annotations

import math
import os
import runpy
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

import pulumi
from pulumi.automation import (
    CommandResult,
    ConfigValue,
    LocalWorkspace,
    OutputMap,
    PulumiCommand,
    Stack,
    UpdateSummary,
)
from pulumi.automation._stack import StackInitMode  # what Stack.create passes, for Stack only
from pulumi.automation.errors import create_command_error
from semver import VersionInfo

from rehearsal.errors import RehearsalError
from rehearsal.simulator_process import REPOSITORY
from rehearsal.stack_files import config_path
from rehearsal.state_folder import StateFolder
from tools.engine_finder import EngineError, EngineFinder
from tools.processes import deferred_interrupts

OnOutput = Callable[[str], Any]


def find_engine() -> Path:
    """The engine that `make setup` has found or built. Raises RehearsalError if there is none."""
    try:
        engine = EngineFinder(REPOSITORY).find()
    except EngineError as error:
        raise RehearsalError(str(error)) from error
    if engine is None:
        raise RehearsalError("there is no Pulumi engine to use; type: make setup")
    return engine.path.resolve()


class EngineCommand(PulumiCommand):
    """The engine's command line. An interrupt of this process interrupts the engine."""

    def __init__(self, path: Path) -> None:
        """Automation API would run `pulumi version`; the finder, which checks the release, remembers it."""
        version = EngineFinder(REPOSITORY).version_of(path)
        if version is None:
            raise RehearsalError(f"the Pulumi engine {path} does not start; type: make setup")
        self.command = str(path)
        self.version = VersionInfo(version.major, version.minor, version.patch)

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: OnOutput | None = None,
        on_error: OnOutput | None = None,
    ) -> CommandResult:
        """Run one command. The first Ctrl-C lets the engine stop in order, the second one kills it."""
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
                    # In this session the terminal's Ctrl-C would reach the engine too, and two interrupts
                    # make it drop its state.
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
                except OSError:  # the display has no reader any more; the engine must not wait for one
                    on_line = None


class _Workspace(LocalWorkspace):
    """A workspace without the commands that cost time and change nothing."""

    def select_stack(self, stack_name: str) -> None:
        """Select nothing: every command names its stack."""
        del stack_name

    def stack_outputs(self, stack_name: str) -> OutputMap:  # noqa: ARG002 the signature is LocalWorkspace's
        """No outputs: `up` would read them twice, and the report reads them from the exported state."""
        return {}


class _Stack(Stack):
    """A stack that does not read its history."""

    def info(self, show_secrets: bool = True) -> UpdateSummary:  # noqa: ARG002 the signature is Stack's
        """A constant: every operation would read the history at its end, and the events hold all of it."""
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
    """The stack of the state folder, created if it is new, with the program inline."""
    environment = {
        # The engine writes attributes beside each file, and not in one step: a kill would leave a half one,
        # and no later operation could read the state (gocloud.dev, blob/fileblob/attrs.go).
        "PULUMI_BACKEND_URL": f"{state_folder.backend.resolve().as_uri()}?metadata=skip",
        "PULUMI_CONFIG_PASSPHRASE": state_folder.passphrase,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        # A failed update still writes its state; only a killed one loses it.
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
    mode = StackInitMode.SELECT if state_folder.is_used else StackInitMode.CREATE
    stack: Stack = _Stack(state_folder.stack, workspace, mode)
    if state_folder.pending_secrets:
        for is_nested in (False, True):
            # Only nested values have paths: in a top-level key such as `db.password` the dot is part of the
            # key.
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
    """The program's `__main__.py` as a function, as Automation API requires it.

    `pulumi.run(main)` inside it works.
    """

    def run() -> None:
        pulumi.log.debug = _drop
        with _importing_from(program):
            runpy.run_path(str(program / "__main__.py"), run_name="__main__")

    return run


def _drop(*_: object, **__: object) -> None:
    """Debug messages: the SDK sends about five per resource, each a blocking call, and the engine shows them
    only with `--debug`.
    """


_LOADED: Final = time.time_ns()
_imported_at: Final[dict[Path, int]] = {}
"""Program → when its modules were imported, in nanoseconds as the file system has them. Missing: before its
first run, by a test that imports the program's modules itself; since this module was loaded at the earliest.
"""


@contextmanager
def _importing_from(program: Path) -> Iterator[None]:
    """Import the program's modules during the block: anew, as each run of the language host does, if a file
    has changed since.
    """
    folder = f"{program}{os.sep}"
    modules = {
        name: file
        for name, module in list(sys.modules.items())
        if (file := getattr(module, "__file__", None)) and _is_program_module(file, folder, name)
    }
    # An update imports nothing again after its preview, which would take most of the time of a small program.
    if any(_changed_at(file) > _imported_at.get(program, _LOADED) for file in modules.values()):
        for name in modules:
            del sys.modules[name]
        _imported_at[program] = time.time_ns()
    _imported_at.setdefault(program, time.time_ns())
    sys.path.insert(0, str(program))
    try:
        yield
    finally:
        sys.path.remove(str(program))


def _changed_at(file: str) -> float:
    try:
        return Path(file).stat().st_mtime_ns
    except FileNotFoundError:
        return math.inf


_REHEARSAL_MODULES: Final = ("rehearsal", "tests", "__main__")


def _is_program_module(file: str, folder: str, name: str) -> bool:
    return (
        file.startswith(folder)
        and name.split(".")[0] not in _REHEARSAL_MODULES
        and f"{os.sep}site-packages{os.sep}" not in file
    )
