"""Commands of operations/ that look at a live stack: here the live stack is the rehearsed one.

Each takes the options of a rehearsal, and hands all others to the command of operations/.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import typer

from rehearsal.command_options import (
    CloudOption,
    ConfigOption,
    FaultsOption,
    ProgramOption,
    StackOption,
    StateOption,
    open_state_folder,
    rehearsal_options,
)
from rehearsal.command_runner import run_and_exit_with
from rehearsal.simulator_process import REPOSITORY

LOOKS: Final = {
    "doctor": "Check what the first `up` needs, before it (`operations doctor`).",
    "verify": "Prove that each workload gets its secrets (`operations verify`).",
    "who": "List who reads a secret, and who else could (`operations who`).",
}
"""Commands that change nothing of the user's → their help."""
CHANGES: Final = {
    "rotate": "Give a `random` secret a new value at the next `up`; list who needs a restart "
    "(`operations rotate`).",
    "restore": "Bring deleted vaults and secrets of the stack back (`operations restore`).",
}
"""Commands that change the stack file → their help."""


def look(
    context: typer.Context,
    stack: StackOption,
    config_file: ConfigOption = None,
    state: StateOption = None,
    cloud: CloudOption = None,
    faults: FaultsOption = None,
    program: ProgramOption = REPOSITORY,
) -> None:
    _run(context, stack, config_file, state, cloud, faults, program)


def change(
    context: typer.Context,
    stack: StackOption,
    config_file: ConfigOption = None,
    state: StateOption = None,
    cloud: CloudOption = None,
    faults: FaultsOption = None,
    program: ProgramOption = REPOSITORY,
) -> None:
    # It changes the user's own stack file: the next rehearsal copies it into the state folder.
    file = (config_file or program / f"Pulumi.{stack}.yaml").resolve()
    more = ["--config-file", str(file), "--entry", "python -m rehearsal"]
    _run(context, stack, config_file, state, cloud, faults, program, more)


def _run(
    context: typer.Context,
    stack: str,
    config_file: Path | None,
    state: Path | None,
    cloud: Path | None,
    faults: Path | None,
    program: Path,
    more: Sequence[str] = (),
) -> None:
    def run() -> int:
        from rehearsal.operations_process import run_with_planes

        options = rehearsal_options(program, False, False, cloud, None, faults=faults)
        with open_state_folder(program, stack, config_file, state) as folder:
            return run_with_planes(folder, options, [str(context.info_name), *context.args, *more])

    run_and_exit_with(run)
