"""Running a command: its exit status, and its errors as single lines."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Final

import typer
from rich.console import Console
from rich.markup import escape

from operations.errors import OperationError

INTERRUPTED: Final = 130
"""Exit status of a command that was interrupted."""
_LOG_WIDTH: Final = 200
"""Columns of a display that is not a terminal: tables must not wrap in a log."""
_errors: Final = Console(stderr=True, highlight=False, soft_wrap=True)


def console() -> Console:
    return Console(highlight=False) if sys.stdout.isatty() else Console(width=_LOG_WIDTH, highlight=False)


def confirmed(question: str, *, assume_yes: bool, option: str) -> bool:
    """The answer to a question. Without a terminal an error names the option for a yes."""
    if assume_yes:
        return True
    if not sys.stdin.isatty():
        raise OperationError(f"{question} standard input is not a terminal; add {option} for a yes")
    return typer.confirm(question)


def run_and_exit(run: Callable[[], bool | int]) -> None:
    """Run the command and raise typer.Exit: 0 only for a success, or the status that the command returns."""
    try:
        result = run()
        status = int(not result) if isinstance(result, bool) else result
    except OperationError as error:
        _errors.print(f"[bold red]error:[/] {escape(str(error))}")
        status = 1
    except (KeyboardInterrupt, typer.Abort):
        _errors.print("[bold red]error:[/] interrupted")
        status = INTERRUPTED
    raise typer.Exit(status)
