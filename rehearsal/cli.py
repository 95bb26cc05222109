"""The command line: options in, sentences, Pulumi's display or one JSON document out."""

from __future__ import annotations

import contextlib
import json
import math
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Final, TextIO, cast

import typer
import yaml
from rich.console import Console
from rich.markup import escape
from typer.core import TyperGroup

from rehearsal import operations, state_folder
from rehearsal.display import as_yaml, show, show_outputs
from rehearsal.errors import RehearsalError, reporting_os_errors
from rehearsal.operations import Outcome, RehearsalOptions
from rehearsal.report import Report
from rehearsal.simulator_process import REPOSITORY
from tools.processes import install_signal_handlers


class _Commands(TyperGroup):
    """A wrong command line is the one document, too, when that is what was asked for."""

    def main(
        self, args: Sequence[str] | None = None, *more: Any, standalone_mode: bool = True, **extra: Any
    ) -> Any:
        given = list(sys.argv[1:] if args is None else args)
        if "--json" not in given or "--help" in given or not standalone_mode:
            return super().main(args, *more, standalone_mode=standalone_mode, **extra)
        try:
            status = super().main(args, *more, standalone_mode=False, **extra)
        except typer.Abort:
            status = 130
        except Exception as error:
            # Typer has its own copy of Click, which it does not export: a usage error is known by its form.
            if not hasattr(error, "format_message"):
                raise
            _print_document(_refused(cast(Any, error).format_message()))
            status = 2
        sys.exit(status)


app = typer.Typer(
    cls=_Commands,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Rehearses the program on the real Pulumi engine against a simulated Azure and Kubernetes. No account needed.",
)
_errors = Console(stderr=True, highlight=False, soft_wrap=True)
NO_CLOUD: Final = "This is a rehearsal: no cloud was touched."

StackOption = Annotated[
    str, typer.Option("--stack", metavar="NAME", help="Stack, with Pulumi.NAME.yaml as its file.")
]
ConfigOption = Annotated[
    Path | None, typer.Option("--config-file", metavar="FILE", help="Another stack file.")
]
StateOption = Annotated[
    Path | None, typer.Option("--state", metavar="DIR", help="State folder (default .rehearsal/NAME).")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
KeepOption = Annotated[
    bool, typer.Option("--keep-checkpoints", help="Write the state after every step (slow).")
]
CloudOption = Annotated[
    Path | None, typer.Option("--cloud", metavar="FILE", help="What exists before (YAML or JSON).")
]
LatencyOption = Annotated[
    list[str] | None,
    typer.Option(
        "--latency", metavar="TYPE=SECONDS", help="How long writes of a type take; * is every type."
    ),
]
ProgramOption = Annotated[Path, typer.Option("--program", hidden=True)]


@app.command()
def preview(
    stack: StackOption,
    config_file: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
    keep_checkpoints: KeepOption = False,
    cloud: CloudOption = None,
    latency: LatencyOption = None,
    program: ProgramOption = REPOSITORY,
) -> None:
    """The engine's preview, then a rehearsed update of a throw-away copy with every value known."""

    def run() -> Outcome:
        options = _options(program, as_json, keep_checkpoints, cloud, latency)
        with _staged(program, stack, config_file, state) as here:
            outcome = operations.preview(here, options)
        if not as_json and outcome.lines:
            _show_rehearsed(outcome)
        return outcome

    _conclude(run, as_json)


def _operation(name: str, help_: str) -> None:
    @app.command(name, help=help_)
    def command(
        stack: StackOption,
        config_file: ConfigOption = None,
        state: StateOption = None,
        as_json: JsonOption = False,
        keep_checkpoints: KeepOption = False,
        cloud: CloudOption = None,
        latency: LatencyOption = None,
        program: ProgramOption = REPOSITORY,
    ) -> None:
        def run() -> Outcome:
            options = _options(program, as_json, keep_checkpoints, cloud, latency)
            with _staged(program, stack, config_file, state) as here:
                outcome = operations.operate(here, name, options)
            if name == "up" and outcome.succeeded and not as_json:
                show_outputs(outcome.report, _console())
            return outcome

        _conclude(run, as_json)


_operation("up", "Create or update everything in the simulated cloud, and keep it in the state folder.")
_operation("refresh", "Read everything back from the simulated cloud.")
_operation("destroy", "Remove everything from the simulated cloud.")


@app.command()
def outputs(
    stack: StackOption,
    state: StateOption = None,
    as_json: JsonOption = False,
    program: ProgramOption = REPOSITORY,
) -> None:
    """The outputs of the last `up`, secrets masked."""

    def run() -> Outcome:
        outcome = _recalled(program, stack, state)
        if not as_json:
            print(as_yaml(outcome.report.outputs) if outcome.report.outputs else "no outputs")
        return outcome

    _conclude(run, as_json)


@app.command()
def render(
    stack: StackOption,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the files.")] = Path(
        "rendered"
    ),
    config_file: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
    cloud: CloudOption = None,
    program: ProgramOption = REPOSITORY,
) -> None:
    """The Kubernetes manifests and ARM templates of the stack as it is written now, secrets masked."""

    def run() -> Outcome:
        from rehearsal.render.manifests import render as render_files

        options = _options(program, as_json, False, cloud, None)
        # Into an empty cloud unless a state is named: what was rehearsed before, a deleted vault say, has no part in it.
        with (
            tempfile.TemporaryDirectory(prefix="rehearsal-") as empty,
            _staged(program, stack, config_file, state or Path(empty)) as here,
        ):
            outcome = operations.rehearse(here, options)
        if not outcome.succeeded:
            if not as_json:
                print("\n".join(outcome.lines))
            return outcome
        with reporting_os_errors("--out", out, "give a folder that can be written to", status=2):
            written = render_files(outcome.report.resources, out)
        if not as_json:
            print("\n".join(str(path) for path in written) or "the stack has nothing to render")
        return outcome

    _conclude(run, as_json)


