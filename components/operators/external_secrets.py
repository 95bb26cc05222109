"""The External Secrets Operator, installed by Helm.

Owns: its permissions, reduced as far as the chart allows (docs/security.md#the-external-secrets-operator).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi import Output, ResourceOptions
from pulumi_kubernetes import helm

from components.identity.principal import ServiceAccount
from components.namespace import PodSecurityLevel
from components.operators.helm_chart import ON_LINUX, Chart, install

CHART = Chart(name="external-secrets", repository="https://charts.external-secrets.io", version="2.9.0")
ACCOUNT = "external-secrets"
"""ServiceAccount of the controller."""

# Kinds that are cluster-wide; this program does not use them.
_UNUSED = ("ClusterStore", "ClusterExternalSecret", "ClusterPushSecret", "ClusterGenerator")
# The kind that writes into a vault.
_PUSH = "PushSecret"


@dataclass(frozen=True, kw_only=True)
class ExternalSecretsArgs:
    """Arguments of ``ExternalSecrets``."""

    scoped_namespace: str | None = None
    """The only namespace that the operator watches. None: all namespaces. Custom resources in other
    namespaces keep their finalizers, so the namespace is configured, not derived from the present workloads.
    """
    cluster_wide: bool = False
    """The operator also serves other users of the cluster: all kinds, in all namespaces, as any
    ServiceAccount.
    """
    push_secrets: bool = False
    """The operator handles PushSecrets."""
    namespace: str = "external-secrets"
    version: str = CHART.version
    replicas: int = 1
    """Replicas of controller and webhook; with two or more, each has a disruption budget."""
    resources: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    """``requests`` and ``limits`` of each container."""
    among_windows: bool = False
    """The cluster has Windows nodes, which the operator's pods must avoid."""
    depends_on: Sequence[pulumi.Resource] = ()
    """The scoped namespace, in which the chart creates a Role."""


class ExternalSecrets(pulumi.ComponentResource):
    """Controller, webhook and certificate controller.

    Creates: Namespace, Release.
    """

    name: Output[str | None]
    release: "helm.v3.Release"
    account: ServiceAccount | None
    """ServiceAccount that needs permission to request workload tokens; None if it already may."""

    def __init__(self, name: str, args: ExternalSecretsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-secrets:index:ExternalSecrets", name, None, opts)
        chart = Chart(name=CHART.name, repository=CHART.repository, version=args.version)
        # The chart's pods comply with the strictest standard.
        level = PodSecurityLevel.RESTRICTED
        # Pulumi waits for the pods, which is enough: they are ready when the webhook answers
        # (pkg/controllers/crds, ReadyCheck).
        self.release = install(
            self, name, chart, args.namespace, _values(args), level=level, depends_on=list(args.depends_on)
        )
        self.account = None if args.cluster_wide else ServiceAccount(args.namespace, ACCOUNT)
        self.name = self.release.name
        self.register_outputs({"name": self.name})


def _values(args: ExternalSecretsArgs) -> dict[str, Any]:
    sized: dict[str, Any] = {
        "replicaCount": args.replicas,
        "podDisruptionBudget": {"enabled": args.replicas > 1},
    }
    resources = {"resources": args.resources} if args.resources else {}
    return {
        "installCRDs": True,
        # Otherwise the CRDs are deleted with the release, and with them all ExternalSecrets in the cluster.
        "crds": {"annotations": {"helm.sh/resource-policy": "keep"}},
        **sized,
        **resources,
        "leaderElect": args.replicas > 1,
        "serviceAccount": {"name": ACCOUNT},
        "webhook": {"create": True, **sized, **resources},
        "certController": {"create": True, **resources},
        **({"global": {"nodeSelector": ON_LINUX}} if args.among_windows else {}),
        **({} if args.cluster_wide else _narrow(args)),
    }


def _narrow(args: ExternalSecretsArgs) -> dict[str, Any]:
    # By default the controller may act as any ServiceAccount of the cluster. Each workload permits its own
    # (workloads/techniques/eso.py).
    rbac: dict[str, Any] = {"serviceAccountTokenCreate": False, "servicebindings": {"create": False}}
    unused = _UNUSED if args.push_secrets else (*_UNUSED, _PUSH)
    values: dict[str, Any] = {"rbac": rbac, **{f"process{kind}": False for kind in unused}}
    if args.scoped_namespace:
        # The operator can be limited to one namespace, but not to several (external-secrets#1050).
        values |= {"scopedNamespace": args.scoped_namespace, "scopedRBAC": True}
    return values
