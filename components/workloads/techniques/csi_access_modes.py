"""How the CSI driver proves to the vault on whose behalf it reads: one entry per way of access.

https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/configurations/identity-access-modes/
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import pulumi
from pulumi import Input, ResourceOptions
from pulumi_kubernetes import apiextensions, meta

from components.identity.principal import VaultPrincipal


class Access(StrEnum):
    """Whose right it is to read."""

    WORKLOAD_IDENTITY = "workload-identity"
    """The workload's own: a token of the pod's ServiceAccount, exchanged by the driver."""
    USER_ASSIGNED_VM = "user-assigned-vm"
    """The add-on's identity, which every pod of every node can use."""
    SERVICE_PRINCIPAL = "service-principal"
    """A service principal's, whose secret stands in a Kubernetes Secret."""
    POD_IDENTITY = "pod-identity"
    """The workload's own, handed out by AAD Pod Identity, which is retired: for clusters that still run it."""
    SYSTEM_ASSIGNED_VM = "system-assigned-vm"
    """The node's own: AKS node pools have none, so the settings refuse it."""


@dataclass(frozen=True)
class AccessMode:
    """What the SecretProviderClass says of it."""

    parameters: Callable[[VaultPrincipal], Mapping[str, Input[str]]]
    by_secret: bool = False
    """Whether the volume names a Secret with client id and secret."""
    by_binding: bool = False
    """Whether a label on the pods binds them to the identity."""


_AAD = "aadpodidentity.k8s.io/v1"
_NO_MODE = {"usePodIdentity": "false", "useVMManagedIdentity": "false"}
ACCESS_MODES: Mapping[Access, AccessMode] = {
    # With clientID, the driver hands the provider a token of the pod's ServiceAccount.
    Access.WORKLOAD_IDENTITY: AccessMode(lambda reader: {**_NO_MODE, "clientID": reader.client_id}),
    # Despite its name a client id. https://learn.microsoft.com/azure/aks/csi-secrets-store-identity-access
    Access.USER_ASSIGNED_VM: AccessMode(
        lambda reader: {
            **_NO_MODE,
            "useVMManagedIdentity": "true",
            "userAssignedIdentityID": reader.client_id,
        }
    ),
    Access.SERVICE_PRINCIPAL: AccessMode(lambda _: _NO_MODE, by_secret=True),
    Access.POD_IDENTITY: AccessMode(lambda _: {**_NO_MODE, "usePodIdentity": "true"}, by_binding=True),
}


def service_principal_secret(workload: str) -> str:
    """Name of the Kubernetes Secret that holds client id and secret."""
    return f"{workload}-service-principal"


BINDING_LABEL = "aadpodidbinding"


def make_binding(
    parent: pulumi.ComponentResource,
    name: str,
    namespace: str,
    identity: VaultPrincipal,
    depends_on: list[pulumi.Resource],
) -> pulumi.Resource:
    """AzureIdentity and AzureIdentityBinding, whose definitions the cluster has already.

    https://azure.github.io/aad-pod-identity/docs/concepts/azureidentity/
    """
    made = apiextensions.CustomResource(
        f"{name}-azure-identity",
        api_version=_AAD,
        kind="AzureIdentity",
        metadata=meta.v1.ObjectMetaArgs(name=name, namespace=namespace),
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
        metadata=meta.v1.ObjectMetaArgs(name=name, namespace=namespace),
        spec={"azureIdentity": name, "selector": name},
        opts=ResourceOptions(parent=parent, depends_on=[made]),
    )
