"""Who is told: an action group that the program makes, one that is there already, or both."""

from collections.abc import Sequence

import pulumi
from pulumi import Input

from components import naming
from components.alerts import Alerts
from stacks import adopt
from stacks.facts import Facts
from stacks.settings import Settings

SHORT_NAME = "aks-secrets"
"""What a text message begins with: 12 characters at most."""


def look_for_receivers(settings: Settings, facts: Facts) -> None:
    """What can stop the program stops it before anything is made.

    Raises:
        pulumi.RunError: the action group is of another subscription, where no alert finds it (azure-powershell#11102), or the stack's.
    """
    alerts = settings.monitoring.alerts if settings.monitoring else None
    if alerts is None or alerts.action_group is None:
        return
    key = "monitoring.alerts.action_group"
    group, name = adopt.must_be_ours(key, alerts.action_group, facts.deployer)
    if (group.lower(), name.lower()) == (facts.resource_group.lower(), naming.action_group(settings.stack).lower()):
        raise pulumi.RunError(
            f"{key}: {name!r} in {group!r} is what this stack itself makes for monitoring.alerts.emails, and Pulumi deletes it once nobody"
            " is listed there; list the addresses, and take this out"
        )


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
    return Alerts(action_group_ids=receivers, denied_requests=said.denied_requests, throttled_requests=said.throttled_requests)


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
