"""Reports of each policy, from verdicts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from policy.reports import Rule, rules
from trust.proofs import Finding, Judgement, Proof, Verdict, Waiver, proof, proofs

TODAY = date(2027, 1, 31)


@dataclass
class _Judged:
    verdicts: tuple[Verdict, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    today: date = TODAY


def _proof(name: str = "a-proof", severity: Any = "error") -> Proof:
    def judge(_: object) -> Iterable[Finding]:
        """It holds."""
        return ()

    source = "https://example.com/why"
    return proof(name, severity=severity, of=lambda _: [1], reason="Otherwise it breaks.", source=source)(
        judge
    )


def _judgement(status: Any = "broken", **options: Any) -> Judgement:
    finding = Finding(workload="orders", text="orders is broken", fix="workloads: mend it", urn="urn:orders")
    return Judgement(finding, status, **options)


def _rule(name: str, monkeypatch: pytest.MonkeyPatch, *known: Proof) -> Rule:
    monkeypatch.setattr("policy.reports.proofs", lambda: {entry.name: entry for entry in known})
    return next(rule for rule in rules() if rule.name == name)


def _texts(rule: Rule, judged: _Judged, **config: Any) -> list[str]:
    return [violation.text for violation in rule.violations(judged, config)]


def test_every_proof_is_a_policy_and_three_policies_are_about_all() -> None:
    assert [rule.name for rule in rules()] == [*proofs(), "waivers", "waived", "unknown"]
    assert all(rule.severity == proofs()[rule.name].severity for rule in rules() if rule.name in proofs())


def test_what_is_broken_is_reported_at_its_resource_with_the_line_that_mends_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rule = _rule("a-proof", monkeypatch, _proof())
    judged = _Judged(
        (Verdict(_proof(), "broken", (_judgement(),)), Verdict(_proof("b"), "broken", (_judgement(),)))
    )
    (violation,) = rule.violations(judged, {})
    assert (violation.text, violation.urn) == (
        "orders is broken\nto mend it: workloads: mend it",
        "urn:orders",
    )
    assert (rule.severity, rule.url) == ("error", "https://example.com/why")
    assert rule.statement == "It holds. Otherwise it breaks."


def test_a_consequence_names_its_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    judged = _Judged((Verdict(_proof(), "broken", (_judgement(cause="credential-issuer"),)),))
    (text,) = _texts(_rule("a-proof", monkeypatch, _proof()), judged)
    assert text.endswith("\nit follows from credential-issuer, so mend that first")


@pytest.mark.parametrize("status", ["unknown", "waived"])
def test_what_is_unknown_or_waived_breaks_no_policy_and_is_said(
    status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiver = Waiver(proof="a-proof", reason="until the move", expires=TODAY)
    judgement = _judgement(status, waiver=waiver if status == "waived" else None)
    judged = _Judged((Verdict(_proof(), judgement.status, (judgement,)),), (waiver,))
    assert _texts(_rule("a-proof", monkeypatch, _proof()), judged) == []
    rule = _rule(status, monkeypatch, _proof())
    assert rule.severity == "warning"
    expected = "a-proof: orders is broken"
    if status == "waived":
        expected += " (waived until 2027-01-31: until the move)"
    assert _texts(rule, judged) == [expected]


def test_what_is_unknown_is_one_line_per_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = Verdict(
        _proof(), "unknown", (_judgement("unknown"), _judgement("unknown"), _judgement("unknown"))
    )
    rule = _rule("unknown", monkeypatch, _proof())
    assert _texts(rule, _Judged((verdict,))) == ["a-proof: orders is broken (and 2 more)"]


def test_a_fault_of_a_waiver_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    finding = Finding(text="waivers[proof=x] waives nothing", fix="name one of the proofs", urn="")
    judged = _Judged((Verdict(_proof("waivers"), "broken", (Judgement(finding, "broken"),)),))
    (violation,) = _rule("waivers", monkeypatch).violations(judged, {})
    assert violation.text.startswith("waivers[proof=x] waives nothing")
    assert violation.urn is None


@pytest.mark.parametrize(
    ("expires", "reported"),
    [
        (date(2027, 2, 9), False),
        (date(2027, 2, 10), False),
        (date(2027, 2, 11), True),
        (date(2027, 1, 1), False),
    ],
)
def test_a_waiver_may_be_too_long(expires: date, reported: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    judged = _Judged(waivers=(Waiver(proof="image-pinned", workload="orders", reason="x", expires=expires),))
    rule = _rule("waivers", monkeypatch)
    expected = (
        f"waivers[proof=image-pinned, workload=orders] is too long: it holds until {expires}, and the"
        " policy's configuration allows 10 days, until 2027-02-10"
    )
    assert _texts(rule, judged, longestDays=10.0) == ([expected] if reported else [])
    assert _texts(rule, judged) == []


def test_a_proof_may_be_one_that_no_waiver_covers(monkeypatch: pytest.MonkeyPatch) -> None:
    judged = _Judged(waivers=(Waiver(proof="role-reads-only", reason="x", expires=TODAY),))
    rule = _rule("waivers", monkeypatch)
    assert _texts(rule, judged, never=["credential-issuer"]) == []
    assert _texts(rule, judged, never=["role-reads-only"]) == [
        "waivers[proof=role-reads-only] is not allowed: the policy's configuration lists the proof in never"
    ]


def test_a_proof_that_does_not_apply_is_said_to(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = _rule("a-proof", monkeypatch, _proof())
    assert not rule.applies((Verdict(_proof(), "does not apply"), Verdict(_proof("b"), "proved")))
    assert rule.applies((Verdict(_proof(), "proved"), Verdict(_proof("b"), "does not apply")))
    assert _rule("waivers", monkeypatch).applies((Verdict(_proof(), "does not apply"),))
