"""How long Azure and Kubernetes take to create one resource of each type, for the modelled deployment.

Deliberately not here: what a program costs. A value without a page is an assumption, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Latency:
    """The time that one create takes."""

    seconds: float
    source: str


_ASSUMED: Final = "assumed"
LATENCIES: Final[Mapping[str, Latency]] = {
    "azure-native:containerservice:ManagedCluster": Latency(
        240, "https://learn.microsoft.com/azure/aks/learn/quick-kubernetes-deploy-cli (a few minutes)"
    ),
    "azure-native:keyvault:Vault": Latency(
        186, "https://github.com/Azure/terraform-azurerm-avm-res-keyvault-vault/pull/79 (3m6s)"
    ),
    "azure-native:managedidentity:UserAssignedIdentity": Latency(
        1.5, "https://github.com/pulumi/pulumi-azure/issues/142 (times of its log)"
    ),
    "azure-native:authorization:RoleAssignment": Latency(
        3, f"{_ASSUMED}: one PUT, which ARM answers at once"
    ),
    "azure-native:managedidentity:FederatedIdentityCredential": Latency(2, f"{_ASSUMED}: one PUT"),
    "azure-native:keyvault:Secret": Latency(2, f"{_ASSUMED}: one PUT"),
    "azure-native:resources:ResourceGroup": Latency(2, f"{_ASSUMED}: one PUT"),
    "kubernetes:core/v1:Namespace": Latency(0.5, f"{_ASSUMED}: one request to the API server"),
    "kubernetes:core/v1:ServiceAccount": Latency(0.5, f"{_ASSUMED}: one request to the API server"),
    "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass": Latency(
        0.5, f"{_ASSUMED}: one request to the API server"
    ),
    "kubernetes:apps/v1:Deployment": Latency(30, f"{_ASSUMED}: image, mounted secrets, first ready pod"),
}


def seconds_of(type_token: str) -> float:
    """The time of one create; nothing for components and what has no counterpart in a cloud."""
    return LATENCIES[type_token].seconds if type_token in LATENCIES else 0.0
