"""Private API servers, and keys for etcd, that are refused."""

from typing import Any

from tests.settings.refused import GUID, SUBNET, case

POOL: dict[str, Any] = {"system_pool": {"vm_size": "Standard_D2s_v5"}}
HUB = f"/subscriptions/{GUID}/resourceGroups/rg-hub/providers/Microsoft.Network"
RUNNER = f"{HUB}/virtualNetworks/vnet-hub"
NETWORK: dict[str, Any] = {"address_space": "10.10.0.0/16", "nodes": "10.10.0.0/22"}
VAULT = f"/subscriptions/{GUID}/resourceGroups/rg-keys/providers/Microsoft.KeyVault/vaults/kv-etcd"
KEY = f"https://kv-etcd.vault.azure.net/keys/etcd/{'a' * 32}"


def _private(network: bool = True, **keys: Any) -> dict[str, Any]:
    return {
        "cluster": {**POOL, "private": {"deploy_from": RUNNER, **keys}},
        **({"network": NETWORK} if network else {}),
    }


def _kms(**keys: Any) -> dict[str, Any]:
    return {"cluster": {**POOL, "kms": {"key_id": KEY, "vault_id": VAULT, **keys}}}


CASES = [
    case(
        "missing-key",
        {"cluster": {**POOL, "private": {}}, "network": NETWORK},
        "cluster.private.deploy_from: missing; this key has no default: use the id that `az network vnet show --query id` prints",
    ),
    case(
        "virtual-network-id",
        _private(deploy_from=SUBNET),
        "cluster.private.deploy_from: '/subscriptions/aaaaaaaa-0000-0000-0000-000000000000/resource… (136 characters)' is not a virtual network id; use the id that `az network vnet show --query id` prints",
    ),
    case(
        "api-server-zone",
        _private(dns_zone="System"),
        "cluster.private.dns_zone: 'System' is not a place for the API server's name; say system, none, or the id that `az network private-dns zone show --query id` prints (pulumi config set --path 'cluster.private.dns_zone' system)",
    ),
    case(
        "api-server-has-a-name",
        _private(dns_zone="none"),
        "cluster.private.public_fqdn: off, and dns_zone none, so nobody would know the API server's name; switch it on (pulumi config set --path 'cluster.private.public_fqdn' true)",
    ),
    case(
        "api-server-zone-name",
        _private(dns_zone=f"{HUB}/privateDnsZones/privatelink.northeurope.azmk8s.io"),
        "cluster.private.dns_zone: its name is 'privatelink.northeurope.azmk8s.io'; AKS takes privatelink.westeurope.azmk8s.io, or one with a word of up to 32 characters before it (pulumi config set --path 'cluster.private.dns_zone' system)",
    ),
    case(
        "private-api-server-is-near",
        _private(network=False),
        "cluster.network.subnet_id: missing, and in a network that AKS makes for itself nobody could reach the API server; say network, which the program peers with private.deploy_from, or the id of a subnet that is reached from there",
    ),
    case(
        "private-has-no-authorized-ranges",
        {"cluster": _private()["cluster"] | {"authorized_ip_ranges": ["20.50.2.0/24"]}, "network": NETWORK},
        "cluster.authorized_ip_ranges: with private there is no public address to authorize for; take them out (pulumi config rm --path 'cluster.authorized_ip_ranges')",
    ),
    case(
        "kms-key-id",
        _kms(key_id=KEY.rsplit("/", 1)[0]),
        "cluster.kms.key_id: 'https://kv-etcd.vault.azure.net/keys/etcd' is not a key id with its version; use the id that `az keyvault key show --vault-name VAULT --name KEY --query key.kid` prints",
    ),
    case(
        "kms-vault-id",
        _kms(vault_id="kv-etcd"),
        "cluster.kms.vault_id: 'kv-etcd' is not an id of a vault; use the id that `az keyvault show --query id` prints",
    ),
    case(
        "kms-key-is-in-its-vault",
        _kms(vault_id=VAULT + "-2"),
        "cluster.kms.vault_id: of vault 'kv-etcd-2', and key_id is of vault 'kv-etcd'; say the id of the key's vault",
    ),
    case(
        "kms-vault-id",
        {"cluster": {**POOL, "former_kms_vault_ids": ["kv-etcd"]}},
        "cluster.former_kms_vault_ids[0]: 'kv-etcd' is not an id of a vault; use the id that `az keyvault show --query id` prints",
    ),
    case(
        "former-kms-vaults-are-others",
        {"cluster": {**_kms()["cluster"], "former_kms_vault_ids": [VAULT.upper()]}},
        "cluster.former_kms_vault_ids[0]: vault 'kv-etcd' is the one of kms; take it out here (pulumi config rm --path 'cluster.former_kms_vault_ids[0]')",
    ),
    case(
        "former-kms-vaults-are-others",
        {"cluster": {**POOL, "former_kms_vault_ids": [VAULT, VAULT]}},
        "cluster.former_kms_vault_ids[1]: vault 'kv-etcd' is listed twice; take it out here (pulumi config rm --path 'cluster.former_kms_vault_ids[1]')",
    ),
]
