"""The command line of the rehearsal: one command for each operation.

Owns: which commands there are. Deliberately not here: the commands (commands/), shared options
(command_options.py), errors, exit status and the JSON document (command_runner.py).
"""

from __future__ import annotations

from typing import Final

import typer

from rehearsal.command_runner import JsonErrorGroup
from rehearsal.commands.acceptance import acceptance
from rehearsal.commands.campaign import campaign
from rehearsal.commands.lifecycle import destroy, refresh, up
from rehearsal.commands.live import CHANGES, LOOKS, change, look
from rehearsal.commands.outputs import outputs
from rehearsal.commands.preview import preview
from rehearsal.commands.prove import prove
from rehearsal.commands.purge import purge
from rehearsal.commands.render import render
from rehearsal.commands.resume import resume

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
for command in (preview, up, refresh, destroy, resume, outputs, render, purge, prove, campaign):
    app.command()(command)
# Other arguments of these are those of the command of operations/.
_OTHERS: Final = {"allow_extra_args": True, "ignore_unknown_options": True}
app.command(context_settings=_OTHERS)(acceptance)
for command, helps in ((look, LOOKS), (change, CHANGES)):
    for name, text in helps.items():
        app.command(name, help=text, context_settings=_OTHERS)(command)
