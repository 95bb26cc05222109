"""Dapr's control plane, as a Helm chart or as the AKS cluster extension Microsoft.Dapr. A cluster has only
one of them.

https://docs.dapr.io/operations/hosting/kubernetes/kubernetes-deploy/,
https://learn.microsoft.com/azure/aks/dapr
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
    """Arguments of ``Dapr``."""

    namespace: str = NAMESPACE
    version: str = CHART.version
    high_availability: bool = False
    """Three replicas of each service, on different nodes."""
    scheduler: bool = True
    """The service for jobs and workflows: three pods, each with a disk of 16 GiB."""


class Dapr(pulumi.ComponentResource):
    """Operator, sidecar injector, sentry, placement and scheduler, by the chart.

    Creates: Namespace, Release.
    """

    name: Output[str | None]
    release: "helm.v3.Release"

    def __init__(self, name: str, args: DaprArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-secrets:index:Dapr", name, None, opts)
        chart = Chart(name=CHART.name, repository=CHART.repository, version=args.version)
        values = {
            "global": {"ha": {"enabled": args.high_availability}, "scheduler": {"enabled": args.scheduler}},
            # In memory always: the chart adds disks with HA only, and a StatefulSet's volumes are immutable,
            # so HA could never be switched.
            "dapr_placement": {"cluster": {"forceInMemoryLog": True}},
            # A namespace with the restricted standard refuses a sidecar with capabilities, and no annotation
            # drops them.
            _INJECTOR: {"sidecarDropALLCapabilities": True},
        }
        self.release = install(self, name, chart, args.namespace, values)
        self.name = self.release.name
        self.register_outputs({"name": self.name})


@dataclass(frozen=True, kw_only=True)
class DaprExtensionArgs:
    """Arguments of ``DaprExtension``."""

    cluster: Cluster
    version: str
    """Exact version. Without one, Azure upgrades the extension at any time."""
    high_availability: bool = False
    """Azure does not change it later."""
    settings: Mapping[str, str] = field(default_factory=dict[str, str])
    """More settings of the extension: path in the chart → value."""


class DaprExtension(pulumi.ComponentResource):
    """Dapr as an AKS cluster extension.

    Creates: Extension. The provider Microsoft.KubernetesConfiguration has to be registered in the
    subscription.
    """

    name: Output[str]
    resource_id: Output[str]

    def __init__(self, name: str, args: DaprExtensionArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-secrets:index:DaprExtension", name, None, opts)
        from pulumi_azure_native import kubernetesconfiguration

        self.extension = kubernetesconfiguration.Extension(
            f"{name}-extension",
            resource_group_name=args.cluster.resource_group_name,
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
                "global.ha.enabled": _text(args.high_availability),
                f"{_INJECTOR}.sidecarDropALLCapabilities": _text(True),
                **args.settings,
            },
            opts=ResourceOptions(
                parent=self,
                depends_on=[args.cluster.delete_with] if args.cluster.delete_with else [],
                deleted_with=args.cluster.delete_with,
                # An installation takes minutes, and the extension reports a failure only after its own
                # timeout (Azure/AKS#3842).
                custom_timeouts=CustomTimeouts(create="30m", update="30m", delete="30m"),
            ),
        )
        self.name, self.resource_id = self.extension.name, self.extension.id
        self.register_outputs({"name": self.name, "resource_id": self.resource_id})


def _text(value: bool) -> str:
    """The extension's settings are strings; ARM refuses booleans."""
    return "true" if value else "false"
