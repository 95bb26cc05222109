"""`acceptance`: the acceptance of operations/, with the simulated cloud as its subscription."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rehearsal.command_runner import run_and_exit_with


def acceptance(
    context: typer.Context,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder of the runs.")] = Path(
        ".rehearsal/acceptance"
    ),
) -> None:
    """Rehearse an acceptance (`operations acceptance`): the same steps, and nothing is made."""

    def run() -> int:
        from rehearsal.operations_process import run_acceptance

        return run_acceptance(out.resolve(), context.args)

    run_and_exit_with(run)
