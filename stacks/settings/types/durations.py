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


def seconds(text: str) -> int:
    """A valid duration in seconds."""
    return int(sum(float(number) * _SECONDS[unit] for number, unit in re.findall(_PART, text)))
