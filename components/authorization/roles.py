"""Azure built-in roles with their GUIDs, and the role that reads each type of Key Vault object. Data only.

GUIDs: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
"""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """A built-in role; the member's value is its role definition GUID."""

    ACR_PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
    AKS_RBAC_CLUSTER_ADMIN = "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b"
    KEY_VAULT_CERTIFICATE_USER = "db79e9a7-68ee-4b58-9aeb-b90e7c24fcba"
    KEY_VAULT_CERTIFICATES_OFFICER = "a4417e6f-fecd-4de8-b567-7b0420556985"
    KEY_VAULT_CRYPTO_OFFICER = "14b46e9e-c2b7-41b4-b07b-48a6ebf60603"
    KEY_VAULT_CRYPTO_SERVICE_ENCRYPTION_USER = "e147488a-f6f5-4113-8e2d-b22465e65bf6"
    KEY_VAULT_CRYPTO_SERVICE_RELEASE_USER = "08bbd89e-9f13-488c-ac41-acfcb10c90ab"
    KEY_VAULT_CRYPTO_USER = "12338af0-0e69-4776-bea7-57ae8d297424"
    KEY_VAULT_SECRETS_OFFICER = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7"
    KEY_VAULT_SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"
    MANAGED_IDENTITY_OPERATOR = "f1a07417-d97a-45cb-824c-7a7467783830"
    NETWORK_CONTRIBUTOR = "4d97b98b-1d4f-4787-a291-c67834d212e7"
    PRIVATE_DNS_ZONE_CONTRIBUTOR = "b12aa53e-6015-4669-85d0-8515ebb3ae7f"

    @property
    def role_name(self) -> str:
        """The role's name as the portal and ``az role`` show it."""
        return ROLE_NAMES[self]


ROLE_NAMES: dict[Role, str] = {
    Role.ACR_PULL: "AcrPull",
    Role.AKS_RBAC_CLUSTER_ADMIN: "Azure Kubernetes Service RBAC Cluster Admin",
    Role.KEY_VAULT_CERTIFICATE_USER: "Key Vault Certificate User",
    Role.KEY_VAULT_CERTIFICATES_OFFICER: "Key Vault Certificates Officer",
    Role.KEY_VAULT_CRYPTO_OFFICER: "Key Vault Crypto Officer",
    Role.KEY_VAULT_CRYPTO_SERVICE_ENCRYPTION_USER: "Key Vault Crypto Service Encryption User",
    Role.KEY_VAULT_CRYPTO_SERVICE_RELEASE_USER: "Key Vault Crypto Service Release User",
    Role.KEY_VAULT_CRYPTO_USER: "Key Vault Crypto User",
    Role.KEY_VAULT_SECRETS_OFFICER: "Key Vault Secrets Officer",
    Role.KEY_VAULT_SECRETS_USER: "Key Vault Secrets User",
    Role.MANAGED_IDENTITY_OPERATOR: "Managed Identity Operator",
    Role.NETWORK_CONTRIBUTOR: "Network Contributor",
    Role.PRIVATE_DNS_ZONE_CONTRIBUTOR: "Private DNS Zone Contributor",
}


class PrincipalType(StrEnum):
    """Type of the principal of a role assignment, as ARM spells it."""

    USER = "User"
    GROUP = "Group"
    SERVICE_PRINCIPAL = "ServicePrincipal"
    """Includes managed identities."""


class ObjectType(StrEnum):
    """Type of an object that a workload reads from the vault."""

    SECRET = "secret"
    KEY = "key"
    """The public half of a key."""
    CERT = "cert"
    """A certificate without its private key."""
    CERT_KEY_PAIR = "cert-key-pair"
    """A certificate with its private key and chain; Key Vault serves it as the secret of the same name."""


@dataclass(frozen=True)
class ObjectAccess:
    """A role at an object, and the vault's collection that contains the object."""

    role: Role
    collection: str


# Certificate User can also read secrets (its data actions hold secrets/getSecret/action), so it is never
# granted at vault scope. Roles per object type:
# https://learn.microsoft.com/azure/aks/csi-secrets-store-identity-access
READ_ACCESS: dict[ObjectType, ObjectAccess] = {
    ObjectType.SECRET: ObjectAccess(Role.KEY_VAULT_SECRETS_USER, "secrets"),
    ObjectType.KEY: ObjectAccess(Role.KEY_VAULT_CERTIFICATE_USER, "keys"),
    ObjectType.CERT: ObjectAccess(Role.KEY_VAULT_CERTIFICATE_USER, "certificates"),
    ObjectType.CERT_KEY_PAIR: ObjectAccess(Role.KEY_VAULT_SECRETS_USER, "secrets"),
}
