"""`rotate`: a new value for a secret, and which workloads get it when."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from operations.errors import OperationError
from operations.options import (
    REPOSITORY,
    EntryOption,
    FolderOption,
    ProgramOption,
    StackOption,
    YesOption,
)
from operations.reporting import confirmed, console, run_and_exit
from operations.rotation.advice import advice
from operations.rotation.change import Rotation, rotation
from operations.rotation.order import Step, order, vault_of
from operations.workspace import Cli, Workspace
from trust import read_state
from trust.chain import Chain

NameArgument = Annotated[str, typer.Argument(metavar="SECRET", help="Name of the secret in the vault.")]
VaultOption = Annotated[
    str, typer.Option("--vault", metavar="LABEL", help="Label in `vaults`, if several have the secret.")
]
FileOption = Annotated[
    Path | None, typer.Option("--config-file", metavar="FILE", help="Stack file, if it has another name.")
]
UpOption = Annotated[bool, typer.Option("--up", help="Run `pulumi up` after a yes, and then `verify`.")]


def rotate(
    name: NameArgument,
    stack: StackOption,
    vault: VaultOption = "",
    up: UpOption = False,
    yes: YesOption = False,
    config_file: FileOption = None,
    program: ProgramOption = REPOSITORY,
    folder: FolderOption = None,
    entry: EntryOption = "pulumi",
) -> None:
    """Give a secret a new value, and list who gets it by itself and who needs a restart.

    A `random` value is drawn anew by the next `up`: the stack file gets the time of the rotation. For any
    other value the command prints what to type. It never sees a value.
    """

    def run() -> bool:
        if up and entry != "pulumi":
            raise OperationError(f"--up: it runs pulumi itself; without it, type: {entry} up --stack {stack}")
        place = (folder or program).resolve()
        file = config_file or place / f"Pulumi.{stack}.yaml"
        planned = rotation(stack, program.resolve(), file, name, vault)
        workspace = Workspace(program.resolve(), Cli(place, stack))
        chain = _chain(workspace)
        show = console()
        if planned.before == planned.after:
            for line in advice(planned.entries[0], stack, vault_of(chain, planned.name)):
                show.print(line, soft_wrap=True, markup=False)
        elif not _change(planned, show, assume_yes=yes):
            return False
        _show(order(chain, planned.name), show)
        if planned.before == planned.after:
            return True
        if up and confirmed("Run `pulumi up` now?", assume_yes=yes, option="--yes"):
            return _update(workspace) and _verify(stack, program, folder)
        show.print(f"Next: {entry} up --stack {stack}", soft_wrap=True, markup=False)
        show.print(f"then: {_operations(entry)} verify --stack {stack}", soft_wrap=True, markup=False)
        return True

    run_and_exit(run)


def _chain(workspace: Workspace) -> Chain:
    """The stack as its state has it. A stack that was never up has no workloads to restart."""
    try:
        return Chain.read(read_state(workspace.export()))
    except OperationError as error:
        if "no stack named" in str(error):
            return Chain.read(read_state({"version": 3, "deployment": {}}))
        raise


def _change(planned: Rotation, show: Console, *, assume_yes: bool) -> bool:
    show.print(planned.diff, soft_wrap=True, markup=False)
    question = f"Write this to {planned.file.name}? The next `up` draws a new value."
    if not confirmed(question, assume_yes=assume_yes, option="--yes"):
        return False
    planned.write()
    return True


def _show(steps: Sequence[Step], show: Console) -> None:
    if not steps:
        show.print("no workload of the state reads it yet")
        return
    table = Table(title="who gets the new value when", title_justify="left", title_style="bold")
    for heading in ("workload", "technique", "when", "then"):
        table.add_column(heading, overflow="fold")
    for step in steps:
        table.add_row(f"{step.namespace}/{step.workload}", step.technique, step.when, step.then)
    show.print(table)


def _update(workspace: Workspace) -> bool:
    done = subprocess.run(
        ["pulumi", "up", "--yes", "--stack", workspace.cli.stack], cwd=workspace.cli.folder, check=False
    )
    return done.returncode == 0


def _verify(stack: str, program: Path, folder: Path | None) -> bool:
    if importlib.util.find_spec("operations.commands.verify") is None:
        return True
    places = ["--program", str(program), *(["--folder", str(folder)] if folder else [])]
    command = [sys.executable, "-m", "operations", "verify", "--stack", stack, *places]
    return subprocess.run(command, check=False).returncode == 0


def _operations(entry: str) -> str:
    """The words that begin a command of the operations, in a rehearsal those of the rehearsal."""
    return "python -m operations" if entry == "pulumi" else entry
