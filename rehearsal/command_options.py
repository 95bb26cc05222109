"""Options that several commands share: their declarations, and the values that they stand for."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, cast

import typer
import yaml

from rehearsal import state_folder
from rehearsal.errors import RehearsalError
from rehearsal.operations import REAL, SIMULATED, RehearsalOptions
from rehearsal.simulators.faults import document as faults_document
from rehearsal.simulators.faults import seeded
from rehearsal.yaml_faults import MALFORMED, UNREADABLE, describe, reason_of


class Cluster(StrEnum):
    """Values of --cluster."""

    SIMULATED = SIMULATED
    REAL = REAL


StackOption = Annotated[
    str, typer.Option("--stack", metavar="NAME", help="Stack; its file is Pulumi.NAME.yaml.")
]
ConfigOption = Annotated[
    Path | None, typer.Option("--config-file", metavar="FILE", help="Another stack file.")
]
StateOption = Annotated[
    Path | None, typer.Option("--state", metavar="DIR", help="State folder (default .rehearsal/NAME).")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
KeepOption = Annotated[
    bool, typer.Option("--keep-checkpoints", help="Write the state after every step (slow).")
]
RefreshOption = Annotated[
    bool,
    typer.Option("--refresh", help="Read the simulated cloud back first, as `pulumi up --refresh`."),
]
SkipPreviewOption = Annotated[
    bool,
    typer.Option("--skip-preview", help="No preview before it, as with `--skip-preview` of Pulumi."),
]
ProofsOption = Annotated[
    bool, typer.Option("--proofs/--no-proofs", help="Prove the trust chain; a broken proof is a failure.")
]
CloudOption = Annotated[
    Path | None,
    typer.Option("--cloud", metavar="FILE", help="Resources that already exist (YAML or JSON)."),
]
LatencyOption = Annotated[
    list[str] | None,
    typer.Option(
        "--latency", metavar="TYPE=SECONDS", help="Duration of each write of a type; * means every type."
    ),
]
ClusterOption = Annotated[
    Cluster,
    typer.Option("--cluster", help="What judges Kubernetes objects: the simulators, or a real API server."),
]
FaultsOption = Annotated[
    Path | None,
    typer.Option("--faults", metavar="FILE", help="A bad day of Azure and Kubernetes (YAML)."),
]
SeedOption = Annotated[
    int | None,
    typer.Option("--faults-seed", metavar="N", help="A bad day that is made of a number.", min=0),
]
ProgramOption = Annotated[Path, typer.Option("--program", hidden=True)]


def rehearsal_options(
    program: Path,
    as_json: bool,
    keep_checkpoints: bool,
    cloud: Path | None,
    latency: list[str] | None,
    *,
    skip_preview: bool = False,
    refresh: bool = False,
    cluster: str = SIMULATED,
    faults: Path | None = None,
    faults_seed: int | None = None,
) -> RehearsalOptions:
    """The options of one operation. Raises RehearsalError for a wrong --cloud, --latency or --faults."""
    options = RehearsalOptions(
        program=program.resolve(),
        cloud=read_cloud(cloud),
        latency=dict(_latencies(latency or [])),
        keep_checkpoints=keep_checkpoints,
        skip_preview=skip_preview,
        refresh=refresh,
        cluster=cluster,
        warn=lambda line: print(line, file=sys.stderr),
    )
    if faults is not None or faults_seed is not None:
        options = replace(options, faults=read_faults(faults, faults_seed))
    if as_json:
        return replace(options, show=lambda _line: None, warn=lambda _line: None)
    return replace(options, color=sys.stdout.isatty(), show=lambda line: print(line, flush=True))


def default_state_folder(program: Path, stack: str, state: Path | None) -> Path:
    """The folder of --state, or the stack's folder below .rehearsal."""
    return (state or program / ".rehearsal" / stack).resolve()


def open_state_folder(
    program: Path, stack: str, config_file: Path | None, state: Path | None
) -> AbstractContextManager[state_folder.StateFolder]:
    """The prepared state folder, locked during the block."""
    return state_folder.prepare_exclusively(
        default_state_folder(program, stack, state),
        stack,
        program.resolve(),
        config_file.resolve() if config_file else None,
    )


def read_cloud(path: Path | None) -> Any:
    return None if path is None else _read_yaml("--cloud", path)


def _read_yaml(option: str, path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except FileNotFoundError as error:
        raise RehearsalError(f"{option}: there is no file {path}", status=2) from error
    except UNREADABLE as error:
        raise RehearsalError(f"{option}: {path} cannot be read: {reason_of(error)}", status=2) from error
    except (yaml.YAMLError, *MALFORMED) as error:
        # The error's own text has lines of the file, which may hold secrets.
        raise RehearsalError(
            f"{option}: {path} is neither YAML nor JSON: {describe(error)}", status=2
        ) from None


def read_faults(path: Path | None, seed: int | None) -> str:
    """The document of a bad day as JSON, from a file or made of a number."""
    if seed is not None:
        if path is not None:
            raise RehearsalError("--faults-seed: --faults names a bad day already; leave one out", status=2)
        made = seeded.document(seed)
        print(f"bad day {seed}: {seeded.described(made)}", file=sys.stderr)
        return json.dumps(made)
    document = _read_yaml("--faults", cast(Path, path))
    try:
        faults_document.read(document)
    except faults_document.FaultsError as error:
        raise RehearsalError(f"--faults: {error}", status=2) from error
    return json.dumps(document, default=str)


def _latencies(entries: list[str]) -> Iterator[tuple[str, float]]:
    for entry in entries:
        token, _, seconds = entry.rpartition("=")
        try:
            number = float(seconds)
        except ValueError:
            number = -1.0
        if not token or number < 0 or not math.isfinite(number):
            raise RehearsalError(
                (
                    f"--latency: '{entry}' is not TYPE=SECONDS; for example "
                    "azure-native:containerservice:ManagedCluster=3 or '*=0.2'"
                ),
                status=2,
            )
        yield token, number
