"""The NetworkPolicy rules of a workload in a namespace with default deny: egress that its technique needs,
and ingress to its Service.

Kubernetes' NetworkPolicy matches addresses, not names:
https://kubernetes.io/docs/concepts/services-networking/network-policies/ Deliberately not here: traffic of
the application itself, such as to its database. Policies are additive, so another policy can allow it.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

Rule = dict[str, Any]

METADATA_SERVICE = "169.254.169.254/32"
"""Address of the instance metadata service, which would give any pod a token of its node's identity.
https://learn.microsoft.com/azure/aks/imds-restriction
"""


class Egress(StrEnum):
    """Endpoints that a technique makes the pod itself reach."""

    AZURE = "azure"
    """Entra and the vault, by HTTPS. Their addresses change, so any address is allowed."""
    OPERATOR = "operator"
    """The namespace of the technique's operator: its control plane."""


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


def egress_rules(endpoints: Iterable[Egress], operator_namespace: str | None) -> list[Rule]:
    """Egress rules of a NetworkPolicy; empty if the pod reaches no endpoint."""
    rules: dict[Egress, Rule] = {
        Egress.AZURE: {
            "to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": [METADATA_SERVICE]}}],
            "ports": _HTTPS,
        },
        Egress.OPERATOR: {
            "to": [
                {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": operator_namespace}}}
            ]
        },
    }
    needed = set(endpoints)
    allowed = [rules[endpoint] for endpoint in Egress if endpoint in needed]
    return [_DNS, *allowed] if allowed else []


def ingress_rules(port: int | None, *, served: bool) -> list[Rule]:
    """Ingress rules of a NetworkPolicy: the Service's port from everywhere; empty without a Service."""
    return [{"ports": [{"protocol": "TCP", "port": port}]}] if served and port else []
