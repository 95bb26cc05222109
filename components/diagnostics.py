"""What a resource writes down, sent to Log Analytics.

https://learn.microsoft.com/azure/azure-monitor/platform/diagnostic-settings
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi import Input, ResourceOptions


@dataclass(frozen=True, kw_only=True)
class Log:
    """One kind of record: a category, or a group of them."""

    category: str | None = None
    group: str | None = None


VAULT_LOGS = (Log(group="audit"),)
"""Every call of the data plane, refused ones too. https://learn.microsoft.com/azure/key-vault/general/logging"""

CLUSTER_LOGS = tuple(
    Log(category=category)
    for category in ("kube-audit-admin", "guard", "cluster-autoscaler", "kube-controller-manager")
)
"""Who changed what (reads left out: they are most of the bill), who signed in, and what the controllers did.
https://learn.microsoft.com/azure/aks/monitor-aks#aks-control-plane-resource-logs"""


def make_diagnostic_setting(
    parent: pulumi.ComponentResource,
    name: str,
    resource_id: Input[str],
    workspace_id: Input[str],
    logs: Sequence[Log],
) -> pulumi.Resource:
    """The diagnostic setting. Azure keeps it when its resource goes, for the next of that id, so it is deleted first."""
    # Only for those who want it: start-up time.
    from pulumi_azure_native import monitor

    return monitor.DiagnosticSetting(
        f"{name}-diagnostics",
        resource_uri=resource_id,
        name="aks-secrets",
        workspace_id=workspace_id,
        # A table for each category, which is cheaper to ask and can be on another plan.
        log_analytics_destination_type="Dedicated",
        logs=[
            monitor.DiagnosticsLogSettingsArgs(enabled=True, category=log.category, category_group=log.group)
            for log in logs
        ],
        metrics=[monitor.DiagnosticsMetricSettingsArgs(enabled=True, category="AllMetrics")],
        opts=ResourceOptions(parent=parent),
    )
