"""The parts of a campaign: what messages name, what two clouds have in common, forks, and the table."""

import os
import signal
from typing import Any

import pytest

from rehearsal.bad_days import table
from rehearsal.bad_days.comparison import difference, state_of
from rehearsal.bad_days.forks import ForkError, in_a_fork
from rehearsal.bad_days.runs import AGAIN, FAILED, RESUMED, Result, Run, RunError, command_named


@pytest.mark.parametrize(
    ("messages", "command"),
    [
        (
            ["Status=503", "Azure has an error: … Next step: type `python -m rehearsal up --stack dev`, …"],
            "up",
        ),
        (["to take it into the state, type: python -m rehearsal resume --stack dev"], "resume"),
        (["type `python -m rehearsal resume --stack dev`, …, then `python -m rehearsal up`"], "resume"),
    ],
)
def test_the_first_command_of_the_messages_is_typed(messages: list[str], command: str) -> None:
    assert command_named(Result(False, messages), killed=False) == command


def test_a_message_without_a_command_is_a_failure() -> None:
    with pytest.raises(RunError, match=r"^the message names no command: Status=503"):
        command_named(Result(False, ["Status=503"]), killed=False)
    assert command_named(Result(False, ["signal: killed"]), killed=True) == "up"


def test_a_difference_is_told_by_its_places() -> None:
    expected: dict[str, Any] = {"azure": {"vault": {"sku": "standard"}, "group": {}}, "rest": [1]}
    actual: dict[str, Any] = {"azure": {"vault": {"sku": "premium"}, "twice": {}}, "rest": [1]}
    assert difference(expected, actual) == (
        "/azure/group is missing; /azure/twice is too many; /azure/vault/sku differs"
    )
    assert difference(expected, expected) == ""


def test_a_state_with_something_unfinished_is_another_one() -> None:
    row = {"urn": "urn:1", "id": "a", "type": "azure-native:keyvault:Vault", "custom": True}
    whole = {"resources": [row]}
    for broken in (
        {"resources": [row, row]},
        {"resources": [{**row, "initErrors": ["503"]}]},
        {"resources": [{**row, "delete": True}]},
        {"resources": [row], "pending_operations": [{"resource": {"urn": "urn:2"}}]},
        {"resources": []},
    ):
        assert difference(state_of(whole), state_of(broken))


@pytest.mark.servers
def test_a_fork_answers_dies_or_breaks() -> None:
    assert in_a_fork(lambda: {"pid": 1}) == {"pid": 1}
    assert in_a_fork(lambda: os.kill(os.getpid(), signal.SIGKILL)) is None
    with pytest.raises(ForkError, match="a defect of the rehearsal"):
        in_a_fork(lambda: 1 / 0)


def test_the_table_counts_and_a_failure_says_how_to_repeat_it() -> None:
    runs = [
        Run(seed=1, kind="throttled", day="throttled × 4", way=AGAIN),
        Run(seed=13, kind="throttled", day="throttled × 4", way=AGAIN),
        Run(seed=5, kind="lost", day="lost × 4", way=RESUMED),
        Run(
            seed=17,
            kind="lost",
            day="lost × 1",
            way=FAILED,
            detail="the cloud is another one: /azure/x differs",
        ),
    ]
    assert table.table(runs) == [
        "kind       by itself    up  resume, up  failed",
        "throttled          0     2           0       0",
        "lost               0     0           1       1",
        "all                0     2           1       1",
    ]
    assert table.failures(runs, "python -m rehearsal campaign --stack dev") == [
        "seed 17: lost × 1\n"
        "  the cloud is another one: /azure/x differs\n"
        "  repeat it: python -m rehearsal campaign --stack dev --seed 17 --runs 1"
    ]
