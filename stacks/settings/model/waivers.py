"""Section ``waivers``: proofs that may be broken until a day, and why."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator

from stacks.settings.model.section import Section
from stacks.settings.types.kubernetes import DnsLabel
from stacks.settings.validation.constraints import Pattern

_PAGE = "docs/policy.md#waivers"


def days(text: str) -> Iterator[str]:
    """``2027-1-31``, ``2027/01/31``, ``2027-01-31T00:00:00Z``, ``31.1.2027`` → 2027-01-31."""
    numbers = re.findall(r"[0-9]+", text)[:3]
    if len(numbers) == 3:
        # 01/02/2027 is a day in two ways, so only full stops put the day first.
        year, month, day = reversed(numbers) if len(numbers[2]) == 4 and "." in text else numbers
        if is_a_day(whole := f"{year}-{month:0>2}-{day:0>2}"):
            yield whole


def is_a_day(text: str) -> bool:
    """Whether the calendar has the day."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _proof_name(text: str) -> Iterable[str]:
    """``Credential issuer`` → credential-issuer."""
    return (re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-"),)


ProofName = Annotated[
    str,
    Pattern(
        "waiver-proof",
        r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*",
        is_a="name of a proof",
        remedy="write it as the proof's line in `preview` begins: lower-case words with hyphens",
        example="image-pinned",
        mended=_proof_name,
        source=_PAGE,
    ),
]


def _unquoted(text: object) -> object:
    """The day of a value without quotes: Pulumi passes 2027-01-31 as ``2027-01-31 00:00:00 +0000 UTC``."""
    return text.removesuffix(" 00:00:00 +0000 UTC") if isinstance(text, str) else text


Day = Annotated[
    str,
    BeforeValidator(_unquoted),
    Pattern(
        "waiver-day",
        r"[1-9][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])",
        is_a="day in the form YYYY-MM-DD",
        remedy="write year, month and day: 2027-01-31",
        example="2027-01-31",
        mended=days,
        source="https://www.rfc-editor.org/rfc/rfc3339#section-5.6 (full-date)",
    ),
]
Reason = Annotated[
    str,
    Pattern(
        "waiver-reason",
        r"(?=[\s\S]*\S)[\s\S]{1,500}",
        is_a="reason of 1 to 500 characters",
        remedy="say why the proof may be broken: reports show it",
        example=None,
        source=_PAGE,
        shown=False,
    ),
]


class WaiverSettings(Section):
    """A proof that may be broken until a day."""

    proof: ProofName
    """Name of the proof, as `preview` and the report print it."""
    workload: DnsLabel | None = None
    """Name of the workload that may break it; by default the whole stack may."""
    reason: Reason
    """The reason. Reports show it, and the output `waivers` has it in plain text."""
    expires: Day
    """Last day of the waiver, such as `2027-01-31`. From the next day on (UTC) the proof is broken."""
