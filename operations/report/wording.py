"""The sentences of a report that the comment and the page share."""

from __future__ import annotations

import re

from operations.report.model import Link, Reading, Report


def object_of(reading: Reading) -> str:
    """What a reading reads: "db-password of kv-shop"."""
    if reading.name == "*":
        return f"every {reading.kind} of {reading.vault}"
    return f"{'' if reading.kind == 'secret' else f'the {reading.kind} '}{reading.name} of {reading.vault}"


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
    if not report.compared:
        workloads = {reading.workload for reading in report.readings}
        objects = {(reading.vault, reading.kind, reading.name) for reading in report.readings}
        return f"{len(workloads)} workloads read {len(objects)} objects"
    gained = [reading for reading in report.readings if reading.change == "gained"]
    lost = [reading for reading in report.readings if reading.change == "lost"]
    if not gained and not lost:
        return "nobody gains or loses a secret"
    sentences = [
        *(f"{reading.workload} may now read {reading.name}" for reading in gained if reading.name != "*"),
        *(
            f"{reading.workload} may now read every {reading.kind} of {reading.vault}"
            for reading in gained
            if reading.name == "*"
        ),
        *(f"{reading.workload} may no longer read {object_of(reading).split(' of ')[0]}" for reading in lost),
    ]
    if len(sentences) <= 2:
        return "; ".join(sentences)
    return f"{_readings(len(gained))} gained, {_readings(len(lost))} lost"


def _readings(count: int) -> str:
    return "1 reading is" if count == 1 else f"{count} readings are"
