"""Who a workload's pods may talk to, where their namespace lets nobody through: what the technique needs, and what the Service is for.

Kubernetes' own NetworkPolicy, which knows addresses and no names: https://kubernetes.io/docs/concepts/services-networking/network-policies/
What the application itself needs (its database), a policy of its own says; policies add up.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

Rule = dict[str, Any]

METADATA_SERVICE = "169.254.169.254/32"
"""Where every pod could take on the identity of its node. https://learn.microsoft.com/azure/aks/imds-restriction"""


class Egress(StrEnum):
    """What a technique makes the pod itself ask."""

    AZURE = "azure"
    """Entra and the vault: names that change their addresses, so any address, by HTTPS."""
    DAPR = "dapr"
    """Dapr's control plane: certificates and components of the sidecar."""


_HTTPS = [{"protocol": "TCP", "port": 443}]
_DNS: Rule = {
    "to": [
        {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
            "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
        }
    ],
    "ports": [{"protocol": protocol, "port": 53} for protocol in ("UDP", "TCP")],
}


def egress_rules(needs: Iterable[Egress], dapr_namespace: str) -> list[Rule]:
    """As the spec of a NetworkPolicy has them; none where the pod asks nobody."""
    rules: dict[Egress, Rule] = {
        Egress.AZURE: {
            "to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": [METADATA_SERVICE]}}],
            "ports": _HTTPS,
        },
        Egress.DAPR: {
            "to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": dapr_namespace}}}]
        },
    }
    wanted = [rules[need] for need in Egress if need in set(needs)]
    return [_DNS, *wanted] if wanted else []


def ingress_rules(port: int | None, *, served: bool) -> list[Rule]:
    """Whoever finds the Service may come; without one nobody does."""
    return [{"ports": [{"protocol": "TCP", "port": port}]}] if served and port else []
