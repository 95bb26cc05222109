"""The receivers of alerts on vaults: an action group that the stack creates, an existing one, or both."""

from pulumi import Input

from components import naming, resource_ids
from components.key_vault.alerts import Alerts
from components.monitoring import make_action_group
from stacks.args.copy_fields import FieldCopy
from stacks.context import StackContext
from stacks.settings.model.alerts import AlertSettings

_copy_alerts = FieldCopy(
    AlertSettings, Alerts, computed=("action_group_ids",), unused=("emails", "action_group")
)


def make_alerts(context: StackContext, resource_group_name: Input[str]) -> Alerts | None:
    """The alerts of section ``monitoring.alerts``. None: no such section.

    Each vault creates its own alert rules, since they have to exist before its secrets.
    """
    settings = context.settings
    alerts = settings.monitoring.alerts if settings.monitoring else None
    if alerts is None:
        return None
    action_group_ids: list[Input[str]] = []
    if alerts.emails:
        action_group = make_action_group(
            "action-group",
            resource_group_name=resource_group_name,
            action_group_name=naming.action_group(settings.stack),
            email_addresses=alerts.emails,
            tags=settings.tags,
        )
        action_group_ids.append(action_group.id)
    if existing := alerts.action_group:
        action_group_ids.append(
            resource_ids.action_group_id(context.subscription_of(existing), *existing.resource_group_and_name)
        )
    return _copy_alerts(alerts, action_group_ids=action_group_ids)
