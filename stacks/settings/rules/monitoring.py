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
def existing_workspaces_are_left_alone(monitoring: MonitoringSettings) -> Iterator[Violation]:
    """What the program does not make, it does not configure."""
    if monitoring.existing and "retention_days" in monitoring.model_fields_set:
        yield Violation(
            ("retention_days",),
            "the program changes nothing of a workspace that is existing",
            "take it out",
            remove=True,
        )


@rule("somebody-is-told", AlertSettings, source=ACTION_GROUPS)
def somebody_is_told(alerts: AlertSettings) -> Iterator[Violation]:
    """An alert that nobody is told of stands in the portal, where nobody looks."""
    if not alerts.emails and alerts.action_group is None:
        yield Violation(
            ("emails",),
            "missing, and action_group too",
            "list whom to tell, or name an action group that is there",
        )


@rule(
    "emails-differ", AlertSettings, source=f"{ACTION_GROUPS}: each receiver of a group has a name of its own"
)
def addresses_differ(alerts: AlertSettings) -> Iterator[Violation]:
    """Two receivers of one address would be one, or two mails."""
    for index, address in enumerate(alerts.emails):
        if address.lower() in [other.lower() for other in alerts.emails[:index]]:
            yield Violation(("emails", index), f"{address!r} is listed twice", "list it once", remove=True)
