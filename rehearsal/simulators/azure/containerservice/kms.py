"""Rules of KMS encryption of etcd with a key of a vault.

https://learn.microsoft.com/azure/aks/use-kms-etcd-encryption. A key is needed for longer than the cluster names it: what is in etcd stays
encrypted with it until it is written again (`--cloud` says that it was: secretsWrittenAgain), and the key before the present one is in use
as well, until the next change. Without such a key "the API server stops working".
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
"""Roles whose data actions encrypt and decrypt: https://learn.microsoft.com/azure/key-vault/general/rbac-guide"""


def _bad(message: str, code: str = "BadRequest") -> ArmError:
    return ArmError(400, code, message)


def _kms(write: Write) -> dict[str, Any]:
    found = write.requested_value("securityProfile", "azureKeyVaultKms") or {}
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
    if not write.requested_value("apiServerAccessProfile", "enableVnetIntegration"):
        raise _bad("Vnet integration should be enabled when KeyVault network access is Private.")


@rule(CLUSTER)
def cluster_may_use_the_key(write: Write) -> None:
    """Of a vault that AKS reaches: any firewall is in its way. A system-assigned identity comes too late (the page above, limitations).
    MicrosoftDocs/azure-docs#98954 has the text."""
    kms = _kms(write)
    found = re.fullmatch(_KEY_ID, str(kms.get("keyId", "")))
    if not found or kms.get("keyVaultNetworkAccess") == "Private":
        return
    if not _answers(write.world, found["vault"], control_plane_principals(write)):
        raise _not_permitted(found["vault"])


@rule(CLUSTER)
def cluster_may_still_use_its_older_keys(write: Write) -> None:
    """Of a cluster whose API server stands still nothing is changed ("After you turn off KMS, the encryption key vault key is still
    needed": https://learn.microsoft.com/azure/aks/update-kms-key-vault). That AKS words it as on the day of the key's first use is ours."""
    for vault in _vaults(write.world, write.id):
        if not _answers(write.world, vault, control_plane_principals(write)):
            raise _not_permitted(vault)


def _not_permitted(vault: str) -> ArmError:
    return _bad(
        f'The identity does not have keys encrypt/decrypt permission on key vault "https://{vault}.vault.azure.net"',
        "AzureKeyVaultKmsValidateIdentityPermissionCustomerError",
    )


def record_key(write: Write) -> None:
    """The key with which Secrets are written from now on. Not of a private vault, nor of a planted cluster whose vault is not planted:
    whether that answers, only AKS knows."""
    key, keys = str(_kms(write).get("keyId", "")), write.world.etcd_keys.get(write.id.lower(), [])
    found = re.fullmatch(_KEY_ID, key)
    if (
        found
        and keys[-1:] != [key]
        and _answers(write.world, found["vault"], control_plane_principals(write))
    ):
        write.world.etcd_keys[write.id.lower()] = [*keys, key]


def record_rewrite(world: World, cluster: AzureResource) -> None:
    """Somebody has written every Secret again: the present key and the one before it are in use, and none after KMS was turned off.

    The page above, "Rotate existing keys in a public key vault" and "Disable KMS on an AKS cluster".
    """
    kms = (cluster.properties.get("securityProfile") or {}).get("azureKeyVaultKms") or {}
    keys = world.etcd_keys.get(cluster.id.lower(), [])
    world.etcd_keys[cluster.id.lower()] = keys[-2:] if kms.get("enabled") else []


def lacks_a_key(world: World, cluster: AzureResource) -> bool:
    """Whether the API server lacks a key to what it has in etcd (the page above, limitations)."""
    found = (
        world.get(identity)
        for identity in (cluster.properties.get("identity") or {}).get("userAssignedIdentities") or ()
    )
    principals = [str(identity.properties["principalId"]) for identity in found if identity]
    return not all(_answers(world, vault, principals) for vault in _vaults(world, cluster.id))


def _vaults(world: World, cluster_id: str) -> list[str]:
    """Their names."""
    found = (re.fullmatch(_KEY_ID, key) for key in world.etcd_keys.get(cluster_id.lower(), ()))
    return list(dict.fromkeys(match["vault"].lower() for match in found if match))


def _answers(world: World, name: str, principals: Sequence[str]) -> bool:
    vault = next(
        (one for one in world.of_type(VAULT) if one.id.rsplit("/", 1)[1].lower() == name.lower()), None
    )
    return (
        vault is not None
        and not _has_firewall(vault)
        and any(has_role(world, one, _CRYPTO, vault.id) for one in principals)
    )


def _has_firewall(vault: AzureResource) -> bool:
    properties = vault.properties.get("properties") or {}
    return (
        properties.get("publicNetworkAccess") == "Disabled"
        or (properties.get("networkAcls") or {}).get("defaultAction") == "Deny"
    )
