"""Schedules and time zones of CronJobs."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.kubernetes.apiserver.validation.owners.cron import wrong_with_schedule
from rehearsal.simulators.wire import Secret
from tests.support.manifests import owner, problems


@pytest.mark.parametrize(
    ("schedule", "problem"),
    [
        ("* * * *", "expected exactly 5 fields, found 4: [* * * *]"),
        ("60 * * * *", "end of range (60) above maximum (59): 60"),
        ("* * 0 * *", "beginning of range (0) below minimum (1): 0"),
        ("* * * * 7", "end of range (7) above maximum (6): 7"),
        ("5-3 * * * *", "beginning of range (5) beyond end of range (3): 5-3"),
        ("1-2-3 * * * *", "too many hyphens: 1-2-3"),
        ("*/2/3 * * * *", "too many slashes: */2/3"),
        ("*/0 * * * *", "step of range should be a positive number: */0"),
        ("a * * * *", 'failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax'),
        ("@often", "unrecognized descriptor: @often"),
        ("@every never", 'failed to parse duration @every never: time: invalid duration "never"'),
    ],
)
def test_a_schedule_parses(schedule: str, problem: str) -> None:
    assert problems(owner("CronJob", schedule=schedule)) == [
        f'spec.schedule: Invalid value: "{schedule}": {problem}'
    ]


@pytest.mark.parametrize(
    "schedule", ["0 5 * * 1", "*/15 0-6,22 1,15 JAN-mar mon-FRI", "@daily", "@every 1h30m", "5/10 * ? * *"]
)
def test_schedules_that_are_fine(schedule: str) -> None:
    assert wrong_with_schedule(schedule) is None


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        ({"timeZone": ""}, 'spec.timeZone: Invalid value: "": timeZone must be nil or non-empty string'),
        (
            {"timeZone": "Europe/Atlantis"},
            'spec.timeZone: Invalid value: "Europe/Atlantis": unknown time zone Europe/Atlantis',
        ),
        (
            {"timeZone": "Local"},
            'spec.timeZone: Invalid value: "Local": timeZone must be an explicit time zone as defined in '
            "https://www.iana.org/time-zones",
        ),
        (
            {"schedule": "TZ=UTC 0 5 * * 1"},
            'spec.schedule: Invalid value: "TZ=UTC 0 5 * * 1": cannot use TZ or CRON_TZ in schedule, use '
            "timeZone field instead",
        ),
    ],
)
def test_a_time_zone_is_one_and_stands_in_its_field(spec: dict[str, Any], problem: str) -> None:
    assert problems(owner("CronJob", **spec)) == [problem]
    assert problems(owner("CronJob", timeZone="Europe/Berlin")) == []


def test_a_secret_schedule_is_in_no_message() -> None:
    reasons = problems(owner("CronJob", schedule=Secret("canary * * * *"), timeZone=Secret("canary")))
    assert len(reasons) == 2
    assert "canary" not in str(reasons)
