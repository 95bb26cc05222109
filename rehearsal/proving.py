"""The proofs of the trust chain on a rehearsal, in which what is unknown counts as broken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from rehearsal.operations import Outcome

if TYPE_CHECKING:
    from trust.proofs import Verdict


def proved(outcome: Outcome) -> tuple[Outcome, Sequence[Verdict]]:
    """The outcome with the proofs' rows, a failure if one is broken; and their verdicts."""
    from trust import read_rehearsal  # 0.2 s, for which an operation that fails does not wait
    from trust.chain import Chain
    from trust.proofs import failures, run

    verdicts = run(Chain.read(read_rehearsal(outcome.report.document())))
    rows = [row for verdict in verdicts for row in verdict.rows()]
    return (
        replace(outcome, succeeded=not failures(verdicts), report=replace(outcome.report, proofs=rows)),
        verdicts,
    )


def show_broken(verdicts: Sequence[Verdict], console: Console) -> None:
    """Print what is broken, causes first, with the line that mends it."""
    for line in broken(verdicts):
        console.print(line)


def broken(verdicts: Sequence[Verdict]) -> list[Text]:
    """A line per finding that is a cause itself; what follows from it is mended with it."""
    return [
        Text(
            f"  {verdict.proof.name}: {judged.text} (mend {judged.finding.fix})",
            style="red" if verdict.fails else "yellow",
        )
        for verdict in verdicts
        for judged in verdict.findings
        if judged.status == "broken" and not judged.cause
    ]
