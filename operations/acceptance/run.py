"""The steps of an acceptance, their order, and what happens at the first failure.

Owns: when evidence is collected, and when everything is deleted. Nothing is left behind without a sentence
about it. Deliberately not here: what the steps ask and make (engine.py, processes.py, purge.py).
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from operations.acceptance.engine import Engine
from operations.acceptance.evidence import collect
from operations.acceptance.plan import STEPS
from operations.acceptance.processes import Finished, run_operation
from operations.acceptance.purge import by_hand, left_behind, purge_vaults
from operations.acceptance.report import Outcome, Report, StepReport
from operations.acceptance.run_folder import RunFolder
from operations.azure.session import AzureSession
from operations.errors import OperationError
from operations.failures import Symptom, explain
from stacks.settings.azure_names import AzureNames

ROTATED: Final = "shared-password"
MOVED: Final = "by-csi"
"""The workload that moves, from csi to eso."""
_TAIL: Final = 40
_INTERRUPTED: Final = "interrupted"
_SETTLED: Final = "12m"
"""Role assignments take up to ten minutes, which verify waits for:
https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
"""

Facts = tuple[str, dict[str, Any]]
"""Details for the report, and facts by which runs are compared."""


@dataclass
class Acceptance:
    """One run."""

    folder: RunFolder
    session: AzureSession
    names: AzureNames
    report: Report
    show: Callable[[str], None]
    keep: bool = False
    open_engine: Callable[[RunFolder, Callable[[str], None]], Any] = Engine
    run_operation: Callable[..., Finished] = run_operation
    interrupted: bool = field(default=False, init=False)
    """Whether a person or a pipeline has interrupted it."""
    _has_resources: bool = field(default=False, init=False)
    _output: list[str] = field(default_factory=list[str], init=False)

    def run(self) -> None:
        """All steps, or those until the first failure, and the end."""
        engine = self.open_engine(self.folder, self._line)
        self.report.add_versions(engine.version)
        steps = self._steps(engine)

        def steps_and_end() -> None:
            if not all(self._take(name, steps[name]) for name in (step.name for step in STEPS)):
                self._after_a_failure(engine)

        self._never_silent(steps_and_end)

    def clean_up(self) -> bool:
        """Destroy and purge what a run has left. Returns whether nothing is left."""
        engine = self.open_engine(self.folder, self._line)
        self._has_resources = True
        self._never_silent(lambda: self._delete(engine))
        return self.report.succeeded

    def _never_silent(self, work: Callable[[], Any]) -> None:
        """Print what is left and costs money, whatever ended the work."""
        try:
            work()
        except KeyboardInterrupt:
            self.interrupted = True
            if self._has_resources:
                self._show_what_is_left()

    def _steps(self, engine: Any) -> Mapping[str, Callable[[], Facts]]:
        return {
            "doctor": lambda: self._check("doctor"),
            "up": lambda: self._up(engine),
            "verify": lambda: self._check("verify"),
            "rotate": lambda: self._rotate(engine),
            "verify again": lambda: self._check("verify"),
            "move": lambda: self._move(engine),
            "verify the move": lambda: self._check("verify"),
            "destroy": lambda: self._destroy(engine),
            "purge": self._purge,
        }

    def _take(self, name: str, step: Callable[[], Facts]) -> bool:
        """Whether the step went well. A failed one has been taken, so `all` stops behind it."""
        title = next((each.title for each in STEPS if each.name == name), "")
        self.show(": ".join(filter(None, [f"== {name}", title])))
        begun, self._output = time.monotonic(), []
        outcome: Outcome = "done"
        facts: dict[str, Any] = {}
        try:
            details, facts = step()
        except OperationError as error:
            outcome, details = "failed", str(error)
        except KeyboardInterrupt:
            self.interrupted = True
            outcome, details = "failed", _INTERRUPTED
        except Exception as defect:  # also one of this program must not leave a cluster that costs money
            outcome, details = "failed", _place(defect)
        seconds = time.monotonic() - begun
        self.report.steps.append(StepReport(name, outcome, seconds, details, facts))
        self.show(f"== {name}: {outcome} in {seconds:.0f} s{f': {details}' if details else ''}")
        return outcome != "failed"

    def _check(self, command: str) -> Facts:
        limit = ("--timeout", _SETTLED) if command == "verify" else ()
        finished = self.run_operation(self.folder, self._line, command, "--json", *limit)
        if not finished.is_good:
            reason = "; ".join(finished.faults) or _last(finished.output) or f"status {finished.status}"
            raise OperationError(reason)
        return finished.counts, {"findings": finished.findings}

    def _up(self, engine: Any) -> Facts:
        self._has_resources = True
        changes = engine.up()
        self.report.versions |= engine.versions()
        text = ", ".join(f"{number} {kind}" for kind, number in sorted(changes.items()))
        return text, {"operations": changes, "resources": dict(engine.resources())}

    def _rotate(self, engine: Any) -> Facts:
        finished = self.run_operation(self.folder, self._line, "rotate", ROTATED, "--yes")
        if not finished.is_good:
            raise OperationError(_last(finished.output) or f"status {finished.status}")
        return self._up(engine)

    def _move(self, engine: Any) -> Facts:
        document = self.folder.read_stack()
        for workload in document["config"]["aks-secrets:workloads"]:
            if workload["name"] == MOVED:
                workload["technique"] = "eso"
        self.folder.write_stack(document)
        return self._up(engine)

    def _destroy(self, engine: Any) -> Facts:
        engine.destroy()
        if left := left_behind(self.session, self.names):
            raise OperationError(f"left in {self.names.resource_group}: {', '.join(left)}")
        return "", {}

    def _purge(self) -> Facts:
        purged = purge_vaults(self.session, self.names)
        self._has_resources = False
        return f"{len(purged)} vaults", {"purged": len(purged)}

    def _after_a_failure(self, engine: Any) -> None:
        failed = self.report.steps[-1]
        lines = "\n".join([failed.details, *self._output[-_TAIL:]])
        explanation = explain(Symptom(text=lines), {"stack": self.folder.stack})
        if explanation and failed.details != _INTERRUPTED:
            self.report.cause = f"{explanation.title}: {explanation.cause}\n\n{explanation.next_step}"
            self.show(f"cause: {explanation.cause}")
            self.show(f"what to type: {explanation.next_step}")
        self.report.evidence["Output"] = "\n".join(self._output[-_TAIL:])
        if not self._has_resources:
            return
        self._collect()
        if self.keep:
            self.show("everything stays (--keep); it costs money until you type:")
            self._show_commands()
        else:
            self._delete(engine)

    def _collect(self) -> None:
        self.show("== evidence is collected")
        try:
            self.report.evidence |= collect(self.folder, self.names, self.session, self.report.started)
        except KeyboardInterrupt:
            self.interrupted = True
            self.show("== evidence: interrupted")

    def _delete(self, engine: Any) -> None:
        self._has_resources = True
        gone = self._take("clean-up: destroy", lambda: self._destroy(engine))
        if gone or self.report.steps[-1].details != _INTERRUPTED:
            gone = self._take("clean-up: purge", self._purge) and gone
        if gone:
            self.show("everything is deleted")
        else:
            self._show_what_is_left()

    def _show_what_is_left(self) -> None:
        self.show("something may be left; it costs money until you type:")
        self._show_commands()

    def _show_commands(self) -> None:
        self.show(f"  python -m operations acceptance --clean-up {self.folder.path}")
        for command in by_hand(self.names, self.report.location):
            self.show(f"  {command}")

    def _line(self, line: str) -> None:
        self._output.append(line)
        with self.folder.log.open("a", encoding="utf-8") as log:
            log.write(f"{line}\n")
        self.show(f"  {line}")


def _last(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else ""


def _place(defect: Exception) -> str:
    """A defect of this program: its kind and where it arose. Its message may repeat an answer."""
    frame = traceback.extract_tb(defect.__traceback__)[-1]
    place = f"{frame.name}, line {frame.lineno} of {Path(frame.filename).name}"
    return f"defect of this program: {type(defect).__name__} in {place}"
