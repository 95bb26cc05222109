"""`verify`: after an `up`, prove on what runs that each workload gets its secrets."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from operations.checks import Finding, counts, document, exit_status, table
from operations.errors import OperationError
from operations.options import REPOSITORY, FolderOption, ProgramOption, StackOption
from operations.report.documents import read_document
from operations.reporting import console, run_and_exit
from operations.workspace import Cli, Workspace
from trust import read_state
from trust.durations import seconds

TimeoutOption = Annotated[
    str,
    typer.Option(
        "--timeout", metavar="DURATION", help="How long to wait for roles, credentials and rollouts."
    ),
]
WorkloadOption = Annotated[
    list[str] | None, typer.Option("--workload", metavar="NAME", help="Only this workload; may be repeated.")
]
AllOption = Annotated[bool, typer.Option("--all", help="List each check that is fine, too.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document (docs/operations.md).")]
StateOption = Annotated[
    Path | None,
    typer.Option("--state", metavar="FILE", help="State of `pulumi stack export`, instead of the backend's."),
]
_SURPLUS: Final = "more than the program made"


def verify(
    stack: StackOption,
    timeout: TimeoutOption = "5m",
    workload: WorkloadOption = None,
    every: AllOption = False,
    as_json: JsonOption = False,
    state: StateOption = None,
    program: ProgramOption = REPOSITORY,
    folder: FolderOption = None,
) -> None:
    """Prove on the running cluster, vaults and identities that each workload gets its secrets.

    What is expected comes from the stack's state. No value is printed. Status 0: all is fine, 1: something is
    wrong, 3: nothing is wrong, and something may not be looked at.
    """

    def run() -> int:
        limit = _limit(timeout)
        if state:
            graph = read_document("--state", state)
        else:
            graph = read_state(
                Workspace(program.resolve(), Cli((folder or program).resolve(), stack)).export()
            )
        from operations.verify.run import findings_of

        findings = findings_of(graph, stack, limit, frozenset(workload or ()))
        if as_json:
            print(json.dumps(_document(findings, stack), indent=2))
        else:
            _show(findings, console(), whole=every)
        return exit_status(findings)

    run_and_exit(run)


def _limit(timeout: str) -> float:
    limit = seconds(f"{timeout}s" if timeout.isdecimal() else timeout)
    if limit is None:
        raise OperationError(f"--timeout: no duration, {timeout!r}; write 90s, 5m or 1h")
    return limit


def _parts(findings: Sequence[Finding]) -> tuple[list[Finding], list[Finding]]:
    from operations.verify.plan import SURPLUS

    return (
        [finding for finding in findings if finding.check not in SURPLUS],
        [finding for finding in findings if finding.check in SURPLUS],
    )


def _show(findings: Sequence[Finding], show: Console, *, whole: bool) -> None:
    delivery, surplus = _parts(findings)
    show.print(table(_merged(delivery), "delivery of secrets", subject="workload", whole=whole))
    if surplus:
        rows = _merged(surplus if whole else _without_nothing(surplus))
        show.print(table(rows, _SURPLUS, subject="where"))
    number = ", ".join(f"{count} {state}" for state, count in counts(findings).items() if count)
    show.print(number or "nothing was looked at")


def _without_nothing(findings: Sequence[Finding]) -> list[Finding]:
    """The findings; where nothing is more than it should be, in one line."""
    nothing = [finding for finding in findings if finding.state == "fine" and not finding.next_step]
    rows = [finding for finding in findings if finding not in nothing]
    if nothing:
        subjects = ", ".join(dict.fromkeys(finding.subject for finding in nothing))
        rows.append(Finding("the stack" if not rows else "all others", "", "fine", f"nothing at {subjects}"))
    return rows


def _merged(findings: Sequence[Finding]) -> list[Finding]:
    """The findings; what is unknown for one reason takes one line."""
    merged: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        if finding.state == "unknown":
            merged.setdefault((finding.text, finding.next_step), []).append(finding)
    rows: list[Finding] = [finding for finding in findings if finding.state != "unknown"]
    for (text, next_step), same in merged.items():
        subjects, checks = (
            [*dict.fromkeys(part)] for part in zip(*((f.subject, f.check) for f in same), strict=True)
        )
        rows.append(Finding(", ".join(subjects), ", ".join(checks), "unknown", text, next_step))
    return rows


def _document(findings: Sequence[Finding], stack: str) -> dict[str, object]:
    delivery, surplus = _parts(findings)
    return {"stack": stack, "delivery": document(delivery), "surplus": document(surplus)}
