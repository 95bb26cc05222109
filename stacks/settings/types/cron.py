"""Schedules and time zones of CronJobs, as the API server accepts them."""

import re
from typing import Annotated

from pydantic import AfterValidator

from stacks.settings.types import nearly
from stacks.settings.types.durations import nanoseconds
from stacks.settings.validation.constraints import Pattern, refusal
from stacks.settings.validation.registry import register_rule
from stacks.settings.validation.repeatable import quoted

_SCHEDULES = "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax"
_ZONES = register_rule(
    "time-zone-is-known", "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#time-zones"
)

_NO_NAMES: dict[str, int] = {}
_MONTHS: dict[str, int] = dict(
    zip(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
        range(1, 13),
        strict=True,
    )
)
_DAYS: dict[str, int] = dict(zip(("sun", "mon", "tue", "wed", "thu", "fri", "sat"), range(7), strict=True))
_FIELDS = (
    ("minute", 0, 59, _NO_NAMES),
    ("hour", 0, 23, _NO_NAMES),
    ("day of month", 1, 31, _NO_NAMES),
    ("month", 1, 12, _MONTHS),
    ("day of week", 0, 6, _DAYS),
)
_IN_RANGE = register_rule("cron-field", _SCHEDULES)


def _fields_are_in_range(schedule: str) -> str:
    """Each of the five fields is `*`, or numbers and names in its range, ranges of them, or steps."""
    if schedule.startswith("@"):  # the pattern has all of them
        if schedule.startswith("@every") and nanoseconds(schedule.removeprefix("@every")) is None:
            raise refusal(
                _IN_RANGE,
                f"{quoted(schedule)} is longer than Go's durations",
                "choose at most 2562047h, 292 years",
            )
        return schedule
    for text, (field, low, high, names) in zip(schedule.lower().split(), _FIELDS, strict=True):
        items = [item for item in text.split(",") if item]  # robfig/cron drops empty ones
        if not items or not all(_is_item(item, low, high, names) for item in items):
            raise refusal(
                _IN_RANGE,
                f"{text!r} is not a valid {field}",
                f"use {low} to {high}, ranges such as {low}-{high}, steps such as */5, or *",
            )
    return schedule


def _is_item(item: str, low: int, high: int, names: dict[str, int]) -> bool:
    span, _, step = item.partition("/")
    if "/" in item and not re.fullmatch(r"\+?0*[1-9][0-9]{0,17}", step):
        return False
    if span in ("*", "?"):
        return True
    first, _, last = span.partition("-")
    ends = [
        names.get(end, int(end) if re.fullmatch(r"\+?0*[0-9]{1,4}", end) else -1)
        for end in ([first, last] if "-" in span else [first])
    ]
    return all(low <= end <= high for end in ends) and ends == sorted(ends)


def _is_known(zone: str) -> str:
    """Check the tz database of this machine. A machine without one accepts every zone, and the API server
    decides.
    """
    known = nearly.time_zones()
    if known and zone not in known:
        raise refusal(
            _ZONES, f"{zone!r} is not in the tz database", "use one of its names", nearly.time_zone(zone)
        )
    return zone


Schedule = Annotated[
    str,
    Pattern(
        "cron-schedule",
        r"@(?:yearly|annually|monthly|weekly|daily|midnight|hourly)"
        r"|@every \+?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+"
        r"|\s*[^@\s]\S*(?:\s+\S+){4}\s*",
        is_a="cron schedule",
        remedy=(
            "use five fields, minute, hour, day of month, month and day of week, or @hourly, @daily, @weekly,"
            " @monthly, @yearly, @every 1h30m"
        ),
        example="0 3 * * *",
        mended=nearly.word("@yearly", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"),
        source=_SCHEDULES,
    ),
    AfterValidator(_fields_are_in_range),
]
TimeZone = Annotated[
    str,
    Pattern(
        "time-zone",
        r"(?![Ll][Oo][Cc][Aa][Ll]$)[A-Za-z][A-Za-z0-9_+/-]*",
        is_a="time zone",
        remedy="use a name of the tz database",
        example="Europe/Berlin",
        mended=nearly.time_zone,
        source="https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#time-zones",
    ),
    AfterValidator(_is_known),
]
