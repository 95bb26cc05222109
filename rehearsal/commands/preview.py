"""`preview`: the engine's preview, then a rehearsed update in which every value is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from rehearsal import operations
from rehearsal.command_options import (
    CloudOption,
    Cluster,
    ClusterOption,
    ConfigOption,
    JsonOption,
    KeepOption,
    LatencyOption,
    ProgramOption,
    ProofsOption,
    RefreshOption,
    StackOption,
    StateOption,
    open_state_folder,
    rehearsal_options,
)
from rehearsal.command_runner import run_and_exit, with_notes
from rehearsal.display import console, show_outputs, tree
from rehearsal.folded_display import FoldedDisplay
from rehearsal.operations import Outcome
from rehearsal.proving import proved
from rehearsal.simulator_process import REPOSITORY
from rehearsal.summary import show_summary

if TYPE_CHECKING:
    from trust.proofs import Verdict

TreeOption = Annotated[bool, typer.Option("--tree", help="Show every resource, below its parent.")]
OutputsOption = Annotated[bool, typer.Option("--outputs", help="Show every output.")]


def preview(
    stack: StackOption,
    config_file: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
    show_tree: TreeOption = False,
    all_outputs: OutputsOption = False,
    proofs: ProofsOption = True,
    refresh: RefreshOption = False,
    keep_checkpoints: KeepOption = False,
    cloud: CloudOption = None,
    latency: LatencyOption = None,
    cluster: ClusterOption = Cluster.SIMULATED,
    program: ProgramOption = REPOSITORY,
) -> None:
    """Run the engine's preview, then a rehearsed update of a temporary copy in which every value is known.

    It ends with what changes, who gains or loses which secret, warnings, and what is proved.
    """

    def run() -> Outcome:
        options = rehearsal_options(
            program, as_json, keep_checkpoints, cloud, latency, refresh=refresh, cluster=cluster
        )
        display = FoldedDisplay()
        if not as_json:
            options = replace(options, show=display.show)
        with open_state_folder(program, stack, config_file, state) as folder, display:
            before = folder.deployment
            outcome = with_notes(operations.preview(folder, options), folder, as_json)
            if outcome.succeeded or outcome.lines:
                display.fold()
        if not outcome.succeeded:
            if not as_json and outcome.lines:
                print("\nThe rehearsed update failed:\n")
                print("\n".join(outcome.lines))
            return outcome
        verdicts: Sequence[Verdict] = ()
        if proofs:
            outcome, verdicts = proved(outcome)
        if not as_json:
            if show_tree:
                console().print(tree(outcome.report.resources))
            if all_outputs:
                show_outputs(outcome.report, console())
            show_summary(outcome.report, before, verdicts, console())
        return outcome

    run_and_exit(run, as_json)
