"""Access gained and lost by a change, in plain words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from trust.access import Reading
from trust.grants import EVERY

Verdict = Literal["gained", "lost", "same"]


@dataclass(frozen=True)
class AccessChange:
    """A reading before or after a change."""

    verdict: Verdict
    reading: Reading

    @property
    def awaits_grant(self) -> bool:
        """Whether the sentence is about a right that another person or tool has yet to give."""
        return self.verdict != "same" and self.reading.awaits_grant

    def __str__(self) -> str:
        """A sentence without a full stop, such as "worker may now read payment-api-key"."""
        reading = self.reading
        verb, once = verb_of(self.verdict, awaits_grant=self.awaits_grant)
        unnamed = ", which no object of it names" if reading.named is False and self.verdict != "lost" else ""
        return f"{reading.subject} {verb} {object_of(reading)}{for_whom(reading)}{once}{unnamed}"


def verb_of(verdict: str, *, awaits_grant: bool) -> tuple[str, str]:
    """The verb before an object, and the words after it."""
    if awaits_grant:
        return ("may read", " once granted") if verdict == "gained" else ("no longer waits for", "")
    return {"gained": "may now read", "lost": "may no longer read", "same": "may read"}[verdict], ""


def for_whom(reading: Reading) -> str:
    """The workload after an object that something else reads for it."""
    return f" for {reading.workload}" if reading.agent else ""


def described(changes: Iterable[AccessChange]) -> list[str]:
    """The sentences, with the vault where a workload gains and loses an object of one name."""
    changes = list(changes)
    vaults: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for change in changes:
        reader, vault, kind, name = change.reading.key
        vaults[reader, kind, name].add(vault)
    return [
        f"{change} of {change.reading.vault}"
        if name != EVERY and len(vaults[reader, kind, name]) > 1
        else str(change)
        for change in changes
        for reader, _, kind, name in [change.reading.key]
    ]


def object_of(reading: Reading) -> str:
    """The object of a reading: "payment-api-key", "the certificate tls" or "every secret of kv-shop"."""
    if reading.name == EVERY:
        return f"every {reading.kind} of {reading.vault}"
    return f"{reading.name}" if reading.kind == "secret" else f"the {reading.kind} {reading.name}"


def access_changes(before: Iterable[Reading], after: Iterable[Reading]) -> tuple[AccessChange, ...]:
    """Each reading of both sides once: what is gained, what is lost, then what stays.

    A reading is the same whatever technique delivers it, and by whichever identity. One that lacks a link is
    none. One whose grant was missing and is there now is gained. A workload that may read every object
    neither gains nor loses one of them.
    """
    old = {reading.key: reading for reading in before if reading.state != "missing"}
    new = {reading.key: reading for reading in after if reading.state != "missing"}
    changes = [
        *(
            AccessChange("same" if _is_within(reading, old) else "gained", reading)
            for key, reading in new.items()
            if key not in old or _is_granted_now(old[key], reading)
        ),
        *(
            AccessChange("lost", reading)
            for key, reading in old.items()
            if key not in new and not _is_within(reading, new)
        ),
        *(
            AccessChange("same", reading)
            for key, reading in new.items()
            if key in old and not _is_granted_now(old[key], reading)
        ),
    ]
    rank = {"gained": 0, "lost": 1, "same": 2}
    return tuple(sorted(changes, key=lambda change: (rank[change.verdict], *change.reading.key)))


def _is_granted_now(before: Reading, after: Reading) -> bool:
    return before.awaits_grant and not after.awaits_grant


def _is_within(reading: Reading, others: Mapping[tuple[str, ...], Reading]) -> bool:
    """Whether the right to every object of the vault covers it."""
    reader, vault, kind, name = reading.key
    every = others.get((reader, vault, kind, EVERY)) if name != EVERY else None
    return every is not None and (reading.awaits_grant or not every.awaits_grant)
