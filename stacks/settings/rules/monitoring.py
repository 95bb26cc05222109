"""Rules for sections ``monitoring`` and ``monitoring.alerts``."""

from collections.abc import Iterator

from stacks.settings.model.alerts import ACTION_GROUPS, AlertSettings
from stacks.settings.model.monitoring import MonitoringSettings
from stacks.settings.validation.registry import Violation, rule


@rule(
    "existing-workspace-is-left-alone",
    MonitoringSettings,
    source="docs/adopt.md: what exists is read, and never changed",
)
def existing_workspaces_are_not_configured(monitoring: MonitoringSettings) -> Iterator[Violation]:
    """The program does not change a workspace that it does not make."""
    if monitoring.existing and "retention_days" in monitoring.model_fields_set:
        yield Violation(
            ("retention_days",),
            "has no effect: the program does not change an existing workspace",
            "remove it",
            remove=True,
        )


@rule("somebody-is-told", AlertSettings, source=ACTION_GROUPS)
def alerts_have_a_receiver(alerts: AlertSettings) -> Iterator[Violation]:
    """An alert without a receiver is visible only in the portal."""
    if not alerts.emails and alerts.action_group is None:
        yield Violation(
            ("emails",),
            "neither emails nor action_group is set, so no one would be notified",
            "set one of them",
        )


@rule(
    "emails-differ", AlertSettings, source=f"{ACTION_GROUPS}: each receiver of a group has a name of its own"
)
def email_addresses_differ(alerts: AlertSettings) -> Iterator[Violation]:
    """Azure gives each receiver of an action group its own name."""
    for index, address in enumerate(alerts.emails):
        if address.lower() in [other.lower() for other in alerts.emails[:index]]:
            yield Violation(("emails", index), f"{address!r} is listed twice", "list it once", remove=True)
