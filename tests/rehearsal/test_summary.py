"""The end of a preview: thirty lines at most, whatever happens, and the important ones stay."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from rehearsal.folded_display import FoldedDisplay
from rehearsal.report import Report
from rehearsal.summary import LIMIT, summary
from tests.trust.recording import recorded


def report(document: Any) -> Report:
    return Report(document["summary"], document["resources"], document["outputs"], document["diagnostics"])


def texts(made: Report, before: Any = None) -> list[str]:
    return [line.plain for line in summary(made, before or {}, ())]


def test_a_first_preview_says_what_is_made_and_who_reads_what() -> None:
    document = recorded("rehearsal_before")
    lines = texts(report(document))
    assert lines[0] == f"Rehearsed with every value known: {document['summary']['create']} to create"
    assert f"Access: {len(document['outputs']['access'])} gained, 0 lost" in lines
    assert sum(" may now read " in line for line in lines) == len(document["outputs"]["access"])


def test_a_change_names_what_is_gained_lost_replaced_and_loosened() -> None:
    document = recorded("rehearsal_after")
    lines = texts(report(document), recorded("state_before"))
    changed = [line for line in lines if " may now read " in line or " may no longer read " in line]
    assert changed
    assert len(changed) < len(document["outputs"]["access"])


def test_nothing_is_said_to_change_when_nothing_does() -> None:
    same = [{**row, "op": "same"} for row in recorded("rehearsal_before")["resources"]]
    document = {**recorded("rehearsal_before"), "resources": same, "summary": {"same": len(same)}}
    lines = texts(report(document), recorded("state_before"))
    assert lines[0] == "Rehearsed with every value known: nothing changes"
    assert lines[1].startswith("Access: nobody gains or loses a secret")


@pytest.mark.parametrize("number", [0, 5, 500])
def test_it_has_thirty_lines_at_most_and_counts_what_it_leaves_out(number: int) -> None:
    document = recorded("rehearsal_before")
    deleted = [
        {**document["resources"][-1], "op": "delete", "urn": f"urn:pulumi:a::b::c:d:E::gone-{index}"}
        for index in range(number)
    ]
    warnings = [{"severity": "warning", "urn": "", "message": f"warning {index}"} for index in range(number)]
    made = Report(
        {"create": 9, "delete": number}, [*document["resources"], *deleted], document["outputs"], warnings
    )
    lines = texts(made)
    assert len(lines) <= LIMIT
    assert any(line.startswith("Access: ") for line in lines)
    if number:
        assert f"Warnings: {number}" in lines
    if number > LIMIT:
        left_out = [int(line.split()[2]) for line in lines if line.endswith(" more")]
        shown = len([line for line in lines if line.startswith("  ") and not line.endswith(" more")])
        readings = len(document["outputs"]["access"])
        assert sum(left_out) + shown == 2 * number + readings + 1  # 1: the line of counts by kind


def display(is_terminal: bool) -> tuple[FoldedDisplay, io.StringIO]:
    text = io.StringIO()
    return FoldedDisplay(Console(file=text, force_terminal=is_terminal, width=80)), text


def test_a_log_has_every_line_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    shown, _ = display(is_terminal=False)
    with shown:
        shown.show("one")
        assert capsys.readouterr().out == "one\n"
        shown.fold()
    assert capsys.readouterr().out == ""


def test_a_terminal_folds_a_success_and_keeps_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    for succeeds in (True, False):
        shown, window = display(is_terminal=True)
        with shown:
            for number in range(40):
                shown.show(f"line {number}")
            if succeeds:
                shown.fold()
        assert "line 39" in window.getvalue(), "the window shows the latest lines"
        lines = capsys.readouterr().out.splitlines()
        assert lines == ([] if succeeds else [f"line {number}" for number in range(40)])
