"""Durations in hours, minutes and seconds, as Go reads them: ``1h30m``, ``1.5h``."""

import re

from stacks.settings.types import nearly
from stacks.settings.validation.constraints import Pattern

_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
# https://pkg.go.dev/time#ParseDuration, which reads them in the operators and in AKS' add-on
_PART = r"([0-9]{1,9}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})(h|ms|m|s|us|µs|ns)"


def duration(rule_id: str, *, example: str, source: str) -> Pattern:
    """The pattern of a duration. Each key has a rule of its own, with the page that defines the key."""
    return Pattern(
        rule_id,
        rf"0|(?:{_PART})+",
        is_a="duration",
        remedy="write it in hours, minutes and seconds",
        example=example,
        mended=nearly.duration,
        source=source,
    )


_NANOSECONDS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9} | {
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_LONGEST = 2**63 - 1


def nanoseconds(text: str) -> int | None:
    """A duration of Go's time.ParseDuration, such as 1.5h. None: it is longer than 292 years."""
    total = 0
    for whole, fraction, unit in re.findall(r"(?<![0-9.])([0-9]*)(?:\.([0-9]*))?([a-zµμ]+)", text):
        significant = whole.lstrip("0")
        if len(significant) > len(str(_LONGEST)):
            return None
        total += int(significant or "0") * _NANOSECONDS[unit]
        total += int(float(f"0.{fraction[:20]}" if fraction else 0) * _NANOSECONDS[unit])
    return total if total <= _LONGEST else None


def seconds(text: str) -> int:
    """A valid duration in seconds."""
    return int(sum(float(number) * _SECONDS[unit] for number, unit in re.findall(_PART, text)))
