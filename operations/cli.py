"""The command line: its commands, and errors as single lines.

A new command is a file in commands/ and a line here.
"""

from __future__ import annotations

import typer

from operations.commands.handover import handover
from operations.commands.report import report
from operations.commands.resume import resume
from operations.commands.settings import settings
from operations.commands.who import who

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Operations on a stack besides `pulumi up`.",
)


@app.callback()
def _with_subcommands() -> None:
    """Operations on a stack besides `pulumi up`."""


app.command()(handover)
app.command()(report)
app.command()(resume)
app.command()(settings)
app.command()(who)
