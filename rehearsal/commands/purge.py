"""`purge`: what `az keyvault purge` does, in the simulated cloud."""

from __future__ import annotations

from typing import Annotated

import typer

from rehearsal import state_folder
from rehearsal.command_options import (
    ProgramOption,
    StackOption,
    StateOption,
    default_state_folder,
)
from rehearsal.command_runner import run_and_exit
from rehearsal.errors import RehearsalError, reporting_os_errors
from rehearsal.operations import Outcome
from rehearsal.report import Report
from rehearsal.simulator_process import REPOSITORY


def purge(
    stack: StackOption,
    vault: Annotated[str, typer.Option("--vault", metavar="NAME", help="Soft-deleted vault.")],
    state: StateOption = None,
    program: ProgramOption = REPOSITORY,
) -> None:
    """Purge a soft-deleted vault of the simulated cloud, as `az keyvault purge` does."""

    def run() -> Outcome:
        from rehearsal.simulators.azure.keyvault.vaults import purge as purge_vault
        from rehearsal.simulators.provider import ProviderError
        from rehearsal.simulators.world import World, WorldError

        folder = state_folder.existing(default_state_folder(program, stack, state), stack)
        with (
            state_folder.exclusive_lock(folder.folder),
            reporting_os_errors(
                "--state", folder.world, "make it usable, or delete the state folder to start over"
            ),
        ):
            try:
                world = World(folder.world)
                purge_vault(world, vault)
            except (ProviderError, WorldError) as error:
                raise RehearsalError(str(error)) from error
            world.save()
        print(f"purged: {vault}")
        return Outcome(True, Report())

    run_and_exit(run, as_json=False)
