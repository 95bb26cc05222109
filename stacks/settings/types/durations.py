"""Durations in hours, minutes and seconds, as Go writes them: ``1h30m``."""

import re

from stacks.settings.types import nearly
from stacks.settings.validation.constraints import Pattern

_SECONDS = {"h": 3600, "m": 60, "s": 1}


def duration(rule_id: str, *, example: str, source: str) -> Pattern:
    """The pattern of a duration. Each key has a rule of its own, with the page that defines the key."""
    return Pattern(
        rule_id,
        r"(?=.)([0-9]{1,4}h)?([0-9]{1,4}m)?([0-9]{1,4}s)?",
        is_a="duration",
        remedy="write it in hours, minutes and seconds",
        example=example,
        mended=nearly.duration,
        source=source,
    )


def seconds(text: str) -> int:
    """A valid duration in seconds."""
    return sum(int(number) * _SECONDS[unit] for number, unit in re.findall(r"([0-9]{1,4})([hms])", text))
