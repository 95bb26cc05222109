"""The token proxy of a cluster: a token of a ServiceAccount becomes one of an identity that is bound to it.

https://learn.microsoft.com/azure/aks/identity-bindings-concepts. It answers inside the cluster only, at the
API server's address by another server name (internal/identitybinding of the CSI driver's provider v1.8.2).
Its refusals are not published: the right is refused in RBAC's words, the rest in words of this project.
"""

from __future__ import annotations

from typing import Final

from rehearsal.simulators.azure.containerservice import identity_bindings
from rehearsal.simulators.azure.entra import Caller, VaultError, assigned_identity
from rehearsal.simulators.kubernetes.api.store import ObjectStore
from rehearsal.simulators.kubernetes.apiserver.rbac import Account, ResourceAttributes, may

AUDIENCE: Final = "api://AKSIdentityBinding"
GROUP: Final = "cid.wi.aks.azure.com"
VERB: Final = "use-managed-identity"
_FAILED: Final = "ClientAssertionCredential authentication failed. "


def exchanged(objects: ObjectStore, client_id: str, namespace: str, account: str) -> Caller:
    """The identity that a ServiceAccount may use. Raises VaultError."""
    if not may(objects, Account(namespace, account), "", ResourceAttributes(VERB, client_id, group=GROUP)):
        raise VaultError(
            f'{_FAILED}User "system:serviceaccount:{namespace}:{account}" cannot {VERB} resource '
            f'"{client_id}" in API group "{GROUP}" at the cluster scope'
        )
    binding = identity_bindings.binding_of(objects.world, objects.id, client_id)
    if binding is None:
        raise VaultError(f"{_FAILED}the cluster has no identity binding for client id '{client_id}'")
    if not identity_bindings.is_trusted(objects.world, binding):
        name = identity_bindings.CREDENTIAL_NAME
        raise VaultError(f"{_FAILED}the identity has no federated credential '{name}'")
    return assigned_identity(objects.world, client_id)
