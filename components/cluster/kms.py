"""KMS encryption of the Secrets in etcd with a customer-managed key, on top of Azure's encryption of every
disk.

https://learn.microsoft.com/azure/aks/use-kms-etcd-encryption. AKS calls this the legacy experience. The newer
one (https://learn.microsoft.com/azure/aks/kms-data-encryption, kubernetesResourceObjectEncryptionProfile) is
in preview and not part of the stable API that azure-native uses. Deliberately not here: the key and its
vault. The cluster does not survive the key, so the stack must not delete it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pulumi_azure_native import containerservice

from components.resource_ids import ArmId


@dataclass(frozen=True, kw_only=True)
class KmsKey:
    """The key-encryption key."""

    key_id: str
    """``https://<vault>.vault.azure.net/keys/<name>/<version>``; a new version is an update in place."""
    vault_id: str
    """ARM id of the key's vault, in which the cluster's identity gets the role Key Vault Crypto User."""


@dataclass(frozen=True)
class KmsVaultGrant:
    """A vault in which the cluster's identity has the role Key Vault Crypto User."""

    suffix: str
    """Suffix of the role assignment's logical name."""
    vault_id: str
    former_names: Sequence[str] = ()
    """Suffixes of former logical names, for aliases."""


def vault_grants(kms: KmsKey | None, former_vault_ids: Sequence[str]) -> Iterator[KmsVaultGrant]:
    """All vaults that the cluster needs.

    Data in etcd stays encrypted with the key of its time until it is written again, and the previous key
    remains in use (the page above, "Rotate existing keys"). The logical name is derived from the vault, so a
    vault that becomes a former one keeps its role assignment. The first vault's assignment was named ``key``
    when only one was possible.
    """
    vaults = [*former_vault_ids, *([kms.vault_id] if kms else [])]
    for index, vault_id in enumerate(vaults):
        yield KmsVaultGrant(
            f"/key/{ArmId.parse(vault_id).name.lower()}", vault_id, () if index else ("-key",)
        )


def kms_profile(kms: KmsKey | None) -> containerservice.AzureKeyVaultKmsArgs:
    """ARM representation. KMS is switched off explicitly, because ARM keeps properties that a PUT omits."""
    if kms is None:
        return containerservice.AzureKeyVaultKmsArgs(enabled=False)
    # A vault without public access would need API server VNet integration ("Vnet integration should be
    # enabled when KeyVault network access is Private", Azure/terraform-azurerm-aks#599).
    return containerservice.AzureKeyVaultKmsArgs(
        enabled=True, key_id=kms.key_id, key_vault_network_access="Public"
    )
