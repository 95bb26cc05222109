"""How the CSI driver proves to the vault on whose behalf it reads: one entry per way of access.

https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/configurations/identity-access-modes/
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from pulumi import Input

from components.identity import Reader


class Access(StrEnum):
    """Whose right it is to read."""

    WORKLOAD_IDENTITY = "workload-identity"
    """The workload's own: a token of the pod's ServiceAccount, exchanged by the driver."""
    USER_ASSIGNED_VM = "user-assigned-vm"
    """The add-on's identity, which every pod of every node can use."""
    SERVICE_PRINCIPAL = "service-principal"
    """A service principal's, whose secret stands in a Kubernetes Secret."""
    SYSTEM_ASSIGNED_VM = "system-assigned-vm"
    """The node's own: AKS node pools have none, so the settings refuse it."""


@dataclass(frozen=True)
class _Way:
    """What the SecretProviderClass says of it."""

    parameters: Callable[[Reader], Mapping[str, Input[str]]]
    by_secret: bool = False
    """Whether the volume names a Secret with client id and secret."""


_NO_MODE = {"usePodIdentity": "false", "useVMManagedIdentity": "false"}
WAYS: Mapping[Access, _Way] = {
    # With clientID, the driver hands the provider a token of the pod's ServiceAccount.
    Access.WORKLOAD_IDENTITY: _Way(lambda reader: {**_NO_MODE, "clientID": reader.client_id}),
    # Despite its name a client id. https://learn.microsoft.com/azure/aks/csi-secrets-store-identity-access
    Access.USER_ASSIGNED_VM: _Way(lambda reader: {**_NO_MODE, "useVMManagedIdentity": "true", "userAssignedIdentityID": reader.client_id}),
    Access.SERVICE_PRINCIPAL: _Way(lambda _: _NO_MODE, by_secret=True),
}


def service_principal_secret(workload: str) -> str:
    """Name of the Kubernetes Secret that holds client id and secret."""
    return f"{workload}-service-principal"
