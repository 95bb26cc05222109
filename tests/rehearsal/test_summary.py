"""The end of a preview: thirty lines at most, whatever happens, and the important ones stay."""

from __future__ import annotations

import copy
import io
from typing import Any, cast

import pytest
from rich.console import Console

from rehearsal.folded_display import FoldedDisplay
from rehearsal.report import Report
from rehearsal.summary import LIMIT, _rights, summary
from tests.trust.recording import recorded
from trust.rights.uses import Use


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


def test_a_warning_of_many_lines_takes_one() -> None:
    commands = "\n".join(f"  az role assignment create --name {index}" for index in range(3))
    warning = {"severity": "warning", "urn": "", "message": f"grants: 3 do not exist; run these\n{commands}"}
    lines = texts(report({**recorded("rehearsal_before"), "diagnostics": [warning]}))
    assert lines[lines.index("Warnings: 1") + 1] == "  grants: 3 do not exist; run these … 3 more lines"


def test_nothing_is_said_to_change_when_nothing_does() -> None:
    same = [{**row, "op": "same"} for row in recorded("rehearsal_before")["resources"]]
    document = {**recorded("rehearsal_before"), "resources": same, "summary": {"same": len(same)}}
    lines = texts(report(document), recorded("state_before"))
    assert lines[0] == "Rehearsed with every value known: nothing changes"
    assert lines[1].startswith("Access: each workload reads the same secrets as before")


def test_rights_that_move_to_another_vault_name_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def use(vault: str) -> Use:
        return Use("signer", vault, "key", "invoices", frozenset({"sign"}), frozenset(), ("a role",))

    monkeypatch.setattr("trust.rights.uses.uses", lambda graph: [use(graph)])
    section: Any = _rights(cast("Any", "kv-old"), cast("Any", "kv-new"))
    assert [line.plain for line in section.lines()[1:]] == [
        "  + signer may now sign with key invoices of kv-new",
        "  - signer may no longer sign with key invoices of kv-old",
    ]


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


def test_wrapped_lines_count_as_the_rows_that_they_take() -> None:
    document = recorded("rehearsal_after")
    long = [
        {**document["resources"][-1], "op": "delete", "urn": f"urn:pulumi:a::b::c:d:E::{'gone-' * 40}{index}"}
        for index in range(30)
    ]
    warnings = [{"severity": "warning", "urn": "", "message": "word " * 60} for _ in range(9)]
    made = Report({"delete": 30}, [*document["resources"], *long], document["outputs"], warnings)
    window = io.StringIO()
    console = Console(file=window, width=80, force_terminal=True)
    lines = summary(made, recorded("state_before"), (), console)
    for line in lines:
        console.print(line)
    assert len(window.getvalue().splitlines()) <= LIMIT
    plain = [line.plain for line in lines]
    assert any(" may now read " in line for line in plain)
    assert any(line.startswith("Warnings: 9") for line in plain)


def test_what_a_change_loosens_is_named() -> None:
    state, document = recorded("state_before"), copy.deepcopy(recorded("rehearsal_before"))
    for row in document["resources"]:
        row["op"] = "same"
        if row["type"] == "azure-native:keyvault:Vault":
            row["inputs"]["properties"]["softDeleteRetentionInDays"] = 7
    before = next(
        row for row in state["deployment"]["resources"] if row["type"] == "azure-native:keyvault:Vault"
    )
    before["inputs"]["properties"]["softDeleteRetentionInDays"] = 90
    lines = texts(Report({}, document["resources"], document["outputs"], []), state)
    assert "Look at this:" in lines
    assert any(line.endswith("is lowered from 90 to 7 days") for line in lines)


def test_a_value_that_has_another_place_in_the_pods_is_named() -> None:
    state, document = recorded("state_before"), copy.deepcopy(recorded("rehearsal_before"))
    for row in document["resources"]:
        row["op"] = "same"
        if row["type"].endswith(":SecretProviderClass"):
            objects = row["inputs"]["spec"]["parameters"]["objects"]
            row["inputs"]["spec"]["parameters"]["objects"] = objects.replace("db/password", "db/other")
    lines = texts(Report({}, document["resources"], document["outputs"], []), state)
    assert any(line.startswith("Access: each workload reads the same secrets as before (") for line in lines)
    place = "/mnt/secrets-store/db"
    assert (
        f"  orders-db-password of worker is in file {place}/other now, not in file {place}/password" in lines
    )


def _with(row: dict[str, Any], mark: str, **values: Any) -> dict[str, Any]:
    """A copy of a role assignment with other values."""
    copied = {
        **copy.deepcopy(row),
        "urn": f"{row['urn']}-{mark}",
        "id": f"{values['scope']}/providers/{mark}",
    }
    for side in ("inputs", "outputs"):
        copied[side] = {**(copied.get(side) or {}), **values}
    return copied


def _many_gains() -> tuple[Report, Any]:
    """Sixty gains, two losses, a lock that is turned off, a new way to read all, deletions, long warnings."""
    state, document = recorded("state_before"), copy.deepcopy(recorded("rehearsal_before"))
    rows: list[dict[str, Any]] = [{**row, "op": "same"} for row in document["resources"]]
    before = state["deployment"]["resources"]
    for resources, is_on in ((rows, False), (before, True)):
        for row in resources:
            if row["type"] == "azure-native:keyvault:Vault":
                row["inputs"]["properties"]["enablePurgeProtection"] = is_on
    role, old = (
        next(
            row
            for row in resources
            if row["type"] == "azure-native:authorization:RoleAssignment"
            and "/secrets/" in row["inputs"]["scope"]
        )
        for resources in (rows, before)
    )
    scope = role["inputs"]["scope"].rpartition("/")[0]
    reader = {
        "scope": scope.removesuffix("/secrets"),
        "principalId": "99999999-0000-4000-8000-000000000009",
    }
    gone = [{**role, "op": "delete", "urn": f"urn:pulumi:a::b::c:d:E::gone-{number}"} for number in range(40)]
    added = [_with(role, f"{number}", scope=f"{scope}/gained-{number}") for number in range(60)]
    before += [_with(old, f"lost-{number}", scope=f"{scope}/lost-{number}") for number in range(2)]
    rows += [{**row, "op": "create"} for row in (*added, _with(role, "all", **reader))]
    warnings = [{"severity": "warning", "urn": "", "message": "word " * 30} for _ in range(9)]
    return Report({"create": 61, "delete": 40}, [*rows, *gone], document["outputs"], warnings), state


@pytest.mark.parametrize("width", [None, 120, 80])
def test_no_number_of_gains_hides_what_is_lost_or_loosened(width: int | None) -> None:
    made, state = _many_gains()
    window = io.StringIO()
    console = Console(file=window, width=width, force_terminal=True) if width else None
    lines = [line.plain for line in summary(made, state, (), console)]
    if console:
        for line in summary(made, state, (), console):
            console.print(line)
    assert len(window.getvalue().splitlines()) <= LIMIT
    assert len(lines) <= LIMIT
    for words in (
        "may no longer read lost-0",
        "may no longer read lost-1",
        "purge protection",
        "could read every",
    ):
        assert any(words in line for line in lines), words
    assert any("may now read gained" in line for line in lines)
    assert any(line.endswith(" more gained") for line in lines)


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
