"""`campaign`: many updates on bad days, and what brings each stack back."""

from __future__ import annotations

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from typing import Annotated, Final

import typer

from rehearsal.command_options import (
    ConfigOption,
    ProgramOption,
    StackOption,
    StateOption,
    default_state_folder,
)
from rehearsal.command_runner import run_and_exit_with
from rehearsal.simulator_process import REPOSITORY

_MOST_RUNS: Final = 10_000


def campaign(
    stack: StackOption,
    config_file: ConfigOption = None,
    state: StateOption = None,
    runs: Annotated[int, typer.Option("--runs", min=1, max=_MOST_RUNS, help="Number of runs.")] = 200,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Number of the first bad day.")] = 0,
    parallel: Annotated[int, typer.Option("--parallel", min=1, max=16, help="Runs at once.")] = 2,
    minutes: Annotated[float, typer.Option("--minutes", min=0, help="Begin no run after this time.")] = 60,
    program: ProgramOption = REPOSITORY,
) -> None:
    """Run updates on bad days of Azure and Kubernetes, and show what brings each stack back."""

    def run() -> int:
        from rehearsal.bad_days import lanes, table
        from rehearsal.bad_days.runs import Lane, Run, Stack

        folder = default_state_folder(program, f"campaign-{stack}", state)
        file = config_file.resolve() if config_file else None
        here = Stack(name=stack, program=program.resolve(), config_file=file, folder=folder)
        lane = Lane(here)
        try:
            plan = lane.plan()
        finally:
            lane.close()
        print(f"campaign: {runs} bad days of a stack with {plan.writes} writes, in {folder}", flush=True)
        deadline = time.monotonic() + 60 * minutes
        ended: list[Run] = []
        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(parallel, context, lanes.begin, (here, plan, deadline)) as pool:
            for done in filter(None, pool.map(lanes.run, range(seed, seed + runs))):
                ended.append(done)
                print(f"{len(ended)}/{runs} {done.kind}: {done.way} ({done.day})", flush=True)
        where = f" --config-file {config_file}" if config_file else ""
        command = f"python -m rehearsal campaign --stack {stack}{where}"
        failed = table.failures(ended, command)
        print("\n".join([*failed, *table.table(ended)]))
        return 1 if failed else 0

    run_and_exit_with(run)
