"""A CronJob's schedule and time zone, in the words of the API server and of the parser that it uses.

https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
Words: github.com/robfig/cron v3, ParseStandard in parser.go; validateScheduleFormat and validateTimeZone in
kubernetes/kubernetes, pkg/apis/batch/validation/validation.go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final
from zoneinfo import available_timezones

from rehearsal.simulators.kubernetes.api.fields import (
    MASK,
    invalid,
    is_hashed,
    masked,
    required,
    text,
    wrong,
)
from rehearsal.simulators.shape import Failure

_zones = cache(available_timezones)
"""A reading of the tz database looks at a thousand files."""
_FIELDS: Final = (
    (0, 59, ""),
    (0, 23, ""),
    (1, 31, ""),
    (1, 12, "jan feb mar apr may jun jul aug sep oct nov dec"),
    (0, 6, "sun mon tue wed thu fri sat"),
)
_UNITS: Final = {
    **{"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6},
    **{"s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9},
}
"""Units of Go's durations in nanoseconds; the micro sign and the Greek letter look alike."""
_LONGEST: Final = 2**63 - 1
_DESCRIPTORS: Final = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")


class _WrongError(Exception):
    """A schedule that does not parse, in the parser's words."""


def schedule_failures(spec: Mapping[str, Any], old: Mapping[str, Any]) -> Iterator[Failure]:
    """Problems of `schedule` and `timeZone`. An update may keep what is in `old`."""
    schedule, zone = text(spec, "schedule"), spec.get("timeZone")
    if not schedule:
        yield required("spec.schedule")
    elif not is_hashed(schedule):
        if why := wrong_with_schedule(schedule):
            # The parser quotes the schedule, which may be secret.
            yield invalid("spec.schedule", schedule, "it does not parse" if masked(schedule) == MASK else why)
        may = "TZ" in text(old, "schedule")
        if "TZ" in schedule and not may:
            why = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"
            yield invalid("spec.schedule", schedule, why)
        elif "TZ" in schedule and zone is not None:
            why = "cannot use both timeZone field and TZ or CRON_TZ in schedule"
            yield invalid("spec.schedule", schedule, why)
    if isinstance(zone, str) and not is_hashed(zone) and zone != old.get("timeZone"):
        yield from wrong("spec.timeZone", zone, _wrong_with_zone(zone))


def _wrong_with_zone(zone: str) -> Iterator[str]:
    """validateTimeZone."""
    if not zone:
        yield "timeZone must be nil or non-empty string"
    elif any(
        part in (".", "..") or part.startswith("-") or not re.fullmatch(r"[A-Za-z.\-_0-9+]{1,14}", part)
        for part in zone.split("/")
    ):
        yield f"unknown time zone {masked(zone)}"
    elif zone.lower() == "local":
        yield "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"
        if zone != "Local":
            yield f"unknown time zone {masked(zone)}"
    elif zone not in _zones():
        yield f"unknown time zone {masked(zone)}"


def wrong_with_schedule(schedule: str) -> str | None:
    """The reason that a schedule does not parse; None if it does."""
    try:
        _parse(re.sub(r"^(CRON_)?TZ=\S+\s+", "", schedule))
    except _WrongError as wrong:
        return str(wrong)
    return None


def _parse(spec: str) -> None:
    if spec.startswith("@"):
        every = spec.removeprefix("@every ")
        if every == spec and spec not in _DESCRIPTORS:
            raise _WrongError(f"unrecognized descriptor: {spec}")
        if every != spec and (why := _wrong_with_duration(every)):
            raise _WrongError(f"failed to parse duration {spec}: time: {why}")
        return
    fields = spec.split()
    if len(fields) != len(_FIELDS):
        raise _WrongError(
            f"expected exactly {len(_FIELDS)} fields, found {len(fields)}: [{' '.join(fields)}]"
        )
    for item, (least, most, names) in zip(fields, _FIELDS, strict=True):
        numbers = {name: number for number, name in enumerate(names.split(), least)}
        for part in filter(None, item.split(",")):
            _range(part, least, most, numbers)


def _wrong_with_duration(text: str) -> str | None:
    """ParseDuration in Go's src/time/format.go."""
    unsigned, failure = re.sub(r"^[+-]", "", text), f'invalid duration "{text}"'
    if unsigned == "0":
        return None
    if not unsigned:
        return failure
    total = 0
    while unsigned:
        part = re.match(r"([0-9]*)(\.?)([0-9]*)([^.0-9]*)", unsigned)
        if part is None or not (part[1] or part[3]):
            return failure
        if not part[4]:
            return f'missing unit in duration "{text}"'
        if (unit := _UNITS.get(part[4])) is None:
            return f'unknown unit "{part[4]}" in duration "{text}"'
        whole = part[1].lstrip("0")
        if len(whole) > len(str(_LONGEST)):
            return failure
        fraction = float(f"0.{part[3]}") if part[3] else 0.0
        total += int(whole or "0") * unit + int(fraction * unit)
        if total > _LONGEST + text.startswith("-"):
            return failure
        unsigned = unsigned[part.end() :]
    return None


def _range(text: str, least: int, most: int, names: dict[str, int]) -> None:
    span, *steps = text.split("/")
    start_text, *ends = span.split("-")
    if start_text in ("*", "?"):
        start, end = least, most
    else:
        start = _number(start_text, names)
        if len(ends) > 1:
            raise _WrongError(f"too many hyphens: {text}")
        end = _number(ends[0], names) if ends else start
    if len(steps) > 1:
        raise _WrongError(f"too many slashes: {text}")
    step = _number(steps[0], {}) if steps else 1
    if steps and not ends:
        end = most
    if start < least:
        raise _WrongError(f"beginning of range ({start}) below minimum ({least}): {text}")
    if end > most:
        raise _WrongError(f"end of range ({end}) above maximum ({most}): {text}")
    if start > end:
        raise _WrongError(f"beginning of range ({start}) beyond end of range ({end}): {text}")
    if step == 0:
        raise _WrongError(f"step of range should be a positive number: {text}")


def _number(text: str, names: dict[str, int]) -> int:
    if text.lower() in names:
        return names[text.lower()]
    failure = f'failed to parse int from {text}: strconv.Atoi: parsing "{text}":'
    if not re.fullmatch(r"[+-]?[0-9]+", text):
        raise _WrongError(f"{failure} invalid syntax")
    digits = text.lstrip("+-").lstrip("0") or "0"
    number = int(digits[:20]) * (-1 if text.startswith("-") else 1)
    if not -_LONGEST - 1 <= number <= _LONGEST:
        raise _WrongError(f"{failure} value out of range")
    if number < 0:
        raise _WrongError(f"negative number ({number}) not allowed: {text}")
    return number
