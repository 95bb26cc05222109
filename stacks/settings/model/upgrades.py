"""Section ``cluster.upgrades``: the upgrades that AKS makes by itself."""

from typing import Annotated

from components.cluster.maintenance import Weekday
from components.cluster.upgrades import NodeOsUpgradeChannel, UpgradeChannel
from stacks.settings.model.section import Section
from stacks.settings.types import nearly
from stacks.settings.validation.constraints import IntRange, Pattern

_MAINTENANCE = "https://learn.microsoft.com/azure/aks/planned-maintenance"
UPGRADES = "https://learn.microsoft.com/azure/aks/auto-upgrade-cluster"

StartTime = Annotated[
    str,
    Pattern(
        "maintenance-start-time",
        r"([01][0-9]|2[0-3]):[0-5][0-9]",
        is_a="time of day",
        remedy="write hours and minutes, in quotes",
        example="02:00",
        mended=nearly.time_of_day,
        source=_MAINTENANCE,
    ),
]
UtcOffset = Annotated[
    str,
    Pattern(
        "maintenance-utc-offset",
        r"[+-](0[0-9]|1[0-4]):[0-5][0-9]",
        is_a="offset from UTC",
        remedy="write a sign, hours and minutes, in quotes",
        example="+01:00",
        mended=nearly.utc_offset,
        source=_MAINTENANCE,
    ),
]
WindowHours = Annotated[int, IntRange("maintenance-duration", 4, 24, unit="hours", source=_MAINTENANCE)]


class MaintenanceSettings(Section):
    """A weekly window for upgrades of Kubernetes and of the nodes' operating system."""

    day: Weekday
    """Day of the week."""
    start_time: StartTime
    """Start of the window, in quotes: "02:00"."""
    utc_offset: UtcOffset = "+00:00"
    """UTC offset of `start_time`, in quotes: "+01:00". It does not follow daylight saving time."""
    duration_hours: WindowHours = 4
    """Length of the window in hours, 4 to 24."""


class UpgradeSettings(Section):
    """Upgrades that AKS makes by itself."""

    channel: UpgradeChannel = UpgradeChannel.PATCH
    """Channel for Kubernetes versions. With any channel but none and node-image, `kubernetes_version` names a
    minor version only.
    """
    node_os_channel: NodeOsUpgradeChannel = NodeOsUpgradeChannel.NODE_IMAGE
    """Channel for the nodes' operating system."""
    maintenance: MaintenanceSettings | None = None
    """Window in which AKS may upgrade; at any time by default."""
