"""Section ``monitoring``: diagnostic logs of the cluster and of the vaults."""

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
    """A Log Analytics workspace for the logs of the cluster's control plane and of the vaults."""

    existing: ExistingWorkspace | None = None
    """Use a workspace that already exists instead of making one."""
    retention_days: RetentionDays = 30
    """Days for which the program's workspace keeps the logs, 30 to 730. The first 30 are included in the
    price.
    """
    alerts: AlertSettings | None = None
    """Alerts on denied and throttled requests and on expiring objects, for the vaults that the program makes;
    none by default.
    """
