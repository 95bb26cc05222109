"""`who`: who reads one secret, key or certificate, and who else could."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from operations.commands.report import FromOption, StateOption
from operations.options import REPOSITORY, FolderOption, ProgramOption, StackOption
from operations.report.documents import read_document
from operations.report.wording import right
from operations.reporting import console, run_and_exit
from operations.who import Readers, readers_of
from operations.workspace import Cli, Workspace
from trust import read_state
from trust.access import Reading

NameArgument = Annotated[
    str, typer.Argument(metavar="SECRET", help="Name of the secret, key or certificate in the vault.")
]
VaultOption = Annotated[str, typer.Option("--vault", metavar="NAME", help="The vault, if several have one.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def who(
    name: NameArgument,
    stack: StackOption,
    vault: VaultOption = "",
    source: FromOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
    program: ProgramOption = REPOSITORY,
    folder: FolderOption = None,
) -> None:
    """List who reads a secret, key or certificate, by which links, and who else could.

    It reads the stack's state, and asks neither Azure nor Kubernetes.
    """

    def run() -> bool:
        readers = readers_of(_graph(source, state, stack, program, folder), name, vault)
        if as_json:
            print(json.dumps(_document(readers), indent=2))
        else:
            _show(name, readers)
        return True

    run_and_exit(run)


def _graph(source: Path | None, state: Path | None, stack: str, program: Path, folder: Path | None) -> Any:
    if source:
        return read_document("--from", source, state)
    return read_state(Workspace(program.resolve(), Cli((folder or program).resolve(), stack)).export())


def _show(name: str, readers: Readers) -> None:
    show = console()
    if readers.readings:
        table = Table(title=f"who reads {name}", title_justify="left", title_style="bold")
        for heading in ("workload", "service account", "object", "technique", "by", "if"):
            table.add_column(heading, overflow="fold")
        for reading in readers.readings:
            row = _row(reading)
            table.add_row(
                row["workload"],
                f"{row['namespace']}/{row['serviceAccount']}",
                f"{row['vault']}/{row['name']}",
                row["technique"],
                row["by"],
                "; ".join(row["if"]),
            )
        show.print(table)
    else:
        show.print(f"no workload of the stack reads {name}")
    if readers.uses:
        show.print("\nwho may do more than read it:")
        for use in readers.uses:
            show.print(f"  {use}", soft_wrap=True)
    if readers.possible:
        show.print("\nwho else could:")
        for possibility in readers.possible:
            show.print(f"  {possibility}", soft_wrap=True)


def _document(readers: Readers) -> dict[str, Any]:
    return {
        "readers": [_row(reading) for reading in readers.readings],
        "rights": [
            {
                "workload": use.workload,
                "vault": use.vault,
                "kind": use.kind,
                "name": use.name,
                "rights": sorted(use.configured),
                "besides": sorted(use.surplus),
                "by": list(use.by),
            }
            for use in readers.uses
        ],
        "possible": [str(possibility) for possibility in readers.possible],
    }


def _row(reading: Reading) -> dict[str, Any]:
    last = reading.links[-1] if reading.links else None
    return {
        "workload": reading.workload,
        "namespace": str(reading.namespace),
        "serviceAccount": str(reading.service_account),
        "vault": str(reading.vault),
        "kind": reading.kind,
        "name": str(reading.name),
        "technique": reading.technique,
        "by": right(last.start, last.what, last.end) if last else "",
        "if": [str(link) for link in reading.links if link.state in ("external", "unknown")],
        "copiedToKubernetesSecret": reading.copied,
    }
