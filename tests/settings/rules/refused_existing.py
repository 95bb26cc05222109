"""Settings that the rules of ``rules/existing.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import PLATFORM_CLUSTER_ID, alerts

CASES = [
    case(
        "existing-is-named",
        {"cluster": {"existing": {"name": "aks-platform"}}},
        "cluster.existing.resource_group: missing; set name and resource_group, or id",
    ),
    case(
        "existing-is-named",
        {"cluster": {"existing": {"id": PLATFORM_CLUSTER_ID, "name": "aks-platform"}}},
        "cluster.existing.name: has no effect beside id; remove one of them (pulumi config rm --path 'cluster.existing.name')",
    ),
    case(
        "existing-is-named",
        alerts(action_group={"name": "ag-ops"}),
        "monitoring.alerts.action_group.resource_group: missing; set name and resource_group, or id",
    ),
]
