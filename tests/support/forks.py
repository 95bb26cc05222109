"""`python -m rehearsal …` without its start: each command runs in a fork of one process that has imported
everything.

Imports take most of the time of a small rehearsal, and so does a process of simulated providers. ``Forks`` is
the test's end: it passes on what a command asks of the simulators to those that run already, unless the
command is to have a process of them for itself, a fork too. The command is the whole command line, in a
process of its own.
"""

import gc
import importlib
import json
import os
import select
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from typer.main import get_command

from aks_secrets_testing.fast_sdk import without_unused_work
from operations.cli import app as operations_app
from rehearsal import operations_process
from rehearsal.simulator_process import Simulators
from tests.rehearsal.forked_process import start_simulators
from tests.stack_files import shipped

REPOSITORY = Path(__file__).parents[2]
TIMEOUT_SECONDS = 900
"""Three times what an acceptance takes on a busy machine."""
# Those that the program and the commands import only when they need them, and the dev stack does not.
_IMPORTS = [
    *(
        f"pulumi_azure_native.{name}"
        for name in ("eventgrid", "kubernetesconfiguration", "monitor", "network")
    ),
    *(f"pulumi_azure_native.{name}" for name in ("operationalinsights", "privatedns")),
    *(f"operations.commands.{name}" for name in ("doctor", "restore", "resume", "rotate", "verify", "who")),
]

Ask = Callable[[dict[str, Any]], dict[str, Any]]


class Forks:
    """The process that forks. It takes one JSON document per line, and answers with one."""

    def __init__(self, simulators: Simulators) -> None:
        self._simulators = simulators

    @cached_property
    def _process(self) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", __name__]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, cwd=REPOSITORY, stdin=pipe, stdout=pipe, encoding="utf-8")

    def close(self) -> None:
        """End the process, if a test has used it."""
        if "_process" in self.__dict__:
            self._process.communicate(timeout=TIMEOUT_SECONDS)

    def run(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str] | None = None,
        *,
        own_simulators: bool = False,
    ) -> "subprocess.CompletedProcess[str]":
        """One command line of the rehearsal, with more variables of the environment, and how it ended."""
        with TemporaryDirectory() as folder:
            streams = [Path(folder, name) for name in ("stdout", "stderr")]
            request = {"arguments": list(arguments), "environment": dict(environment or {})}
            request["own_simulators"] = own_simulators
            self._send({**request, "streams": [str(stream) for stream in streams]})
            while "status" not in (message := self._receive()):
                self._send(self._simulators.ask(message))
            out, err = (stream.read_text(encoding="utf-8") for stream in streams)
            return subprocess.CompletedProcess(arguments, message["status"], out, err)

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], TIMEOUT_SECONDS)[0]:
            self._process.kill()
            raise TimeoutError(f"a command of the rehearsal took more than {TIMEOUT_SECONDS} s")
        return json.loads(self._process.stdout.readline())


class _Line:
    """The forking process' end, which its children have too: only one of them speaks at a time."""

    def __init__(self) -> None:
        self._from, self._to = os.dup(0), os.dup(1)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(2, 1)

    def receive(self) -> dict[str, Any] | None:
        text = b""
        while not text.endswith(b"\n"):
            part = os.read(self._from, 1 << 16)
            if not part:
                return None
            text += part
        return json.loads(text)

    def send(self, message: dict[str, Any]) -> None:
        left = json.dumps(message).encode() + b"\n"
        while left:
            left = left[os.write(self._to, left) :]

    def ask(self, message: dict[str, Any]) -> dict[str, Any]:
        self.send(message)
        return self.receive() or {}


def main() -> None:
    """Fork for each request, until there are no more."""
    line = _Line()
    command_line = _ready()
    while (request := line.receive()) is not None:
        ended, alive = os.pipe()
        child = os.fork()
        if not child:
            for descriptor, stream in enumerate(request["streams"], start=1):
                os.dup2(os.open(stream, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), descriptor)
            os.environ.update(request["environment"])
            others = patch.object(operations_process, "_start", _start_in_a_fork)
            simulators = _forked() if request["own_simulators"] else _forwarded(line.ask)
            with simulators, without_unused_work(), others:
                command_line(request["arguments"], prog_name="python -m rehearsal")
            return  # as the command itself would: threads and tasks that are left have their say
        os.close(alive)
        _, status = os.waitpid(child, 0)
        os.read(ended, 1)  # its own forks have that pipe, too: nothing, when the last one has ended
        os.close(ended)
        line.send({"status": os.waitstatus_to_exitcode(status)})


def _ready() -> Callable[..., Any]:
    """The command line, when everything that its forks would import or compute is there."""
    from aks_secrets_testing import build_stack
    from rehearsal.cli import app
    from trust.proofs import proofs

    for name in _IMPORTS:
        importlib.import_module(name)
    build_stack(shipped("Pulumi.dev.yaml"))
    proofs()
    command_line = get_command(app)
    gc.collect()
    gc.freeze()  # a collection would copy every page that the children share
    return command_line


def _start_in_a_fork(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """The exit status of `python -m operations …`, in a fork of this process instead of one of its own."""
    sys.stdout.flush()
    child = os.fork()
    if not child:
        status: Any = 1
        try:
            os.environ.clear()
            os.environ.update(environment)
            operations_app(command[3:], prog_name="python -m operations")
        except SystemExit as ended:
            status = ended.code or 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _forked() -> AbstractContextManager[Any]:
    """The simulators are a fork of this process."""
    return patch.object(Simulators, "_start", start_simulators)


def _forwarded(ask: Ask) -> AbstractContextManager[Any]:
    """The simulators are those of the test's process, reached through it."""
    return patch.multiple(
        Simulators,
        __init__=lambda self: None,
        __exit__=lambda self, *_: None,
        ask=lambda self, request: ask(dict(request)),
    )


if __name__ == "__main__":
    main()
