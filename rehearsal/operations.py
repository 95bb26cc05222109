"""One rehearsal: an operation on a stage, with the engine, the simulators and a report."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pulumi.automation import Stack
from pulumi.automation.errors import CommandError

from rehearsal.engine import Engine, find_engine, open_stack
from rehearsal.errors import RehearsalError
from rehearsal.report import UNHANDLED, Events, Report, report
from rehearsal.simulator_process import Simulators
from rehearsal.state_folder import Stage

Line = Callable[[str], Any]
OPERATIONS: Final = ("up", "refresh", "destroy")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a rehearsal needs besides its stage."""

    program: Path
    cloud: Any = None
    """The parsed --cloud file."""
    latency: Mapping[str, float] = field(default_factory=dict)
    keep_checkpoints: bool = False
    color: bool = False
    show: Line = print
    """Takes each line of Pulumi's own display."""
    warn: Line = print


@dataclass(frozen=True)
class Outcome:
    """How it went."""

    succeeded: bool
    report: Report
    deployment: Mapping[str, Any] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    """Pulumi's own display, as far as it was held back."""
    news: list[Mapping[str, str]] = field(default_factory=list)
    """Diagnostics of a rehearsed update that its preview did not have."""


def preview(stage: Stage, settings: Settings) -> Outcome:
    """The engine's preview, then a rehearsed `up` of a throw-away copy, where every value is known."""
    engine_path = find_engine()
    with Simulators() as simulators, in_program(settings.program):
        engine = Engine(engine_path)
        stack = open_on(engine, stage, settings)
        first = run(stack, stage, "preview", simulators, settings, settings.show)
        if not first.succeeded:
            return first
        second = _rehearse(engine, stage, simulators, settings)
    seen = Events(diagnostics=[dict(entry) for entry in first.report.diagnostics])
    for entry in second.report.diagnostics:
        seen.add(**entry)
    both = Report(second.report.summary, second.report.resources, second.report.outputs, seen.diagnostics)
    known = list(first.report.diagnostics)
    news = [entry for entry in second.report.diagnostics if entry not in known]
    return Outcome(second.succeeded, both, second.deployment, second.lines, news)


def rehearse(stage: Stage, settings: Settings) -> Outcome:
    """An `up` of a throw-away copy, its display held back: the graph with every value known."""
    engine_path = find_engine()
    with Simulators() as simulators, in_program(settings.program):
        return _rehearse(Engine(engine_path), stage, simulators, settings)


def _rehearse(engine: Engine, stage: Stage, simulators: Simulators, settings: Settings) -> Outcome:
    with stage.thrown_away() as copied:
        return run(open_on(engine, copied, settings), copied, "up", simulators, settings, None)


def operate(stage: Stage, operation: str, settings: Settings) -> Outcome:
    """`up`, `refresh` or `destroy`, kept in the state folder."""
    engine_path = find_engine()
    with Simulators() as simulators, in_program(settings.program):
        stack = open_on(Engine(engine_path), stage, settings)
        return run(stack, stage, operation, simulators, settings, settings.show)


def recall(stage: Stage) -> Outcome:
    """What the last operation left, without running one."""
    return Outcome(True, report(Events(), stage.deployment), stage.deployment)


def open_on(engine: Engine, stage: Stage, settings: Settings) -> Stack:
    """The stack of the stage, made if it is new."""
    try:
        return open_stack(engine, stage, settings.program, keep_checkpoints=settings.keep_checkpoints)
    except CommandError as error:
        raise RehearsalError(f"the engine cannot open the stack '{stage.stack}': {_stderr(error)}") from error


def run(
    stack: Stack, stage: Stage, operation: str, simulators: Simulators, settings: Settings, show: Line | None
) -> Outcome:
    """One engine operation. `show` None keeps its display back."""
    events = Events()
    lines: list[str] = []

    on_line = _Once(show or lines.append)

    providers = simulators.open(stage.world, settings.cloud, settings.latency)
    stack.workspace.env_vars["PULUMI_DEBUG_PROVIDERS"] = providers  # type: ignore[index] it is the dict given to it
    options: dict[str, Any] = {"on_output": on_line, "on_event": events.take}
    options["color"] = "always" if settings.color else "never"
    if operation in OPERATIONS:
        options["show_secrets"] = False
    # The command line shows them itself, `access` as a table.
    options["suppress_outputs"] = operation in ("preview", "up")
    try:
        getattr(stack, operation)(**options)
        succeeded = True
    except CommandError as error:
        succeeded = False
        if not any(entry["severity"] == "error" for entry in events.diagnostics):
            events.add("error", "", _stderr(error))
            if show:
                settings.warn(_stderr(error))
    finally:
        simulators.close(stage.world)
    deployment = {} if operation == "preview" else stage.deployment
    return Outcome(succeeded, report(events, deployment), deployment, lines)


class _Once:
    """Passes lines on, but for what Automation API makes the engine say a second time.

    Its language server logs a program's RunError and then returns it as the program's error; the real host says it once.
    """

    def __init__(self, show: Line) -> None:
        self._show = show
        self._said: set[str] = set()
        self._repeating = False

    def __call__(self, line: str) -> None:
        if "run `pulumi stack rm" in line:
            # Typed as it stands it would act on the real stack of that name.
            line = "To forget this rehearsal, delete its state folder."
        if UNHANDLED in line:
            self._repeating = True
        elif not self._repeating or line not in self._said or not line.strip():
            self._repeating = False
            self._said.add(line)
            self._show(line)


def _stderr(error: CommandError) -> str:
    """The engine's own last words, out of Automation API's wrapping."""
    text = str(error)
    if "stderr:" in text:
        text = text.split("stderr:", 1)[1]
    return text.strip() or str(error).strip()


@contextlib.contextmanager
def in_program(program: Path) -> Iterator[None]:
    """The program runs in its own folder, as under the language host."""
    before = Path.cwd()
    os.chdir(program)
    kubeconfig = os.environ.get("KUBECONFIG")
    os.environ["KUBECONFIG"] = os.devnull
    try:
        yield
    finally:
        os.chdir(before)
        if kubeconfig is None:
            del os.environ["KUBECONFIG"]
        else:
            os.environ["KUBECONFIG"] = kubeconfig
        sys.stdout.flush()
