"""`settings`: what is in effect for a stack, and which file each value comes from."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from operations.effective_settings import DEFAULT, effective_settings
from operations.options import REPOSITORY, ProgramOption, StackOption
from operations.reporting import run_and_exit
from operations.settings_text import as_yaml
from stacks.settings.loader import report

ConfigFileOption = Annotated[
    Path | None, typer.Option("--config-file", metavar="FILE", help="Stack file, if it has another name.")
]
DefaultsOption = Annotated[
    bool, typer.Option("--defaults", help="Also the values that no file has: the program's defaults.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="One row per value, defaults among them.")]


def settings(
    stack: StackOption,
    config_file: ConfigFileOption = None,
    defaults: DefaultsOption = False,
    as_json: JsonOption = False,
    program: ProgramOption = REPOSITORY,
) -> None:
    """Print the effective settings, and whether base file, stack file or Pulumi.yaml has each value.

    Neither Pulumi nor Azure is called, and nothing is decrypted: encrypted values are shown as [secret].
    """

    def run() -> bool:
        file = config_file or program / f"Pulumi.{stack}.yaml"
        effective = effective_settings(stack, program.resolve(), file)
        if as_json:
            document = {
                "stack": stack,
                "settings": [row.document() for row in effective.rows],
                "problems": [str(problem) for problem in effective.problems],
            }
            sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
            return not effective.problems
        if effective.problems:
            sys.stderr.write(report(effective.problems, f"in the settings of {stack}") + "\n")
            return False
        shown = [row for row in effective.rows if defaults or row.source != DEFAULT]
        sys.stdout.write(as_yaml(shown))
        left_out = len(effective.rows) - len(shown)
        if left_out:
            sys.stderr.write(f"{left_out} values are the program's defaults; --defaults shows them\n")
        return True

    run_and_exit(run)
