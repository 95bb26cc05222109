"""The sentences of a report that the comment and the page share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from operations.report.model import Link, MovedValue, Proof, Reading, Report, Right


def status_of(proof: Proof) -> str:
    """The status, in which a proof that only warns differs from one that fails a change."""
    is_warning = proof.status == "broken" and proof.severity == "warning"
    return "broken as a warning" if is_warning else proof.status


def is_alarming(proof: Proof) -> bool:
    """Whether it stands in the first screen: what fails a change or is a new warning, and no consequence."""
    return proof.status == "broken" and (proof.severity == "error" or proof.new) and not proof.cause


def object_of(reading: Reading) -> str:
    """The object of a reading: "db-password of kv-shop"."""
    if reading.name == "*":
        return f"every {reading.kind} of {reading.vault}"
    return f"{'' if reading.kind == 'secret' else f'the {reading.kind} '}{reading.name} of {reading.vault}"


def verb_of(reading: Reading) -> tuple[str, str]:
    """The verb before the object of a reading, and the words after it."""
    if reading.awaits_grant:
        return NO_LONGER_AWAITED if reading.change == "lost" else AWAITED
    return {"gained": GAINED, "lost": LOST, "same": ("reads", "")}[reading.change]


GAINED: Final = ("may now read", "")
AWAITED: Final = ("may read", " once granted")
LOST: Final = ("may no longer read", "")
NO_LONGER_AWAITED: Final = ("no longer waits for", "")
_VERBS: Final = (GAINED, AWAITED, LOST, NO_LONGER_AWAITED)


def subject_of(reading: Reading) -> str:
    """The readers, in sentences."""
    return reading.reader or reading.workload


def for_whom(reading: Reading) -> str:
    """The workload after an object that something else reads for it."""
    return f" for {reading.workload}" if reading.reader else ""


def route(reading: Reading) -> str:
    """By what: "eso, identity id-shop by Key Vault Secrets User"; what other tools must do is an if."""
    parts = [reading.technique]
    if reading.links:
        last = reading.links[-1]
        parts.append(right(last.source, last.what, last.target))
    if reading.change != "lost":
        parts += [f"if {link}" for link in map(_external, reading.links) if link]
    return ", ".join(parts)


def right(start: str, what: str, end: str) -> str:
    """The last link of a chain, in short: "identity id-shop by Key Vault Secrets User"."""
    role = re.search(r"\(([^()]*)\)$", end)
    return f"{start} by {role[1]}" if role else f"{start} {what} {end}"


def _external(link: Link) -> str:
    return f"{link.source} {link.what} {link.target}" if link.state == "external" else ""


def headline(report: Report) -> str:
    """The first line: what a reviewer has to know if they read nothing else."""
    rights = _rights_line(report)
    readings = _readings_line(report)
    if rights and report.compared and all(reading.change == "same" for reading in report.readings):
        readings = "" if readings == _SAME else readings
    swapped = [value for value in report.moved if value.another]
    if readings == _SAME and swapped:
        readings = _swapped_line(swapped)
    return "; ".join(filter(None, (rights, readings)))


def _rights_line(report: Report) -> str:
    """The rights of workloads besides reading: the changes, or all of them if nothing is compared."""
    changed = [right for right in report.rights if right.change != "same"]
    shown = changed if report.compared else report.rights
    if len(shown) <= _SENTENCES:
        return "; ".join(right.short for right in shown)
    gained = sum(right.change != "lost" and not _awaited(right, report) for right in shown)
    awaited = sum(_awaited(right, report) for right in shown)
    verb = "may now" if report.compared else "may"
    parts = [f"workloads {verb} write or use {gained} objects" if gained else ""]
    parts += [f"workloads may write or use {awaited} objects once granted" if awaited else ""]
    lost = len(shown) - gained - awaited
    parts += [f"may no longer write or use {lost} objects" if lost else ""]
    return ", ".join(filter(None, parts))


def _awaited(right: Right, report: Report) -> bool:
    return report.compared and right.awaits_grant and right.change == "gained"


def _readings_line(report: Report) -> str:
    if not report.compared:
        workloads = {reading.workload for reading in report.readings}
        objects = {(reading.vault, reading.kind, reading.name) for reading in report.readings}
        return f"{len(workloads)} workloads read {len(objects)} objects"
    gained = [reading for reading in report.readings if reading.change == "gained"]
    lost = [reading for reading in report.readings if reading.change == "lost"]
    if not gained and not lost:
        return _unchanged(report)
    gained.sort(key=lambda reading: reading.name == "*")
    changed = [*gained, *lost]
    by_verb = {verb: [reading for reading in changed if verb_of(reading) == verb] for verb in _VERBS}
    sentences = [
        f"{subject_of(reading)} {verb} {_named(reading, changed)}{for_whom(reading)}{once}"
        for (verb, once), readings in by_verb.items()
        for reading in readings
    ]
    if len(sentences) <= _SENTENCES:
        return "; ".join(sentences)
    if moved := _moved(gained, lost):
        return moved
    sums = [text for verb, readings in by_verb.items() for text in _sums(verb, readings, changed)]
    if len(sums) <= _SENTENCES:
        return "; ".join(sums)
    # What opens a whole vault is never only counted.
    whole = [reading for reading in gained if reading.name == "*"][:_SENTENCES]
    parts = [
        f"{subject_of(reading)} {verb} {object_of(reading)}{once}"
        for reading in whole
        for verb, once in [verb_of(reading)]
    ]
    for verb, readings in by_verb.items():
        others = [reading for reading in readings if reading not in whole]
        texts = _sums(verb, others, changed)
        objects = len({(reading.vault, reading.kind, reading.name) for reading in others})
        what = f"{objects} object" if objects == 1 else f"{objects} objects"
        who = "workloads" if not any(reading.reader for reading in others) else "readers"
        parts += texts if len(texts) <= 1 else [f"{len(texts)} {who} {verb[0]} {what}{verb[1]}"]
    return "; ".join(parts)


def _sums(verb: tuple[str, str], readings: Sequence[Reading], among: Sequence[Reading]) -> list[str]:
    """A sentence for each reader."""
    by_subject: dict[str, list[Reading]] = {}
    for reading in readings:
        by_subject.setdefault(subject_of(reading), []).append(reading)
    return [
        f"{subject} {verb[0]} "
        + (f"{len(own)} objects" if len(own) > 1 else f"{_named(own[0], among)}{for_whom(own[0])}")
        + verb[1]
        for subject, own in by_subject.items()
    ]


_SENTENCES: Final = 2
_SAME: Final = "each workload reads the same secrets as before"


def _moved(gained: Sequence[Reading], lost: Sequence[Reading]) -> str:
    """The sentence on a vault that takes the place of another: the same objects for the same workloads."""
    old, new = ({reading.vault for reading in readings} for readings in (lost, gained))
    objects = [
        sorted((reading.workload, reading.kind, reading.name) for reading in readings)
        for readings in (lost, gained)
    ]
    if objects[0] != objects[1] or len(old) != 1 or len(new) != 1 or old == new:
        return ""
    workloads = {reading.workload for reading in gained}
    who = gained[0].workload if len(workloads) == 1 else f"{len(workloads)} workloads"
    verb = "reads" if len(workloads) == 1 else "read"
    names = {(reading.kind, reading.name) for reading in gained}
    what = "1 object" if len(names) == 1 else f"{len(names)} objects"
    return f"{who} {verb} {what} of {new.pop()} now, not of {old.pop()}"


def _swapped_line(moved: Sequence[MovedValue]) -> str:
    """The sentence on variables and files that carry other objects, while each workload reads the same."""
    if len(moved) <= _SENTENCES:
        return "; ".join(value.text for value in moved)
    workloads = list(dict.fromkeys(value.workload for value in moved))
    of = workloads[0] if len(workloads) == 1 else f"{len(workloads)} workloads"
    return f"{len(moved)} variables or files of {of} now carry other secrets"


def _unchanged(report: Report) -> str:
    conditional = [reading for reading in report.readings if reading.conditional]
    if not conditional:
        return _SAME
    workloads = list(dict.fromkeys(reading.workload for reading in conditional))
    who = " and ".join(workloads) if len(workloads) <= _SENTENCES else f"{len(workloads)} workloads"
    verb = "reads" if len(workloads) == 1 else "read"
    what = object_of(conditional[0]) if len(conditional) == 1 else f"{len(conditional)} objects"
    return f"{who} {verb} {what} only if another person or tool allows it"


def _named(reading: Reading, among: Sequence[Reading]) -> str:
    """An object, with its vault if the workload gains one of that name and loses another."""
    names = {
        (other.kind, other.vault)
        for other in among
        if (other.workload, other.kind, other.name) == (reading.workload, reading.kind, reading.name)
    }
    text = object_of(reading)
    if reading.name == "*" or len(names) > 1:
        return text
    text = text.removesuffix(f" of {reading.vault}")
    kinds = {
        other.kind for other in among if (other.workload, other.name) == (reading.workload, reading.name)
    }
    return f"the secret {text}" if len(kinds) > 1 and reading.kind == "secret" else text
