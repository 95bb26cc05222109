"""The receivers of alerts that the stack does not make."""

import pulumi

from components import naming
from stacks.context import StackContext
from stacks.preflight import existing as adopt


def check_action_group(context: StackContext) -> None:
    """What can stop the program stops it before anything is made.

    Raises:
        pulumi.RunError: the action group is of another subscription, where no alert finds it (azure-powershell#11102), or the stack's.
    """
    alerts = context.settings.monitoring.alerts if context.settings.monitoring else None
    if alerts is None or alerts.action_group is None:
        return
    key = "monitoring.alerts.action_group"
    group, name = adopt.require_same_subscription(key, alerts.action_group, context.deployer)
    if (group.lower(), name.lower()) == (
        context.resource_group.lower(),
        naming.action_group(context.settings.stack).lower(),
    ):
        raise pulumi.RunError(
            f"{key}: {name!r} in {group!r} is what this stack itself makes for monitoring.alerts.emails, and Pulumi deletes it once nobody"
            " is listed there; list the addresses, and take this out"
        )
