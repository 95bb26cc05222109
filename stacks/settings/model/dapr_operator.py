"""Section ``operators.dapr``: Dapr's control plane."""

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar

from components.operators import Operator, dapr
from stacks.settings.model.operator_section import ChartVersion, OperatorSettings
from stacks.settings.types.kubernetes import DnsLabel


class DaprInstall(StrEnum):
    """How Dapr gets into the cluster."""

    HELM = "helm"
    """Its chart, in a namespace of its own."""
    EXTENSION = "extension"
    """The cluster extension Microsoft.Dapr."""
    EXISTING = "existing"
    """Dapr is installed outside this program."""


class DaprOperatorSettings(OperatorSettings):
    """Dapr's control plane, with the injector of its sidecars."""

    operator: ClassVar[Operator] = Operator.DAPR
    default_install: ClassVar[str | None] = DaprInstall.HELM.value

    install: DaprInstall = DaprInstall.HELM
    """helm: the program installs the chart; extension: the cluster extension Microsoft.Dapr; existing: Dapr
    is already installed.
    """
    namespace: DnsLabel = dapr.NAMESPACE
    """With `install: helm`: namespace of the chart. The program creates it."""
    version: ChartVersion | None = None
    """Version of the chart (a pinned one by default), or of the extension, which has no default."""
    high_availability: bool = False
    """Run three pods of each control-plane service. Cannot be changed later with `install: extension`."""
    scheduler: bool = True
    """With `install: helm`: install the service behind jobs and workflows (three pods, a disk each). Secrets
    do not need it.
    """
    settings: Mapping[str, str] = {}
    """With `install: extension`: further settings of the extension, chart path → value. Every value is text.
    """

    @property
    def chart_namespace(self) -> str | None:
        """As the base class has it."""
        return self.namespace if self.install is DaprInstall.HELM else None
