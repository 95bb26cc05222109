"""`handover`: what the pods of another tool have to carry, as Kustomize components and Helm values."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from operations.errors import OperationError
from operations.handover.files import contents, differences, recorded_targets, write
from operations.handover.outputs import Outputs, of_file, of_rehearsal, of_stack
from operations.handover.pods import Target, handed_over
from operations.options import (
    REPOSITORY,
    CheckOption,
    FolderOption,
    OutOption,
    ProgramOption,
    StackOption,
)
from operations.reporting import console, run_and_exit
from operations.workspace import Cli
from operations.written_folder import chosen as chosen_folder
from operations.written_folder import show_differences

FromOption = Annotated[
    Path | None,
    typer.Option(
        "--from",
        metavar="FILE",
        help="Outputs of a rehearsal (up --json) or of pulumi stack output --json; - is standard input "
        "(default: the stack's).",
    ),
]
ConfigOption = Annotated[
    Path | None,
    typer.Option("--config-file", metavar="FILE", help="Rehearse this stack file, to look at the result."),
]
TargetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--target",
        metavar="WORKLOAD=NAME[:CONTAINER]",
        help="The object and the container that deploy a workload's pods (default: the workload's name, or "
        "that of the last time).",
    ),
]


def handover(
    stack: StackOption,
    out: OutOption = None,
    check: CheckOption = None,
    source: FromOption = None,
    config_file: ConfigOption = None,
    target: TargetOption = None,
    program: ProgramOption = REPOSITORY,
    folder: FolderOption = None,
) -> None:
    """Write what the pods of workloads with kind none have to carry, for Argo CD, Flux, Kustomize or Helm.

    No file holds a value of a secret.
    """

    def run() -> bool:
        here = chosen_folder(out, check)
        if source and config_file:
            raise OperationError("--from and --config-file exclude each other; name one of them")
        outputs, origin = _outputs(Cli((folder or program).resolve(), stack), source, config_file)
        chosen = dict(map(Target.parse, target or ()))
        recorded = {
            name: kept for name, kept in recorded_targets(here).items() if name in outputs.get("pods", ())
        }
        files = contents(stack, handed_over(stack, outputs, {**recorded, **chosen}), origin)
        if out:
            write(out, files)
            console().print(
                f"{len(files)} files for stack {stack} are in {out}; begin with {out / 'README.md'}"
            )
            return True
        return show_differences(here, differences(here, files))

    run_and_exit(run)


def _outputs(cli: Cli, source: Path | None, config_file: Path | None) -> tuple[Outputs, str]:
    """The outputs, and the origin of ids that are made up; empty: they are real."""
    if source:
        return of_file(source)
    if config_file:
        return of_rehearsal(cli.stack, config_file), f"a rehearsal of {config_file.name}"
    return of_stack(cli), ""
