"""The runs of a campaign: an update on a bad day, and then what its messages say, until the stack is back.

A run is done when the cloud and the state are those of an undisturbed update. It fails if it does not come to
that, or if a message names no command.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import Any, Final

from rehearsal import operations, operations_process, state_folder
from rehearsal.bad_days.comparison import cloud_of, difference, state_of
from rehearsal.bad_days.forks import ForkError, in_a_fork
from rehearsal.command_runner import with_notes
from rehearsal.engine import EngineCommand, find_engine
from rehearsal.errors import RehearsalError
from rehearsal.simulator_process import Simulators
from rehearsal.simulators.faults import seeded

BY_ITSELF, AGAIN, RESUMED, FAILED = "by itself", "up", "resume, up", "failed"
WAYS: Final = (BY_ITSELF, AGAIN, RESUMED, FAILED)
_MOST_STEPS: Final = 5
_NAMED: Final = re.compile(r"python -m rehearsal (up|resume)\b")


@dataclass(frozen=True, kw_only=True)
class Stack:
    """The stack of a campaign."""

    name: str
    program: Path
    config_file: Path | None
    folder: Path
    """Folder of all state folders."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Facts of an undisturbed update: calls that can break, and the cloud to compare with."""

    types: Sequence[str]
    writes: int
    cloud: Any
    state: Any


@dataclass(frozen=True, kw_only=True)
class Run:
    """Outcome of one run."""

    seed: int
    kind: str
    day: str
    way: str
    detail: str = ""
    """The reason that it failed."""


@dataclass(frozen=True)
class Result:
    succeeded: bool
    messages: Sequence[str]
    died: bool = False


class RunError(Exception):
    """A run that did not come back."""


