"""`render`: what a stack sends, as files."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from rehearsal import operations
from rehearsal.command_options import (
    CloudOption,
    ConfigOption,
    JsonOption,
    ProgramOption,
    StackOption,
    StateOption,
    open_state_folder,
    rehearsal_options,
)
from rehearsal.command_runner import run_and_exit
from rehearsal.errors import reporting_os_errors
from rehearsal.operations import Outcome
from rehearsal.simulator_process import REPOSITORY


def render(
    stack: StackOption,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the files.")] = Path(
        "rendered"
    ),
    config_file: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
    cloud: CloudOption = None,
    program: ProgramOption = REPOSITORY,
) -> None:
    """Write the Kubernetes manifests and ARM templates of the stack file as it is now, secrets masked."""

    def run() -> Outcome:
        from rehearsal.render.manifests import render as render_files

        options = rehearsal_options(program, as_json, False, cloud, None)
        # Without --state the cloud is empty: earlier rehearsals, such as a deleted vault, must not change the
        # files.
        with (
            tempfile.TemporaryDirectory(prefix="rehearsal-") as empty,
            open_state_folder(program, stack, config_file, state or Path(empty)) as folder,
        ):
            outcome = operations.rehearse(folder, options)
        if not outcome.succeeded:
            if not as_json:
                print("\n".join(outcome.lines))
            return outcome
        with reporting_os_errors("--out", out, "choose a writable folder", status=2):
            written = render_files(outcome.report.resources, out)
        if not as_json:
            print("\n".join(str(path) for path in written) or "the stack has nothing to render")
        return outcome

    run_and_exit(run, as_json)
