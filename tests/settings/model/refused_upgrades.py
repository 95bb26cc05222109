"""Settings that the rules of ``model/upgrades.py`` refuse, with the exact words."""

from tests.settings.cases import case

CASES = [
    case(
        "maintenance-start-time",
        {"cluster.upgrades.maintenance": {"day": "Sunday", "start_time": "2:00"}},
        "cluster.upgrades.maintenance.start_time: '2:00' is not a time of day; write hours and minutes, in quotes (pulumi config set --path 'cluster.upgrades.maintenance.start_time' 02:00)",
    ),
    case(
        "maintenance-utc-offset",
        {"cluster.upgrades.maintenance": {"day": "Sunday", "start_time": "02:00", "utc_offset": "CET"}},
        "cluster.upgrades.maintenance.utc_offset: 'CET' is not an offset from UTC; write a sign, hours and minutes, in quotes",
    ),
    case(
        "maintenance-duration",
        {"cluster.upgrades.maintenance": {"day": "Sunday", "start_time": "02:00", "duration_hours": 2}},
        "cluster.upgrades.maintenance.duration_hours: 2 hours is out of range; choose 4 to 24 (pulumi config set --path 'cluster.upgrades.maintenance.duration_hours' 4)",
    ),
]
