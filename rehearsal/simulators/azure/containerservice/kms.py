"""Rules of KMS encryption of etcd with a key of a vault.

https://learn.microsoft.com/azure/aks/use-kms-etcd-encryption. AKS needs a key for longer than the cluster's
configuration names it: objects in etcd stay encrypted with it until they are rewritten (`secretsWrittenAgain`
in the --cloud file), and the previous key stays in use until the next change. Without such a key "the API
server stops working".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from rehearsal.simulators.azure.arm import ArmError, Write, rule
from rehearsal.simulators.azure.authorization import has_role
from rehearsal.simulators.azure.containerservice.clusters import CLUSTER, control_plane_principals
from rehearsal.simulators.azure.keyvault.vaults import VAULT
from rehearsal.simulators.world import AzureResource, World

_KEY_ID: Final = r"https://(?P<vault>[\w-]+)\.vault\.azure\.net/keys/(?P<key>[\w-]+)/[0-9a-f]{32}"
_CRYPTO: Final = frozenset(
    {
        "12338af0-0e69-4776-bea7-57ae8d297424",  # Key Vault Crypto User
        "14b46e9e-c2b7-41b4-b07b-48a6ebf60603",  # Key Vault Crypto Officer
        "00482a5a-887f-4fb3-b363-3b7fe8e74483",  # Key Vault Administrator
    }
)
"""Roles whose data actions encrypt and decrypt:
https://learn.microsoft.com/azure/key-vault/general/rbac-guide
"""


def _bad(message: str, code: str = "BadRequest") -> ArmError:
    return ArmError(400, code, message)


def _kms(write: Write) -> dict[str, Any]:
    kms = write.requested_value("securityProfile", "azureKeyVaultKms") or {}
    return dict(kms) if kms.get("enabled") else {}


@rule(CLUSTER)
def key_has_a_version(write: Write) -> None:
    """The key id has a version, as the older KMS needs (hashicorp/terraform-provider-azurerm#32946).

    ARM's message is not published.
    """
    kms = _kms(write)
    if kms and not re.fullmatch(_KEY_ID, str(kms.get("keyId", ""))):
        raise _bad(f"KeyVault key ID '{kms.get('keyId', '')}' is not a valid key identifier with a version.")


@rule(CLUSTER)
def private_vault_needs_its_id_and_vnet_integration(write: Write) -> None:
    """A private vault needs its resource id and VNet integration.

    Messages: Azure/telescope#1121, Azure/terraform-azurerm-aks#599.
    """
    kms = _kms(write)
    if kms.get("keyVaultNetworkAccess") != "Private":
        return
    if not kms.get("keyVaultResourceId"):
        raise _bad("KeyVault resource ID is empty when KeyVault network access is Private.")
    if not write.requested_value("apiServerAccessProfile", "enableVnetIntegration"):
        raise _bad("Vnet integration should be enabled when KeyVault network access is Private.")


@rule(CLUSTER)
def cluster_may_use_the_key(write: Write) -> None:
    """AKS reaches the vault and may use the key.

    Every firewall of the vault blocks AKS, and a system-assigned identity is created too late (the page
    above, limitations). Message: MicrosoftDocs/azure-docs#98954.
    """
    kms = _kms(write)
    match = re.fullmatch(_KEY_ID, str(kms.get("keyId", "")))
    if not match or kms.get("keyVaultNetworkAccess") == "Private":
        return
    if not _can_use_keys(write.world, match["vault"], control_plane_principals(write)):
        raise _not_permitted(match["vault"])


@rule(CLUSTER)
def cluster_may_still_use_its_older_keys(write: Write) -> None:
    """A cluster whose API server has stopped cannot be updated.

    "After you turn off KMS, the encryption key vault key is still needed":
    https://learn.microsoft.com/azure/aks/update-kms-key-vault. The message for this case is not published;
    here it is the one for a new key.
    """
    for vault in _vaults(write.world, write.id):
        if not _can_use_keys(write.world, vault, control_plane_principals(write)):
            raise _not_permitted(vault)


def _not_permitted(vault: str) -> ArmError:
    return _bad(
        (
            "The identity does not have keys encrypt/decrypt permission on key vault "
            f'"https://{vault}.vault.azure.net"'
        ),
        "AzureKeyVaultKmsValidateIdentityPermissionCustomerError",
    )


def record_key(write: Write) -> None:
    """Record the key that encrypts Secrets from now on.

    A key is not recorded if AKS's access to it is unknown: in a private vault, or in a vault that is missing
    beside a cluster of the --cloud file.
    """
    key, keys = str(_kms(write).get("keyId", "")), write.world.etcd_keys.get(write.id.lower(), [])
    match = re.fullmatch(_KEY_ID, key)
    if not match or keys[-1:] == [key]:
        return
    if _can_use_keys(write.world, match["vault"], control_plane_principals(write)):
        write.world.etcd_keys[write.id.lower()] = [*keys, key]


def record_rewrite(world: World, cluster: AzureResource) -> None:
    """Record a rewrite of all Secrets: the present and the previous key stay in use, or no key if KMS is off.

    The page above, "Rotate existing keys in a public key vault" and "Disable KMS on an AKS cluster".
    """
    kms = (cluster.properties.get("securityProfile") or {}).get("azureKeyVaultKms") or {}
    keys = world.etcd_keys.get(cluster.id.lower(), [])
    world.etcd_keys[cluster.id.lower()] = keys[-2:] if kms.get("enabled") else []


def lacks_a_key(world: World, cluster: AzureResource) -> bool:
    """Whether the API server cannot use a key that encrypts objects in etcd (the page above, limitations)."""
    identities = (
        world.get(identity)
        for identity in (cluster.properties.get("identity") or {}).get("userAssignedIdentities") or ()
    )
    principals = [str(identity.properties["principalId"]) for identity in identities if identity]
    return not all(_can_use_keys(world, vault, principals) for vault in _vaults(world, cluster.id))


def _vaults(world: World, cluster_id: str) -> list[str]:
    """Names of the vaults whose keys encrypt objects in etcd."""
    matches = (re.fullmatch(_KEY_ID, key) for key in world.etcd_keys.get(cluster_id.lower(), ()))
    return list(dict.fromkeys(match["vault"].lower() for match in matches if match))


def _can_use_keys(world: World, vault_name: str, principals: Sequence[str]) -> bool:
    """Whether the vault exists, has no firewall, and lets one of the principals use its keys."""
    for vault in world.of_type(VAULT):
        if vault.id.rsplit("/", 1)[1].lower() == vault_name.lower():
            is_permitted = any(has_role(world, principal, _CRYPTO, vault.id) for principal in principals)
            return is_permitted and not _has_firewall(vault)
    return False


def _has_firewall(vault: AzureResource) -> bool:
    properties = vault.properties.get("properties") or {}
    return (
        properties.get("publicNetworkAccess") == "Disabled"
        or (properties.get("networkAcls") or {}).get("defaultAction") == "Deny"
    )
