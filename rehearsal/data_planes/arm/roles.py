"""Built-in roles of Azure: their names, actions and data actions. Data only.

https://learn.microsoft.com/azure/role-based-access-control/built-in-roles; roles that are neither here nor
assigned by a stack of this kind are unknown to the simulated Azure.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Role:
    """A role definition."""

    id: str
    """The GUID."""
    name: str
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    not_data_actions: tuple[str, ...] = ()

    def allows(self, action: str) -> bool:
        """Whether it allows an action of the control plane."""
        return _any(self.actions, action) and not _any(self.not_actions, action)


def _any(patterns: tuple[str, ...], action: str) -> bool:
    return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)


_READ_ROLES: Final = ("Microsoft.Authorization/*/read",)
_VAULT: Final = "Microsoft.KeyVault/vaults"
_DEPLOY: Final = (
    *_READ_ROLES,
    *("Microsoft.Insights/alertRules/*", "Microsoft.Resources/deployments/*"),
    *("Microsoft.Resources/subscriptions/resourceGroups/read", "Microsoft.Support/*"),
)
_NAMES: Final = (
    "Microsoft.KeyVault/checkNameAvailability/read",
    "Microsoft.KeyVault/deletedVaults/read",
    "Microsoft.KeyVault/locations/*/read",
    f"{_VAULT}/*/read",
    "Microsoft.KeyVault/operations/read",
)


def _vault_role(id_: str, name: str, *data_actions: str) -> Role:
    actions = (*_DEPLOY, *_NAMES)
    return Role(id=id_, name=name, actions=actions, data_actions=tuple(f"{_VAULT}/{a}" for a in data_actions))


_CRYPTO: Final = (
    *("read", "update/action", "backup/action", "encrypt/action", "decrypt/action"),
    *("wrap/action", "unwrap/action", "sign/action", "verify/action"),
)
_KUBERNETES: Final = "Microsoft.ContainerService/managedClusters"

ROLES: Final = (
    Role(id="8e3af657-a8ff-443c-a75c-2fe8c4bcb635", name="Owner", actions=("*",)),
    Role(
        id="b24988ac-6180-42a0-ab88-20f7382dd24c",
        name="Contributor",
        actions=("*",),
        not_actions=(
            *("Microsoft.Authorization/*/Delete", "Microsoft.Authorization/*/Write"),
            "Microsoft.Authorization/elevateAccess/Action",
            "Microsoft.Blueprint/blueprintAssignments/write",
            "Microsoft.Blueprint/blueprintAssignments/delete",
            *("Microsoft.Compute/galleries/share/action", "Microsoft.Purview/consents/write"),
            "Microsoft.Purview/consents/delete",
            "Microsoft.Resources/deploymentStacks/manageDenySetting/action",
        ),
    ),
    Role(id="acdd72a7-3385-48ef-bd42-f606fba81ae7", name="Reader", actions=("*/read",)),
    Role(
        id="18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        name="User Access Administrator",
        actions=("*/read", "Microsoft.Authorization/*", "Microsoft.Support/*"),
    ),
    Role(
        id="f58310d9-a9f6-439a-9e8d-f62e7b41a168",
        name="Role Based Access Control Administrator",
        actions=(
            "Microsoft.Authorization/roleAssignments/write",
            "Microsoft.Authorization/roleAssignments/delete",
            *("*/read", "Microsoft.Support/*"),
        ),
    ),
    Role(
        id="f25e0fa2-a7c8-4377-a976-54943a77a395",
        name="Key Vault Contributor",
        actions=(*_DEPLOY, "Microsoft.KeyVault/*"),
        not_actions=(
            "Microsoft.KeyVault/locations/deletedVaults/purge/action",
            *("Microsoft.KeyVault/hsmPools/*", "Microsoft.KeyVault/managedHsms/*"),
        ),
    ),
    _vault_role("00482a5a-887f-4fb3-b363-3b7fe8e74483", "Key Vault Administrator", "*"),
    _vault_role(
        "21090545-7ca7-4776-b22c-e363652d74d2", "Key Vault Reader", "*/read", "secrets/readMetadata/action"
    ),
    _vault_role("b86a8fe4-44ce-4948-aee5-eccb2c155cd7", "Key Vault Secrets Officer", "secrets/*"),
    Role(
        id="4633458b-17de-408a-b874-0445c86b69e6",
        name="Key Vault Secrets User",
        data_actions=(f"{_VAULT}/secrets/getSecret/action", f"{_VAULT}/secrets/readMetadata/action"),
    ),
    _vault_role(
        "a4417e6f-fecd-4de8-b567-7b0420556985",
        "Key Vault Certificates Officer",
        "certificatecas/*",
        "certificates/*",
    ),
    Role(
        id="db79e9a7-68ee-4b58-9aeb-b90e7c24fcba",
        name="Key Vault Certificate User",
        data_actions=(
            *(f"{_VAULT}/certificates/read", f"{_VAULT}/secrets/getSecret/action"),
            *(f"{_VAULT}/secrets/readMetadata/action", f"{_VAULT}/keys/read"),
        ),
    ),
    _vault_role(
        "14b46e9e-c2b7-41b4-b07b-48a6ebf60603", "Key Vault Crypto Officer", "keys/*", "keyrotationpolicies/*"
    ),
    Role(
        id="12338af0-0e69-4776-bea7-57ae8d297424",
        name="Key Vault Crypto User",
        data_actions=tuple(f"{_VAULT}/keys/{action}" for action in _CRYPTO),
    ),
    Role(
        id="e147488a-f6f5-4113-8e2d-b22465e65bf6",
        name="Key Vault Crypto Service Encryption User",
        actions=(
            "Microsoft.EventGrid/eventSubscriptions/write",
            "Microsoft.EventGrid/eventSubscriptions/read",
        ),
        data_actions=(f"{_VAULT}/keys/read", f"{_VAULT}/keys/wrap/action", f"{_VAULT}/keys/unwrap/action"),
    ),
    Role(
        id="08bbd89e-9f13-488c-ac41-acfcb10c90ab",
        name="Key Vault Crypto Service Release User",
        data_actions=(f"{_VAULT}/keys/release/action",),
    ),
    Role(
        id="8b54135c-b56d-4d72-a534-26097cfdc8d8",
        name="Key Vault Data Access Administrator",
        actions=(
            "Microsoft.Authorization/roleAssignments/write",
            "Microsoft.Authorization/roleAssignments/delete",
            *(*_DEPLOY, f"{_VAULT}/*/read", "Microsoft.Management/managementGroups/read"),
        ),
    ),
    Role(
        id="a68e7c17-0ab2-4c09-9a58-125dae29748c",
        name="Key Vault Purge Operator",
        actions=(
            "Microsoft.KeyVault/locations/deletedVaults/purge/action",
            "Microsoft.KeyVault/locations/*/read",
        ),
    ),
    Role(
        id="0ab0b1a8-8aac-4efd-b8c2-3ee1fb270be8",
        name="Azure Kubernetes Service Cluster Admin Role",
        actions=(
            *(f"{_KUBERNETES}/listClusterAdminCredential/action", f"{_KUBERNETES}/read"),
            *(f"{_KUBERNETES}/accessProfiles/listCredential/action", f"{_KUBERNETES}/runcommand/action"),
        ),
    ),
    Role(
        id="4abbcc35-e782-43d8-92c5-2d3f1bd2253f",
        name="Azure Kubernetes Service Cluster User Role",
        actions=(f"{_KUBERNETES}/listClusterUserCredential/action", f"{_KUBERNETES}/read"),
    ),
    Role(
        id="ed7f3fbd-7b88-4dd4-9017-9adb7ce333f8",
        name="Azure Kubernetes Service Contributor Role",
        actions=(f"{_KUBERNETES}/*", "Microsoft.Resources/deployments/*"),
    ),
    Role(
        id="b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b",
        name="Azure Kubernetes Service RBAC Cluster Admin",
        actions=(*_DEPLOY, f"{_KUBERNETES}/listClusterUserCredential/action"),
        data_actions=(f"{_KUBERNETES}/*",),
    ),
    Role(
        id="3498e952-d568-435e-9b2c-8d77e338d7f7",
        name="Azure Kubernetes Service RBAC Admin",
        actions=(*_DEPLOY, f"{_KUBERNETES}/listClusterUserCredential/action"),
        data_actions=(f"{_KUBERNETES}/*",),
        not_data_actions=(
            *(f"{_KUBERNETES}/resourcequotas/write", f"{_KUBERNETES}/resourcequotas/delete"),
            *(f"{_KUBERNETES}/namespaces/write", f"{_KUBERNETES}/namespaces/delete"),
        ),
    ),
    Role(
        id="a7ffa36f-339b-4b5c-8bdf-e2c188b2c0eb",
        name="Azure Kubernetes Service RBAC Writer",
        actions=(*_DEPLOY, f"{_KUBERNETES}/listClusterUserCredential/action"),
        data_actions=tuple(
            f"{_KUBERNETES}/{kind}/{verb}"
            for kind in ("apps/*", "batch/*", "pods", "secrets", "services", "configmaps", "serviceaccounts")
            for verb in ("read", "write", "delete")
        ),
    ),
    Role(
        id="7f6c6a51-bcf8-42ba-9220-52d62157d7db",
        name="Azure Kubernetes Service RBAC Reader",
        actions=(*_DEPLOY, f"{_KUBERNETES}/listClusterUserCredential/action"),
        data_actions=tuple(
            f"{_KUBERNETES}/{kind}/read"
            for kind in ("apps/*", "batch/*", "pods", "services", "configmaps", "events", "serviceaccounts")
        ),
    ),
    Role(
        id="f1a07417-d97a-45cb-824c-7a7467783830",
        name="Managed Identity Operator",
        actions=(
            "Microsoft.ManagedIdentity/userAssignedIdentities/*/read",
            "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action",
            *_DEPLOY,
        ),
    ),
    Role(
        id="e40ec5ca-96e0-45a2-b4ff-59039f2c2b59",
        name="Managed Identity Contributor",
        actions=(
            "Microsoft.ManagedIdentity/userAssignedIdentities/*",
            *_DEPLOY,
        ),
    ),
    Role(
        id="4d97b98b-1d4f-4787-a291-c67834d212e7",
        name="Network Contributor",
        actions=(*_DEPLOY, "Microsoft.Network/*"),
    ),
    Role(
        id="b12aa53e-6015-4669-85d0-8515ebb3ae7f",
        name="Private DNS Zone Contributor",
        actions=(
            *(*_DEPLOY, "Microsoft.Network/privateDnsZones/*"),
            "Microsoft.Network/virtualNetworks/join/action",
        ),
    ),
    Role(
        id="7f951dda-4ed3-4680-a7ca-43fe172d538d",
        name="AcrPull",
        actions=("Microsoft.ContainerRegistry/registries/pull/read",),
    ),
)
BY_ID: Final = {role.id: role for role in ROLES}
BY_NAME: Final = {role.name: role for role in ROLES}
