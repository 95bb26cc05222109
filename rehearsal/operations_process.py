"""Commands of operations/ on a state folder, each a process of its own with the simulators as its cloud.

The process gets the environment of an engine operation, so it meets the simulated cloud, and it runs as it
would for a real stack. Commands that call Azure or Kubernetes themselves get the data planes as well: a proxy
that knows no other host, so that they cannot reach a real cloud, and a deployer who is signed in there.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Final

from rehearsal.engine import EngineCommand, find_engine
from rehearsal.operations import RehearsalOptions, open_stack_in, working_directory
from rehearsal.simulator_process import REPOSITORY, Simulators, SimulatorsWithPlanes
from rehearsal.simulators.faults.document import VARIABLE
from rehearsal.state_folder import StateFolder
from tools.processes import deferred_interrupts


def resume(state_folder: StateFolder, options: RehearsalOptions, arguments: Sequence[str]) -> int:
    """The exit status of `python -m operations resume`."""
    with Simulators() as simulators:
        providers = simulators.open(state_folder.world, options.cloud, options.latency, options.faults)
        try:
            # The simulated vault stores hashes only, and the real one is not the rehearsal's.
            more = ["--no-read-vault", "--entry", "python -m rehearsal", *arguments]
            return _run(state_folder, options, ["resume", *more], {"PULUMI_DEBUG_PROVIDERS": providers})
        finally:
            simulators.close(state_folder.world)


def run_with_planes(state_folder: StateFolder, options: RehearsalOptions, arguments: Sequence[str]) -> int:
    """The exit status of `python -m operations` with these arguments, a command's name first."""
    with SimulatorsWithPlanes() as simulators:
        environment = simulators.open_with_planes(
            state_folder.world, options.cloud, options.latency, options.faults
        )
        try:
            with tempfile.TemporaryDirectory(prefix="rehearsal-programs-") as programs:
                _stand_in(Path(programs))
                return _run(state_folder, options, arguments, _signed_out() | environment, programs)
        finally:
            simulators.close(state_folder.world)


_SIGNED_IN: Final = ("ARM_", "AZURE_", "ACTIONS_ID_TOKEN_", "IDENTITY_", "IMDS_", "MSI_", "SYSTEM_OIDC")
"""Variables by which a principal is signed in to the real Azure begin with one of these."""


def _signed_out() -> dict[str, str]:
    """These variables of the user, empty."""
    return dict.fromkeys((name for name in os.environ if name.startswith(_SIGNED_IN)), "")


def _run(
    state_folder: StateFolder,
    options: RehearsalOptions,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    programs: str = "",
) -> int:
    engine = find_engine()
    with working_directory(options.program):
        stack = open_stack_in(EngineCommand(engine), state_folder, options)
        whole = {
            **os.environ,
            **stack.workspace.env_vars,
            "PULUMI_HOME": str(state_folder.home),
            # The programs come last: what is installed is what a real command finds.
            "PATH": os.pathsep.join(filter(None, [str(engine.parent), os.environ.get("PATH", ""), programs])),
            "PYTHONPATH": os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH")])),
            **environment,
        }
        command = [sys.executable, "-m", "operations", *arguments, "--stack", state_folder.stack]
        command += ["--program", str(options.program), "--folder", str(state_folder.work)]
        return _start(command, whole)


def _start(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """The exit status. The command ends in its own time: a terminal's signals reach it too, and a SIGTERM is
    passed on.
    """
    child: subprocess.Popen[bytes] | None = None
    with deferred_interrupts():
        deferred = signal.getsignal(signal.SIGTERM)

        def pass_on(number: int, frame: FrameType | None) -> None:
            if callable(deferred):
                deferred(number, frame)
            if child is not None:
                child.send_signal(number)

        if callable(deferred):  # one that is ignored stays ignored
            signal.signal(signal.SIGTERM, pass_on)
        with deferred_interrupts():  # a SIGTERM may come before the process is known
            child = subprocess.Popen(command, env=environment)
        with child:
            return child.wait()


_HOST: Final = "pulumi-language-python"
_ACCEPTANCE: Final = (sys.executable, "-m", "operations", "acceptance", "--rehearsed", "--yes")


def run_acceptance(out: Path, arguments: Sequence[str]) -> int:
    """The exit status of `python -m operations acceptance` in a world of its own."""
    engine = find_engine()
    with tempfile.TemporaryDirectory(prefix="rehearsal-acceptance-") as temporary:
        world, home, programs = (Path(temporary) / name for name in ("world", "home", "programs"))
        for folder in (world, home, programs):
            folder.mkdir()
        _stand_in(programs)
        with SimulatorsWithPlanes() as simulators:
            environment = simulators.open_with_planes(world, faults=os.environ.get(VARIABLE, ""))
            try:
                own = _variables(engine, home, programs)
                whole = {**os.environ, **own, **_signed_out(), **environment}
                return _start([*_ACCEPTANCE, "--out", str(out), *arguments], whole)
            finally:
                simulators.close(world)


def _variables(engine: Path, home: Path, programs: Path) -> dict[str, str]:
    return {
        "PULUMI_HOME": str(home),
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PATH": os.pathsep.join([str(engine.parent), str(programs), os.environ.get("PATH", "")]),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH")])),
    }


def _stand_in(folder: Path) -> None:
    """doctor looks for Pulumi's language host, which an update by Automation API does not start."""
    host = folder / _HOST
    host.write_text("#!/bin/sh\necho 'a rehearsal has no language host' >&2\nexit 1\n", encoding="utf-8")
    host.chmod(0o755)
