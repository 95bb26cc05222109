"""Diagnostic settings: resource logs and metrics sent to Log Analytics.

https://learn.microsoft.com/azure/azure-monitor/platform/diagnostic-settings
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi import Input, ResourceOptions


@dataclass(frozen=True, kw_only=True)
class Log:
    """A log category, or a category group."""

    category: str | None = None
    group: str | None = None


VAULT_LOGS = (Log(group="audit"),)
"""All requests to the data plane, including denied ones.
https://learn.microsoft.com/azure/key-vault/general/logging
"""

CLUSTER_LOGS = tuple(
    Log(category=category)
    for category in ("kube-audit-admin", "guard", "cluster-autoscaler", "kube-controller-manager")
)
"""Changes through the API server (without reads, which are most of the volume), sign-ins, and actions of the
controllers. https://learn.microsoft.com/azure/aks/monitor-aks#aks-control-plane-resource-logs
"""


def make_diagnostic_setting(
    parent: pulumi.ComponentResource,
    name: str,
    resource_id: Input[str],
    workspace_id: Input[str],
    logs: Sequence[Log],
) -> pulumi.Resource:
    """A diagnostic setting. Azure keeps it when its resource is deleted, and applies it to the next resource
    with that id, so Pulumi deletes it first.
    """
    from pulumi_azure_native import monitor

    return monitor.DiagnosticSetting(
        f"{name}-diagnostics",
        resource_uri=resource_id,
        name="aks-secrets",
        workspace_id=workspace_id,
        # One table per category: cheaper to query, and each can use another pricing plan.
        log_analytics_destination_type="Dedicated",
        logs=[
            monitor.DiagnosticsLogSettingsArgs(enabled=True, category=log.category, category_group=log.group)
            for log in logs
        ],
        metrics=[monitor.DiagnosticsMetricSettingsArgs(enabled=True, category="AllMetrics")],
        opts=ResourceOptions(parent=parent),
    )
