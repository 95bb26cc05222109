"""Settings that the rules of ``model/alerts.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import alerts

CASES = [
    case(
        "email-address",
        alerts(emails=["Ops <ops@example.com>"]),
        "monitoring.alerts.emails[0]: 'Ops <ops@example.com>' is not a mail address; write the address alone, as in ops@example.com (pulumi config set --path 'monitoring.alerts.emails[0]' ops@example.com)",
    ),
    case(
        "email-address",
        alerts(emails=["ops@localhost"]),
        "monitoring.alerts.emails[0]: 'ops@localhost' is not a mail address; write the address alone, as in ops@example.com",
    ),
    case(
        "alert-threshold",
        alerts(emails=["ops@example.com"], denied_requests=0),
        "monitoring.alerts.denied_requests: 0 requests is out of range; choose 1 to 100000 (pulumi config set --path 'monitoring.alerts.denied_requests' 1)",
    ),
    case(
        "alert-threshold",
        alerts(emails=["ops@example.com"], throttled_requests=1_000_000),
        "monitoring.alerts.throttled_requests: 1000000 requests is out of range; choose 1 to 100000 (pulumi config set --path 'monitoring.alerts.throttled_requests' 100000)",
    ),
]
