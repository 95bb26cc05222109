"""Section ``monitoring``: where the cluster and the vault write down what was done to them."""

from typing import Annotated

from stacks.settings.model.alerts import AlertSettings
from stacks.settings.model.existing import ExistingWorkspace
from stacks.settings.model.section import Section
from stacks.settings.validation.constraints import IntRange

RetentionDays = Annotated[
    int,
    IntRange(
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
