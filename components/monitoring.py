"""Resources that collect records and send notifications: the Log Analytics workspace and the action group."""

from collections.abc import Mapping, Sequence

import pulumi
from pulumi import Input

from components import naming

SHORT_NAME = "aks-secrets"
"""Sender name in text messages, at most 12 characters."""


def make_workspace(
    name: str,
    *,
    resource_group_name: Input[str],
    workspace_name: str,
    retention_days: int,
    tags: Mapping[str, str],
) -> pulumi.CustomResource:
    """A Log Analytics workspace, billed by ingested volume."""
    from pulumi_azure_native import operationalinsights

    return operationalinsights.Workspace(
        name,
        resource_group_name=resource_group_name,
        workspace_name=workspace_name,
        sku=operationalinsights.WorkspaceSkuArgs(name="PerGB2018"),
        retention_in_days=retention_days,
        tags=tags,
    )


def make_action_group(
    name: str,
    *,
    resource_group_name: Input[str],
    action_group_name: str,
    email_addresses: Sequence[str],
    tags: Mapping[str, str],
) -> pulumi.CustomResource:
    """An action group that sends an e-mail to each address."""
    from pulumi_azure_native import monitor

    return monitor.ActionGroup(
        name,
        resource_group_name=resource_group_name,
        action_group_name=action_group_name,
        # Action groups are global:
        # https://learn.microsoft.com/azure/azure-monitor/alerts/action-groups#global-requests-from-clients
        location="global",
        group_short_name=SHORT_NAME,
        enabled=True,
        email_receivers=[
            monitor.MicrosoftCommonEmailReceiverArgs(
                name=naming.email_receiver(address), email_address=address, use_common_alert_schema=True
            )
            for address in email_addresses
        ],
        tags=tags,
    )
