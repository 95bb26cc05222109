"""Section ``cluster.kms``: etcd encryption with a key in a Key Vault."""

from typing import Annotated

from stacks.settings.model.section import Section
from stacks.settings.types.azure import RESOURCE_NAME_RULES, arm_id
from stacks.settings.validation.constraints import Pattern, any_case

KMS = "https://learn.microsoft.com/azure/aks/use-kms-etcd-encryption"

KeyId = Annotated[
    str,
    Pattern(
        "kms-key-id",
        r"https://[a-zA-Z][a-zA-Z0-9-]{1,22}[a-zA-Z0-9]\.vault\.azure\.net/keys/[0-9a-zA-Z-]{1,127}/[0-9a-f]{32}",
        is_a="key id with its version",
        remedy="use the id that `az keyvault key show --vault-name VAULT --name KEY --query key.kid` prints",
        example=None,
        # "Legacy KMS requires a versioned key": the maintainer in hashicorp/terraform-provider-azurerm#32947
        source=f"{KMS}, hashicorp/terraform-provider-azurerm#32947",
    ),
]

KeyVaultId = Annotated[
    str,
    arm_id(
        "kms-vault-id",
        any_case("Microsoft.KeyVault/vaults/") + r"[\w-]{3,24}",
        is_a="id of a vault",
        command="az keyvault show --query id",
        source=RESOURCE_NAME_RULES,
    ),
]


class KmsSettings(Section):
    """A customer-managed key for the Secrets in etcd. Without the key the cluster stops and its Secrets are
    lost.
    """

    key_id: KeyId
    """Id of an RSA key, with its version: `https://<vault>.vault.azure.net/keys/<name>/<version>`."""
    vault_id: KeyVaultId
    """ARM id of the key's vault: a vault outside this stack, with Azure RBAC, and open to all networks."""
