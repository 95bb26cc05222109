"""Section ``operators.external_secrets``: the External Secrets Operator."""

from enum import StrEnum
from typing import Annotated, ClassVar

from components.operators import Operator, external_secrets
from stacks.settings.model.operator_section import ChartVersion, OperatorSettings
from stacks.settings.model.pods import ResourceSettings
from stacks.settings.types.kubernetes import DnsLabel
from stacks.settings.validation.constraints import IntRange

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


class ExternalSecretsInstall(StrEnum):
    """How the External Secrets Operator gets into the cluster."""

    HELM = "helm"
    """Its chart, in a namespace of its own."""
    EXISTING = "existing"
    """The operator is installed outside this program."""


class ExternalSecretsOperatorSettings(OperatorSettings):
    """The External Secrets Operator, with its webhook and its certificate controller."""

    operator: ClassVar[Operator] = Operator.EXTERNAL_SECRETS
    default_install: ClassVar[str | None] = ExternalSecretsInstall.HELM.value

    install: ExternalSecretsInstall = ExternalSecretsInstall.HELM
    """helm: the program installs the chart; existing: the operator is already installed."""
    namespace: DnsLabel = "external-secrets"
    """Namespace of the chart. The program creates it."""
    version: ChartVersion = external_secrets.CHART.version
    """Version of the chart."""
    replicas: OperatorReplicas = 1
    """Pods of the controller and of the webhook, 1 to 5. One controller works, the others stand by."""
    resources: ResourceSettings = ResourceSettings()
    """Resource requests and limits of each of its containers; none by default."""
    scoped_namespace: DnsLabel | None = None
    """The only namespace that the operator watches; all namespaces by default."""
    cluster_wide: bool = False
    """Serve cluster-scoped stores as well. The operator may then request tokens of every ServiceAccount."""
    push_secrets: bool = False
    """Handle PushSecrets, which write into vaults: for `pushes` of workloads."""

    @property
    def pushes_secrets(self) -> bool:
        """Whether the operator handles PushSecrets, as one that exists already is taken to."""
        return self.push_secrets or self.cluster_wide or self.install is ExternalSecretsInstall.EXISTING

    @property
    def chart_namespace(self) -> str | None:
        """As the base class has it."""
        return self.namespace if self.install is ExternalSecretsInstall.HELM else None
