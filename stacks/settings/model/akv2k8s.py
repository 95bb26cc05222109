"""Section ``operators.akv2k8s``: the controller of akv2k8s."""

from enum import StrEnum
from typing import Annotated, ClassVar

from components.identity.principal import ServiceAccount
from components.operators import Operator, akv2k8s
from stacks.settings.model.operator_section import ChartVersion, ReadingOperatorSettings
from stacks.settings.types.durations import duration, seconds
from stacks.settings.types.kubernetes import DnsLabel

ResyncPeriod = Annotated[
    str,
    duration(
        "akv2k8s-resync-period",
        example="30s",
        source=(
            "https://github.com/SparebankenVest/azure-key-vault-to-kubernetes/blob/controller-1.8.4/cmd/"
            "azure-keyvault-controller/main.go"
        ),
    ),
]


class Akv2k8sInstall(StrEnum):
    """How the controller gets into the cluster."""

    HELM = "helm"
    """Its chart, in a namespace of its own."""
    EXISTING = "existing"
    """The controller is installed outside this program, and reads as the identity of the key `identity`."""


class Akv2k8sSettings(ReadingOperatorSettings):
    """The controller of akv2k8s, which reads vaults as itself."""

    operator: ClassVar[Operator] = Operator.AKV2K8S
    default_install: ClassVar[str | None] = Akv2k8sInstall.HELM.value

    install: Akv2k8sInstall = Akv2k8sInstall.HELM
    """helm: the program installs the chart; existing: the controller is already installed."""
    resync_period: ResyncPeriod = "30s"
    """Time between two reads of the vault, at least 30s: the controller then reads every object twice."""
    namespace: DnsLabel = "akv2k8s"
    """Namespace of the chart. The program creates it."""
    version: ChartVersion = akv2k8s.CHART.version
    """Version of the chart."""

    @property
    def resync_seconds(self) -> int:
        """The resync period in seconds."""
        return seconds(self.resync_period)

    @property
    def chart_namespace(self) -> str | None:
        """As the base class has it."""
        return self.namespace if self.install is Akv2k8sInstall.HELM else None

    @property
    def service_account(self) -> ServiceAccount | None:
        """As the base class has it."""
        is_own = self.install is Akv2k8sInstall.HELM
        return ServiceAccount(self.namespace, akv2k8s.ACCOUNT) if is_own else None
