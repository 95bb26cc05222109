"""Section ``operators.reloader``: Stakater Reloader."""

from typing import ClassVar

from components.operators import Operator, reloader
from stacks.settings.model.operator_section import ChartVersion, OperatorSettings
from stacks.settings.types.kubernetes import DnsLabel


class ReloaderSettings(OperatorSettings):
    """Stakater Reloader: replaces pods when a Secret or a mounted object has a new version."""

    operator: ClassVar[Operator] = Operator.RELOADER

    existing: bool = False
    """Reloader is already installed, with the annotations strategy; the program does not install it."""
    namespace: DnsLabel = "reloader"
    """Namespace of the chart. The program creates it."""
    version: ChartVersion = reloader.CHART.version
    """Version of the chart."""
    namespaces: tuple[DnsLabel, ...] = ()
    """Namespaces that Reloader watches for stacks on this one, besides those of its own workloads with
    `reload: true`.
    """

    @property
    def chart_namespace(self) -> str | None:
        """As the base class has it."""
        return None if self.existing else self.namespace
