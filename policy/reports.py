"""Reports of the pack's policies.

Owns: one rule per proof, and three about all of them: ``waivers``, ``waived`` and ``unknown``. Deliberately
not here: pulumi-policy, which only the environment of the pack has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final, Protocol

from trust.proofs import Judgement, Proof, Verdict, Waiver, proofs
from trust.proofs.proof import Severity

Config = Mapping[str, Any]


@dataclass(frozen=True)
class Violation:
    """A violation, as the engine prints it below the policy's name and statement."""

    text: str
    urn: str | None = None
    """None: of the stack."""


class Judged(Protocol):
    """An operation that was judged."""

    @property
    def verdicts(self) -> tuple[Verdict, ...]: ...
    @property
    def waivers(self) -> tuple[Waiver, ...]: ...
    @property
    def today(self) -> date: ...


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A policy without Pulumi's classes."""

    name: str
    statement: str
    severity: Severity
    """``error`` stops a preview and an update (mandatory), ``warning`` does not (advisory)."""
    violations: Callable[[Judged, Config], Iterable[Violation]]
    url: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """JSON schema of its configuration, by property."""
    proof: str = ""

    def applies(self, verdicts: Iterable[Verdict]) -> bool:
        """Whether the stack has something that the proof judges."""
        return not any(
            verdict.proof.name == self.proof and verdict.status == "does not apply" for verdict in verdicts
        )


def rules() -> list[Rule]:
    """Every rule, those of the proofs first."""
    return [*map(_of_proof, proofs().values()), _WAIVERS, _WAIVED, _UNKNOWN]


def _of_proof(proof: Proof) -> Rule:
    def violations(judged: Judged, _: Config) -> Iterator[Violation]:
        for judgement in _findings(judged.verdicts, proof.name, "broken"):
            yield Violation(_text(judgement), judgement.finding.urn)

    return Rule(
        name=proof.name,
        statement=f"{proof.statement} {proof.reason}",
        severity=proof.severity,
        violations=violations,
        url=proof.source,
        proof=proof.name,
    )


def _findings(verdicts: Iterable[Verdict], name: str | None, status: str) -> Iterator[Judgement]:
    for verdict in verdicts:
        if name in (None, verdict.proof.name):
            yield from (judgement for judgement in verdict.findings if judgement.status == status)


def _text(judgement: Judgement) -> str:
    follows = f"\nit follows from {judgement.cause}, so mend that first" if judgement.cause else ""
    return f"{judgement.text}\nto mend it: {judgement.finding.fix}{follows}"


def _of_waivers(judged: Judged, config: Config) -> Iterator[Violation]:
    for judgement in _findings(judged.verdicts, "waivers", "broken"):
        yield Violation(_text(judgement))
    longest = int(config.get("longestDays", 0))
    last = judged.today + timedelta(days=longest) if longest else None
    for waiver in judged.waivers:
        if waiver.proof in config.get("never", ()):
            yield Violation(
                f"{waiver.subject} is not allowed: the policy's configuration lists the proof in never"
            )
        if last and waiver.expires and waiver.expires > last:
            yield Violation(
                f"{waiver.subject} is too long: it holds until {waiver.last_day}, and the policy's"
                f" configuration allows {longest} days, until {last}"
            )


def _of_waived(judged: Judged, _: Config) -> Iterator[Violation]:
    for verdict in judged.verdicts:
        for judgement in verdict.findings:
            if judgement.status == "waived":
                yield Violation(f"{verdict.proof.name}: {judgement.text}", judgement.finding.urn or None)


def _of_unknown(judged: Judged, _: Config) -> Iterator[Violation]:
    """One violation per proof: in a first preview all workloads have the same one."""
    for verdict in judged.verdicts:
        unknown = [judgement for judgement in verdict.findings if judgement.status == "unknown"]
        if unknown:
            others = f" (and {len(unknown) - 1} more)" if len(unknown) > 1 else ""
            yield Violation(
                f"{verdict.proof.name}: {unknown[0].text}{others}", unknown[0].finding.urn or None
            )


_WAIVERS: Final = Rule(
    name="waivers",
    statement="Every waiver names a proof and a workload that exist, and is one that this policy allows.",
    severity="error",
    violations=_of_waivers,
    properties={
        "longestDays": {
            "type": "integer",
            "minimum": 1,
            "description": "The days from today after which no waiver may expire.",
        },
        "never": {
            "type": "array",
            "items": {"type": "string", "enum": sorted(proofs())},
            "description": "Proofs that no waiver may cover.",
        },
    },
)
_WAIVED: Final = Rule(
    name="waived",
    statement="Faults that a waiver of the stack file allows until its day.",
    severity="warning",
    violations=_of_waived,
)
_UNKNOWN: Final = Rule(
    name="unknown",
    statement="Proofs that cannot be judged yet: only the update will tell what they need.",
    severity="warning",
    violations=_of_unknown,
)
