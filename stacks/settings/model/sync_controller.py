"""Section ``operators.sync_controller``: the Secrets Store Sync Controller with the Azure provider."""

from enum import StrEnum
from typing import Annotated, ClassVar

from components.operators import Operator, csi_driver, sync_controller
from stacks.settings.model.operator_section import ChartVersion, OperatorSettings
from stacks.settings.types.durations import duration, seconds
from stacks.settings.types.kubernetes import DnsLabel

SyncInterval = Annotated[
    str,
    duration(
        "sync-poll-interval",
        example="1h",
        source="https://github.com/kubernetes-sigs/secrets-store-sync-controller/blob/v0.0.4/cmd/main.go",
    ),
]


class SyncControllerInstall(StrEnum):
    """How the controller gets into the cluster."""

    HELM = "helm"
    """Its chart, in a namespace of its own."""
    EXISTING = "existing"
    """The controller is installed outside this program, with the Azure provider."""


class SyncControllerSettings(OperatorSettings):
    """The Secrets Store Sync Controller with the Azure provider, which its authors call experimental."""

    operator: ClassVar[Operator] = Operator.SYNC_CONTROLLER
    default_install: ClassVar[str | None] = SyncControllerInstall.HELM.value

    install: SyncControllerInstall = SyncControllerInstall.HELM
    """helm: the program installs the chart; existing: the controller is already installed."""
    poll_interval: SyncInterval = "1h"
    """Time between two reads of the vault, at least 1m: each calls Key Vault once per object."""
    namespace: DnsLabel = "secrets-store-sync"
    """Namespace of the chart. The program creates it."""
    version: ChartVersion = sync_controller.CHART.version
    """Version of the chart."""
    provider_version: ChartVersion = csi_driver.CHART.version
    """Version of the Azure provider, whose container runs beside the controller."""

    @property
    def poll_seconds(self) -> int:
        """The poll interval in seconds."""
        return seconds(self.poll_interval)

    @property
    def chart_namespace(self) -> str | None:
        """As the base class has it."""
        return self.namespace if self.install is SyncControllerInstall.HELM else None
