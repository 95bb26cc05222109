"""The weekly window in which AKS upgrades Kubernetes and the nodes' operating system.

https://learn.microsoft.com/azure/aks/planned-maintenance
"""

from dataclasses import dataclass
from enum import StrEnum

import pulumi
from pulumi import Input, ResourceOptions
from pulumi_azure_native import containerservice


class Weekday(StrEnum):
    """Days of the week, as Azure spells them."""

    MONDAY = "Monday"
    TUESDAY = "Tuesday"
    WEDNESDAY = "Wednesday"
    THURSDAY = "Thursday"
    FRIDAY = "Friday"
    SATURDAY = "Saturday"
    SUNDAY = "Sunday"


@dataclass(frozen=True, kw_only=True)
class Maintenance:
    """A weekly window."""

    day: Weekday
    start_time: str
    """``HH:MM``."""
    utc_offset: str = "+00:00"
    """``+HH:MM``; daylight saving time is not taken into account."""
    duration_hours: int = 4
    """4 to 24."""


# AKS defines these names; each configures one kind of upgrade.
_WINDOWS = {"kubernetes": "aksManagedAutoUpgradeSchedule", "node-os": "aksManagedNodeOSUpgradeSchedule"}


def make_windows(
    parent: pulumi.ComponentResource,
    name: str,
    window: Maintenance,
    resource_group_name: Input[str],
    cluster: containerservice.ManagedCluster,
    *,
    deleted_with: pulumi.Resource | None,
) -> None:
    """One MaintenanceConfiguration per kind of upgrade."""
    for label, config_name in _WINDOWS.items():
        containerservice.MaintenanceConfiguration(
            f"{name}-maintenance-{label}",
            resource_group_name=resource_group_name,
            resource_name_=cluster.name,
            config_name=config_name,
            maintenance_window=containerservice.MaintenanceWindowArgs(
                duration_hours=window.duration_hours,
                start_time=window.start_time,
                utc_offset=window.utc_offset,
                schedule=containerservice.ScheduleArgs(
                    weekly=containerservice.WeeklyScheduleArgs(interval_weeks=1, day_of_week=window.day.value)
                ),
            ),
            opts=ResourceOptions(parent=parent, deleted_with=deleted_with),
        )