@app.command()
def purge(
    stack: StackOption,
    vault: Annotated[str, typer.Option("--vault", metavar="NAME", help="A soft-deleted vault.")],
    state: StateOption = None,
    program: ProgramOption = REPOSITORY,
) -> None:
    """Purge a soft-deleted vault of the simulated cloud, as `az keyvault purge` would."""

    def run() -> Outcome:
        from rehearsal.simulators.azure.keyvault.vaults import purge as purge_vault
        from rehearsal.simulators.provider import ProviderError
        from rehearsal.simulators.world import World, WorldError

        here = state_folder.existing(_folder(program, stack, state), stack)
        with (
            state_folder.exclusive_lock(here.folder),
            reporting_os_errors(
                "--state", here.world, "make it usable, or delete the state folder to begin anew"
            ),
        ):
            try:
                world = World(here.world)
                purge_vault(world, vault)
            except (ProviderError, WorldError) as error:
                raise RehearsalError(str(error)) from error
            world.save()
        print(f"purged: {vault}")
        return Outcome(True, Report())

    _conclude(run, as_json=False)


def _conclude(run: Callable[[], Outcome], as_json: bool) -> None:
    """Runs it and says how it went: the exit status is 0 only for a success."""
    install_signal_handlers(_interrupt)
    with contextlib.redirect_stdout(cast(Any, _Unread(sys.stdout))):
        status = _ran(run, as_json)
        sys.stdout.flush()
    if not as_json:
        _errors.print(f"[dim]{NO_CLOUD}[/]")
    raise typer.Exit(status)


def _ran(run: Callable[[], Outcome], as_json: bool) -> int:
    status = 1
    # What the program prints is for people: with --json standard output belongs to the document.
    with contextlib.redirect_stdout(sys.stderr) if as_json else contextlib.nullcontext():
        try:
            outcome = run()
            status = 0 if outcome.succeeded else 1
        except RehearsalError as error:
            outcome = _refused(str(error))
            status = error.status
            if not as_json:
                _errors.print(f"[bold red]error:[/] {escape(str(error))}")
        except KeyboardInterrupt:
            outcome, status = _refused("interrupted"), 130
            if not as_json:
                _errors.print("[bold red]error:[/] interrupted")
        except Exception as defect:
            # A defect of the rehearsal itself: loud, but the one document is printed all the same.
            if not as_json:
                raise
            traceback.print_exc(file=sys.stderr)
            outcome = _refused(f"defect of the rehearsal: {type(defect).__name__}: {defect}")
    if as_json:
        _print_document(outcome)
    return status


