"""Principals that may do more, or less, than before with an object of a vault besides reading it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from trust.rights.uses import Use

Verdict = Literal["gained", "lost", "same"]


@dataclass(frozen=True)
class RightChange:
    """Rights of a workload at one object, before or after a change."""

    verdict: Verdict
    use: Use
    """Gained, lost or kept: with the rights of which that is true."""

    def __str__(self) -> str:
        """A sentence without a full stop, such as "worker may now sign with key invoices"."""
        if self.verdict == "lost":
            return self._sentence(self.use.configured | self.use.surplus)
        besides = f" ({self.use.besides})" if self.use.besides else ""
        return f"{self.short}{besides}"

    @property
    def short(self) -> str:
        """The same without what comes with it."""
        return self._sentence()

    @property
    def awaits_grant(self) -> bool:
        """Whether it is about rights that another person or tool has yet to give."""
        return self.use.external and self.verdict == "gained"

    def _sentence(self, rights: frozenset[str] | None = None) -> str:
        verb = {"gained": "may now", "lost": "may no longer", "same": "may"}[self.verdict]
        return (
            f"{self.use.sentence('may', rights)} once granted"
            if self.awaits_grant
            else self.use.sentence(verb, rights)
        )


def right_changes(before: Iterable[Use], after: Iterable[Use]) -> tuple[RightChange, ...]:
    """Gained rights, lost ones, then those that stay. A right that was there before is not gained by being
    listed.
    """
    old, new = ({use.key: use for use in uses} for uses in (before, after))
    changes = [
        *_of(((use, old.get(use.key)) for use in new.values()), "gained"),
        *_of(((use, new.get(use.key)) for use in old.values()), "lost"),
        *(RightChange("same", use) for use in new.values()),
    ]
    changed = {(change.use.key, change.verdict) for change in changes if change.verdict != "same"}
    return tuple(
        change for change in changes if change.verdict != "same" or (change.use.key, "gained") not in changed
    )


def _of(pairs: Iterable[tuple[Use, Use | None]], verdict: Verdict) -> Iterator[RightChange]:
    for use, other in pairs:
        # A right that was missing and is there now is gained.
        counts = other is not None and not (verdict == "gained" and other.external and not use.external)
        known = other.configured | other.surplus if other and counts else frozenset[str]()
        configured, surplus = use.configured - known, use.surplus - known
        if configured or surplus:
            yield RightChange(verdict, replace(use, configured=configured, surplus=surplus))
