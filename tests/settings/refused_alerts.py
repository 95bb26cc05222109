"""Alerts that are refused. The others are in refused.py."""

from typing import Any

from tests.settings.refused import case
from tests.settings.refused_compositions import CLUSTER, HERE, ON_A_PLATFORM, VAULT


def _alerts(**keys: Any) -> dict[str, Any]:
    return {"monitoring": {"alerts": keys}}


CASES = [
    case(
        "somebody-is-told",
        _alerts(),
        "monitoring.alerts.emails: missing, and action_group too; list whom to tell, or name an action group that is there",
    ),
    case(
        "somebody-is-told",
        _alerts(emails=[], denied_requests=1),
        "monitoring.alerts.emails: missing, and action_group too; list whom to tell, or name an action group that is there",
    ),
    case(
        "email-address",
        _alerts(emails=["Ops <ops@example.com>"]),
        "monitoring.alerts.emails[0]: 'Ops <ops@example.com>' is not a mail address; write the address alone, as in ops@example.com",
    ),
    case(
        "email-address",
        _alerts(emails=["ops@localhost"]),
        "monitoring.alerts.emails[0]: 'ops@localhost' is not a mail address; write the address alone, as in ops@example.com",
    ),
    case(
        "emails-differ",
        _alerts(emails=["ops@example.com", "Ops@example.com"]),
        "monitoring.alerts.emails[1]: 'Ops@example.com' is listed twice; list it once (pulumi config rm --path 'monitoring.alerts.emails[1]')",
    ),
    case(
        "alert-threshold",
        _alerts(emails=["ops@example.com"], denied_requests=0),
        "monitoring.alerts.denied_requests: 0 requests is out of range; choose 1 to 100000 (pulumi config set --path 'monitoring.alerts.denied_requests' 1)",
    ),
    case(
        "alert-threshold",
        _alerts(emails=["ops@example.com"], throttled_requests=1_000_000),
        "monitoring.alerts.throttled_requests: 1000000 requests is out of range; choose 1 to 100000 (pulumi config set --path 'monitoring.alerts.throttled_requests' 1)",
    ),
    case(
        "existing-action-group-id",
        _alerts(action_group={"id": CLUSTER}),
        "monitoring.alerts.action_group.id: '/subscriptions/aaaaaaaa-0000-0000-0000-000000000000/resource… (144 characters)' is not an id of an action group; use the id that `az monitor action-group show --query id` prints",
    ),
    case(
        "existing-is-named",
        _alerts(action_group={"name": "ag-ops"}),
        "monitoring.alerts.action_group.resource_group: missing; give name and resource_group, or id",
    ),
    case(
        "alerts-of-an-existing-vault",
        _alerts(emails=["ops@example.com"]) | {"vault": {"existing": HERE}},
        "monitoring.alerts: every vault is existing, and what happens in one is its owner's to be told; take it out (pulumi config rm --path 'monitoring.alerts')",
    ),
    case(
        "alerts-of-an-existing-vault",
        _alerts(emails=["ops@example.com"])
        | {"vault": {"existing": HERE}, "vaults": [{"name": "payments", "existing": VAULT}]},
        "monitoring.alerts: every vault is existing, and what happens in one is its owner's to be told; take it out (pulumi config rm --path 'monitoring.alerts')",
    ),
    case(
        "section-of-another-composition",
        ON_A_PLATFORM | _alerts(emails=["ops@example.com"]),
        "monitoring: does not go with composition workloads; take it out (pulumi config rm monitoring)",
    ),
]
