"""`acceptance`: everything once on a real subscription, on a small stack that goes again, and a report."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.markup import escape

from operations.acceptance.children import interrupts_raised, run_child
from operations.acceptance.plan import plan_text
from operations.acceptance.prices import price_of
from operations.acceptance.redaction import Redaction
from operations.acceptance.report import Report, differences
from operations.acceptance.run import Acceptance
from operations.acceptance.run_folder import RunFolder
from operations.azure.session import AzureSession
from operations.effective_settings import stack_settings
from operations.errors import OperationError
from operations.options import REPOSITORY, ProgramOption, YesOption
from operations.reporting import INTERRUPTED, confirmed, console, run_and_exit
from stacks.settings.azure_names import AzureNames
from stacks.settings.loader import report as problems_text

_PAGE: Final = "docs/acceptance.md"

LocationOption = Annotated[
    str, typer.Option("--location", metavar="REGION", help="Region of the test stack.")
]
SizeOption = Annotated[str, typer.Option("--vm-size", metavar="SIZE", help="Size of its two nodes.")]
OutOption = Annotated[
    Path, typer.Option("--out", metavar="DIR", help="Folder of the runs: state, output, evidence, report.")
]
KeepOption = Annotated[bool, typer.Option("--keep", help="Leave everything as it is at a failure.")]
CleanUpOption = Annotated[
    Path | None,
    typer.Option("--clean-up", metavar="DIR", help="Delete what the run in this folder has left."),
]
RehearseOption = Annotated[
    bool, typer.Option("--rehearse", help="The same against the simulated cloud: nothing is made.")
]
ComparedOption = Annotated[
    bool, typer.Option("--compare/--no-compare", help="Rehearse first, and report what differs from it.")
]
RehearsedOption = Annotated[bool, typer.Option("--rehearsed", hidden=True, help="The cloud is simulated.")]


def acceptance(
    location: LocationOption = "westeurope",
    vm_size: SizeOption = "Standard_D2s_v5",
    out: OutOption = Path(".acceptance"),
    keep: KeepOption = False,
    clean_up: CleanUpOption = None,
    rehearse: RehearseOption = False,
    compare: ComparedOption = True,
    yes: YesOption = False,
    rehearsed: RehearsedOption = False,
    program: ProgramOption = REPOSITORY,
) -> None:
    """Run everything once on a subscription: doctor, up, verify, a rotation, a move, destroy, purge.

    It says beforehand what it makes, how long it takes and what it costs, and deletes all of it at the end.
    """

    def run() -> int | bool:
        root = program.resolve()
        if rehearse:
            return _rehearsal(out, location, vm_size)
        if clean_up:
            left = _acceptance(RunFolder.open(clean_up, root), rehearsed=rehearsed)
            gone = left.clean_up()
            return INTERRUPTED if left.interrupted else gone
        folder = RunFolder.create(out.resolve(), root, location, vm_size)
        price = None if rehearsed else price_of(vm_size, location)
        print(plan_text(folder, location, vm_size, price, keep=keep), flush=True)
        if not confirmed("Run it?", assume_yes=yes, option="--yes"):
            return False
        expected = None if rehearsed or not compare else _rehearsed_report(folder, location, vm_size)
        work = _acceptance(folder, rehearsed=rehearsed, keep=keep)
        try:
            work.run()
        finally:
            _write(work, expected)
        return INTERRUPTED if work.interrupted else work.report.succeeded

    with interrupts_raised():
        run_and_exit(run)


def _acceptance(folder: RunFolder, *, rehearsed: bool, keep: bool = False) -> Acceptance:
    settings = stack_settings(folder.stack, folder.program, folder.stack_file)
    if settings.settings is None:
        raise OperationError(problems_text(settings.problems, f"in {folder.stack_file}"))
    session = AzureSession.open()
    names = AzureNames.of(settings.settings, session.subscription_id)
    pool = settings.settings.cluster.system_pool
    report = Report(
        run=folder.stack,
        rehearsed=rehearsed,
        location=settings.settings.location,
        vm_size=pool.vm_size if pool else "",
        started=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        commit=_commit(folder.program),
    )
    return Acceptance(folder, session, names, report, _shown(), keep=keep)


def _shown() -> Callable[[str], None]:
    """The display. It may be gone, with its terminal: what is to be deleted is deleted all the same."""
    display = console()

    def show(line: str) -> None:
        with suppress(OSError):
            display.print(escape(line), soft_wrap=True)

    return show


def _write(work: Acceptance, expected: Mapping[str, Any] | None) -> None:
    """Both forms of the report, and where they are."""
    report, caller = work.report, work.session.caller
    redact = Redaction(
        {
            str(work.folder.path): "<folder>",
            work.folder.stack: "acceptance-<run>",
            work.session.subscription_id: "<subscription>",
            caller.tenant_id: "<tenant>",
            caller.object_id: "<deployer>",
            caller.name: "<deployer>",
            **dict.fromkeys((vault.name for vault in work.names.vaults.values()), "<vault>"),
        }
    )
    if expected is not None:
        report.differences = differences(expected, report, redact)
    work.folder.write("report.json", report.document(redact))
    file = work.folder.write("report.md", report.markdown(redact))
    work.show(f"report: {file}")
    if not report.rehearsed:
        work.show(f"attach it to an issue, read it before ({_PAGE}): form `acceptance` of this repository")


def _rehearsal(out: Path, location: str, vm_size: str) -> int:
    """The exit status of the same command against the simulated cloud."""
    command = [sys.executable, "-m", "rehearsal", "acceptance", "--out", str(out.resolve())]
    command += ["--location", location, "--vm-size", vm_size]
    return run_child(command, os.environ, REPOSITORY, is_captured=False).status


def _rehearsed_report(folder: RunFolder, location: str, vm_size: str) -> Mapping[str, Any]:
    """The report of a rehearsal of this run. Raises OperationError if that fails already."""
    out = folder.path / "rehearsal"
    if _rehearsal(out, location, vm_size):
        raise OperationError(f"the rehearsal of this acceptance fails, so nothing was made; see {out}")
    (file,) = out.glob("*/report.json")
    return json.loads(file.read_text(encoding="utf-8"))


def _commit(program: Path) -> str:
    """The commit that runs, with a + if files differ from it; empty without git."""
    try:
        described = subprocess.run(
            ["git", "describe", "--always", "--dirty=+"],
            cwd=program,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return ""
    return described.stdout.strip()
