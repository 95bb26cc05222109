"""`shard`: from one stack file a platform and several stacks of workloads, and what moves where."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from operations.effective_settings import StackSettings, stack_settings
from operations.options import REPOSITORY, FolderOption, ProgramOption, StackOption
from operations.reporting import console, run_and_exit
from operations.sharding.proposal import proposal
from operations.sharding.state import State
from operations.workspace import Cli

PER_STACK = 100
"""Workloads of a stack, if no number of stacks is given (docs/scale.md)."""

OutOption = Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the files.")]
IntoOption = Annotated[
    int,
    typer.Option("--into", metavar="N", min=0, help="Stacks of workloads (default: one per 100 workloads)."),
]
OrganizationOption = Annotated[
    str,
    typer.Option(
        "--organization", metavar="NAME", help="Pulumi organization; of a backend of your own: organization."
    ),
]
ConfigFileOption = Annotated[
    Path | None, typer.Option("--config-file", metavar="FILE", help="Stack file, if it has another name.")
]


def shard(
    stack: StackOption,
    out: OutOption,
    into: IntoOption = 0,
    organization: OrganizationOption = "organization",
    config_file: ConfigFileOption = None,
    program: ProgramOption = REPOSITORY,
    folder: FolderOption = None,
) -> None:
    """Propose a platform and stacks of workloads for a stack that is up: files, and what to type.

    It writes into DIR only and changes no state. `pulumi state move` replaces nothing: no pod restarts.
    """

    def run() -> bool:
        place = (folder or program).resolve()
        read = stack_settings(stack, program.resolve(), config_file or place / f"Pulumi.{stack}.yaml")
        state = State(json.loads(Cli(place, stack).run("stack", "export"))["deployment"].get("resources", []))
        workloads = len(read.settings.workloads) if read.settings else 0
        count = into or math.ceil(workloads / PER_STACK) or 1
        proposed = proposal(read, sections(read), state, count, organization)
        proposed.write(out, program.resolve())
        table = Table("stack", "file", "workloads", "resources that move, with their children")
        table.add_row(stack, str(out / f"Pulumi.{stack}.yaml"), "0", "–")
        for part in proposed.parts:
            file = str(out / f"Pulumi.{part.stack}.yaml")
            table.add_row(part.stack, file, str(part.workloads), str(len(part.moved)))
        show = console()
        show.print(table)
        for number, step in enumerate(proposed.steps(out), 1):
            show.print(f"{number}. {step}", soft_wrap=True, markup=False)
        return True

    run_and_exit(run)


def sections(read: StackSettings) -> dict[str, Any]:
    """The sections of a stack file, merged with its base file; an encrypted value is as the file has it."""
    written = read.document.get("config") or {}
    merged = {key: _value(text) for key, text in read.config.items() if key != "aks-secrets:base"}
    return {key: written[key] if _is_encrypted(written.get(key)) else value for key, value in merged.items()}


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _is_encrypted(value: Any) -> bool:
    return isinstance(value, dict) and "secure" in value
