"""Section ``monitoring``: where the cluster and the vault write down what was done to them."""

from collections.abc import Iterator
from typing import Annotated

from stacks.settings.alerts import AlertSettings
from stacks.settings.existing import ExistingWorkspace
from stacks.settings.rules import Between, Found, Section, rule

RetentionDays = Annotated[
    int,
    Between(
        "log-retention-days",
        30,
        730,
        unit="days",
        source="https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure",
    ),
]


class MonitoringSettings(Section):
    """A Log Analytics workspace for the records of the cluster's control plane and of the vault."""

    existing: ExistingWorkspace | None = None
    """A workspace that is there already, instead of one that the program makes."""
    retention_days: RetentionDays = 30
    """For how long the workspace that the program makes keeps them; 30 are in the price."""
    alerts: AlertSettings | None = None
    """Who is told of refused calls, throttled calls and what expires in the vaults that the program makes; nobody if not given."""


@rule("existing-workspace-is-left-alone", MonitoringSettings, source="docs/adopt.md: what exists is read, and never changed")
def existing_workspaces_are_left_alone(monitoring: MonitoringSettings) -> Iterator[Found]:
    """What the program does not make, it does not configure."""
    if monitoring.existing and "retention_days" in monitoring.model_fields_set:
        yield Found(("retention_days",), "the program changes nothing of a workspace that is existing", "take it out", remove=True)
