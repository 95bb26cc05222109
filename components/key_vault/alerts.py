"""Alerts on a Key Vault: denied requests (403), throttled requests (429) and expiring objects.

Deliberately not here: the action groups (components/monitoring.py), and alerts that suggest no action. The
availability metric counts long operations as failures
(https://learn.microsoft.com/azure/key-vault/general/alert); AKS has recommended alert rules for nodes and API
server (https://learn.microsoft.com/azure/azure-monitor/containers/kubernetes-metric-alerts).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions

from components import naming

SEVERITY = 2
"""Warning, the third of five severities.
https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-overview
"""
WINDOW, EVERY = "PT15M", "PT5M"
"""Requests of the last 15 minutes are counted every 5 minutes."""
EXPIRIES = tuple(
    f"Microsoft.KeyVault.{kind}{what}"
    for kind in ("Secret", "Key", "Certificate")
    for what in ("NearExpiry", "Expired")
)
"""Events 30 days before an object expires, and when it expires.
https://learn.microsoft.com/azure/event-grid/event-schema-key-vault
"""


@dataclass(frozen=True, kw_only=True)
class Alerts:
    """Action groups and thresholds."""

    action_group_ids: Sequence[Input[str]]
    """ARM ids of the action groups that are notified."""
    denied_requests: int = 5
    """Denied requests (403) within 15 minutes. The kubelet retries a mount after 2:02 at most, so a single
    pod causes seven of them; opening the vault in the portal without permission causes fewer.
    """
    throttled_requests: int = 10
    """Throttled requests (429) within 15 minutes. Azure's client libraries retry, so a few are harmless."""


@dataclass(frozen=True, kw_only=True)
class AlertTarget:
    """The vault that the alerts watch."""

    resource_group_name: Input[str]
    """Resource group of the vault, which the alerts share."""
    name: str
    id: Output[str]
    tags: Mapping[str, str]


@dataclass(frozen=True)
class StatusCodeAlert:
    """A metric alert on responses with one HTTP status."""

    label: str
    status: str
    threshold: int
    description: str


def make_vault_alerts(
    parent: pulumi.ComponentResource, name: str, alerts: Alerts, vault: AlertTarget
) -> pulumi.Resource:
    """One metric alert per status, and the Event Grid subscription for expiring objects, which is returned.

    Event Grid sends no event about objects that are older than the subscription, so secrets have to depend on
    it.
    """
    # 401 is not counted: a client's first request has no token, and the response tells where to get one.
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
        # Azure sends a second notification when the alert is resolved.
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
    """Event Grid turns the vault's expiry events into alerts; no metric covers expiry.

    https://learn.microsoft.com/azure/event-grid/handle-key-vault-events-using-azure-monitor-alerts
    """
    from pulumi_azure_native import eventgrid

    topic = eventgrid.SystemTopic(
        f"{name}-events",
        resource_group_name=vault.resource_group_name,
        # The source of a topic is immutable: another vault has another name or resource group, and so another
        # topic.
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
        # The only schema that this destination accepts; it is not the default.
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
