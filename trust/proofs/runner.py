"""The verdicts of all proofs on a chain, the cause of a fault before what follows from it.

Owns: waivers in force, the order, and which finding is the consequence of which proof. Deliberately not here:
what a proof proves (one file per family).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from graphlib import TopologicalSorter
from typing import Any, Final, Literal

from trust.chain import Chain
from trust.proofs.proof import Finding, Proof, proofs
from trust.proofs.waivers import Waiver, waivers_of

Status = Literal["broken", "unknown", "waived", "proved", "does not apply"]


@dataclass(frozen=True)
class Judgement:
    """A finding, and what became of it."""

    finding: Finding
    status: Status
    """``broken``, ``unknown`` or ``waived``."""
    cause: str = ""
    """Name of the broken proof from which it follows. Empty: it is a cause itself."""
    waiver: Waiver | None = None
    """The waiver that covers it; an expired one, if it is not ``waived``."""

    @property
    def text(self) -> str:
        """The fault; with its waiver, if there is one."""
        text = self.finding.text
        if self.waiver and self.status == "waived":
            text += f" (waived until {self.waiver.last_day}: {self.waiver.reason})"
        elif self.waiver:
            text += (
                f" (its waiver has expired, the last day was {self.waiver.last_day}: {self.waiver.reason})"
            )
        return text


@dataclass(frozen=True)
class Verdict:
    """The result of a proof."""

    proof: Proof
    status: Status
    findings: tuple[Judgement, ...] = ()
    """Causes first."""

    @property
    def fails(self) -> bool:
        """Whether it has to stop a change: it is broken, and of the severity ``error``."""
        return self.status == "broken" and self.proof.severity == "error"

    @property
    def is_consequence(self) -> bool:
        """Whether all that is broken or unknown follows from another proof."""
        open_ones = [judged for judged in self.findings if judged.status != "waived"]
        return bool(open_ones) and all(judged.cause for judged in open_ones)

    def rows(self) -> Iterator[dict[str, Any]]:
        """A row per finding, or one for a proof without findings, as plain data."""
        head = {"proof": self.proof.name, "severity": self.proof.severity}
        if not self.findings:
            yield {**head, "status": self.status, "workload": "", "text": "", "fix": "", "urn": ""}
        for judged in self.findings:
            waiver = judged.waiver
            yield {
                **head,
                "status": judged.status,
                "workload": judged.finding.workload,
                "text": judged.text,
                "fix": judged.finding.fix,
                "urn": judged.finding.urn,
                **({"cause": judged.cause} if judged.cause else {}),
                **({"waiver": {"reason": waiver.reason, "expires": waiver.last_day}} if waiver else {}),
            }


def run(
    chain: Chain,
    waivers: Iterable[Waiver] | None = None,
    today: date | None = None,
    *,
    only: Collection[str] | None = None,
) -> tuple[Verdict, ...]:
    """The verdict of every proof.

    Args:
        chain: Of a rehearsal, in which all is known: what is unknown there counts as broken.
        waivers: None: those that the stack publishes.
        today: The day by which waivers expire. None: today, in UTC.
        only: Names of the proofs to run. None: all.
    """
    known = proofs()
    chosen = {name: proof for name, proof in known.items() if only is None or name in only}
    in_force = tuple(waivers_of(chain.graph) if waivers is None else waivers)
    day = today or datetime.now(UTC).date()
    is_whole = chain.graph.source == "rehearsal"
    applies = {name: any(True for _ in proof.of(chain)) for name, proof in chosen.items()}
    findings = {name: tuple(proof.judge(chain)) if applies[name] else () for name, proof in chosen.items()}
    causes = _Causes(chosen, findings, is_whole)
    verdicts = [
        _verdict(
            proof,
            [_judged(name, finding, causes, in_force, day) for finding in findings[name]],
            applies[name],
        )
        for name, proof in chosen.items()
    ]
    if in_force:
        verdicts.append(_on_waivers(chain, in_force, known))
    rank = {name: index for index, name in enumerate(_causes_first(chosen))}
    return tuple(sorted(verdicts, key=lambda verdict: _order(verdict, rank)))


def failures(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """The verdicts that have to stop a change."""
    return [verdict for verdict in verdicts if verdict.fails]


class _Causes:
    """Findings by the proof that they follow from."""

    def __init__(
        self, chosen: Mapping[str, Proof], findings: Mapping[str, tuple[Finding, ...]], is_whole: bool
    ) -> None:
        self._chosen, self._findings, self.is_whole = chosen, findings, is_whole

    def status(self, finding: Finding) -> Status:
        return "unknown" if finding.unknown and not self.is_whole else "broken"

    def of(self, name: str, finding: Finding) -> list[tuple[str, Finding]]:
        """The findings that cause this one, those without a cause of their own first."""
        origins: list[tuple[str, Finding]] = []
        waiting, seen = list(self._chosen[name].follows), {name}
        while waiting:
            cause = waiting.pop(0)
            if cause in seen or cause not in self._chosen:
                continue
            seen.add(cause)
            origins += [(cause, other) for other in self._findings[cause] if self._may_cause(other, finding)]
            waiting += self._chosen[cause].follows
        return origins[::-1]

    def _may_cause(self, cause: Finding, finding: Finding) -> bool:
        if self.status(finding) == "broken" and self.status(cause) == "unknown":
            return False
        if not cause.workload:
            return cause.breaks is None or finding.workload in cause.breaks
        return cause.workload == finding.workload


def _judged(
    name: str, finding: Finding, causes: _Causes, waivers: Iterable[Waiver], today: date
) -> Judgement:
    by = causes.of(name, finding)
    cause = by[0][0] if by else ""
    # What follows from a fault that is waived is waived with it.
    covering = [
        waiver
        for waiver in waivers
        if waiver.covers(name, finding) or any(waiver.covers(*other) for other in by)
    ]
    valid = [waiver for waiver in covering if not waiver.is_expired(today)]
    if valid:
        return Judgement(finding, "waived", cause, valid[0])
    expired = [waiver for waiver in covering if waiver.covers(name, finding)]
    return Judgement(finding, causes.status(finding), cause, expired[0] if expired else None)


def _verdict(proof: Proof, judged: Iterable[Judgement], applies: bool) -> Verdict:
    in_order = tuple(
        sorted(judged, key=lambda judgement: (_STATUSES.index(judgement.status), bool(judgement.cause)))
    )
    if not in_order:
        return Verdict(proof, "proved" if applies else "does not apply")
    return Verdict(proof, in_order[0].status, in_order)


_STATUSES: Final[tuple[Status, ...]] = ("broken", "unknown", "waived", "proved", "does not apply")


def _order(verdict: Verdict, rank: Mapping[str, int]) -> tuple[int, bool, str, int]:
    """Broken causes first, errors before warnings; then what follows from them; then the others."""
    return (
        _STATUSES.index(verdict.status),
        verdict.is_consequence,
        verdict.proof.severity,  # "error" is before "warning"
        rank.get(verdict.proof.name, len(rank)),
    )


def _causes_first(chosen: Mapping[str, Proof]) -> Iterable[str]:
    sorter: TopologicalSorter[str] = TopologicalSorter(
        {name: [cause for cause in proof.follows if cause in chosen] for name, proof in chosen.items()}
    )
    return sorter.static_order()


def _on_waivers(chain: Chain, waivers: Iterable[Waiver], known: Mapping[str, Proof]) -> Verdict:
    """The verdict on the waivers themselves: each names a proof and a workload that exist."""
    workloads = {workload.name for workload in chain.workloads}
    judged = [
        Judgement(Finding(workload=waiver.workload, text=text, fix=fix, urn=""), "broken")
        for waiver in waivers
        for text, fix in _faults(waiver, workloads, known)
    ]
    return _verdict(_proof_of_waivers(), judged, applies=True)


def _faults(
    waiver: Waiver, workloads: Collection[str], known: Mapping[str, Proof]
) -> Iterator[tuple[str, str]]:
    if waiver.proof not in known:
        yield (
            f"{waiver.subject} waives nothing: there is no proof '{waiver.proof}'",
            f"{waiver.subject}.proof: name one of the proofs",
        )
    if waiver.workload and waiver.workload not in workloads:
        yield (
            f"{waiver.subject} waives nothing: there is no workload '{waiver.workload}'",
            f"{waiver.subject}.workload: name a workload of the stack, or leave it out for the whole stack",
        )


def _proof_of_waivers() -> Proof:
    """It judges what ``run`` is called with and not the chain alone, so the register does not have it."""
    return Proof(
        name="waivers",
        severity="error",
        statement="Every waiver names a proof and a workload that exist.",
        reason="A waiver that matches nothing hides that the fault which it was written for is back.",
        source="docs/policy.md#waivers",
        of=lambda chain: waivers_of(chain.graph),
        judge=lambda _: (),
    )
