"""One operation of the real engine on one program, against the simulators, and what each process cost."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.language_host import REPOSITORY, LanguageHost, ProcessCost
from benchmarks.stack import config_of
from benchmarks.variants import Variant
from rehearsal import operations, state_folder
from rehearsal.engine import EngineCommand, find_engine
from rehearsal.simulator_process import Simulators
from rehearsal.state_folder import StateFolder

STACK: Final = "bench"
PROJECT: Final = "aks-secrets"


class BenchmarkError(Exception):
    """A run that failed; there is nothing to compare."""


@dataclass(frozen=True)
class Run:
    """The cost of one operation."""

    wall_seconds: float
    """The time between the start of the engine's command and its end."""
    program: ProcessCost
    engine_cpu_seconds: float


class Bench:
    """The engine, the simulators, and an empty stack for each size."""

    def __init__(self, folder: Path, simulators: Simulators) -> None:
        self._folder, self._simulators = folder, simulators
        self._engine = EngineCommand(find_engine())

    def run(
        self,
        variant: Variant,
        stack: int | Path,
        operation: str,
        *,
        latency: Mapping[str, float] | None = None,
        parallel: int | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Run:
        """One `preview` or `up`, from an empty stack: of this many workloads, or of a stack file.

        Raises BenchmarkError if it fails.
        """
        with tempfile.TemporaryDirectory(dir=self._folder) as copied:
            here = self._empty_stack(stack).copy(Path(copied) / "state")
            providers = self._simulators.open(here.world, None, latency)
            try:
                with LanguageHost(variant.program, {**variant.environment, **(environment or {})}) as host:
                    return self._command(here, operation, host, providers, parallel)
            finally:
                self._simulators.close(here.world)

    @property
    def engine_version(self) -> str:
        """Release of the engine."""
        return str(self._engine.version)

    def _command(
        self, here: StateFolder, operation: str, host: LanguageHost, providers: str, parallel: int | None
    ) -> Run:
        command = [
            self._engine.command,
            operation,
            "--non-interactive",
            "--stack",
            STACK,
            "--suppress-outputs",
        ]
        command += [f"--client=127.0.0.1:{host.port}", "--exec-kind", "auto.inline"]
        command += ["--yes", "--skip-preview"] if operation == "up" else []
        command += ["--parallel", str(parallel)] if parallel else []
        stack = operations.open_stack_in(self._engine, here, operations.RehearsalOptions(program=REPOSITORY))
        environment = {
            **os.environ,
            **stack.workspace.env_vars,
            "PULUMI_HOME": str(here.home),
            "PULUMI_DEBUG_PROVIDERS": providers,
        }
        before, start = _children_cpu(), time.perf_counter()
        done = subprocess.run(
            command, cwd=here.work, env=environment, capture_output=True, text=True, check=False
        )
        wall = time.perf_counter() - start
        if done.returncode or host.cost is None:
            raise BenchmarkError(
                f"{operation} failed: {(done.stdout + done.stderr)[-2000:]}\n{host.errors[-2000:]}"
            )
        # The program is a child of this process too.
        engine = _children_cpu() - before - host.cost.cpu_seconds
        return Run(wall, host.cost, engine)

    def _empty_stack(self, stack: int | Path) -> StateFolder:
        name = str(stack) if isinstance(stack, int) else stack.stem
        folder = self._folder / f"empty-{name}"
        if folder.is_dir():
            return StateFolder(folder, STACK, PROJECT)
        stack_file = stack
        if isinstance(stack_file, int):
            stack_file = self._folder / f"Pulumi.{name}.yaml"
            stack_file.write_text(json.dumps({"config": config_of(int(name))}), encoding="utf-8")
        here = state_folder.prepare(folder, STACK, REPOSITORY, stack_file)
        operations.open_stack_in(self._engine, here, operations.RehearsalOptions(program=REPOSITORY))
        return here


@contextmanager
def open_bench() -> Generator[Bench]:
    """A bench with simulators and a folder of its own, for the block."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        with Simulators() as simulators:
            yield Bench(folder, simulators)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _children_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
