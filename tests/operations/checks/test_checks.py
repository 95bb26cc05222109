"""operations/checks: findings, how they are run side by side, and how they are shown."""

import io
import json
import threading

import pytest
from rich.console import Console

from operations.checks import Check, Finding, counts, document, exit_status, run_checks, table, worst_first
from operations.errors import OperationError

MARKER = "value-that-no-one-may-see"
FINE = Finding("orders", "issuer", "fine", "equal byte for byte")
ALSO_FINE = Finding("orders", "subject", "fine", "equal")
WRONG = Finding("billing", "role", "wrong", "no role assignment", "pulumi up")
WAITING = Finding("billing", "rollout", "waiting", "1 of 2 pods is ready")
UNKNOWN = Finding("billing", "versions", "unknown", "403 [Forbidden]", "needs secrets/readMetadata")


def shown(*findings: Finding, whole: bool = True) -> str:
    screen = io.StringIO()
    Console(file=screen, width=160).print(
        table(findings, "delivery of secrets", subject="workload", whole=whole)
    )
    return screen.getvalue()


def test_the_worst_comes_first_and_the_order_stays_otherwise():
    assert worst_first([FINE, WAITING, ALSO_FINE, UNKNOWN, WRONG]) == [
        WRONG,
        WAITING,
        UNKNOWN,
        FINE,
        ALSO_FINE,
    ]


@pytest.mark.parametrize(
    ("findings", "status"),
    [
        ([], 0),
        ([FINE], 0),
        ([FINE, WRONG, UNKNOWN], 1),
        ([FINE, WAITING], 1),
        ([FINE, UNKNOWN], 3),
    ],
)
def test_the_status_is_zero_only_if_all_is_known_and_fine(findings, status):
    assert exit_status(findings) == status


def test_a_table_begins_with_what_is_wrong_and_repeats_texts_as_they_are():
    lines = [line for line in shown(FINE, UNKNOWN, WRONG).splitlines() if line.startswith(("│ ", "┃ "))]
    assert [line.split()[1] for line in lines] == ["state", "wrong", "unknown", "fine"]
    assert "403 [Forbidden]" in shown(UNKNOWN), "brackets are no markup"


def test_what_is_fine_takes_one_line_per_subject_in_the_short_table():
    text = shown(FINE, ALSO_FINE, WRONG, whole=False)
    assert "2 checks" in text
    assert "issuer, subject" in text
    assert "equal byte for byte" not in text


def test_the_document_has_every_finding_and_their_number():
    assert json.loads(json.dumps(document([FINE, WRONG]))) == {
        "findings": [
            {
                "subject": "billing",
                "check": "role",
                "state": "wrong",
                "text": "no role assignment",
                "nextStep": "pulumi up",
            },
            {
                "subject": "orders",
                "check": "issuer",
                "state": "fine",
                "text": "equal byte for byte",
                "nextStep": "",
            },
        ],
        "counts": {"wrong": 1, "waiting": 0, "unknown": 0, "fine": 1},
    }
    assert counts([]) == {"wrong": 0, "waiting": 0, "unknown": 0, "fine": 0}


def test_checks_run_side_by_side_and_keep_their_order():
    together = threading.Barrier(2, timeout=60)

    def run(finding: Finding):
        together.wait()
        return [finding]

    checks = [Check("a", "first", lambda: run(FINE)), Check("b", "second", lambda: run(WRONG))]
    assert run_checks(checks, "verify") == [FINE, WRONG]


def test_a_check_that_fails_takes_no_other_finding_along(capsys):
    def refused():
        raise OperationError("the vault does not answer")

    def not_understood():
        yield FINE
        raise KeyError(MARKER)

    checks = [
        Check("vault", "secrets", refused),
        Check("orders", "issuer", not_understood),
        Check("billing", "role", lambda: [WRONG]),
    ]
    assert run_checks(checks, "verify") == [
        Finding("vault", "secrets", "unknown", "the vault does not answer"),
        Finding("orders", "issuer", "unknown", "the answer was not understood (KeyError)"),
        WRONG,
    ]
    output = capsys.readouterr()
    assert output.out == "", "standard output belongs to the result"
    assert "verify: 3 of 3: " in output.err
    assert MARKER not in output.err


def test_an_interrupt_ends_the_run():
    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_checks([Check("a", "first", interrupted)], "verify", threads=1)
