"""Section ``operators.csi_driver``: the Secrets Store CSI driver with its Azure provider."""

from enum import StrEnum
from typing import Annotated, ClassVar

from components.operators import Operator, csi_driver
from stacks.settings.model.operator_section import ChartVersion, OperatorSettings
from stacks.settings.types.durations import duration, seconds
from stacks.settings.types.kubernetes import DnsLabel

PollInterval = Annotated[
    str,
    duration(
        "rotation-poll-interval",
        example="2m",
        source="https://learn.microsoft.com/azure/aks/csi-secrets-store-configuration-options",
    ),
]


class CsiDriverInstall(StrEnum):
    """How the driver gets into the cluster."""

    ADDON = "addon"
    """The AKS add-on azure-keyvault-secrets-provider: AKS keeps it up to date."""
    HELM = "helm"
    """The charts of driver and Azure provider, in a namespace of their own."""
    EXISTING = "existing"
    """The driver is installed outside this program."""


class CsiDriverSettings(OperatorSettings):
    """The Secrets Store CSI driver with its Azure provider."""

    operator: ClassVar[Operator] = Operator.CSI_DRIVER
    default_install: ClassVar[str | None] = CsiDriverInstall.ADDON.value

    install: CsiDriverInstall = CsiDriverInstall.ADDON
    """addon: AKS installs and updates the driver; helm: the program installs its chart; existing: it is
    already installed.
    """
    rotation: bool = True
    """Read the secrets again while a pod runs, so that a new value reaches its files."""
    poll_interval: PollInterval = "2m"
    """Time between two reads with `rotation`, at least 1m: each read calls Key Vault once per object and pod.
    """
    namespace: DnsLabel = "csi-driver"
    """With `install: helm`: namespace of the chart. The program creates it."""
    version: ChartVersion = csi_driver.CHART.version
    """With `install: helm`: version of the chart csi-secrets-store-provider-azure, which contains the driver.
    """

    @property
    def poll_seconds(self) -> int:
        """The poll interval in seconds."""
        return seconds(self.poll_interval)

    @property
    def chart_namespace(self) -> str | None:
        """As the base class has it."""
        return self.namespace if self.install is CsiDriverInstall.HELM else None