def _print_document(outcome: Outcome) -> None:
    print(json.dumps(outcome.report.document(), indent=2))


class _Unread:
    """Standard output whose reader may leave (`| head -1`): what nobody reads is dropped, and the operation goes on to its end."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        try:
            self._stream.write(text)
        except BrokenPipeError:
            self._drop()
        return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except BrokenPipeError:
            self._drop()

    def _drop(self) -> None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _refused(message: str) -> Outcome:
    return Outcome(False, Report(diagnostics=[{"severity": "error", "urn": "", "message": message}]))


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


def _options(
    program: Path, as_json: bool, keep_checkpoints: bool, cloud: Path | None, latency: list[str] | None
) -> RehearsalOptions:
    options = RehearsalOptions(
        program=program.resolve(),
        cloud=_cloud(cloud),
        latency=dict(_latencies(latency or [])),
        keep_checkpoints=keep_checkpoints,
        warn=lambda line: print(line, file=sys.stderr),
    )
    if as_json:
        return replace(options, show=lambda _line: None, warn=lambda _line: None)
    return replace(options, color=sys.stdout.isatty(), show=lambda line: print(line, flush=True))


def _cloud(path: Path | None) -> Any:
    if path is None:
        return None
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except FileNotFoundError as error:
        raise RehearsalError(f"--cloud: there is no file {path}", status=2) from error
    except (OSError, UnicodeDecodeError) as error:
        raise RehearsalError(f"--cloud: {path} cannot be read: {error}", status=2) from error
    except yaml.YAMLError as error:
        raise RehearsalError(
            f"--cloud: {path} is neither YAML nor JSON: {' '.join(str(error).split())}", status=2
        ) from error


def _latencies(given: list[str]) -> Iterator[tuple[str, float]]:
    for entry in given:
        token, _, seconds = entry.rpartition("=")
        try:
            number = float(seconds)
        except ValueError:
            number = -1.0
        if not token or number < 0 or not math.isfinite(number):
            raise RehearsalError(
                f"--latency: '{entry}' is not TYPE=SECONDS; for example azure-native:containerservice:ManagedCluster=3 or '*=0.2'",
                status=2,
            )
        yield token, number


def _folder(program: Path, stack: str, state: Path | None) -> Path:
    return (state or program / ".rehearsal" / stack).resolve()


def _staged(
    program: Path, stack: str, config_file: Path | None, state: Path | None
) -> contextlib.AbstractContextManager[state_folder.StateFolder]:
    named = config_file.resolve() if config_file else None
    return state_folder.prepare_exclusively(_folder(program, stack, state), stack, program.resolve(), named)


def _recalled(program: Path, stack: str, state: Path | None) -> Outcome:
    here = state_folder.existing(_folder(program, stack, state), stack)
    return operations.last_outcome(here)


def _show_rehearsed(outcome: Outcome) -> None:
    """Of the rehearsed update only what the preview could not know; all of it when it failed."""
    if not outcome.succeeded:
        print("\nThe rehearsed update failed:\n")
        print("\n".join(outcome.lines))
        return
    counts = ", ".join(f"{count} {op}" for op, count in outcome.report.summary.items() if count)
    print(f"\nRehearsed with every value known: {counts}")
    for entry in outcome.new_diagnostics:
        print(f"  {entry['severity']}: {entry['message']}")
    print(flush=True)
    show(outcome.report, _console())


def _console() -> Console:
    # A width of its own where nobody looks: a table that wraps in a log is no table.
    return Console() if sys.stdout.isatty() else Console(width=200)
