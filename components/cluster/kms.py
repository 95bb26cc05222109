"""Secrets encrypted in etcd with a key of one's own, on top of Azure's encryption of every disk.

KMS with a key of a vault: https://learn.microsoft.com/azure/aks/use-kms-etcd-encryption. AKS calls this the older way; the newer one
(https://learn.microsoft.com/azure/aks/kms-data-encryption, kubernetesResourceObjectEncryptionProfile) is a preview, and the stable API that
azure-native speaks does not have it.
Deliberately not here: the key and its vault. The cluster dies with the key, so the key must not go with the stack.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pulumi_azure_native import containerservice

from components.resource_ids import ArmId


@dataclass(frozen=True, kw_only=True)
class KmsKey:
    """The key that encrypts what encrypts the Secrets."""

    key_id: str
    """``https://<vault>.vault.azure.net/keys/<name>/<version>``; another version is an update in place."""
    vault_id: str
    """ARM id of its vault, where the cluster's identity gets Key Vault Crypto User."""


@dataclass(frozen=True)
class KmsVaultGrant:
    """A vault whose keys the cluster's identity may use."""

    role: str
    """Suffix of the grant's logical name."""
    vault_id: str
    former_names: Sequence[str] = ()
    """Suffixes of what it was called before."""


def vault_grants(kms: KmsKey | None, former_vault_ids: Sequence[str]) -> Iterator[KmsVaultGrant]:
    """Every vault that the cluster needs: what is in etcd is encrypted with the key of its day until it is written again, and the
    key before the present one is in use as well (the page above, "Rotate existing keys").

    One name a vault, so that a vault which becomes a former one keeps its grant, and one that returns has it still. The first was
    called ``key`` when there was only one.
    """
    vaults = [*former_vault_ids, *([kms.vault_id] if kms else [])]
    for index, vault_id in enumerate(vaults):
        yield KmsVaultGrant(
            f"/key/{ArmId.parse(vault_id).name.lower()}", vault_id, () if index else ("-key",)
        )


def kms_profile(kms: KmsKey | None) -> containerservice.AzureKeyVaultKmsArgs:
    """As ARM takes it. Said to be off without one: ARM keeps what a PUT leaves out."""
    if kms is None:
        return containerservice.AzureKeyVaultKmsArgs(enabled=False)
    # A vault without public access takes API server VNet integration ("Vnet integration should be enabled when KeyVault network access
    # is Private", Azure/terraform-azurerm-aks#599).
    return containerservice.AzureKeyVaultKmsArgs(
        enabled=True, key_id=kms.key_id, key_vault_network_access="Public"
    )
