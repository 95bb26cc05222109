"""Settings that the rules of ``model/vault.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import PLATFORM_CLUSTER_ID, SUBNET

CASES = [
    case(
        "vault-name",
        {"vault.name": "kv--shop"},
        "vault.name: 'kv--shop' is not a vault name; use 3 to 24 letters, digits and single hyphens, a letter first, no hyphen last (pulumi config set --path 'vault.name' kv-shop)",
    ),
    case(
        "vault-name",
        {"vault.name": "a-vault-name-that-is-far-too-long"},
        "vault.name: 'a-vault-name-that-is-far-too-long' is not a vault name; use 3 to 24 letters, digits and single hyphens, a letter first, no hyphen last",
    ),
    case(
        "soft-delete-retention-days",
        {"vault.soft_delete_retention_days": 5},
        "vault.soft_delete_retention_days: 5 days is out of range; choose 7 to 90 (pulumi config set --path 'vault.soft_delete_retention_days' 7)",
    ),
    case(
        "vault-label",
        {"vaults": [{"name": "Payments"}]},
        "vaults[0].name: 'Payments' is not a name of a vault in vaults; use 1 to 24 lower-case letters, digits and hyphens, a letter first, no hyphen last (pulumi config set --path 'vaults[0].name' payments)",
    ),
    case(
        "private-dns-zone-id",
        {"vault": {"private_endpoint": {"subnet_id": SUBNET, "dns_zone_id": PLATFORM_CLUSTER_ID}}},
        "vault.private_endpoint.dns_zone_id: '/subscriptions/aaaaaaaa-0000-0000-0000-000000000000/resource… (144 characters)' is not an id of a private DNS zone for vaults; use the id that `az network private-dns zone show --name privatelink.vaultcore.azure.net --query id` prints",
    ),
]
