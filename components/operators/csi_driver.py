"""The Secrets Store CSI driver with its Azure provider, by their Helm charts.

Deliberately not here: the AKS add-on of the same two, which is a property of the cluster (components/cluster/aks_cluster.py). One cluster has one of
them: both would serve the same CSIDriver object.
https://learn.microsoft.com/azure/aks/csi-secrets-store-configuration-options#migrate-from-open-source-to-aks-managed-secrets-store-csi-driver
"""

from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import Output, ResourceOptions
from pulumi_kubernetes import helm

from components.namespace import PodSecurityLevel
from components.operators.helm_chart import Chart, install

CHART = Chart(
    name="csi-secrets-store-provider-azure",
    repository="https://azure.github.io/secrets-store-csi-driver-provider-azure/charts",
    version="1.8.2",
)


@dataclass(frozen=True, kw_only=True)
class CsiDriverArgs:
    """Where it goes, and how often it reads."""

    namespace: str = "csi-driver"
    version: str = CHART.version
    """Of the provider's chart, which brings the driver along."""
    rotation: bool = True
    poll_interval: str = "2m"
    windows: bool = False
    """Whether there are Windows nodes, which need a driver and a provider of their own."""


class CsiDriver(pulumi.ComponentResource):
    """Driver and provider on every node.

    Creates: Namespace, Release.
    """

    name: Output[str | None]
    release: helm.v3.Release

    def __init__(self, name: str, args: CsiDriverArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-secrets:index:CsiDriver", name, None, opts)
        chart = Chart(name=CHART.name, repository=CHART.repository, version=args.version)
        values: dict[str, Any] = {
            "secrets-store-csi-driver": {
                # Off by default in the chart, on in the add-on; without the second, the driver may not write the synced Secrets.
                "enableSecretRotation": args.rotation,
                "rotationPollInterval": args.poll_interval,
                "syncSecret": {"enabled": True},
            }
        }
        if args.windows:
            values["windows"] = {"enabled": True}
            values["secrets-store-csi-driver"]["windows"] = {"enabled": True}
        # Both are DaemonSets that mount the kubelet's folders.
        self.release = install(self, name, chart, args.namespace, values, level=PodSecurityLevel.PRIVILEGED)
        self.name = self.release.name
        self.register_outputs({"name": self.name})