class Lane:
    """Makes one run after the other, with simulators of its own."""

    def __init__(self, stack: Stack, plan: Plan | None = None) -> None:
        self._stack, self._plan = stack, plan
        self._engine = EngineCommand(find_engine())
        self._simulators = Simulators()
        self._keeps_checkpoints = False
        """Whether the state is written after each step, as of a real stack. It takes longer."""

    def close(self) -> None:
        self._simulators.__exit__(None, None, None)

    @property
    def _template(self) -> Path:
        return self._stack.folder / "template"

    def plan(self) -> Plan:
        """The plan of the campaign, by an update without faults. Raises RehearsalError if that one fails."""
        shutil.rmtree(self._stack.folder, ignore_errors=True)
        self._stack.folder.mkdir(parents=True)
        self._up(self._template, operation=None)  # an empty stack, which every run begins with
        folder = self._fresh("undisturbed")
        result = self._up(folder)
        if not result.succeeded:
            raise RehearsalError(f"the stack has no update without faults: {result.messages[-1:]}")
        deployment = state_folder.existing(folder, self._stack.name).deployment
        rows = [row for row in deployment["resources"] if row["custom"] and not row.get("external")]
        types = sorted({row["type"] for row in rows if not row["type"].startswith(("pulumi:", "random:"))})
        writes = sum(not row["type"].startswith("pulumi:") for row in rows)
        return Plan(types=types, writes=writes, cloud=cloud_of(folder / "world"), state=state_of(deployment))

    def run(self, seed: int) -> Run:
        assert self._plan is not None, "the plan comes first"
        day = seeded.document(seed, self._plan.types, self._plan.writes)
        run = Run(seed=seed, kind=seeded.kind(seed), day=seeded.described(day), way=FAILED)
        folder = self._fresh(f"run-{seed}")
        self._keeps_checkpoints = seed // len(seeded.KINDS) % 2 == 1
        try:
            way = self._until_back(folder, day)
            self._require_equal(folder)
        except (RunError, ForkError, RehearsalError) as error:
            return replace(run, detail=str(error))
        shutil.rmtree(folder)
        return replace(run, way=way)

    def _fresh(self, name: str) -> Path:
        folder = self._stack.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self._template, folder, ignore=shutil.ignore_patterns("lock", "*.sock"))
        return folder

    def _until_back(self, folder: Path, day: dict[str, Any]) -> str:
        """Finds the commands that bring the stack back. Raises RunError."""
        result = self._up(folder, json.dumps(day))
        if result.succeeded:
            return BY_ITSELF
        way = AGAIN
        for _ in range(_MOST_STEPS):
            if command_named(result, killed="kill" in day) == "resume":
                way = RESUMED
                self._resume(folder)
            day = {}
            result = self._up(folder)
            if result.succeeded:
                return way
        raise RunError(f"no update of {_MOST_STEPS} succeeds: {_short(result.messages)}")

    def _require_equal(self, folder: Path) -> None:
        assert self._plan is not None
        deployment = state_folder.existing(folder, self._stack.name).deployment
        for what, expected, actual in (
            ("cloud", self._plan.cloud, cloud_of(folder / "world")),
            ("state", self._plan.state, state_of(deployment)),
        ):
            if places := difference(expected, actual):
                raise RunError(f"the {what} is another one: {places}")

    def _up(self, folder: Path, faults: str = "", operation: str | None = "up") -> Result:
        document = in_a_fork(lambda: self._operate(folder, faults, operation))
        if document is None or document.get("simulators_died"):
            self._simulators.__exit__(None, None, None)
            self._simulators = Simulators()
        if document is None:
            return Result(False, (), died=True)
        return Result(document["succeeded"], document["messages"], bool(document.get("simulators_died")))

    def _operate(self, folder: Path, faults: str, operation: str | None) -> dict[str, Any]:
        """In the fork: one operation, and the messages that a person sees of it."""
        options = operations.RehearsalOptions(
            program=self._stack.program,
            faults=faults,
            keep_checkpoints=self._keeps_checkpoints,
            skip_preview=True,
            show=_show,
            warn=_show,
        )
        stack = self._stack
        with (
            redirect_stdout(StringIO()),
            state_folder.prepare_exclusively(folder, stack.name, stack.program, stack.config_file) as here,
            operations.working_directory(stack.program),
        ):
            pulumi_stack = operations.open_stack_in(self._engine, here, options)
            if operation is None:
                return {"succeeded": True, "messages": []}
            try:
                outcome = operations.run(
                    pulumi_stack, here, operation, self._simulators, options, lambda _line: None
                )
            except RehearsalError as error:
                return {"succeeded": False, "messages": [str(error)], "simulators_died": True}
            outcome = with_notes(outcome, here, as_json=True)
            shown = [
                entry["message"] for entry in outcome.report.diagnostics if entry["severity"] != "warning"
            ]
            return {"succeeded": outcome.succeeded, "messages": shown}

    def _resume(self, folder: Path) -> None:
        status = in_a_fork(lambda: self._take_into_the_state(folder))
        if status != 0:
            raise RunError(f"resume ends with status {status}")

    def _take_into_the_state(self, folder: Path) -> int:
        """In the fork: `python -m rehearsal resume --yes --mend-releases`."""
        stack = self._stack
        log = os.open(folder / "resume.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        for descriptor in (1, 2):
            os.dup2(log, descriptor)
        options = operations.RehearsalOptions(program=stack.program, faults="")
        with state_folder.prepare_exclusively(folder, stack.name, stack.program, stack.config_file) as here:
            return operations_process.resume(here, options, ["--yes", "--mend-releases"])


def command_named(result: Result, *, killed: bool) -> str:
    """The command that the messages name. A process that was killed says nothing: `up` comes first then.

    Raises RunError: there are messages, and they name none.
    """
    named = [match[1] for message in result.messages for match in _NAMED.finditer(message)]
    if not named and not (killed or result.died):
        raise RunError(f"the message names no command: {_short(result.messages)}")
    return named[0] if named else "up"


def _show(_line: str) -> None:
    """Nothing: the messages are in the report."""


def _short(messages: Sequence[str]) -> str:
    return " | ".join(message.strip()[-400:] for message in messages[:4])
