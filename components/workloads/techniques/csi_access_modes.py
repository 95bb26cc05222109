"""Access modes: the principal that reads the vault, and how the CSI driver becomes it.

https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/configurations/identity-access-modes/
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pulumi
from pulumi import Input, ResourceOptions
from pulumi_kubernetes import apiextensions, meta

from components.identity.principal import VaultPrincipal


class Access(StrEnum):
    """The identity that reads the vault."""

    WORKLOAD_IDENTITY = "workload-identity"
    """The workload's identity; the driver exchanges a token of the pod's ServiceAccount."""
    IDENTITY_BINDING = "identity-binding"
    """The workload's identity, without a federated credential of its own: AKS exchanges the token of the
    pod's ServiceAccount, which the cluster's RBAC has to allow.
    """
    USER_ASSIGNED_VM = "user-assigned-vm"
    """The add-on's identity, which every pod on every node can use."""
    SERVICE_PRINCIPAL = "service-principal"
    """A service principal, whose client secret is in a Kubernetes Secret."""
    POD_IDENTITY = "pod-identity"
    """The workload's identity, assigned by AAD Pod Identity (retired; some clusters still run it)."""
    SYSTEM_ASSIGNED_VM = "system-assigned-vm"
    """The node's system-assigned identity. AKS node pools have none, so the settings refuse this mode."""


TRUSTED_ACCESS = (Access.WORKLOAD_IDENTITY, Access.IDENTITY_BINDING)
"""Access modes in which the workload's identity trusts its ServiceAccount."""


@dataclass(frozen=True)
class AccessMode:
    """The configuration of an access mode."""

    parameters: Callable[[VaultPrincipal], Mapping[str, Input[str]]]
    """Parameters of the SecretProviderClass."""
    by_secret: bool = False
    """The volume refers to a Kubernetes Secret with client id and client secret."""
    by_binding: bool = False
    """A label binds the pods to the identity (AAD Pod Identity)."""


_AAD = "aadpodidentity.k8s.io/v1"
_NO_MODE = {"usePodIdentity": "false", "useVMManagedIdentity": "false"}
ACCESS_MODES: Mapping[Access, AccessMode] = {
    # With clientID, the driver passes a token of the pod's ServiceAccount to the provider.
    Access.WORKLOAD_IDENTITY: AccessMode(lambda principal: {**_NO_MODE, "clientID": principal.client_id}),
    # From provider 1.8.1 on, with a token for api://AKSIdentityBinding, which the chart's CSIDriver requests.
    Access.IDENTITY_BINDING: AccessMode(
        lambda principal: {**_NO_MODE, "useAzureTokenProxy": "true", "clientID": principal.client_id}
    ),
    # Despite its name, this parameter is a client id.
    # https://learn.microsoft.com/azure/aks/csi-secrets-store-identity-access
    Access.USER_ASSIGNED_VM: AccessMode(
        lambda principal: {
            **_NO_MODE,
            "useVMManagedIdentity": "true",
            "userAssignedIdentityID": principal.client_id,
        }
    ),
    Access.SERVICE_PRINCIPAL: AccessMode(lambda _: _NO_MODE, by_secret=True),
    Access.POD_IDENTITY: AccessMode(lambda _: {**_NO_MODE, "usePodIdentity": "true"}, by_binding=True),
}


def service_principal_secret(workload: str) -> str:
    """Name of the Kubernetes Secret with client id and client secret."""
    return f"{workload}-service-principal"


BINDING_LABEL = "aadpodidbinding"


def make_binding(
    parent: pulumi.ComponentResource,
    name: str,
    metadata: Mapping[str, Any],
    identity: VaultPrincipal,
    depends_on: list[pulumi.Resource],
) -> pulumi.Resource:
    """AzureIdentity and AzureIdentityBinding, whose CRDs exist in the cluster.

    https://azure.github.io/aad-pod-identity/docs/concepts/azureidentity/
    """
    azure_identity = apiextensions.CustomResource(
        f"{name}-azure-identity",
        api_version=_AAD,
        kind="AzureIdentity",
        metadata=meta.v1.ObjectMetaArgs(**metadata),
        spec={
            "type": 0,
            "resourceID": identity.resource_id,
            "clientID": identity.client_id,
        },  # 0: a user-assigned identity
        opts=ResourceOptions(parent=parent, depends_on=depends_on),
    )
    return apiextensions.CustomResource(
        f"{name}-azure-identity-binding",
        api_version=_AAD,
        kind="AzureIdentityBinding",
        metadata=meta.v1.ObjectMetaArgs(**metadata),
        spec={"azureIdentity": name, "selector": name},
        opts=ResourceOptions(parent=parent, depends_on=[azure_identity]),
    )
