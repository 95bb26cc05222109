"""What in a vault somebody has to be told of: calls that it refuses, calls that it throttles, and what in it expires.

Deliberately not here: who is told (action groups are handed in), and alerts that tell nobody what to do. The metric of availability counts
long operations as failures (https://learn.microsoft.com/azure/key-vault/general/alert); nodes and API server have rules of their own
(https://learn.microsoft.com/azure/azure-monitor/containers/kubernetes-metric-alerts).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions

from components import naming

SEVERITY = 2
"""Warning, the third of five. https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-overview"""
WINDOW, EVERY = "PT15M", "PT5M"
"""Calls of a quarter of an hour, counted every five minutes."""
EXPIRIES = tuple(
    f"Microsoft.KeyVault.{kind}{what}"
    for kind in ("Secret", "Key", "Certificate")
    for what in ("NearExpiry", "Expired")
)
"""30 days before, and on the day; workloads read keys and certificates too. https://learn.microsoft.com/azure/event-grid/event-schema-key-vault"""


@dataclass(frozen=True, kw_only=True)
class Alerts:
    """Who is told, and from how many calls on."""

    action_group_ids: Sequence[Input[str]]
    """ARM ids."""
    denied_requests: int = 5
    """Refused calls (403) within 15 minutes. The kubelet tries a mount again after 2:02 at most, so that one pod alone makes seven of them;
    whoever opens the wrong vault in the portal makes fewer."""
    throttled_requests: int = 10
    """Throttled calls (429) within 15 minutes. Azure's libraries ask again, so that a few are nobody's business."""


@dataclass(frozen=True, kw_only=True)
class AlertTarget:
    """The vault."""

    resource_group_name: Input[str]
    """Alerts stand beside it, and go with it."""
    name: str
    id: Output[str]
    tags: Mapping[str, str]


@dataclass(frozen=True)
class StatusCodeAlert:
    """Answers of one status, and how many are too many within the window."""

    label: str
    status: str
    threshold: int
    description: str


def make_vault_alerts(
    parent: pulumi.ComponentResource, name: str, alerts: Alerts, vault: AlertTarget
) -> pulumi.Resource:
    """One rule per status that counts, and a subscription to what expires.

    The subscription is handed back: what is written into the vault before it is there is never told of.
    """
    # 401 is not counted: a client's first call is without a token, to be told where to get one.
    # https://learn.microsoft.com/azure/key-vault/general/authentication-requests-and-responses
    denied = StatusCodeAlert(
        "denied",
        "403",
        alerts.denied_requests,
        "calls refused: a right is missing, or the firewall is in the way",
    )
    throttled = StatusCodeAlert(
        "throttled", "429", alerts.throttled_requests, "calls throttled: more than the vault answers"
    )
    for counted in (denied, throttled):
        _make_metric_alert(parent, name, alerts, vault, counted)
    return _make_expiry_subscription(parent, name, alerts, vault)


def _make_metric_alert(
    parent: pulumi.ComponentResource, name: str, alerts: Alerts, vault: AlertTarget, counted: StatusCodeAlert
) -> None:
    """https://learn.microsoft.com/azure/azure-monitor/reference/supported-metrics/microsoft-keyvault-vaults-metrics"""
    # Only for those who want it: start-up time.
    from pulumi_azure_native import monitor

    monitor.MetricAlert(
        f"{name}-{counted.label}-alert",
        resource_group_name=vault.resource_group_name,
        rule_name=naming.alert(vault.name, counted.label),
        location="global",
        description=f"Key Vault {vault.name}: {counted.description}",
        scopes=[vault.id],
        severity=SEVERITY,
        enabled=True,
        # Told a second time when it is over.
        auto_mitigate=True,
        evaluation_frequency=EVERY,
        window_size=WINDOW,
        criteria=monitor.MetricAlertSingleResourceMultipleMetricCriteriaArgs(
            odata_type="Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
            all_of=[
                monitor.MetricCriteriaArgs(
                    criterion_type="StaticThresholdCriterion",
                    name=counted.label,
                    metric_namespace="Microsoft.KeyVault/vaults",
                    metric_name="ServiceApiResult",
                    time_aggregation="Count",
                    dimensions=[
                        monitor.MetricDimensionArgs(
                            name="StatusCode", operator="Include", values=[counted.status]
                        )
                    ],
                    operator="GreaterThanOrEqual",
                    threshold=counted.threshold,
                )
            ],
        ),
        actions=[monitor.MetricAlertActionArgs(action_group_id=group) for group in alerts.action_group_ids],
        tags=vault.tags,
        opts=ResourceOptions(parent=parent),
    )


def _make_expiry_subscription(
    parent: pulumi.ComponentResource, name: str, alerts: Alerts, vault: AlertTarget
) -> pulumi.Resource:
    """The vault tells Event Grid, and Event Grid makes alerts of it: no metric knows what will expire.

    https://learn.microsoft.com/azure/event-grid/handle-key-vault-events-using-azure-monitor-alerts
    """
    # Only for those who want it: start-up time.
    from pulumi_azure_native import eventgrid

    topic = eventgrid.SystemTopic(
        f"{name}-events",
        resource_group_name=vault.resource_group_name,
        # A topic keeps its source: another vault is another name, or another group, and so another topic.
        system_topic_name=naming.system_topic(vault.name),
        source=vault.id,
        topic_type="Microsoft.KeyVault.vaults",
        tags=vault.tags,
        opts=ResourceOptions(parent=parent),
    )
    return eventgrid.SystemTopicEventSubscription(
        f"{name}-expiry-alert",
        resource_group_name=vault.resource_group_name,
        system_topic_name=topic.name,
        event_subscription_name="expiry",
        # The only schema that this destination takes; the default is another one.
        event_delivery_schema=eventgrid.EventDeliverySchema.CLOUD_EVENT_SCHEMA_V1_0,
        filter=eventgrid.EventSubscriptionFilterArgs(included_event_types=list(EXPIRIES)),
        destination=eventgrid.MonitorAlertEventSubscriptionDestinationArgs(
            endpoint_type="MonitorAlert",
            severity=f"Sev{SEVERITY}",
            description=f"Key Vault {vault.name}: something in it expires within 30 days, or has expired",
            action_groups=list(alerts.action_group_ids),
        ),
        opts=ResourceOptions(parent=parent),
    )
