"""`restore`: what of a stack is deleted in Azure, and back with it."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from operations.azure.session import AzureSession
from operations.effective_settings import StackSettings, stack_settings
from operations.errors import OperationError
from operations.failures import explain
from operations.options import (
    REPOSITORY,
    EntryOption,
    FolderOption,
    ProgramOption,
    StackOption,
    YesOption,
)
from operations.reporting import confirmed, console, run_and_exit
from operations.restoration.deleted import Answers, Deleted, deleted_of, recover_secret
from operations.restoration.recovery import Recovery, recovery_of
from operations.workspace import Cli, Workspace
from stacks.settings.loader import report

_PROVIDER = "azure-native:"
FileOption = Annotated[
    Path | None, typer.Option("--config-file", metavar="FILE", help="Stack file, if it has another name.")
]
UpOption = Annotated[bool, typer.Option("--up", help="Run `pulumi up` after a yes, then remove the key.")]


def restore(
    stack: StackOption,
    up: UpOption = False,
    yes: YesOption = False,
    config_file: FileOption = None,
    program: ProgramOption = REPOSITORY,
    folder: FolderOption = None,
    entry: EntryOption = "pulumi",
) -> None:
    """Bring deleted vaults and secrets of the stack back, with the values that they had.

    A secret is recovered at once. A vault comes back with its secrets by the next `up`, for which the stack
    file gets the key `recover`: role assignments on it are deleted for good, and only an update makes them.
    """

    def run() -> bool:
        if up and entry != "pulumi":
            raise OperationError(f"--up: it runs pulumi itself; without it, type: {entry} up --stack {stack}")
        place = (folder or program).resolve()
        file = config_file or place / f"Pulumi.{stack}.yaml"
        settings = stack_settings(stack, program.resolve(), file)
        if settings.settings is None:
            raise OperationError(report(settings.problems, f"in the settings of {stack}"))
        session = _session(settings)
        cli = Cli(place, stack)
        answers = deleted_of(settings.settings, session, _rows(Workspace(program.resolve(), cli)))
        show = console()
        _show_refusals(answers, stack, show)
        if not answers.deleted:
            if not answers.refusals:
                show.print(f"nothing of the stack {stack} is deleted")
            return not answers.refusals
        show.print(_table(answers.deleted))
        recovery = recovery_of(settings.settings, program.resolve(), file, stack, answers)
        if recovery.diff:
            show.print(recovery.diff, soft_wrap=True, markup=False)
        for line in recovery.by_hand:
            show.print(line, soft_wrap=True, markup=False)
        if not recovery.does_something:
            return False
        question = f"Bring {'it' if len(answers.deleted) == 1 else 'them'} back?"
        if not confirmed(question, assume_yes=yes, option="--yes"):
            return False
        for each in recovery.secrets:
            recover_secret(session, each)
            show.print(f"secret {each.secret} is back in vault {each.vault}")
        recovery.write()
        return _finish(recovery, cli, show, up=up, yes=yes, entry=entry) and not answers.refusals

    run_and_exit(run)


def _session(settings: StackSettings) -> AzureSession:
    config = {
        key.removeprefix(_PROVIDER): value
        for key, value in settings.config.items()
        if key.startswith(_PROVIDER)
    }
    return AzureSession.open(config)


def _rows(workspace: Workspace) -> Sequence[dict[str, object]]:
    """Resources of the state; none, if the state is lost too."""
    try:
        return workspace.export().get("deployment", {}).get("resources") or []
    except OperationError as error:
        if "no stack named" in str(error):
            return []
        raise


def _show_refusals(answers: Answers, stack: str, show: Console) -> None:
    for refused in answers.refusals:
        show.print(f"unknown: {refused}", soft_wrap=True, markup=False)
        explained = explain(refused.symptom, {"stack": stack})
        if explained:
            show.print(f"  {explained.next_step} ({explained.page})", soft_wrap=True, markup=False)


def _table(deleted: Sequence[Deleted]) -> Table:
    table = Table(title="deleted, and can come back", title_justify="left", title_style="bold")
    for heading in ("what", "vault", "gone for good on", "in the state"):
        table.add_column(heading, overflow="fold")
    for each in deleted:
        table.add_row(each.what, each.vault, each.purged, "yes" if each.in_state else "no")
    return table


def _finish(recovery: Recovery, cli: Cli, show: Console, *, up: bool, yes: bool, entry: str) -> bool:
    if not recovery.labels:
        return True
    arguments = ["up", *(["--refresh"] if recovery.refreshes else []), "--stack", cli.stack]
    if up and confirmed(f"Run `pulumi {' '.join(arguments)}` now?", assume_yes=yes, option="--yes"):
        done = subprocess.run(["pulumi", *arguments, "--yes"], cwd=cli.folder, check=False)
        if done.returncode == 0:
            recovery.take_back()
            show.print(f"the key recover is removed from {recovery.file.name} again")
        return done.returncode == 0
    show.print(f"Next: {entry} {' '.join(arguments)}", soft_wrap=True, markup=False)
    for path in recovery.keys:
        removal = f"pulumi config rm --path '{path}' --stack {cli.stack}"
        if entry != "pulumi":
            removal = f"remove {path} from {recovery.file.name}"
        show.print(f"then: {removal}", soft_wrap=True, markup=False)
    return True
