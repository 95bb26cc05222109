"""`up`, `refresh` and `destroy`: operations whose result the state folder keeps."""

from __future__ import annotations

from contextlib import AbstractContextManager

from rehearsal import operations
from rehearsal.command_options import (
    CloudOption,
    Cluster,
    ClusterOption,
    ConfigOption,
    FaultsOption,
    JsonOption,
    KeepOption,
    LatencyOption,
    ProgramOption,
    ProofsOption,
    RefreshOption,
    SeedOption,
    SkipPreviewOption,
    StackOption,
    StateOption,
    open_state_folder,
    rehearsal_options,
)
from rehearsal.command_runner import run_and_exit, with_notes
from rehearsal.display import console, show_outputs
from rehearsal.operations import Outcome
from rehearsal.proving import proved, show_broken
from rehearsal.simulator_process import REPOSITORY
from rehearsal.state_folder import StateFolder


def up(
    stack: StackOption,
    config_file: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
    skip_preview: SkipPreviewOption = False,
    refresh: RefreshOption = False,
    proofs: ProofsOption = True,
    keep_checkpoints: KeepOption = False,
    cloud: CloudOption = None,
    latency: LatencyOption = None,
    cluster: ClusterOption = Cluster.SIMULATED,
    faults: FaultsOption = None,
    faults_seed: SeedOption = None,
    program: ProgramOption = REPOSITORY,
) -> None:
    """Preview, then create or update all resources in the simulated cloud, and keep the state."""

    def run() -> Outcome:
        options = rehearsal_options(
            program,
            as_json,
            keep_checkpoints,
            cloud,
            latency,
            skip_preview=skip_preview,
            refresh=refresh,
            cluster=cluster,
            faults=faults,
            faults_seed=faults_seed,
        )
        outcome = _operate("up", open_state_folder(program, stack, config_file, state), options, as_json)
        if outcome.succeeded and not as_json:
            show_outputs(outcome.report, console())
        if proofs and outcome.succeeded:
            outcome, verdicts = proved(outcome)
            if not as_json:
                show_broken(verdicts, console())
        return outcome

    run_and_exit(run, as_json)


def refresh(
    stack: StackOption,
    config_file: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
    keep_checkpoints: KeepOption = False,
    cloud: CloudOption = None,
    latency: LatencyOption = None,
    faults: FaultsOption = None,
    faults_seed: SeedOption = None,
    program: ProgramOption = REPOSITORY,
) -> None:
    """Read all resources back from the simulated cloud."""

    def run() -> Outcome:
        options = rehearsal_options(
            program, as_json, keep_checkpoints, cloud, latency, faults=faults, faults_seed=faults_seed
        )
        return _operate("refresh", open_state_folder(program, stack, config_file, state), options, as_json)

    run_and_exit(run, as_json)


def destroy(
    stack: StackOption,
    config_file: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
    skip_preview: SkipPreviewOption = False,
    refresh: RefreshOption = False,
    keep_checkpoints: KeepOption = False,
    cloud: CloudOption = None,
    latency: LatencyOption = None,
    cluster: ClusterOption = Cluster.SIMULATED,
    faults: FaultsOption = None,
    faults_seed: SeedOption = None,
    program: ProgramOption = REPOSITORY,
) -> None:
    """Preview, then delete all resources from the simulated cloud."""

    def run() -> Outcome:
        options = rehearsal_options(
            program,
            as_json,
            keep_checkpoints,
            cloud,
            latency,
            skip_preview=skip_preview,
            refresh=refresh,
            cluster=cluster,
            faults=faults,
            faults_seed=faults_seed,
        )
        return _operate("destroy", open_state_folder(program, stack, config_file, state), options, as_json)

    run_and_exit(run, as_json)


def _operate(
    operation: str,
    folder_context: AbstractContextManager[StateFolder],
    options: operations.RehearsalOptions,
    as_json: bool,
) -> Outcome:
    with folder_context as folder:
        return with_notes(operations.operate(folder, operation, options), folder, as_json)
