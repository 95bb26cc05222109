"""Section ``operators``: what techniques need in the cluster once."""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

from components.operators import csi_driver, reloader
from stacks.settings.names import DnsLabel
from stacks.settings.rules import Found, Matches, Section, rule

_ROTATION = "https://learn.microsoft.com/azure/aks/csi-secrets-store-configuration-options"

PollInterval = Annotated[
    str,
    Matches(
        "rotation-poll-interval",
        r"(?=.)([0-9]{1,4}h)?([0-9]{1,4}m)?([0-9]{1,4}s)?",
        is_a="duration",
        allowed="write it in hours, minutes and seconds",
        example="2m",
        source=_ROTATION,
    ),
]
ChartVersion = Annotated[
    str,
    Matches(
        "chart-version",
        r"[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?",
        is_a="chart version",
        allowed="write all three numbers: a range would be another chart tomorrow",
        example="1.8.2",
        source="https://helm.sh/docs/topics/charts/#charts-and-versioning",
    ),
]


class Install(StrEnum):
    """How the driver gets into the cluster."""

    ADDON = "addon"
    """The AKS add-on azure-keyvault-secrets-provider: AKS keeps it up to date."""
    HELM = "helm"
    """The charts of driver and Azure provider, in a namespace of their own."""
    EXISTING = "existing"
    """Somebody else has installed it."""


class CsiDriverSettings(Section):
    """The Secrets Store CSI driver with its Azure provider."""

    install: Install = Install.ADDON
    """addon: AKS installs it and keeps it up to date; helm: the charts; existing: it is there already."""
    rotation: bool = True
    """Read secrets again while a pod runs."""
    poll_interval: PollInterval = "2m"
    """How often."""
    namespace: DnsLabel = "csi-driver"
    """With `install: helm`: where the charts go; the program makes it."""
    version: ChartVersion = csi_driver.CHART.version
    """With `install: helm`: of the chart csi-secrets-store-provider-azure, which brings the driver along."""

    @property
    def poll_seconds(self) -> int:
        """The interval in seconds."""
        units = {"h": 3600, "m": 60, "s": 1}
        return sum(int(number) * units[unit] for number, unit in re.findall(r"([0-9]+)([hms])", self.poll_interval))


class ReloaderSettings(Section):
    """Stakater Reloader: new pods when a Secret or a mounted object has another version."""

    existing: bool = False
    """Somebody else has installed it, with the annotations strategy."""
    namespace: DnsLabel = "reloader"
    """Where its chart goes; the program makes it."""
    version: ChartVersion = reloader.CHART.version
    """Of its chart."""


class OperatorsSettings(Section):
    """What techniques need in the cluster once; nothing of it is installed unless it stands here."""

    csi_driver: CsiDriverSettings | None = None
    """For technique csi."""
    reloader: ReloaderSettings | None = None
    """For workloads with `reload: true`."""


@rule(
    "rotation-poll-interval-lowest",
    CsiDriverSettings,
    source="our own choice: each poll reads every mounted secret of every pod (secrets-store-csi-driver-provider-azure#1416)",
)
def polls_are_a_minute_apart(driver: CsiDriverSettings) -> Iterator[Found]:
    """Key Vault answers 4,000 reads in 10 seconds and no more."""
    if driver.poll_seconds < 60:
        yield Found(("poll_interval",), f"{driver.poll_interval!r} is less than a minute", "choose a minute at least", "2m")


@rule("key-of-another-install", CsiDriverSettings, source="our own choice: a setting that is not read is a setting that does not hold")
def keys_belong_to_the_way_of_installing(driver: CsiDriverSettings) -> Iterator[Found]:
    """AKS chooses the add-on's namespace and version, and whoever installed an existing driver has chosen everything."""
    read = {
        Install.ADDON: {"rotation", "poll_interval"},
        Install.HELM: {"rotation", "poll_interval", "namespace", "version"},
        Install.EXISTING: {"rotation", "poll_interval"},
    }[driver.install]
    for key in ("rotation", "poll_interval", "namespace", "version"):
        if key in driver.model_fields_set and key not in read:
            yield Found(
                (key,), f"goes with install: helm, not with install: {driver.install}", "take it out, or change install", remove=True
            )


@rule("key-of-an-existing-reloader", ReloaderSettings, source="our own choice: a setting that is not read is a setting that does not hold")
def an_existing_reloader_is_left_alone(reloader: ReloaderSettings) -> Iterator[Found]:
    """What is not installed here is not configured here."""
    for key in ("namespace", "version"):
        if reloader.existing and key in reloader.model_fields_set:
            yield Found((key,), "the program does not install a Reloader that is existing", "take it out", remove=True)


_NAMESPACES_SINCE = (2, 2, 16)


@rule("reloader-chart-knows-namespaces", ReloaderSettings, source="https://github.com/stakater/Reloader/pull/1162")
def the_chart_knows_namespaces(reloader: ReloaderSettings) -> Iterator[Found]:
    """An older chart passes the list over, and Reloader watches its own namespace alone."""
    numbers = tuple(int(number) for number in reloader.version.split("-")[0].split("."))
    if numbers < _NAMESPACES_SINCE:
        newest = ".".join(map(str, _NAMESPACES_SINCE))
        yield Found(("version",), f"{reloader.version} does not know which namespaces to watch", f"choose {newest} or newer", newest)
