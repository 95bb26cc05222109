"""Proofs that a change allows to be broken."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from trust.proofs.waivers import Waiver


def new_waivers(before: Iterable[Waiver], after: Iterable[Waiver], today: date) -> tuple[str, ...]:
    """A sentence for each waiver that the change adds or extends, and for each that has expired."""
    old = {(waiver.proof, waiver.workload): waiver for waiver in before}
    sentences: list[str] = []
    for waiver in after:
        former = old.get((waiver.proof, waiver.workload))
        of = f"for {waiver.workload}" if waiver.workload else "for the whole stack"
        if waiver.is_expired(today):
            sentences.append(f"the waiver of {waiver.proof} {of} has expired ({waiver.last_day})")
        elif former is None:
            sentences.append(
                f"the proof {waiver.proof} is waived {of} until {waiver.last_day}: {waiver.reason}"
            )
        elif former.expires and waiver.expires and waiver.expires > former.expires:
            sentences.append(
                f"the waiver of {waiver.proof} {of} is extended from {former.last_day} to"
                f" {waiver.last_day}: {waiver.reason}"
            )
    return tuple(sentences)
