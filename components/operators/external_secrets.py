"""The External Secrets Operator, by its Helm chart.

Owns how far its rights go: as little of the cluster as the chart lets it have (docs/security.md#the-external-secrets-operator).
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
"""The ServiceAccount that the controller runs as."""

# Kinds that reach beyond a namespace, or write into a vault: this program makes none of them.
_UNUSED = ("ClusterStore", "ClusterExternalSecret", "ClusterPushSecret", "ClusterGenerator", "PushSecret")


@dataclass(frozen=True, kw_only=True)
class ExternalSecretsArgs:
    """Where it goes, and how far it reaches."""

    scoped_namespace: str | None = None
    """The one namespace that it watches; None: every one. Its custom resources elsewhere keep their finalizers then, so it is said by a
    person and not derived from who is served at the moment."""
    cluster_wide: bool = False
    """Whether it serves everybody else too: every kind, in every namespace, as any ServiceAccount."""
    namespace: str = "external-secrets"
    version: str = CHART.version
    replicas: int = 1
    """Of controller and webhook; from two on each has a disruption budget."""
    resources: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    """Of each container: ``requests`` and ``limits``."""
    among_windows: bool = False
    """Whether there are nodes that it has to keep off, because they run Windows."""
    depends_on: Sequence[pulumi.Resource] = ()
    """The scoped namespace: the chart makes a Role there."""


class ExternalSecrets(pulumi.ComponentResource):
    """Controller, webhook and certificate controller.

    Creates: Namespace, Release.
    """

    name: Output[str | None]
    release: helm.v3.Release
    account: ServiceAccount | None
    """Whom workloads have to let act as their ServiceAccount; None where it may act as any."""

    def __init__(self, name: str, args: ExternalSecretsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-secrets:index:ExternalSecrets", name, None, opts)
        chart = Chart(name=CHART.name, repository=CHART.repository, version=args.version)
        # Its pods keep to the strictest level by themselves.
        level = PodSecurityLevel.RESTRICTED
        # Awaited, that is enough: its pods are ready when the webhook answers (pkg/controllers/crds, ReadyCheck).
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
        # Else they go with the release, and with them the ExternalSecrets of everybody in the cluster.
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
    # Else the controller may act as every ServiceAccount of the cluster. Each workload lets it act as its own (workloads/eso.py).
    rbac: dict[str, Any] = {"serviceAccountTokenCreate": False, "servicebindings": {"create": False}}
    values: dict[str, Any] = {"rbac": rbac, **{f"process{kind}": False for kind in _UNUSED}}
    if args.scoped_namespace:
        # One namespace it can be shut in; of several it knows only all (external-secrets#1050).
        values |= {"scopedNamespace": args.scoped_namespace, "scopedRBAC": True}
    return values
