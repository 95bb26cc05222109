"""Operations of the engine on a state folder, with the simulators as providers and a report as the result."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from pulumi.automation import Stack
from pulumi.automation.errors import CommandError

from rehearsal.backend.other_stacks import plant_stacks
from rehearsal.bad_days.deaths import deaths
from rehearsal.engine import EngineCommand, find_engine, open_stack
from rehearsal.engine_output import EngineOutput
from rehearsal.errors import RehearsalError
from rehearsal.real_cluster.programs import find_program
from rehearsal.report import Events, Report, report, with_keys
from rehearsal.simulator_process import Simulators, SimulatorsWithServers
from rehearsal.simulators.faults.document import VARIABLE, read_text
from rehearsal.state_folder import StateFolder
from tools.go_tools import SERVERS

SIMULATED: Final = "simulated"
REAL: Final = "real"
Line = Callable[[str], Any]
PREVIEWS: Final[Mapping[str, str]] = {"up": "preview", "destroy": "preview_destroy"}
"""Operation → Automation API's method for its preview. The preview of a refresh reads the same answers as the
refresh itself, so it could refuse nothing.
"""


@dataclass(frozen=True, kw_only=True)
class RehearsalOptions:
    """Options of an operation."""

    program: Path
    cloud: Any = None
    """The parsed --cloud file."""
    latency: Mapping[str, float] = field(default_factory=dict)
    faults: str = field(default_factory=lambda: os.environ.get(VARIABLE, ""))
    """The document of a bad day, as JSON. Empty: an ordinary day."""
    keep_checkpoints: bool = False
    skip_preview: bool = False
    """No preview before `up` and `destroy`, as with `--skip-preview` of Pulumi."""
    refresh: bool = False
    """The engine reads the cloud back before it plans, as with `--refresh` of Pulumi."""
    cluster: str = SIMULATED
    """Kind of the API server of each cluster: SIMULATED or REAL."""
    color: bool = False
    show: Line = print
    """Receives each line of Pulumi's display."""
    warn: Line = print


@dataclass(frozen=True)
class Outcome:
    """Result of an operation."""

    succeeded: bool
    report: Report
    deployment: Mapping[str, Any] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    """Lines of Pulumi's display that were not shown during the operation."""

    def with_diagnostic(self, severity: str, message: str) -> Outcome:
        """The outcome with one more diagnostic."""
        entry = {"severity": severity, "urn": "", "message": message}
        return replace(self, report=replace(self.report, diagnostics=[*self.report.diagnostics, entry]))


def preview(state_folder: StateFolder, options: RehearsalOptions) -> Outcome:
    """The engine's preview, then a rehearsed `up` of a temporary copy, in which every value is known."""
    engine_path = find_engine()
    with simulators_for(options) as simulators, working_directory(options.program):
        engine = EngineCommand(engine_path)
        stack = open_stack_in(engine, state_folder, options)
        first = run(stack, state_folder, "preview", simulators, options, options.show)
        if not first.succeeded:
            return first
        second = _rehearse(engine, state_folder, simulators, options)
    events = Events(diagnostics=[dict(entry) for entry in first.report.diagnostics])
    for entry in second.report.diagnostics:
        events.add(**entry)
    both = Report(second.report.summary, second.report.resources, second.report.outputs, events.diagnostics)
    return Outcome(second.succeeded, both, second.deployment, second.lines)


def rehearse(state_folder: StateFolder, options: RehearsalOptions) -> Outcome:
    """An `up` of a temporary copy without a display: the graph with every value and every Secret's keys."""
    engine_path = find_engine()
    with simulators_for(options) as simulators, working_directory(options.program):
        return _rehearse(EngineCommand(engine_path), state_folder, simulators, options, open_keys=True)


def _rehearse(
    engine: EngineCommand,
    state_folder: StateFolder,
    simulators: Simulators,
    options: RehearsalOptions,
    *,
    open_keys: bool = False,
) -> Outcome:
    options = replace(options, skip_preview=True)  # it was previewed, or there is nothing to preview
    with state_folder.temporary_copy() as copied:
        stack = open_stack_in(engine, copied, options)
        outcome = run(stack, copied, "up", simulators, options, None)
        if not open_keys or not outcome.succeeded:
            return outcome
        return replace(outcome, report=with_keys(outcome.report, stack.export_stack().deployment or {}))


