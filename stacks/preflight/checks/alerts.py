"""The action group that the stack does not create."""

from collections.abc import Iterator

from components import naming
from stacks.preflight.lookup import Lookup
from stacks.preflight.registry import check
from stacks.settings.validation.registry import Violation


@check("action-group-is-not-managed-here", "Pulumi deletes a resource that leaves the program: docs/adopt.md")
def existing_action_group_is_not_the_stacks_own(lookup: Lookup) -> Iterator[Violation]:
    """The stack's own action group exists only while an address is listed."""
    monitoring, context = lookup.settings.monitoring, lookup.context
    alerts = monitoring.alerts if monitoring else None
    if alerts is None or alerts.action_group is None:
        return
    group, name = alerts.action_group.resource_group_and_name
    own = (context.resource_group.lower(), naming.action_group(lookup.settings.stack).lower())
    if (group.lower(), name.lower()) == own:
        yield Violation(
            ("monitoring", "alerts", "action_group"),
            f"{name!r} in resource group {group!r} is created by this stack for monitoring.alerts.emails,"
            " and Pulumi deletes it"
            " when no address is listed there",
            "list the addresses, and remove this key",
            remove=bool(alerts.emails),
        )
