"""The Secrets Store CSI driver with its Azure provider, installed by Helm.

Deliberately not here: the AKS add-on with the same two, a property of the cluster
(components/cluster/csi_addon.py). A cluster has only one of them, since both would create the same CSIDriver
object.
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
    """Arguments of ``CsiDriver``."""

    namespace: str = "csi-driver"
    version: str = CHART.version
    """Version of the provider's chart, which contains the driver."""
    rotation: bool = True
    """The driver reads the vault again at each interval, and updates mounted files."""
    poll_interval: str = "2m"
    windows: bool = False
    """The cluster has Windows nodes, which need a driver and a provider for Windows."""


class CsiDriver(pulumi.ComponentResource):
    """Driver and provider on every node.

    Creates: Namespace, Release.
    """

    name: Output[str | None]
    release: "helm.v3.Release"

    def __init__(self, name: str, args: CsiDriverArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-secrets:index:CsiDriver", name, None, opts)
        chart = Chart(name=CHART.name, repository=CHART.repository, version=args.version)
        values: dict[str, Any] = {
            "secrets-store-csi-driver": {
                # Both are off by default in the chart, on in the add-on. Without syncSecret the driver may
                # not write Kubernetes Secrets.
                "enableSecretRotation": args.rotation,
                "rotationPollInterval": args.poll_interval,
                "syncSecret": {"enabled": True},
            }
        }
        if args.windows:
            values["windows"] = {"enabled": True}
            values["secrets-store-csi-driver"]["windows"] = {"enabled": True}
        # Privileged: the DaemonSets of driver and provider mount the kubelet's folders.
        self.release = install(self, name, chart, args.namespace, values, level=PodSecurityLevel.PRIVILEGED)
        self.name = self.release.name
        self.register_outputs({"name": self.name})