def operate(state_folder: StateFolder, operation: str, options: RehearsalOptions) -> Outcome:
    """`up`, `refresh` or `destroy`; the state folder keeps the result.

    `up` and `destroy` are previewed first, as by Pulumi: what only a preview refuses stops them.
    """
    engine_path = find_engine()
    with simulators_for(options) as simulators, working_directory(options.program):
        stack = open_stack_in(EngineCommand(engine_path), state_folder, options)
        return run(stack, state_folder, operation, simulators, options, options.show)


def simulators_for(options: RehearsalOptions) -> Simulators:
    """The process of the simulators. Raises RehearsalError if a program of a real cluster cannot be built."""
    if options.cluster == SIMULATED:
        return Simulators()
    for name in SERVERS:
        find_program(name)  # here its progress is seen
    return SimulatorsWithServers()


def last_outcome(state_folder: StateFolder) -> Outcome:
    """The report on the state as the last operation has left it; no operation runs."""
    return Outcome(True, report(Events(), state_folder.deployment), state_folder.deployment)


def open_stack_in(engine: EngineCommand, state_folder: StateFolder, options: RehearsalOptions) -> Stack:
    """The stack of the state folder, created if it is new.

    Raises RehearsalError if the engine cannot open it.
    """
    try:
        stack = open_stack(engine, state_folder, options.program, keep_checkpoints=options.keep_checkpoints)
    except CommandError as error:
        problem = _stderr(error)
        if "invalid YAML file" in problem:  # what follows repeats text of the file
            problem = "the stack file has a form that it cannot read"
        raise RehearsalError(f"the engine cannot open the stack '{state_folder.stack}': {problem}") from None
    plant_stacks(engine, state_folder, options.cloud, stack.workspace.env_vars or {})
    return stack


def run(
    stack: Stack,
    state_folder: StateFolder,
    operation: str,
    simulators: Simulators,
    options: RehearsalOptions,
    show: Line | None,
) -> Outcome:
    """One operation, after the engine's preview of it if `options` do not skip that.

    `show` None: the lines of the display are kept in the outcome.
    """
    lines: list[str] = []
    output = EngineOutput(show or lines.append)
    warn = options.warn if show else lines.append
    run_one = partial(_run_one, stack, state_folder, simulators, options, output, warn)
    known = Events()
    if operation in PREVIEWS and not options.skip_preview:
        succeeded, known = run_one(PREVIEWS[operation])
        if not succeeded:
            # The preview's operations did not happen: the rows are those of the state.
            events = Events(diagnostics=known.diagnostics)
            return Outcome(False, report(events, state_folder.deployment), state_folder.deployment, lines)
    succeeded, events = run_one(operation)
    for entry in reversed(known.diagnostics):
        if entry not in events.diagnostics:
            events.diagnostics.insert(0, entry)
    deployment = {} if operation == "preview" else state_folder.deployment
    return Outcome(succeeded, report(events, deployment), deployment, lines)


def _run_one(
    stack: Stack,
    state_folder: StateFolder,
    simulators: Simulators,
    options: RehearsalOptions,
    output: EngineOutput,
    warn: Line,
    operation: str,
) -> tuple[bool, Events]:
    """Whether the operation succeeded, and its events."""
    events = Events()
    providers = simulators.open(state_folder.world, options.cloud, options.latency, options.faults)
    stack.workspace.env_vars["PULUMI_DEBUG_PROVIDERS"] = providers  # type: ignore[index] it is the dict given to it
    arguments: dict[str, Any] = {"on_output": output, "on_event": events.handle}
    arguments["color"] = "always" if options.color else "never"
    if operation != "preview":
        arguments["show_secrets"] = False
    if options.refresh and operation != "refresh":
        arguments["refresh"] = True
    # The command line shows the outputs itself, `access` as a table.
    arguments["suppress_outputs"] = operation not in ("refresh", "destroy")
    try:
        with deaths(read_text(options.faults).kill, state_folder.world, simulators):
            getattr(stack, operation)(**arguments)
        succeeded = True
    except CommandError as error:
        succeeded = False
        output.close()
        if not any(entry["severity"] == "error" for entry in events.diagnostics):
            events.add("error", "", _stderr(error))
            warn(_stderr(error))
    finally:
        output.close()
        simulators.close(state_folder.world)
    return succeeded, events


def _stderr(error: CommandError) -> str:
    """The engine's standard error, without the text that Automation API puts around it."""
    text = str(error)
    if "stderr:" in text:
        text = text.split("stderr:", 1)[1]
    return text.strip() or str(error).strip()


@contextlib.contextmanager
def working_directory(program: Path) -> Iterator[None]:
    """The program's folder as the working directory, as under the language host, and no user's kubeconfig."""
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
