"""The command line of the rehearsal: one command for each operation.

Owns: commands and their help texts. Deliberately not here: shared options (command_options.py), errors, exit
status and the JSON document (command_runner.py).
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from rehearsal import operations, state_folder
from rehearsal.command_options import (
    CloudOption,
    ConfigOption,
    JsonOption,
    KeepOption,
    LatencyOption,
    ProgramOption,
    RefreshOption,
    SkipPreviewOption,
    StackOption,
    StateOption,
    default_state_folder,
    open_state_folder,
    rehearsal_options,
)
from rehearsal.command_runner import JsonErrorGroup, run_and_exit
from rehearsal.display import as_yaml, show, show_outputs
from rehearsal.errors import RehearsalError, reporting_os_errors
from rehearsal.hints import hint
from rehearsal.operations import Outcome
from rehearsal.report import Report
from rehearsal.simulator_process import REPOSITORY
from rehearsal.state_folder import StateFolder

app = typer.Typer(
    cls=JsonErrorGroup,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help=(
        "Rehearse the program on the real Pulumi engine against a simulated Azure and Kubernetes. No "
        "account needed."
    ),
)
_LOG_WIDTH: Final = 200
"""Columns of a display that is not a terminal: tables must not wrap in a log."""


@app.command()
def preview(
    stack: StackOption,
    config_file: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
    refresh: RefreshOption = False,
    keep_checkpoints: KeepOption = False,
    cloud: CloudOption = None,
    latency: LatencyOption = None,
    program: ProgramOption = REPOSITORY,
) -> None:
    """Run the engine's preview, then a rehearsed update of a temporary copy in which every value is known."""

    def run() -> Outcome:
        options = rehearsal_options(program, as_json, keep_checkpoints, cloud, latency, refresh=refresh)
        with open_state_folder(program, stack, config_file, state) as folder:
            outcome = _with_notes(operations.preview(folder, options), folder, as_json)
        if not as_json and outcome.lines:
            _show_rehearsed_update(outcome)
        return outcome

    run_and_exit(run, as_json)


def _with_notes(outcome: Outcome, folder: StateFolder, as_json: bool) -> Outcome:
    """The outcome, with what a rehearsal lacks that `pulumi up` has."""
    notes = [("warning", text) for text in folder.warnings]
    if text := hint(outcome, folder.world, folder.stack):
        notes.append(("info", text))
    for severity, text in notes:
        outcome = outcome.with_diagnostic(severity, text)
        if not as_json:
            print(f"{'hint' if severity == 'info' else severity}: {text}", file=sys.stderr)
    return outcome


@app.command()
def up(
    stack: StackOption,
    config_file: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
    skip_preview: SkipPreviewOption = False,
    refresh: RefreshOption = False,
    keep_checkpoints: KeepOption = False,
    cloud: CloudOption = None,
    latency: LatencyOption = None,
    program: ProgramOption = REPOSITORY,
) -> None:
    """Preview, then create or update all resources in the simulated cloud, and keep the state."""

    def run() -> Outcome:
        options = rehearsal_options(
            program, as_json, keep_checkpoints, cloud, latency, skip_preview=skip_preview, refresh=refresh
        )
        with open_state_folder(program, stack, config_file, state) as folder:
            outcome = _with_notes(operations.operate(folder, "up", options), folder, as_json)
        if outcome.succeeded and not as_json:
            show_outputs(outcome.report, _console())
        return outcome

    run_and_exit(run, as_json)


@app.command()
def refresh(
    stack: StackOption,
    config_file: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
    keep_checkpoints: KeepOption = False,
    cloud: CloudOption = None,
    latency: LatencyOption = None,
    program: ProgramOption = REPOSITORY,
) -> None:
    """Read all resources back from the simulated cloud."""

    def run() -> Outcome:
        options = rehearsal_options(program, as_json, keep_checkpoints, cloud, latency)
        with open_state_folder(program, stack, config_file, state) as folder:
            return _with_notes(operations.operate(folder, "refresh", options), folder, as_json)

    run_and_exit(run, as_json)


@app.command()
def destroy(
    stack: StackOption,
    config_file: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
    skip_preview: SkipPreviewOption = False,
    refresh: RefreshOption = False,
    keep_checkpoints: KeepOption = False,
    cloud: CloudOption = None,
    latency: LatencyOption = None,
    program: ProgramOption = REPOSITORY,
) -> None:
    """Preview, then delete all resources from the simulated cloud."""

    def run() -> Outcome:
        options = rehearsal_options(
            program, as_json, keep_checkpoints, cloud, latency, skip_preview=skip_preview, refresh=refresh
        )
        with open_state_folder(program, stack, config_file, state) as folder:
            return _with_notes(operations.operate(folder, "destroy", options), folder, as_json)

    run_and_exit(run, as_json)


@app.command()
def resume(
    stack: StackOption,
    config_file: ConfigOption = None,
    state: StateOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without a question.")] = False,
    mend_releases: Annotated[
        bool, typer.Option("--mend-releases", help="Mend Helm releases without a question.")
    ] = False,
    cloud: CloudOption = None,
    program: ProgramOption = REPOSITORY,
) -> None:
    """After an `up` that died: take what exists of the stack into its state, so that `up` converges."""

    def run() -> Outcome:
        from rehearsal.resume import resume as resume_stack

        options = rehearsal_options(program, False, False, cloud, None)
        answers = (["--yes"] if yes else []) + (["--mend-releases"] if mend_releases else [])
        with open_state_folder(program, stack, config_file, state) as folder:
            return Outcome(resume_stack(folder, options, answers) == 0, Report())

    run_and_exit(run, as_json=False)


@app.command()
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


@app.command()
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


@app.command()
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


def _show_rehearsed_update(outcome: Outcome) -> None:
    """Print what the preview could not know; if the rehearsed update failed, its whole display."""
    if not outcome.succeeded:
        print("\nThe rehearsed update failed:\n")
        print("\n".join(outcome.lines))
        return
    counts = ", ".join(f"{count} {op}" for op, count in outcome.report.summary.items() if count)
    print(f"\nRehearsed with every value known: {counts}")
    for entry in outcome.new_diagnostics:
        print(f"  {entry['severity']}: {entry['message']}")
    print(flush=True)
    show(outcome.report, _console())


def _console() -> Console:
    return Console() if sys.stdout.isatty() else Console(width=_LOG_WIDTH)
