"""`resume` on a state folder: the command of operations/, with the simulators as providers.

The command is a process of its own. It gets the environment of an engine operation, so it asks the simulated
cloud, and it runs as it would for a real stack.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

from rehearsal.engine import EngineCommand, find_engine
from rehearsal.operations import RehearsalOptions, open_stack_in, working_directory
from rehearsal.simulator_process import REPOSITORY, Simulators
from rehearsal.state_folder import StateFolder


def resume(state_folder: StateFolder, options: RehearsalOptions, arguments: Sequence[str]) -> int:
    """The exit status of `python -m operations resume`."""
    engine = find_engine()
    with Simulators() as simulators, working_directory(options.program):
        stack = open_stack_in(EngineCommand(engine), state_folder, options)
        environment = {
            **os.environ,
            **stack.workspace.env_vars,
            "PULUMI_HOME": str(state_folder.home),
            "PULUMI_DEBUG_PROVIDERS": simulators.open(state_folder.world, options.cloud, options.latency),
            "PATH": os.pathsep.join([str(engine.parent), os.environ.get("PATH", "")]),
            "PYTHONPATH": os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH")])),
        }
        command = [sys.executable, "-m", "operations", "resume", "--stack", state_folder.stack]
        # The simulated vault stores hashes only, and the real one is not the rehearsal's.
        command += ["--no-read-vault", "--program", str(options.program), "--folder", str(state_folder.work)]
        command += ["--entry", "python -m rehearsal", *arguments]
        try:
            return subprocess.run(command, env=environment, check=False).returncode
        finally:
            simulators.close(state_folder.world)
