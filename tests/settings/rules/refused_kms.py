"""Settings that the rules of ``rules/kms.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import ETCD_VAULT, WITH_SYSTEM_POOL, kms

CASES = [
    case(
        "kms-key-is-in-its-vault",
        kms(vault_id=ETCD_VAULT + "-2"),
        "cluster.kms.vault_id: is the id of vault 'kv-etcd-2', but key_id is in vault 'kv-etcd'; set the id of the key's vault",
    ),
    case(
        "former-kms-vaults-are-others",
        {"cluster": {**kms()["cluster"], "former_kms_vault_ids": [ETCD_VAULT.upper()]}},
        "cluster.former_kms_vault_ids[0]: vault 'kv-etcd' is the vault of kms; remove it here (pulumi config rm --path 'cluster.former_kms_vault_ids[0]')",
    ),
    case(
        "former-kms-vaults-are-others",
        {"cluster": {**WITH_SYSTEM_POOL, "former_kms_vault_ids": [ETCD_VAULT, ETCD_VAULT]}},
        "cluster.former_kms_vault_ids[1]: vault 'kv-etcd' is listed twice; remove it here (pulumi config rm --path 'cluster.former_kms_vault_ids[1]')",
    ),
]
