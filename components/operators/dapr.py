"""Dapr's control plane: by its Helm chart, or as the AKS cluster extension Microsoft.Dapr. A cluster has one of them.

https://docs.dapr.io/operations/hosting/kubernetes/kubernetes-deploy/, https://learn.microsoft.com/azure/aks/dapr
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
from pulumi import CustomTimeouts, Output, ResourceOptions
from pulumi_kubernetes import helm

from components.cluster.base import Cluster
from components.operators.helm_chart import Chart, install

CHART = Chart(name="dapr", repository="https://dapr.github.io/helm-charts/", version="1.18.3")
NAMESPACE = "dapr-system"

_INJECTOR = "dapr_sidecar_injector"


@dataclass(frozen=True, kw_only=True)
class DaprArgs:
    """Where it goes, and how much of it."""

    namespace: str = NAMESPACE
    version: str = CHART.version
    high_availability: bool = False
    """Three of everything, on different nodes."""
    scheduler: bool = True
    """The service behind jobs and workflows: three pods, each with a disk of 16 GiB."""


class Dapr(pulumi.ComponentResource):
    """Operator, sidecar injector, sentry and what else Dapr has, by its chart.

    Creates: Namespace, Release.
    """

    name: Output[str | None]
    release: helm.v3.Release

    def __init__(self, name: str, args: DaprArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-secrets:index:Dapr", name, None, opts)
        chart = Chart(name=CHART.name, repository=CHART.repository, version=args.version)
        values = {
            "global": {"ha": {"enabled": args.high_availability}, "scheduler": {"enabled": args.scheduler}},
            # With disks in HA alone, a StatefulSet would have to change what it cannot, and HA stay what it was on the first day.
            "dapr_placement": {"cluster": {"forceInMemoryLog": True}},
            # A namespace that enforces the restricted standard refuses a sidecar that keeps capabilities; no annotation takes them.
            _INJECTOR: {"sidecarDropALLCapabilities": True},
        }
        self.release = install(self, name, chart, args.namespace, values)
        self.name = self.release.name
        self.register_outputs({"name": self.name})


@dataclass(frozen=True, kw_only=True)
class DaprExtensionArgs:
    """Which cluster, and what of it."""

    resource_group_name: pulumi.Input[str]
    """Of the cluster."""
    cluster: Cluster
    version: str
    """Exactly this one: without a version Azure upgrades it when it likes."""
    high_availability: bool = False
    """Cannot be changed later."""
    settings: Mapping[str, str] = field(default_factory=dict[str, str])
    """Further settings of the extension, by their path in the chart."""


class DaprExtension(pulumi.ComponentResource):
    """Dapr as Microsoft packs it.

    Creates: Extension. The subscription has to have registered Microsoft.KubernetesConfiguration.
    """

    name: Output[str]
    resource_id: Output[str]

    def __init__(self, name: str, args: DaprExtensionArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-secrets:index:DaprExtension", name, None, opts)
        from pulumi_azure_native import kubernetesconfiguration

        self.extension = kubernetesconfiguration.Extension(
            f"{name}-extension",
            resource_group_name=args.resource_group_name,
            cluster_rp="Microsoft.ContainerService",
            cluster_resource_name="managedClusters",
            cluster_name=args.cluster.name,
            extension_name="dapr",
            extension_type="Microsoft.Dapr",
            scope=kubernetesconfiguration.ScopeArgs(
                cluster=kubernetesconfiguration.ScopeClusterArgs(release_namespace=NAMESPACE)
            ),
            auto_upgrade_minor_version=False,
            release_train="stable",
            version=args.version,
            configuration_settings={
                "global.ha.enabled": _word(args.high_availability),
                f"{_INJECTOR}.sidecarDropALLCapabilities": _word(True),
                **args.settings,
            },
            opts=ResourceOptions(
                parent=self,
                depends_on=[args.cluster.delete_with] if args.cluster.delete_with else [],
                deleted_with=args.cluster.delete_with,
                # It takes minutes when all is well, and its own clock is the last to say that it is not (Azure/AKS#3842).
                custom_timeouts=CustomTimeouts(create="30m", update="30m", delete="30m"),
            ),
        )
        self.name, self.resource_id = self.extension.name, self.extension.id
        self.register_outputs({"name": self.name, "resource_id": self.resource_id})


def _word(on: bool) -> str:
    """Settings are texts; a boolean is refused."""
    return "true" if on else "false"
