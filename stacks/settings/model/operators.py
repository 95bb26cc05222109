"""Section ``operators``: the operators that techniques need in the cluster. Each operator's section has its
own file.
"""

from typing import get_args

from components.operators import Operator
from stacks.settings.model.akv2k8s import Akv2k8sSettings
from stacks.settings.model.csi_driver import CsiDriverSettings
from stacks.settings.model.dapr_operator import DaprOperatorSettings
from stacks.settings.model.external_secrets_operator import ExternalSecretsOperatorSettings
from stacks.settings.model.operator_section import OperatorSettings, ReadingOperatorSettings
from stacks.settings.model.reloader import ReloaderSettings
from stacks.settings.model.section import Section
from stacks.settings.model.sync_controller import SyncControllerSettings


class OperatorsSettings(Section):
    """Operators in the cluster. The program installs only those that are listed here."""

    csi_driver: CsiDriverSettings | None = None
    """Secrets Store CSI driver, for technique csi."""
    external_secrets: ExternalSecretsOperatorSettings | None = None
    """External Secrets Operator, for technique eso."""
    sync_controller: SyncControllerSettings | None = None
    """Secrets Store Sync Controller, for technique secret-sync."""
    akv2k8s: Akv2k8sSettings | None = None
    """The controller of akv2k8s, for technique akv2k8s."""
    dapr: DaprOperatorSettings | None = None
    """Dapr's control plane, for technique dapr."""
    reloader: ReloaderSettings | None = None
    """Stakater Reloader, for workloads with `reload: true`."""

    @classmethod
    def section_of(cls, operator: Operator) -> type[OperatorSettings]:
        """The section class of an operator."""
        kinds = get_args(cls.model_fields[operator.value].annotation)
        return next(kind for kind in kinds if issubclass(kind, OperatorSettings))

    @property
    def configured(self) -> dict[Operator, OperatorSettings]:
        """Operator → its section, for every operator that is listed."""
        sections: list[OperatorSettings | None] = [
            getattr(self, name) for name in OperatorsSettings.model_fields
        ]
        return {section.operator: section for section in sections if section}

    @property
    def reading(self) -> dict[Operator, ReadingOperatorSettings]:
        """Operator → its section, for every listed operator that reads the vaults as itself."""
        return {
            operator: section
            for operator, section in self.configured.items()
            if isinstance(section, ReadingOperatorSettings)
        }

    @property
    def chart_namespaces(self) -> dict[Operator, str]:
        """Operator → the namespace that the program creates for its chart."""
        namespaces = {operator: section.chart_namespace for operator, section in self.configured.items()}
        return {operator: namespace for operator, namespace in namespaces.items() if namespace}
