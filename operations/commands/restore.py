"""`restore`: what of a stack is deleted in Azure, and back with it."""

from __future__ import annotations

import json
import subprocess
import sys
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
from operations.restoration.outcome import Done, document, exit_status
from operations.restoration.recovery import Recovery, recovery_of
from operations.workspace import Cli, Workspace
from stacks.settings.loader import report

_PROVIDER = "azure-native:"
FileOption = Annotated[
    Path | None, typer.Option("--config-file", metavar="FILE", help="Stack file, if it has another name.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document, and ask nothing.")]
UpOption = Annotated[bool, typer.Option("--up", help="Run `pulumi up` after a yes, then remove the key.")]


def restore(
    stack: StackOption,
    up: UpOption = False,
    yes: YesOption = False,
    config_file: FileOption = None,
    as_json: JsonOption = False,
    program: ProgramOption = REPOSITORY,
    folder: FolderOption = None,
    entry: EntryOption = "pulumi",
) -> None:
    """Bring deleted vaults and secrets of the stack back, with the values that they had.

    A secret is recovered at once. A vault comes back with its secrets by the next `up`, for which the stack
    file gets the key `recover`: role assignments on it are deleted for good, and only an update makes them.
    With --json it asks nothing, and brings nothing back without --yes. The status is 0 if nothing is deleted
    or all of it comes back, 1 if something stays deleted, 3 if a vault cannot be asked.
    """

    def run() -> int:
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
        recovery = recovery_of(settings.settings, program.resolve(), file, stack, answers)
        show = Console(quiet=True) if as_json else console()
        _show_refusals(answers, stack, show)
        _show_deleted(answers, recovery, stack, show)
        done = Done()
        if recovery.does_something and (yes if as_json else _is_wanted(answers, yes=yes)):
            _bring_back(session, recovery, done, show)
            _update(recovery, cli, done, show, wants=up, yes=yes or as_json, entry=entry)
        if as_json:
            sys.stdout.write(
                json.dumps(document(stack, answers, recovery, done), indent=2, ensure_ascii=False) + "\n"
            )
        return exit_status(answers, recovery, done)

    run_and_exit(run)


def _is_wanted(answers: Answers, *, yes: bool) -> bool:
    question = f"Bring {'it' if len(answers.deleted) == 1 else 'them'} back?"
    return confirmed(question, assume_yes=yes, option="--yes")


def _bring_back(session: AzureSession, recovery: Recovery, done: Done, show: Console) -> None:
    """Recover the secrets, and write what the next update needs."""
    for each in recovery.secrets:
        recover_secret(session, each)
        done.recovered.append(each)
        show.print(f"secret {each.secret} is back in vault {each.vault}")
    recovery.write()
    done.is_prepared = True


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


def _show_deleted(answers: Answers, recovery: Recovery, stack: str, show: Console) -> None:
    if answers.deleted:
        show.print(_table(answers.deleted))
    elif not answers.refusals:
        show.print(f"nothing of the stack {stack} is deleted")
    for line in (*filter(None, [recovery.diff]), *recovery.by_hand):
        show.print(line, soft_wrap=True, markup=False)


def _table(deleted: Sequence[Deleted]) -> Table:
    table = Table(title="deleted, and can come back", title_justify="left", title_style="bold")
    for heading in ("what", "vault", "gone for good on", "in the state"):
        table.add_column(heading, overflow="fold")
    for each in deleted:
        table.add_row(each.what, each.vault, each.purged, "yes" if each.in_state else "no")
    return table


def _update(
    recovery: Recovery, cli: Cli, done: Done, show: Console, *, wants: bool, yes: bool, entry: str
) -> None:
    """Run the update that vaults come back by, if the person agrees; else name it."""
    if not recovery.labels:
        return
    arguments = ["up", *(["--refresh"] if recovery.refreshes else []), "--stack", cli.stack]
    if wants and confirmed(f"Run `pulumi {' '.join(arguments)}` now?", assume_yes=yes, option="--yes"):
        # its lines are no part of a document
        output = sys.stderr if show.quiet else None
        update = subprocess.run(["pulumi", *arguments, "--yes"], cwd=cli.folder, stdout=output, check=False)
        done.is_updated = update.returncode == 0
        if done.is_updated:
            recovery.take_back()
            show.print(f"the key recover is removed from {recovery.file.name} again")
        return
    done.next_steps.append(f"{entry} {' '.join(arguments)}")
    for path in recovery.keys:
        removal = f"pulumi config rm --path '{path}' --stack {cli.stack}"
        if entry != "pulumi":
            removal = f"remove {path} from {recovery.file.name}"
        done.next_steps.append(removal)
    for word, step in zip(("Next", *("then" for _ in recovery.keys)), done.next_steps, strict=True):
        show.print(f"{word}: {step}", soft_wrap=True, markup=False)
