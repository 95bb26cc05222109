"""`doctor`: whether everything is there that the `up` of a stack needs, before it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from operations.azure.reads import AzureReads
from operations.azure.refusals import AzureRefusedError
from operations.azure.session import AzureSession
from operations.checks import Finding, document, exit_status, print_lines, run_checks
from operations.doctor.examination import Examination
from operations.doctor.family import checks_of, families
from operations.doctor.sign_in import no_sign_in, sign_in_findings
from operations.effective_settings import StackSettings, stack_settings
from operations.errors import OperationError
from operations.options import REPOSITORY, FolderOption, ProgramOption, StackOption
from operations.reporting import console, run_and_exit
from stacks.settings.loader import report

_PROVIDER: Final = "azure-native:"

ConfigFileOption = Annotated[
    Path | None, typer.Option("--config-file", metavar="FILE", help="Stack file, if it has another name.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def doctor(
    stack: StackOption,
    config_file: ConfigFileOption = None,
    as_json: JsonOption = False,
    program: ProgramOption = REPOSITORY,
    folder: FolderOption = None,
) -> None:
    """Check the sign-in, rights, quota, names and everything existing that the stack needs, before `up`.

    It only reads. The status is 0 if all is fine, 1 if something is wrong, 3 if something cannot be asked.
    """

    def run() -> int:
        place = (folder or program).resolve()
        file = config_file or place / f"Pulumi.{stack}.yaml"
        settings = stack_settings(stack, program.resolve(), file)
        findings = examine(stack, place, settings)
        if as_json:
            answer = {"stack": stack, **document(findings)}
            sys.stdout.write(json.dumps(answer, indent=2, ensure_ascii=False) + "\n")
        else:
            print_lines(findings, console())
        return exit_status(findings)

    run_and_exit(run)


def examine(stack: str, folder: Path, settings: StackSettings) -> list[Finding]:
    """The findings of all checks. Raises OperationError if the settings are refused."""
    if settings.settings is None:
        raise OperationError(report(settings.problems, f"in the settings of {stack}"))
    findings, session = _sign_in(settings)
    reads = AzureReads(session) if session else None
    examination = Examination(
        stack,
        folder,
        settings.settings,
        settings.document,
        azure=reads,
        has_network=not any(finding.check == "network" for finding in findings),
    )
    chosen = [family for family in families() if session or not family.asks_azure]
    return [*findings, *run_checks(checks_of(examination, chosen), "doctor")]


def _sign_in(settings: StackSettings) -> tuple[list[Finding], AzureSession | None]:
    """The findings about the sign-in, and the session if Azure answers it."""
    config = {
        key.removeprefix(_PROVIDER): value
        for key, value in settings.config.items()
        if key.startswith(_PROVIDER)
    }
    try:
        session = AzureSession.open(config)
    except AzureRefusedError as error:
        return [no_sign_in(error)], None
    findings, answers = sign_in_findings(session)
    return findings, session if answers else None
