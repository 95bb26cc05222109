"""Settings that the rules of ``types/cron.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import pod

CASES = [
    case(
        "cron-schedule",
        {"workloads": [pod(kind="CronJob", schedule="every night")]},
        "workloads[0].schedule: 'every night' is not a cron schedule; use five fields, minute, hour, day of month, month and day of week, or @hourly, @daily, @weekly, @monthly, @yearly, @every 1h30m",
    ),
    case(
        "cron-field",
        {"workloads": [pod(kind="CronJob", schedule="99 3 * * *")]},
        "workloads[0].schedule: '99' is not a valid minute; use 0 to 59, ranges such as 0-59, steps such as */5, or *",
    ),
    case(
        "cron-field",
        {"workloads": [pod(kind="CronJob", schedule="0 0 L * foo")]},
        "workloads[0].schedule: 'l' is not a valid day of month; use 1 to 31, ranges such as 1-31, steps such as */5, or *",
    ),
    case(
        "time-zone-is-known",
        {"workloads": [pod(kind="CronJob", schedule="@daily", time_zone="Mars/Phobos")]},
        "workloads[0].time_zone: 'Mars/Phobos' is not in the tz database; use one of its names",
    ),
    case(
        "time-zone",
        {"workloads": [pod(kind="CronJob", schedule="@daily", time_zone="Local")]},
        "workloads[0].time_zone: 'Local' is not a time zone; use a name of the tz database",
    ),
    case(
        "cron-field",
        {"workloads": [pod(kind="CronJob", schedule="@every 9999999999h")]},
        "workloads[0].schedule: '@every 9999999999h' is longer than Go's durations; choose at most 2562047h, 292 years",
    ),
]
