"""`prove`: a stack comes up behind a real API server, and its secrets are read by real parts."""

from __future__ import annotations

from dataclasses import replace

from rich.table import Table

from rehearsal import operations
from rehearsal.command_options import (
    CloudOption,
    Cluster,
    ConfigOption,
    ProgramOption,
    StackOption,
    StateOption,
    open_state_folder,
    rehearsal_options,
)
from rehearsal.command_runner import run_and_exit_with
from rehearsal.display import console
from rehearsal.real_cluster.pod_client import NAMES_ITSELF
from rehearsal.real_cluster.reads import SIMULATED, Read, reading
from rehearsal.simulator_process import REPOSITORY
from rehearsal.simulators.world import World


def prove(
    stack: StackOption,
    config_file: ConfigOption = None,
    state: StateOption = None,
    cloud: CloudOption = None,
    program: ProgramOption = REPOSITORY,
) -> None:
    """Bring a copy of the stack up behind a real API server, then read its secrets as its pods do.

    It ends with a table: workload, secret, what has read it, the version. No value is printed. The secrets
    of an application that reads by itself (sdk) have a row for the libraries of each language.
    """

    def run() -> int:
        options = rehearsal_options(program, False, False, cloud, None, cluster=Cluster.REAL)
        with (
            open_state_folder(program, stack, config_file, state) as folder,
            folder.temporary_copy() as copied,
        ):
            outcome = operations.operate(copied, "up", replace(options, skip_preview=True))
            if not outcome.succeeded:
                return 1
            with reading(World(copied.world)) as reader:
                outputs = outcome.report.outputs
                owned = frozenset(outputs.get("service_accounts") or ())
                listed = [row for row in outputs.get("access") or () if row["asked"]]
                rows = [
                    read
                    for row in listed
                    for read in reader.read({**row, NAMES_ITSELF: row["workload"] in owned})
                ]
        console().print(_table(rows))
        return int(any(row.refusal for row in rows))

    run_and_exit_with(run)


def _table(rows: list[Read]) -> Table:
    table = Table("workload", "secret", "read by", "version", title="secrets, as pods read them")
    for row in rows:
        table.add_row(row.workload, row.secret, row.part, row.version or _without(row))
    return table


def _without(row: Read) -> str:
    """The reason that there is no version."""
    if row.part != SIMULATED:
        return f"refused: {row.refusal}"
    return f"not proved here: {row.reason}"
