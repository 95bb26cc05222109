"""Settings that the rules of ``model/kms.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import ETCD_KEY, WITH_SYSTEM_POOL, kms

CASES = [
    case(
        "kms-key-id",
        kms(key_id=ETCD_KEY.rsplit("/", 1)[0]),
        "cluster.kms.key_id: 'https://kv-etcd.vault.azure.net/keys/etcd' is not a key id with its version; use the id that `az keyvault key show --vault-name VAULT --name KEY --query key.kid` prints",
    ),
    case(
        "kms-vault-id",
        kms(vault_id="kv-etcd"),
        "cluster.kms.vault_id: 'kv-etcd' is not an id of a vault; use the id that `az keyvault show --query id` prints",
    ),
    case(
        "kms-vault-id",
        {"cluster": {**WITH_SYSTEM_POOL, "former_kms_vault_ids": ["kv-etcd"]}},
        "cluster.former_kms_vault_ids[0]: 'kv-etcd' is not an id of a vault; use the id that `az keyvault show --query id` prints",
    ),
]
