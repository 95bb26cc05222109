"""`outputs`: the outputs of the last `up`."""

from __future__ import annotations

from rehearsal import operations, state_folder
from rehearsal.command_options import (
    JsonOption,
    ProgramOption,
    StackOption,
    StateOption,
    default_state_folder,
)
from rehearsal.command_runner import run_and_exit
from rehearsal.display import as_yaml
from rehearsal.operations import Outcome
from rehearsal.simulator_process import REPOSITORY


def outputs(
    stack: StackOption,
    state: StateOption = None,
    as_json: JsonOption = False,
    program: ProgramOption = REPOSITORY,
) -> None:
    """Show the outputs of the last `up`, secrets masked."""

    def run() -> Outcome:
        folder = state_folder.existing(default_state_folder(program, stack, state), stack)
        outcome = operations.last_outcome(folder)
        if not as_json:
            print(as_yaml(outcome.report.outputs) if outcome.report.outputs else "no outputs")
        return outcome

    run_and_exit(run, as_json)
