"""The command line: its commands, and errors as single lines.

A new command is a file in commands/ with a function of the same name. Only the one that is typed is imported:
`resume` needs none of the settings, whose import takes a second.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from typing import Any

import typer
from typer.core import TyperGroup

from operations import commands


class _Files(Mapping[str, Any]):
    """Name → command. A command is imported when it is looked up."""

    def __init__(self) -> None:
        files = pkgutil.iter_modules(commands.__path__)
        self._names = sorted(file.name.replace("_", "-") for file in files)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __getitem__(self, command: str) -> Any:
        if command not in self._names:
            raise KeyError(command)
        name = command.replace("-", "_")
        alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        alone.command(command)(getattr(importlib.import_module(f"{commands.__name__}.{name}"), name))
        return typer.main.get_command(alone)


class _Commands(TyperGroup):
    """The files of commands/."""

    def __init__(self, **keys: Any) -> None:
        super().__init__(**keys)
        self.commands = _Files()


app = typer.Typer(
    cls=_Commands,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Operations on a stack besides `pulumi up`.",
)


@app.callback()
def _with_subcommands() -> None:
    """Operations on a stack besides `pulumi up`."""
