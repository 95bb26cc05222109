"""The two ends of the trust chain as plain data: what Azure holds, and what a pod brings.

No rule stands here, and no default that hides one: a rehearsed state, a stack file or a test fills these in.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class FederatedCredential:
    """One federated identity credential, as ARM holds it."""

    issuer: str
    subject: str
    audience: str


@dataclass(frozen=True, kw_only=True)
class Identity:
    """A user-assigned identity with its credentials and grants."""

    client_id: str
    principal_id: str
    credentials: tuple[FederatedCredential, ...]
    readable: frozenset[str]
    """Names of the secrets that its role assignments let it read."""


@dataclass(frozen=True, kw_only=True)
class Trust:
    """One tenant and one vault in it."""

    tenant_id: str
    vault_name: str
    secrets: frozenset[str]
    """Names of the secrets in the vault."""
    identities: tuple[Identity, ...]


@dataclass(frozen=True, kw_only=True)
class Pod:
    """A pod with the label ``azure.workload.identity/use``, as the webhook leaves it."""

    issuer: str
    """The cluster's issuer as it stands in the tokens that it signs."""
    namespace: str
    service_account: str
    client_id: str
    """Annotation ``azure.workload.identity/client-id`` of the ServiceAccount."""
    tenant_id: str
    """Annotation ``azure.workload.identity/tenant-id`` of the ServiceAccount."""
    env: Mapping[str, str]
    """Variables of the container's manifest: KEYVAULT_URL, SECRET_NAMES …"""

    @property
    def subject(self) -> str:
        """https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/"""
        return f"system:serviceaccount:{self.namespace}:{self.service_account}"
