"""`resume`: after an `up` that died, take what exists into the state, so that the next `up` converges."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from operations.adoption.random_values import LostValue, lost_values, with_values
from operations.adoption.releases import CutOffRelease
from operations.adoption.resume import ExistingResource, Resumption
from operations.helm import mend
from operations.options import (
    REPOSITORY,
    EntryOption,
    FolderOption,
    ProgramOption,
    StackOption,
    YesOption,
)
from operations.reporting import confirmed, console, run_and_exit
from operations.state_file import restore_state_file
from operations.workspace import Cli, Workspace

ReleasesOption = Annotated[
    bool,
    typer.Option(
        "--mend-releases", help="Uninstall or roll back Helm releases whose last operation was cut off."
    ),
]
VaultOption = Annotated[
    bool,
    typer.Option(
        "--read-vault/--no-read-vault", help="Take lost random values from the vault, if it can be read."
    ),
]


def resume(
    stack: StackOption,
    yes: YesOption = False,
    mend_releases: ReleasesOption = False,
    read_vault: VaultOption = True,
    program: ProgramOption = REPOSITORY,
    folder: FolderOption = None,
    entry: EntryOption = "pulumi",
) -> None:
    """Take what exists of what the stack would create into its state. The cloud stays as it is.

    After an `up` that was killed or whose connection broke: the next `up` would stop at "already exists".
    """

    def run() -> bool:
        workspace = Workspace(program.resolve(), Cli((folder or program).resolve(), stack))
        show = console()
        if restored := restore_state_file(workspace.cli):
            show.print(restored)
        resumption = Resumption(workspace)
        if not _take_rounds(resumption, show, assume_yes=yes, mends_releases=mend_releases):
            return False
        _report(workspace, resumption, show, reads_vault=read_vault, entry=entry)
        return True

    run_and_exit(run)


def _take_rounds(resumption: Resumption, show: Console, *, assume_yes: bool, mends_releases: bool) -> bool:
    """Whether every question got a yes."""
    while True:
        round_ = resumption.next_round()
        if round_.is_empty:
            return True
        for operation in round_.interrupted:
            show.print(f"interrupted: {operation}")
        if round_.existing:
            show.print(_table(round_.existing, round_.subscription))
            question = f"Take these {len(round_.existing)} into the state? The cloud stays as it is."
            if not confirmed(question, assume_yes=assume_yes, option="--yes"):
                return False
        if round_.existing or round_.interrupted:
            resumption.take(round_)
        if round_.releases:
            show.print(_releases(round_.releases))
            question = f"Run {'this command' if len(round_.releases) == 1 else 'these commands'} now?"
            if not confirmed(question, assume_yes=mends_releases, option="--mend-releases"):
                return False
            for release in round_.releases:
                mend(release, round_)
                resumption.forget(release.urn)


def _table(resources: Iterable[ExistingResource], subscription: str) -> Table:
    table = Table(title="exists, and is not in the state", title_justify="left", title_style="bold")
    for heading in ("type", "resource", "id"):
        table.add_column(heading, overflow="fold")
    for each in resources:
        planned = each.candidate.planned
        # Most ids begin with the stack's subscription; that of another one is shown.
        own = rf"^/subscriptions/{re.escape(subscription)}/resourceGroups/"
        id_ = re.sub(own, "", each.row["id"], flags=re.IGNORECASE)
        table.add_row(planned.type, planned.name, id_)
    return table


def _releases(releases: Iterable[CutOffRelease]) -> Table:
    table = Table(title="Helm refuses these releases", title_justify="left", title_style="bold")
    for heading in ("release", "status", "command that mends it"):
        table.add_column(heading, overflow="fold")
    for release in releases:
        table.add_row(f"{release.namespace}/{release.name}", release.status, " ".join(release.command))
    return table


def _report(
    workspace: Workspace, resumption: Resumption, show: Console, *, reads_vault: bool, entry: str
) -> None:
    """The report: the state as it is now, and what the next update does."""
    replaced = resumption.keep_what_is_not_returned()
    values = lost_values(resumption.state, resumption.planned, reads_vault=reads_vault)
    if any(value.text for value in values):
        workspace.replace_state(resumption.state, with_values(resumption.state, resumption.planned, values))
    for value in values:
        show.print(_sentence(value))
    for planned in replaced:
        show.print(f"{planned.type} {planned.name}: differs from the program so that `up` replaces it")
    differing = [
        urn for urn in resumption.adopted if urn in resumption.planned and resumption.planned[urn].is_updated
    ]
    if differing:
        show.print(f"{len(differing)} of them differ from the program; `up` updates them")
    count = len(resumption.adopted)
    next_ = f"Next: {entry} up --stack {workspace.cli.stack}"
    if count:
        what = "resource is" if count == 1 else "resources are"
        show.print(f"{count} {what} in the state now; the cloud is as it was. {next_}")
    else:
        show.print(f"nothing exists of what the stack would create. {next_}")


def _sentence(value: LostValue) -> str:
    if value.text:
        return f"random value {value.planned.name}: taken from the vault's secret {value.secret_name}"
    return (
        f"random value {value.planned.name}: the state has lost it, and the vault's secret "
        f"{value.secret_name} was not read ({value.reason}); `up` draws another one, "
        "which differs from the one in the vault"
    )
