"""The document of a bad day, and what is refused in it."""

from typing import Any

import pytest

from rehearsal.simulators.faults import seeded
from rehearsal.simulators.faults.document import Answer, FaultsError, Operation, Process, read, read_text
from tests.each import each

VAULT = "azure-native:keyvault:Vault"


def call(**more: Any) -> dict[str, Any]:
    return {"calls": [{"type": VAULT, "answer": "throttled", **more}]}


def test_a_day_is_read_as_it_is_written() -> None:
    day = read(
        {
            "calls": [{"type": "*", "call": 7, "answer": "lost", "times": 4, "operation": "create"}],
            "propagation": {"role_assignments": "5m", "federated_credentials": 90},
            "kill": {"process": "engine", "write": 9},
            "answers": [{"status": 429}],
        }
    )
    (fault,) = day.calls
    assert (fault.type, fault.call, fault.answer, fault.times) == ("*", 7, Answer.LOST, 4)
    assert fault.operation is Operation.CREATE
    assert (day.role_assignments, day.federated_credentials) == (300, 90)
    assert day.kill
    assert (day.kill.process, day.kill.write) == (Process.ENGINE, 9)
    assert day.planes == {"answers": [{"status": 429}]}


@each(
    "document, message",
    [
        ([], "the file: not a mapping of keys to values"),
        ({"cals": []}, "cals: unknown key; did you mean 'calls'?"),
        ({"calls": {}, "wheather": 1}, "wheather: unknown key; choose calls, propagation, kill, "),
        ({"calls": "all"}, "calls: not a list"),
        ({"calls": ["all"]}, "calls[0]: not a mapping of keys to values"),
        ({"calls": [{"answer": "lost"}]}, "calls[0].type: missing"),
        ({"calls": [{"type": VAULT}]}, "calls[0].answer: missing"),
        (call(type="Vault"), "calls[0].type: 'Vault' is no type; write it as in a plan, for example "),
        (call(answer="slow"), "calls[0].answer: 'slow' is not allowed; choose conflict, throttled, "),
        (call(operation="make"), "calls[0].operation: 'make' is not allowed; choose create, update, "),
        (call(call=0), "calls[0].call: '0' is no number from 1 to 1000000"),
        (call(times=True), "calls[0].times: 'True' is no number from 1 to 1000000"),
        (call(retry_after="soon"), "calls[0].retry_after: 'soon' is no duration up to a day; write 30s, "),
        (call(retry_after="25h"), "calls[0].retry_after: '25h' is no duration up to a day; write 30s, "),
        (call(status=429), "calls[0].status: unknown key; choose type, answer, operation, call, times, "),
        (call(operation="read", answer="lost"), "calls[0].answer: a read has no answer 'lost'; choose timed"),
        (
            call(type="kubernetes:core/v1:Pod", answer="interrupted"),
            "calls[0].answer: 'interrupted' is for types of Azure only, not 'kubernetes:core/v1:Pod'; choose",
        ),
        (
            {"propagation": {"roles": "5m"}},
            "propagation.roles: unknown key; choose role_assignments, federated_credentials",
        ),
        ({"propagation": 5}, "propagation: not a mapping of keys to values"),
        ({"kill": {"process": "engine"}}, "kill.write: missing"),
        ({"kill": {"process": "init", "write": 1}}, "kill.process: 'init' is not allowed; choose engine, "),
        ({"lost_answers": [1]}, "lost_answers: '1' is no type; write it as in a plan, for example "),
        ({"pending": 1}, "pending: '1' is neither true nor false"),
    ],
)
def test_a_wrong_key_is_refused_with_its_path(document: object, message: str) -> None:
    with pytest.raises(FaultsError) as refused:
        read(document)
    assert str(refused.value).startswith(message)


def test_text_that_is_no_json_is_refused() -> None:
    with pytest.raises(FaultsError, match=r"^REHEARSAL_FAULTS is no JSON: "):
        read_text("{")


def test_days_of_numbers_can_be_read_and_take_turns() -> None:
    made = [seeded.document(seed) for seed in range(200)]
    for document in made:
        read(document)
        assert seeded.described(document)
    assert made == [seeded.document(seed) for seed in range(200)]
    assert {seeded.kind(seed) for seed in range(40)} == set(seeded.KINDS)
