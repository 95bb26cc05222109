"""The order of verdicts, consequences, and waivers."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from trust.chain import Chain
from trust.graph import Graph, Node
from trust.proofs import Finding, Proof, Waiver, failures, proof, proofs, run, runner, waivers_of
from trust.proofs.proof import REQUESTS

TODAY = date(2027, 1, 31)


def _chain(source: Any = "state", outputs: Any = None, workloads: Iterable[str] = ("orders",)) -> Chain:
    nodes = [
        Node(
            urn=f"urn:pulumi:dev::p::aks-secrets:index:Workload::{name}",
            type="aks-secrets:index:Workload",
            name=name,
        )
        for name in workloads
    ]
    return Chain.read(Graph(nodes, source, outputs=outputs))


def _proof(name: str, *findings: Finding, applies: bool = True, **options: Any) -> Proof:
    def judge(_: Chain) -> Iterable[Finding]:
        """It holds."""
        return findings

    options = {"reason": "Otherwise it breaks.", "source": "https://example.com", **options}
    return proof(name, of=lambda _: [1] if applies else [], **options)(judge)


def _finding(workload: str = "orders", **options: Any) -> Finding:
    return Finding(
        **{"workload": workload, "text": f"{workload} is broken", "fix": "mend it", "urn": "u", **options}
    )


def _waiver(**options: Any) -> Waiver:
    return Waiver(**{"proof": "a", "reason": "until the move", "expires": TODAY, **options})


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> Any:
    def register(*made: Proof) -> None:
        monkeypatch.setattr(runner, "proofs", lambda: {entry.name: entry for entry in made})

    return register


def test_a_proof_is_proved_broken_unknown_or_does_not_apply(registered: Any) -> None:
    registered(
        _proof("none", applies=False),
        _proof("holds"),
        _proof("waits", _finding(unknown=True)),
        _proof("breaks", _finding(), _finding("report", unknown=True)),
    )
    verdicts = run(_chain())
    assert [(verdict.proof.name, verdict.status) for verdict in verdicts] == [
        ("breaks", "broken"), ("waits", "unknown"), ("holds", "proved"), ("none", "does not apply"),
    ]  # fmt: skip
    assert [verdict.status for verdict in verdicts[0].findings] == ["broken", "unknown"]
    assert failures(verdicts) == [verdicts[0]]


def test_what_a_rehearsal_does_not_know_is_broken(registered: Any) -> None:
    registered(_proof("waits", _finding(unknown=True)))
    assert [verdict.status for verdict in run(_chain("preview"))] == ["unknown"]
    (verdict,) = run(_chain("rehearsal"))
    assert (verdict.status, verdict.fails) == ("broken", True)


def test_a_broken_warning_stops_nothing(registered: Any) -> None:
    registered(_proof("breaks", _finding(), severity="warning"))
    assert not failures(run(_chain()))


def test_the_cause_comes_first_and_its_consequences_name_it(registered: Any) -> None:
    registered(
        _proof("c", _finding(), follows=["b"]),
        _proof("b", follows=["a"]),
        _proof("a", _finding(), severity="warning"),
        _proof("other", _finding("report"), follows=["a"]),
    )
    verdicts = run(_chain())
    assert [
        (verdict.proof.name, verdict.status, [f.cause for f in verdict.findings]) for verdict in verdicts
    ] == [
        ("other", "broken", [""]),
        ("a", "broken", [""]),
        ("c", "broken", ["a"]),
        ("b", "proved", []),
    ]
    assert [verdict.is_consequence for verdict in verdicts] == [False, False, True, False]


def test_a_fault_of_no_single_workload_causes_those_of_the_workloads_that_it_breaks(registered: Any) -> None:
    registered(
        _proof("a", _finding("", breaks=["orders"])),
        _proof("b", _finding("orders"), _finding("report"), follows=["a"]),
    )
    assert [(f.finding.workload, f.cause) for f in run(_chain())[-1].findings] == [
        ("report", ""), ("orders", "a"),
    ]  # fmt: skip
    registered(_proof("a", _finding("")), _proof("b", _finding("orders"), follows=["a"]))
    assert run(_chain())[-1].findings[0].cause == "a"


def test_something_unknown_causes_nothing_that_is_broken(registered: Any) -> None:
    registered(_proof("a", _finding(unknown=True)), _proof("b", _finding(), follows=["a"]))
    assert run(_chain())[0].findings[0].cause == ""


def test_a_waiver_is_shown_with_reason_and_day(registered: Any) -> None:
    registered(_proof("a", _finding()))
    for workload in ("", "orders"):
        (verdict, waivers) = run(_chain(), [_waiver(workload=workload)], TODAY)
        assert (verdict.status, verdict.fails) == ("waived", False)
        assert verdict.findings[0].text == "orders is broken (waived until 2027-01-31: until the move)"
        assert (waivers.proof.name, waivers.status) == ("waivers", "proved")
        assert next(verdict.rows())["waiver"] == {"reason": "until the move", "expires": "2027-01-31"}


def test_a_waiver_of_another_proof_or_workload_waives_nothing(registered: Any) -> None:
    registered(_proof("a", _finding()), _proof("b"))
    for waiver in (_waiver(proof="b"), _waiver(workload="report")):
        verdicts = run(_chain(workloads=["orders", "report"]), [waiver], TODAY)
        assert verdicts[0].status == "broken"
        assert verdicts[0].findings[0].waiver is None


def test_an_expired_waiver_is_broken_and_says_so(registered: Any) -> None:
    registered(_proof("a", _finding()))
    (verdict, _) = run(_chain(), [_waiver()], date(2027, 2, 1))
    assert verdict.status == "broken"
    assert verdict.findings[0].text == (
        "orders is broken (its waiver has expired, the last day was 2027-01-31: until the move)"
    )
    # A longer one beside it counts.
    (verdict, _) = run(_chain(), [_waiver(), _waiver(expires=date(2027, 2, 1))], date(2027, 2, 1))
    assert verdict.status == "waived"


def test_what_follows_from_a_waived_fault_is_waived_with_it(registered: Any) -> None:
    registered(_proof("a", _finding()), _proof("b", _finding(), _finding("report"), follows=["a"]))
    verdicts = run(_chain(), [_waiver(workload="orders")], TODAY)
    assert [(verdict.proof.name, [f.status for f in verdict.findings]) for verdict in verdicts[:2]] == [
        ("b", ["broken", "waived"]), ("a", ["waived"]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("waiver", "text"),
    [
        (_waiver(proof="image"), "waivers[proof=image] waives nothing: there is no proof 'image'"),
        (
            _waiver(workload="ordres"),
            "waivers[proof=a, workload=ordres] waives nothing: there is no workload 'ordres'",
        ),
    ],
)
def test_a_waiver_of_nothing_is_a_finding(registered: Any, waiver: Waiver, text: str) -> None:
    registered(_proof("a"))
    verdict = run(_chain(), [waiver], TODAY)[0]
    assert (verdict.proof.name, verdict.status, verdict.fails) == ("waivers", "broken", True)
    assert [judged.text for judged in verdict.findings] == [text]


def test_waivers_come_from_the_output_of_the_stack(registered: Any) -> None:
    registered(_proof("a", _finding()))
    entry = {"proof": "a", "workload": "orders", "reason": "until the move", "expires": "2027-01-31"}
    chain = _chain(outputs={"waivers": [entry]})
    assert waivers_of(chain.graph) == (_waiver(workload="orders"),)
    assert run(chain, today=TODAY)[0].status == "waived"
    assert run(chain, (), TODAY)[0].status == "broken"
    # A day that is none has passed.
    chain = _chain(outputs={"waivers": [{**entry, "expires": "soon"}]})
    assert "a day that the calendar does not have" in run(chain, today=TODAY)[0].findings[0].text


def test_rows_are_plain_data(registered: Any) -> None:
    registered(_proof("a", _finding()), _proof("b", _finding(), follows=["a"]), _proof("c"))
    rows = [row for verdict in run(_chain()) for row in verdict.rows()]
    whole = {
        "severity": "error",
        "workload": "orders",
        "text": "orders is broken",
        "fix": "mend it",
        "urn": "u",
    }
    empty = {"severity": "error", "workload": "", "text": "", "fix": "", "urn": ""}
    assert rows == [
        {"proof": "a", "status": "broken", **whole},
        {"proof": "b", "status": "broken", "cause": "a", **whole},
        {"proof": "c", "status": "proved", **empty},
    ]


def test_every_proof_states_its_reason_and_its_source() -> None:
    for name, known in proofs().items():
        assert name == known.name
        assert known.statement.endswith("."), name
        assert known.reason.endswith("."), name
        assert known.source.startswith("https://"), name
        assert known.severity in ("error", "warning"), name


def test_no_proof_follows_itself() -> None:
    list(runner._causes_first(proofs()))


def test_a_proof_follows_each_that_is_about_what_workloads_ask_for() -> None:
    known = proofs()
    about = {name for name, entry in known.items() if entry.about_requests}
    assert about <= set(known["role-covers-requests"].follows)
    assert not any(REQUESTS in entry.follows for entry in known.values())
