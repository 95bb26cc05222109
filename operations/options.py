"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

REPOSITORY: Final = Path(__file__).resolve().parents[1]

StackOption = Annotated[
    str, typer.Option("--stack", metavar="NAME", help="Stack; its file is Pulumi.NAME.yaml.")
]
YesOption = Annotated[bool, typer.Option("--yes", help="Do it without a question.")]
ProgramOption = Annotated[Path, typer.Option("--program", hidden=True, help="Folder of __main__.py.")]
FolderOption = Annotated[
    Path | None, typer.Option("--folder", hidden=True, help="Folder of Pulumi.yaml, if it is another one.")
]
EntryOption = Annotated[
    str, typer.Option("--entry", hidden=True, help="The words that begin a command in messages.")
]
OutOption = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Write the folder.")]
CheckOption = Annotated[
    Path | None,
    typer.Option("--check", metavar="DIR", help="Write nothing; exit with 1 if the folder is stale."),
]
