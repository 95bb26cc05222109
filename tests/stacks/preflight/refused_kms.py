"""Refusals of section ``cluster.kms``, in the exact words of the preflight."""

from typing import Any

from tests.stacks.preflight.cases import (
    KEY,
    KEY_ID,
    KEY_VAULT,
    KMS,
    case,
    cluster,
    vault,
)

_WITH_KEY: dict[str, Any] = {"vault kv-etcd": vault(), "key etcd": KEY}

_ENCRYPTED = cluster(securityProfile={"azureKeyVaultKms": {"enabled": True, "keyId": KEY_ID}})

_FORMER = (
    "but cluster 'aks-dev' has encrypted its Secrets with a key of vault 'kv-etcd'; without its right to"
    " that key the API server"
    " stops; list that vault as a former one, as docs/config/cluster.md#another-vault-or-no-kms describes"
    " (pulumi config set --path 'cluster.former_kms_vault_ids[0]'"
    ' "$(az keyvault show --name kv-etcd --query id --output tsv)")'
)

CASES = [
    case(
        "kms-vault-of-encrypted-secrets",
        {},
        f"cluster.kms: is removed, {_FORMER}",
        answers={"cluster aks-dev": _ENCRYPTED},
    ),
    case(
        "kms-vault-of-encrypted-secrets",
        {
            "cluster.kms": {
                "key_id": KEY_ID.replace("kv-etcd", "kv-next"),
                "vault_id": KEY_VAULT.replace("kv-etcd", "kv-next"),
            }
        },
        f"cluster.kms: names vault 'kv-next', {_FORMER}",
        answers={"cluster aks-dev": _ENCRYPTED, "vault kv-next": vault(), "key etcd": KEY},
    ),
    case(
        "kms-vault-exists-before-the-cluster",
        KMS | {"vault": {"name": "kv-etcd", "resource_group": "rg-old"}},
        "cluster.kms.vault_id: is created by this stack after the cluster; use a vault that already exists",
    ),
    case(
        "resource-exists",
        KMS,
        "cluster.kms.vault_id: there is no vault 'kv-etcd' in resource group 'rg-old'; look for it (az"
        " keyvault list --output table)",
        answers={"key etcd": KEY | {"kty": "EC"}},
    ),
    case(
        "resource-exists",
        KMS,
        "cluster.kms.key_id: there is no key 'etcd' in vault 'kv-etcd';"
        " look for it (az keyvault key list --vault-name kv-etcd --output table)",
        answers={"vault kv-etcd": vault()},
    ),
    case(
        "kms-vault-uses-rbac",
        KMS,
        "cluster.kms.vault_id: vault 'kv-etcd' uses access policies, but the cluster gets its right by role"
        " assignment;"
        " move the vault to RBAC (az keyvault update --name kv-etcd --enable-rbac-authorization true)",
        answers=_WITH_KEY | {"vault kv-etcd": vault(by_role=False)},
    ),
    *(
        case(
            "kms-vault-is-reachable",
            KMS,
            "cluster.kms.vault_id: vault 'kv-etcd' has a firewall, through which AKS reaches no key; use a"
            " vault for the key alone that"
            " is open to all networks; only principals with a role there can use it",
            answers=_WITH_KEY | {"vault kv-etcd": closed},
        )
        for closed in (vault(publicNetworkAccess="Disabled"), vault(networkAcls={"defaultAction": "Deny"}))
    ),
    case(
        "kms-key-is-rsa",
        KMS,
        "cluster.kms.key_id: key 'etcd' is of type EC; AKS encrypts with an RSA key",
        answers=_WITH_KEY | {"key etcd": KEY | {"kty": "EC"}},
    ),
    case(
        "kms-key-is-enabled",
        KMS,
        "cluster.kms.key_id: key 'etcd' is disabled, and the API server stops without it; enable it"
        f" (az keyvault key set-attributes --id {KEY_ID} --enabled true)",
        answers=_WITH_KEY | {"key etcd": KEY | {"attributes": {"enabled": False}}},
    ),
]
