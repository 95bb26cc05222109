"""The Secrets Store Sync Controller with the Azure provider beside it, installed by Helm.

Upstream calls it experimental, and does not recommend it for production.
https://github.com/kubernetes-sigs/secrets-store-sync-controller
"""

from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import Output, ResourceOptions
from pulumi_kubernetes import helm

from components.namespace import PodSecurityLevel
from components.operators import csi_driver
from components.operators.helm_chart import Chart, install

CHART = Chart(
    name="secrets-store-sync-controller",
    repository="https://kubernetes-sigs.github.io/secrets-store-sync-controller/charts",
    version="0.0.4",
)
AUDIENCE = "api://AzureADTokenExchange"
"""https://learn.microsoft.com/entra/workload-id/workload-identity-federation-create-trust"""
_PROVIDER = "mcr.microsoft.com/oss/v2/azure/secrets-store/provider-azure"
"""linux.image.repository in the values of the chart csi-secrets-store-provider-azure."""


@dataclass(frozen=True, kw_only=True)
class SyncControllerArgs:
    """Arguments of ``SyncController``."""

    namespace: str = "secrets-store-sync"
    version: str = CHART.version
    provider_version: str = csi_driver.CHART.version
    """Version of the Azure provider, which its own chart has as well."""
    poll_interval: str = "1h"
    """Time between two reads of the vault."""


class SyncController(pulumi.ComponentResource):
    """The controller, with the Azure provider in its pod.

    Creates: Namespace, Release.
    """

    name: Output[str | None]
    release: "helm.v3.Release"

    def __init__(self, name: str, args: SyncControllerArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-secrets:index:SyncController", name, None, opts)
        chart = Chart(name=CHART.name, repository=CHART.repository, version=args.version)
        values: dict[str, Any] = {
            # The chart's policy lets the controller request tokens for these audiences alone.
            "tokenRequestAudience": [{"audience": AUDIENCE}],
            "rotationPollInterval": args.poll_interval,
            "providerContainer": [_provider(args.provider_version)],
        }
        # Privileged: controller and provider share a folder of the node (the volume providervol).
        self.release = install(self, name, chart, args.namespace, values, level=PodSecurityLevel.PRIVILEGED)
        self.name = self.release.name
        self.register_outputs({"name": self.name})


def _provider(version: str) -> dict[str, Any]:
    """The container as the provider's own chart has it (templates/provider-azure-installer.yaml, v1.8.2)."""
    return {
        "name": "provider-azure",
        "image": f"{_PROVIDER}:v{version}",
        "imagePullPolicy": "IfNotPresent",
        "args": [
            "--endpoint=unix:///provider/azure.sock",
            "--construct-pem-chain=true",
            "--healthz-port=8989",
            "--healthz-path=/healthz",
            "--healthz-timeout=5s",
        ],
        "livenessProbe": {
            "httpGet": {"path": "/healthz", "port": 8989},
            "failureThreshold": 3,
            "initialDelaySeconds": 5,
            "timeoutSeconds": 10,
            "periodSeconds": 30,
        },
        "resources": {
            "requests": {"cpu": "50m", "memory": "100Mi"},
            "limits": {"cpu": "50m", "memory": "100Mi"},
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "runAsUser": 0,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [{"name": "providervol", "mountPath": "/provider"}],
    }
