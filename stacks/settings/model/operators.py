"""Section ``operators``: what techniques need in the cluster once."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from components.operators import Operator, csi_driver, dapr, external_secrets, reloader
from stacks.settings.model.pods import ResourceSettings
from stacks.settings.model.section import Section
from stacks.settings.types.names import DnsLabel
from stacks.settings.validation.constraints import IntRange, Pattern

_ROTATION = "https://learn.microsoft.com/azure/aks/csi-secrets-store-configuration-options"

PollInterval = Annotated[
    str,
    Pattern(
        "rotation-poll-interval",
        r"(?=.)([0-9]{1,4}h)?([0-9]{1,4}m)?([0-9]{1,4}s)?",
        is_a="duration",
        remedy="write it in hours, minutes and seconds",
        example="2m",
        source=_ROTATION,
    ),
]
ChartVersion = Annotated[
    str,
    Pattern(
        "chart-version",
        r"[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?",
        is_a="chart version",
        remedy="write all three numbers: a range would be another chart tomorrow",
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
        return sum(
            int(number) * units[unit] for number, unit in re.findall(r"([0-9]+)([hms])", self.poll_interval)
        )


class ReloaderSettings(Section):
    """Stakater Reloader: new pods when a Secret or a mounted object has another version."""

    existing: bool = False
    """Somebody else has installed it, with the annotations strategy."""
    namespace: DnsLabel = "reloader"
    """Where its chart goes; the program makes it."""
    version: ChartVersion = reloader.CHART.version
    """Of its chart."""


OperatorReplicas = Annotated[
    int,
    IntRange(
        "operator-replicas",
        1,
        5,
        unit="replicas",
        example=2,
        source="https://external-secrets.io/latest/introduction/faq/: one works and the others wait",
    ),
]


class InstallOperator(StrEnum):
    """How the External Secrets Operator gets into the cluster."""

    HELM = "helm"
    """By its chart, in a namespace of its own."""
    EXISTING = "existing"
    """Somebody else has installed it."""


class ExternalSecretsOperatorSettings(Section):
    """The External Secrets Operator, with webhook and certificate controller."""

    install: InstallOperator = InstallOperator.HELM
    """helm: its chart; existing: it is there already."""
    namespace: DnsLabel = "external-secrets"
    """Where its chart goes; the program makes it."""
    version: ChartVersion = external_secrets.CHART.version
    """Of its chart."""
    replicas: OperatorReplicas = 1
    """Of controller and webhook."""
    resources: ResourceSettings = ResourceSettings()
    """What each of its containers gets of its node; nothing is set aside if not given."""
    scoped_namespace: DnsLabel | None = None
    """Watch this one namespace and no other; every namespace if not given."""
    cluster_wide: bool = False
    """Serve everybody in the cluster, cluster-scoped kinds too, with a right to act as every ServiceAccount."""


class InstallDapr(StrEnum):
    """How Dapr gets into the cluster."""

    HELM = "helm"
    """By its chart, in a namespace of its own."""
    EXTENSION = "extension"
    """As the cluster extension Microsoft.Dapr."""
    EXISTING = "existing"
    """Somebody else has installed it."""


class DaprOperatorSettings(Section):
    """Dapr's control plane, with the injector of its sidecars."""

    install: InstallDapr = InstallDapr.HELM
    """helm: its chart; extension: the cluster extension Microsoft.Dapr; existing: it is there already."""
    namespace: DnsLabel = dapr.NAMESPACE
    """With `install: helm`: where the chart goes; the program makes it."""
    version: ChartVersion | None = None
    """Of the chart (a pinned one if not given), or of the extension, which needs one said."""
    high_availability: bool = False
    """Three of everything; an extension cannot change it later."""
    scheduler: bool = True
    """With `install: helm`: the service behind jobs and workflows, three pods with a disk each; secrets do without."""
    settings: Mapping[str, str] = {}
    """With `install: extension`: further settings by their path in the chart, all of them text."""


class OperatorsSettings(Section):
    """What techniques need in the cluster once; nothing of it is installed unless it stands here."""

    csi_driver: CsiDriverSettings | None = None
    """For technique csi."""
    external_secrets: ExternalSecretsOperatorSettings | None = None
    """For technique eso."""
    dapr: DaprOperatorSettings | None = None
    """For technique dapr."""
    reloader: ReloaderSettings | None = None
    """For workloads with `reload: true`."""

    @staticmethod
    def way_of_installing(operator: Operator) -> str:
        """The one that is meant if nobody says another."""
        defaults = {
            Operator.CSI_DRIVER: Install.ADDON,
            Operator.EXTERNAL_SECRETS: InstallOperator.HELM,
            Operator.DAPR: InstallDapr.HELM,
        }
        return defaults[operator].value

    @property
    def namespaces(self) -> dict[Operator, str]:
        """Operator → the namespace that the program makes for its chart."""
        made: dict[Operator, str] = {}
        if self.csi_driver and self.csi_driver.install is Install.HELM:
            made[Operator.CSI_DRIVER] = self.csi_driver.namespace
        if self.external_secrets and self.external_secrets.install is InstallOperator.HELM:
            made[Operator.EXTERNAL_SECRETS] = self.external_secrets.namespace
        if self.dapr and self.dapr.install is InstallDapr.HELM:
            made[Operator.DAPR] = self.dapr.namespace
        if self.reloader and not self.reloader.existing:
            made[Operator.RELOADER] = self.reloader.namespace
        return made
