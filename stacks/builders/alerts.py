"""Who is told: an action group that the program makes, one that is there already, or both."""

from collections.abc import Sequence

from pulumi import Input

from components import naming
from components.key_vault.alerts import Alerts
from stacks.context import Facts
from stacks.settings import Settings

SHORT_NAME = "aks-secrets"
"""What a text message begins with: 12 characters at most."""


def make_alerts(settings: Settings, facts: Facts, group: Input[str]) -> Alerts | None:
    """As the vault takes them; None where nobody is told. The vault makes the rules, since they come before its secrets."""
    said = settings.monitoring.alerts if settings.monitoring else None
    if said is None:
        return None
    receivers: list[Input[str]] = []
    if said.emails:
        receivers.append(_make_action_group(settings, said.emails, group))
    if said.action_group:
        receivers.append(naming.action_group_id(facts.deployer.subscription_id, *said.action_group.where))
    return Alerts(
        action_group_ids=receivers,
        denied_requests=said.denied_requests,
        throttled_requests=said.throttled_requests,
    )


def _make_action_group(settings: Settings, addresses: Sequence[str], group: Input[str]) -> Input[str]:
    # Only for those who want it: start-up time.
    from pulumi_azure_native import monitor

    return monitor.ActionGroup(
        "action-group",
        resource_group_name=group,
        action_group_name=naming.action_group(settings.stack),
        # It has no region: https://learn.microsoft.com/azure/azure-monitor/alerts/action-groups#global-requests-from-clients
        location="global",
        group_short_name=SHORT_NAME,
        enabled=True,
        email_receivers=[
            monitor.MicrosoftCommonEmailReceiverArgs(
                name=naming.email_receiver(address), email_address=address, use_common_alert_schema=True
            )
            for address in addresses
        ],
        tags=settings.tags,
    ).id
