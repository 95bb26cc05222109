"""The controller of akv2k8s (Azure Key Vault to Kubernetes), installed by Helm. It reads vaults as itself.

Deliberately not here: the env injector of the same chart, a webhook that changes pods.
https://github.com/SparebankenVest/azure-key-vault-to-kubernetes
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_kubernetes import helm

from components.namespace import PodSecurityLevel
from components.operators.helm_chart import ON_LINUX, Chart, install

CHART = Chart(name="akv2k8s", repository="https://charts.spvapi.no", version="2.8.4")
RELEASE = "akv2k8s"
"""Name of the release, which is that of the component."""
ACCOUNT = f"{RELEASE}-controller"
"""ServiceAccount of the controller in that release: `controller.serviceAccountName` in _helpers.tpl."""


@dataclass(frozen=True, kw_only=True)
class Akv2k8sArgs:
    """Arguments of ``Akv2k8s``."""

    client_id: Input[str]
    """Client id of the identity as which the controller reads."""
    namespace: str = "akv2k8s"
    version: str = CHART.version
    resync_seconds: int = 30
    """Seconds between two reads of the vault."""
    among_windows: bool = False
    """The cluster has Windows nodes, which the controller's pods must avoid."""
    depends_on: Sequence[pulumi.Resource] = ()
    """Resources that let the identity accept the controller's tokens; the first sign-in needs them."""


class Akv2k8s(pulumi.ComponentResource):
    """The controller of akv2k8s.

    Creates: Namespace, Release.
    """

    name: Output[str | None]
    release: "helm.v3.Release"

    def __init__(self, name: str, args: Akv2k8sArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-secrets:index:Akv2k8s", name, None, opts)
        chart = Chart(name=CHART.name, repository=CHART.repository, version=args.version)
        self.release = install(
            self,
            name,
            chart,
            args.namespace,
            _values(args),
            # With a user of its own the controller complies with the strictest standard.
            level=PodSecurityLevel.RESTRICTED,
            depends_on=list(args.depends_on),
        )
        self.name = self.release.name
        self.register_outputs({"name": self.name})


def _values(args: Akv2k8sArgs) -> dict[str, Any]:
    return {
        # The DefaultAzureCredential. By default the controller reads as the nodes, from a file of theirs.
        "global": {"keyVaultAuth": "environment-azidentity"},
        "azureKeyVaultResyncPeriod": args.resync_seconds,
        "env_injector": {"enabled": False},
        "controller": {
            # The label belongs on the pods; on the ServiceAccount alone it has no effect
            # (azure-key-vault-to-kubernetes#739).
            "podLabels": {"azure.workload.identity/use": "true"},
            "serviceAccount": {"annotations": {"azure.workload.identity/client-id": args.client_id}},
            # The chart lets the container gain privileges, for the file of the node.
            "podSecurityContext": {
                "runAsNonRoot": True,
                "runAsUser": 65534,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "securityContext": {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
            },
            **({"nodeSelector": ON_LINUX} if args.among_windows else {}),
        },
    }
