"""Running a command: its exit status, its errors as single lines, and the JSON document of --json."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Any, Final, TextIO, cast

import typer
from rich.console import Console
from rich.markup import escape
from typer.core import TyperGroup

from rehearsal.errors import RehearsalError
from rehearsal.explanations import explanations
from rehearsal.hints import hint
from rehearsal.operations import Outcome
from rehearsal.report import Report
from rehearsal.state_folder import StateFolder
from tools.processes import install_signal_handlers

NO_CLOUD: Final = "This is a rehearsal: no cloud was touched."
_errors = Console(stderr=True, highlight=False, soft_wrap=True)


class JsonErrorGroup(TyperGroup):
    """Commands that report a usage error as the JSON document if --json is among the arguments."""

    def main(
        self, args: Sequence[str] | None = None, *more: Any, standalone_mode: bool = True, **extra: Any
    ) -> Any:
        arguments = list(sys.argv[1:] if args is None else args)
        if "--json" not in arguments or "--help" in arguments or not standalone_mode:
            return super().main(args, *more, standalone_mode=standalone_mode, **extra)
        try:
            status = super().main(args, *more, standalone_mode=False, **extra)
        except typer.Abort:
            status = 130
        except Exception as error:
            # Typer has its own copy of Click and does not export it, so a usage error is recognised by its
            # method.
            if not hasattr(error, "format_message"):
                raise
            _print_document(_failure(cast(Any, error).format_message()))
            status = 2
        sys.exit(status)


def run_and_exit(run: Callable[[], Outcome], as_json: bool) -> None:
    """Run the command, report its outcome and raise typer.Exit; the status is 0 only for a success."""
    install_signal_handlers(_interrupt)
    with contextlib.redirect_stdout(cast(Any, _DetachableOutput(sys.stdout))):
        status = _run(run, as_json)
        sys.stdout.flush()
    if not as_json:
        _errors.print(f"[dim]{NO_CLOUD}[/]")
    raise typer.Exit(status)


def run_and_exit_with(run: Callable[[], int]) -> None:
    """Run a command of operations/ as a process, and raise typer.Exit with its status."""
    install_signal_handlers(_interrupt)
    try:
        status = run()
    except RehearsalError as error:
        _errors.print(f"[bold red]error:[/] {escape(str(error))}")
        status = error.status
    except KeyboardInterrupt:
        _errors.print("[bold red]error:[/] interrupted")
        status = 130
    _errors.print(f"[dim]{NO_CLOUD}[/]")
    raise typer.Exit(status)


def with_notes(outcome: Outcome, folder: StateFolder, as_json: bool) -> Outcome:
    """The outcome, with the failures explained, and with what a rehearsal lacks that `pulumi up` has."""
    notes = [("warning", text) for text in folder.warnings]
    notes += [("info", text) for text in explanations(outcome, folder.stack)]
    if text := hint(outcome, folder.world, folder.stack):
        notes.append(("info", text))
    for severity, text in notes:
        outcome = outcome.with_diagnostic(severity, text)
        if not as_json:
            print(f"{'hint' if severity == 'info' else severity}: {text}", file=sys.stderr)
    return outcome


def _run(run: Callable[[], Outcome], as_json: bool) -> int:
    status = 1
    # With --json standard output holds the document only, so what the program prints goes to standard error.
    with contextlib.redirect_stdout(sys.stderr) if as_json else contextlib.nullcontext():
        try:
            outcome = run()
            status = 0 if outcome.succeeded else 1
        except RehearsalError as error:
            outcome = _failure(str(error))
            status = error.status
            if not as_json:
                _errors.print(f"[bold red]error:[/] {escape(str(error))}")
        except KeyboardInterrupt:
            outcome, status = _failure("interrupted"), 130
            if not as_json:
                _errors.print("[bold red]error:[/] interrupted")
        except Exception as defect:
            # A defect of the rehearsal itself: with --json its traceback goes to standard error, beside the
            # document.
            if not as_json:
                raise
            traceback.print_exc(file=sys.stderr)
            outcome = _failure(f"defect of the rehearsal: {type(defect).__name__}: {defect}")
    if as_json:
        _print_document(outcome)
    return status


def _print_document(outcome: Outcome) -> None:
    print(json.dumps(outcome.report.document(), indent=2))


def _failure(message: str) -> Outcome:
    return Outcome(False, Report(diagnostics=[{"severity": "error", "urn": "", "message": message}]))


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


class _DetachableOutput:
    """Standard output that survives the exit of its reader (`| head -1`).

    The rest is dropped, and the operation completes.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        try:
            self._stream.write(text)
        except BrokenPipeError:
            self._detach()
        return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except BrokenPipeError:
            self._detach()

    def _detach(self) -> None:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, self._stream.fileno())
        os.close(null)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
