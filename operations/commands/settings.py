"""`settings`: what is in effect for a stack, and which file each value comes from."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from operations.effective_settings import DEFAULT, Row, effective_settings
from operations.options import REPOSITORY, ProgramOption, StackOption
from operations.reporting import console, run_and_exit
from operations.settings_diff import Difference, differences
from operations.settings_text import as_text, as_yaml
from stacks.settings.loader import report

ConfigFileOption = Annotated[
    Path | None, typer.Option("--config-file", metavar="FILE", help="Stack file, if it has another name.")
]
DefaultsOption = Annotated[
    bool, typer.Option("--defaults", help="Also the values that no file has: the program's defaults.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="One row per value, defaults among them.")]


DiffOption = Annotated[
    str | None,
    typer.Option("--diff", metavar="NAME", help="Only what differs in this stack; NAME may be a stack file."),
]


def settings(
    stack: StackOption,
    config_file: ConfigFileOption = None,
    diff: DiffOption = None,
    defaults: DefaultsOption = False,
    as_json: JsonOption = False,
    program: ProgramOption = REPOSITORY,
) -> None:
    """Print the effective settings, and whether base file, stack file or Pulumi.yaml has each value.

    Neither Pulumi nor Azure is called, and nothing is decrypted: encrypted values are shown as [secret].
    """

    def run() -> bool:
        first = effective_settings(stack, program.resolve(), config_file or program / f"Pulumi.{stack}.yaml")
        other = diff or stack
        stacks = [(stack, first)]
        if diff:
            file = Path(diff) if diff.endswith((".yaml", ".yml")) else program / f"Pulumi.{diff}.yaml"
            other = file.name.removeprefix("Pulumi.").rpartition(".")[0] if str(file) == diff else diff
            stacks.append((other, effective_settings(other, program.resolve(), file)))
        problems = [(name, problem) for name, effective in stacks for problem in effective.problems]
        rows = [effective.rows for _, effective in stacks]
        if as_json:
            document: dict[str, Any] = {"stack": stack, "problems": [str(problem) for _, problem in problems]}
            if diff:
                document |= {"diff": other, "differences": [each.document() for each in differences(*rows)]}
            else:
                document |= {"settings": [row.document() for row in rows[0]]}
            sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
        elif problems:
            for name, effective in stacks:
                if effective.problems:
                    sys.stderr.write(report(effective.problems, f"in the settings of {name}") + "\n")
        elif diff:
            console().print(_table(stack, other, list(differences(*rows))))
        else:
            _print_rows(rows[0], shows_defaults=defaults)
        return not problems

    run_and_exit(run)


def _print_rows(rows: list[Row], *, shows_defaults: bool) -> None:
    shown = [row for row in rows if shows_defaults or row.source != DEFAULT]
    sys.stdout.write(as_yaml(shown))
    if len(rows) > len(shown):
        count = len(rows) - len(shown)
        sys.stderr.write(f"{count} values are the program's defaults; --defaults shows them\n")


def _table(stack: str, other: str, rows: list[Difference]) -> Table:
    table = Table(title=f"{len(rows)} values differ", title_justify="left", title_style="bold")
    for heading in ("setting", stack, other):
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(Text(text) for text in (row.path, _cell(row.first), _cell(row.second))))
    return table


def _cell(row: Row | None) -> str:
    return f"{as_text(row.value)}  # {row.place}" if row else "–"
