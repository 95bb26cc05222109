"""Settings that the rules of ``model/monitoring.py`` refuse, with the exact words."""

from tests.settings.cases import case

CASES = [
    case(
        "log-retention-days",
        {"monitoring": {"retention_days": 7}},
        "monitoring.retention_days: 7 days is out of range; choose 30 to 730 (pulumi config set --path 'monitoring.retention_days' 30)",
    ),
]
