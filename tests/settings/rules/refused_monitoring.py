"""Settings that the rules of ``rules/monitoring.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import PLATFORM_CLUSTER, alerts

CASES = [
    case(
        "existing-workspace-is-left-alone",
        {"monitoring": {"existing": PLATFORM_CLUSTER, "retention_days": 90}},
        "monitoring.retention_days: has no effect: the program does not change an existing workspace; remove it (pulumi config rm --path 'monitoring.retention_days')",
    ),
    case(
        "somebody-is-told",
        alerts(),
        "monitoring.alerts.emails: neither emails nor action_group is set, so no one would be notified; set one of them",
    ),
    case(
        "somebody-is-told",
        alerts(emails=[], denied_requests=1),
        "monitoring.alerts.emails: neither emails nor action_group is set, so no one would be notified; set one of them",
    ),
    case(
        "emails-differ",
        alerts(emails=["ops@example.com", "Ops@example.com"]),
        "monitoring.alerts.emails[1]: 'Ops@example.com' is listed twice; list it once (pulumi config rm --path 'monitoring.alerts.emails[1]')",
    ),
]
