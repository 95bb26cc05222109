"""The engine with a policy pack, as ``pulumi preview --policy-pack`` has it.

The engine has a language host start a pack. Engines from source have none, so here it is a stand-in on PATH,
``language_host.py``.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pulumi.automation import CommandResult

from rehearsal import operations, state_folder
from rehearsal.engine import EngineCommand, OnOutput, find_engine
from rehearsal.operations import Outcome, RehearsalOptions, open_stack_in, working_directory
from rehearsal.simulator_process import Simulators

REPOSITORY: Final = Path(__file__).parents[2]
PACK: Final = REPOSITORY / "policy"
PYTHON: Final = REPOSITORY / ".tools" / "policy" / "bin" / "python"
"""The Python of the pack's environment, which `make policy` makes."""
HOST: Final = Path(__file__).parent / "language_host.py"
_START = """#!/bin/sh
exec '{python}' -u '{host}' {pack}
"""


class _WithPack(EngineCommand):
    """Adds a policy pack to the operations on a stack."""

    flags: tuple[str, ...] = ()

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: OnOutput | None = None,
        on_error: OnOutput | None = None,
    ) -> CommandResult:
        more = self.flags if args[0] in ("preview", "up") else ()
        return super().run([*args, *more], cwd, additional_env, on_output, on_error)


@dataclass(frozen=True)
class Run:
    """An operation with a pack."""

    outcome: Outcome
    lines: Sequence[str]
    """Pulumi's display."""

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@contextmanager
def starter(
    folder: Path, python: Path = PYTHON, runtime: str = "python", pack: str = "-m pulumi.policy"
) -> Iterator[None]:
    """A language host on PATH that starts packs of a runtime: Python, with the arguments ``pack``."""
    program = folder / f"pulumi-language-{runtime}"
    program.write_text(_START.format(python=python, host=HOST, pack=pack), encoding="utf-8")
    program.chmod(0o755)
    before = os.environ["PATH"]
    os.environ["PATH"] = f"{folder}{os.pathsep}{before}"
    try:
        yield
    finally:
        os.environ["PATH"] = before


def operate_with_pack(
    simulators: Simulators,
    operation: str,
    stack_file: Path,
    state: Path,
    pack: Path = PACK,
    config: Path | None = None,
) -> Run:
    """`preview` or `up` with a pack. A preview leaves the state as it is."""
    lines: list[str] = []
    options = RehearsalOptions(program=REPOSITORY, show=lines.append, warn=lines.append, skip_preview=True)
    here = state_folder.prepare(state, "small", REPOSITORY, stack_file)
    engine = _WithPack(find_engine())
    engine.flags = ("--policy-pack", str(pack), *(("--policy-pack-config", str(config)) if config else ()))
    with working_directory(REPOSITORY):
        stack = open_stack_in(engine, here, options)
        outcome = operations.run(stack, here, operation, simulators, options, lines.append)
    return Run(outcome, lines)


def analyze_state(state: Path, stack_file: Path) -> str:
    """Output of `pulumi policy analyze` on the state, which stays as it is."""
    here = state_folder.prepare(state, "small", REPOSITORY, stack_file)
    engine = EngineCommand(find_engine())
    workspace = open_stack_in(engine, here, RehearsalOptions(program=REPOSITORY)).workspace
    arguments = ["policy", "analyze", "--stack", "small", "--policy-pack", str(PACK)]
    return engine.run(arguments, workspace.work_dir, dict(workspace.env_vars)).stdout
