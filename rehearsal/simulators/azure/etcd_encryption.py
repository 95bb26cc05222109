"""Rules of KMS encryption of etcd with a key of a vault.

https://learn.microsoft.com/azure/aks/use-kms-etcd-encryption
"""

from __future__ import annotations

import re
from typing import Any, Final

from rehearsal.simulators.azure.arm import ArmError, Write, rule
from rehearsal.simulators.azure.authorization import holds
from rehearsal.simulators.azure.containerservice import CLUSTER, control_planes
from rehearsal.simulators.azure.keyvault import VAULT
from rehearsal.simulators.cloud import AzureResource

_KEY_ID: Final = r"https://(?P<vault>[\w-]+)\.vault\.azure\.net/keys/(?P<key>[\w-]+)/[0-9a-f]{32}"
_CRYPTO: Final = frozenset(
    {
        "12338af0-0e69-4776-bea7-57ae8d297424",  # Key Vault Crypto User
        "14b46e9e-c2b7-41b4-b07b-48a6ebf60603",  # Key Vault Crypto Officer
        "00482a5a-887f-4fb3-b363-3b7fe8e74483",  # Key Vault Administrator
    }
)
"""Roles whose data actions encrypt and decrypt: https://learn.microsoft.com/azure/key-vault/general/rbac-guide"""


def _bad(message: str, code: str = "BadRequest") -> ArmError:
    return ArmError(400, code, message)


def _kms(write: Write) -> dict[str, Any]:
    found = write.given("securityProfile", "azureKeyVaultKms") or {}
    return dict(found) if found.get("enabled") else {}


@rule(CLUSTER)
def key_has_a_version(write: Write) -> None:
    """hashicorp/terraform-provider-azurerm#32946: of the older KMS. ARM's wording is not published: these words are ours."""
    kms = _kms(write)
    if kms and not re.fullmatch(_KEY_ID, str(kms.get("keyId", ""))):
        raise _bad(f"KeyVault key ID '{kms.get('keyId', '')}' is not a valid key identifier with a version.")


@rule(CLUSTER)
def private_vault_needs_its_id_and_vnet_integration(write: Write) -> None:
    """Azure/telescope#1121 and Azure/terraform-azurerm-aks#599 have the texts."""
    kms = _kms(write)
    if kms.get("keyVaultNetworkAccess") != "Private":
        return
    if not kms.get("keyVaultResourceId"):
        raise _bad("KeyVault resource ID is empty when KeyVault network access is Private.")
    if not write.given("apiServerAccessProfile", "enableVnetIntegration"):
        raise _bad("Vnet integration should be enabled when KeyVault network access is Private.")


@rule(CLUSTER)
def cluster_may_use_the_key(write: Write) -> None:
    """Of a vault that AKS reaches: any firewall is in its way. A system-assigned identity comes too late (the page above, limitations).
    MicrosoftDocs/azure-docs#98954 has the text."""
    kms = _kms(write)
    found = re.fullmatch(_KEY_ID, str(kms.get("keyId", "")))
    if not found or kms.get("keyVaultNetworkAccess") == "Private":
        return
    vault = next((one for one in write.world.of_type(VAULT) if one.id.rsplit("/", 1)[1].lower() == found["vault"].lower()), None)
    if vault is None or _has_firewall(vault) or not any(holds(write.world, one, _CRYPTO, vault.id) for one in control_planes(write)):
        raise _bad(
            f'The identity does not have keys encrypt/decrypt permission on key vault "https://{found["vault"]}.vault.azure.net"',
            "AzureKeyVaultKmsValidateIdentityPermissionCustomerError",
        )


def _has_firewall(vault: AzureResource) -> bool:
    properties = vault.properties.get("properties") or {}
    return properties.get("publicNetworkAccess") == "Disabled" or (properties.get("networkAcls") or {}).get("defaultAction") == "Deny"
