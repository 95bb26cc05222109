"""`resume`: after an `up` that died, take what exists into the state."""

from __future__ import annotations

from typing import Annotated

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
from rehearsal.command_runner import run_and_exit
from rehearsal.operations import Outcome
from rehearsal.report import Report
from rehearsal.simulator_process import REPOSITORY


def resume(
    stack: StackOption,
    config_file: ConfigOption = None,
    state: StateOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without a question.")] = False,
    mend_releases: Annotated[
        bool, typer.Option("--mend-releases", help="Mend Helm releases without a question.")
    ] = False,
    cloud: CloudOption = None,
    faults: FaultsOption = None,
    program: ProgramOption = REPOSITORY,
) -> None:
    """After an `up` that died: take what exists of the stack into its state, so that `up` converges."""

    def run() -> Outcome:
        from rehearsal.operations_process import resume as resume_stack

        options = rehearsal_options(program, False, False, cloud, None, faults=faults)
        answers = (["--yes"] if yes else []) + (["--mend-releases"] if mend_releases else [])
        with open_state_folder(program, stack, config_file, state) as folder:
            return Outcome(resume_stack(folder, options, answers) == 0, Report())

    run_and_exit(run, as_json=False)
