"""Everything that the preflight refuses, in its exact words."""

from typing import Any

from tests.stacks.preflight.cases import (
    ELSEWHERE,
    GROUP,
    OLD,
    ON_EXISTING,
    ON_PLATFORM,
    PLATFORM_STACK,
    case,
    cluster,
    existing,
    platform,
    published_vault,
    vault,
    workload,
)
from tests.support.harness import SUBSCRIPTION

_GROUP_ELSEWHERE = GROUP.replace(SUBSCRIPTION, ELSEWHERE)
_OWN = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-aks-secrets-dev"
_SWITCH = f"(pulumi config set azure-native:subscriptionId {ELSEWHERE})"
_HERE = f"but pulumi runs in {SUBSCRIPTION}; choose that subscription {_SWITCH}"
_NOT_OURS = "remove this key, or adopt from another stack (docs/adopt.md)"
_FORBIDDEN = Exception('Status=403 Code="AuthorizationFailed" Message="no"')

_EXISTING = [
    case(
        "existing-in-this-subscription",
        {
            "cluster": {"existing": existing("cluster", "aks-far", _GROUP_ELSEWHERE)},
            "vault": {"existing": existing("vault", "kv-far", _GROUP_ELSEWHERE)},
            "identities": [{"name": "ids", "existing": existing("identity", "id-far", _GROUP_ELSEWHERE)}],
            "monitoring": {
                "existing": existing("workspace", "log-far", _GROUP_ELSEWHERE),
                "alerts": {"action_group": existing("action group", "On call", _GROUP_ELSEWHERE)},
            },
            "vaults": [{"name": "made"}],
            "workloads": [workload(identity="ids")],
        },
        f"cluster.existing.id: is in subscription {ELSEWHERE}, {_HERE}",
        f"vault.existing.id: is in subscription {ELSEWHERE}, {_HERE}",
        f"identities[0].existing.id: is in subscription {ELSEWHERE}, {_HERE}",
        f"monitoring.existing.id: is in subscription {ELSEWHERE}, {_HERE}",
        f"monitoring.alerts.action_group.id: is in subscription {ELSEWHERE}, {_HERE}",
    ),
    case(
        "existing-is-not-managed-here",
        {
            "cluster": {"existing": existing("cluster", "AKS-dev", _OWN)},
            "vault": {"existing": {"name": "kv-other", "resource_group": "RG-aks-secrets-dev"}},
        },
        "cluster.existing: 'AKS-dev' in resource group 'rg-aks-secrets-dev' is created by this stack,"
        f" and as existing Pulumi would delete it; {_NOT_OURS}",
        "vault.existing: 'kv-other' is in resource group 'RG-aks-secrets-dev',"
        f" which this stack creates and deletes with everything in it; {_NOT_OURS}",
    ),
    case(
        "existing-is-not-managed-here",
        {
            "vault": {"resource_group": "rg-vaults"},
            "monitoring": {"existing": {"name": "log-old", "resource_group": "rg-vaults"}},
        },
        "monitoring.existing: 'log-old' is in resource group 'rg-vaults',"
        f" which this stack creates and deletes with everything in it; {_NOT_OURS}",
    ),
    case(
        "resource-exists",
        ON_EXISTING,
        "cluster.existing: there is no cluster 'aks-old' in resource group 'rg-old'; look for it (az aks list --output table)",
        "vault.existing: there is no vault 'kv-old' in resource group 'rg-old'; look for it (az keyvault list --output table)",
    ),
    case(
        "resource-is-readable",
        ON_EXISTING,
        "vault.existing: Azure did not return vault 'kv-old' in resource group 'rg-old': invoke of azure-native:keyvault:getVault"
        ' failed: Status=403 Code="AuthorizationFailed" Message="no"; check the sign-in of pulumi and its rights there',
        answers=OLD | {"vault kv-old": _FORBIDDEN},
    ),
    case(
        "resource-is-readable",
        {},
        "cluster: Azure did not return cluster 'aks-dev' in resource group 'rg-aks-secrets-dev': invoke of"
        " azure-native:containerservice:getManagedCluster failed: dial tcp: lookup management.azure.com: host not found;"
        " check the sign-in of pulumi and its rights there",
        answers={"cluster aks-dev": Exception("dial tcp: lookup management.azure.com: host not found")},
    ),
    case(
        "action-group-is-not-managed-here",
        {"monitoring": {"alerts": {"action_group": existing("action group", "AG-dev", _OWN)}}},
        "monitoring.alerts.action_group: 'AG-dev' in resource group 'rg-aks-secrets-dev' is created by this stack for"
        " monitoring.alerts.emails, and Pulumi deletes it when no address is listed there; list the addresses, and remove this key"
        " (pulumi config rm --path 'monitoring.alerts.action_group')",
    ),
]

_VAULTS = [
    case(
        "vaults-are-distinct",
        ON_PLATFORM
        | {"vaults": [{"name": "mine", "existing": {"name": "kv-old", "resource_group": "rg-old"}}]},
        "vaults[0].existing: 'kv-old' is also the vault of the platform; list each vault once",
        answers=OLD | {"platform": platform()},
    ),
    case(
        "vaults-are-distinct",
        ON_PLATFORM
        | {
            "vaults": [{"name": "mine", "existing": {"name": "kv-pay", "resource_group": "rg-old"}}],
            "workloads": [workload(secrets=[{"name": "card", "from": "existing", "vault": "payments"}])],
        },
        "vaults[0].existing: 'kv-pay' is also vault 'payments' of the platform; list each vault once",
        answers=OLD
        | {"vault kv-pay": vault(), "platform": platform(vaults={"payments": published_vault("kv-pay")})},
    ),
    case(
        "access-policies-open-an-existing-vault",
        ON_EXISTING
        | {"workloads": [workload(secrets=[{"name": "db", "from": "existing"}]), workload(name="blog")]},
        "workloads[0].scope: 'object' does not fit vault 'kv-old', which uses access policies: they grant every secret in it;"
        " choose vault, or move the vault to RBAC as docs/migrations.md describes"
        " (pulumi config set --path 'workloads[0].scope' vault)",
        answers=OLD | {"vault kv-old": vault(by_role=False)},
    ),
]

_CLUSTER = [
    case(
        "cluster-issues-tokens",
        ON_EXISTING,
        "cluster.existing: cluster 'aks-old' has no OIDC issuer and no workload identity, so no pod can use an identity;"
        " enable both (az aks update --resource-group rg-old --name aks-old --enable-oidc-issuer --enable-workload-identity)",
        answers=OLD | {"cluster aks-old": {}},
    ),
    case(
        "cluster-issues-tokens",
        ON_PLATFORM,
        "platform.stack: cluster 'aks-old' has no workload identity, so no pod can use an identity;"
        " enable it (az aks update --resource-group rg-old --name aks-old --enable-workload-identity)",
        answers=OLD | {"cluster aks-old": cluster(securityProfile={}), "platform": platform()},
    ),
    case(
        "cluster-has-windows-nodes",
        ON_EXISTING
        | {
            "workloads": [
                workload(),
                workload(name="win", kind="Deployment", image="registry.example/win:1", os="windows"),
            ]
        },
        "workloads[1].os: 'windows', but no node pool of cluster 'aks-old' runs Windows; add one there, or choose linux"
        " (pulumi config set --path 'workloads[1].os' linux)",
        answers=OLD,
    ),
    case(
        "dapr-extension-on-an-automatic-cluster",
        ON_EXISTING | {"operators": {"dapr": {"install": "extension", "version": "1.14.4-msft.10"}}},
        "operators.dapr.install: 'extension' does not become ready on cluster 'aks-old', which is an Automatic one;"
        " choose helm (pulumi config set --path 'operators.dapr.install' helm)",
        answers=OLD | {"cluster aks-old": cluster(sku={"name": "Automatic"})},
    ),
    case(
        "cluster-does-not-become-private",
        {
            "network": {"address_space": "10.10.0.0/16", "nodes": "10.10.0.0/22"},
            "cluster.private": {
                "deploy_from": f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet-hub"
            },
        },
        "cluster.private: cluster 'aks-dev' exists with a public API server, and AKS cannot make it private; remove this key, or"
        " create another cluster under another name as docs/config/cluster.md#clusterprivate describes"
        " (pulumi config rm --path 'cluster.private')",
        answers={
            "cluster aks-dev": cluster(),
            "network vnet-hub": {"addressSpace": {"addressPrefixes": ["10.20.0.0/16"]}},
        },
    ),
]

_KEY_VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-etcd"
_KEY_ID = "https://kv-etcd.vault.azure.net/keys/etcd/0123456789abcdef0123456789abcdef"
_KMS: dict[str, Any] = {"cluster.kms": {"key_id": _KEY_ID, "vault_id": _KEY_VAULT}}
_KEY: dict[str, Any] = {"kty": "RSA", "keyUriWithVersion": _KEY_ID, "attributes": {"enabled": True}}
_WITH_KEY: dict[str, Any] = {"vault kv-etcd": vault(), "key etcd": _KEY}
_ENCRYPTED = cluster(securityProfile={"azureKeyVaultKms": {"enabled": True, "keyId": _KEY_ID}})
_FORMER = (
    "but cluster 'aks-dev' has encrypted its Secrets with a key of vault 'kv-etcd'; without its right to that key the API server"
    " stops; list that vault as a former one, as docs/config/cluster.md#another-vault-or-no-kms describes"
    " (pulumi config set --path 'cluster.former_kms_vault_ids[0]'"
    ' "$(az keyvault show --name kv-etcd --query id --output tsv)")'
)

_KMS_CASES = [
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
                "key_id": _KEY_ID.replace("kv-etcd", "kv-next"),
                "vault_id": _KEY_VAULT.replace("kv-etcd", "kv-next"),
            }
        },
        f"cluster.kms: names vault 'kv-next', {_FORMER}",
        answers={"cluster aks-dev": _ENCRYPTED, "vault kv-next": vault(), "key etcd": _KEY},
    ),
    case(
        "kms-vault-exists-before-the-cluster",
        _KMS | {"vault": {"name": "kv-etcd", "resource_group": "rg-old"}},
        "cluster.kms.vault_id: is created by this stack after the cluster; use a vault that already exists",
    ),
    case(
        "resource-exists",
        _KMS,
        "cluster.kms.vault_id: there is no vault 'kv-etcd' in resource group 'rg-old'; look for it (az keyvault list --output table)",
        answers={"key etcd": _KEY | {"kty": "EC"}},
    ),
    case(
        "resource-exists",
        _KMS,
        "cluster.kms.key_id: there is no key 'etcd' in vault 'kv-etcd';"
        " look for it (az keyvault key list --vault-name kv-etcd --output table)",
        answers={"vault kv-etcd": vault()},
    ),
    case(
        "kms-vault-uses-rbac",
        _KMS,
        "cluster.kms.vault_id: vault 'kv-etcd' uses access policies, but the cluster gets its right by role assignment;"
        " move the vault to RBAC (az keyvault update --name kv-etcd --enable-rbac-authorization true)",
        answers=_WITH_KEY | {"vault kv-etcd": vault(by_role=False)},
    ),
    *(
        case(
            "kms-vault-is-reachable",
            _KMS,
            "cluster.kms.vault_id: vault 'kv-etcd' has a firewall, through which AKS reaches no key; use a vault for the key alone that"
            " is open to all networks; only principals with a role there can use it",
            answers=_WITH_KEY | {"vault kv-etcd": closed},
        )
        for closed in (vault(publicNetworkAccess="Disabled"), vault(networkAcls={"defaultAction": "Deny"}))
    ),
    case(
        "kms-key-is-rsa",
        _KMS,
        "cluster.kms.key_id: key 'etcd' is of type EC; AKS encrypts with an RSA key",
        answers=_WITH_KEY | {"key etcd": _KEY | {"kty": "EC"}},
    ),
    case(
        "kms-key-is-enabled",
        _KMS,
        "cluster.kms.key_id: key 'etcd' is disabled, and the API server stops without it; enable it"
        f" (az keyvault key set-attributes --id {_KEY_ID} --enabled true)",
        answers=_WITH_KEY | {"key etcd": _KEY | {"attributes": {"enabled": False}}},
    ),
]

_HUB = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet-hub"
_NETWORK_CASES = [
    case(
        "peered-networks-do-not-overlap",
        {
            "network": {"address_space": "10.0.0.0/12", "nodes": "10.10.0.0/22"},
            "cluster.private": {"deploy_from": _HUB},
            "cluster.network": {"service_cidr": "172.20.0.0/16", "dns_service_ip": "172.20.0.10"},
        },
        "network.address_space: 10.0.0.0/12 overlaps 10.4.0.0/16 of 'vnet-hub' (cluster.private.deploy_from), and Azure peers no"
        " networks that overlap; choose another range",
        "cluster.network.service_cidr: 172.20.0.0/16 overlaps 172.20.1.0/24 of 'vnet-hub' (cluster.private.deploy_from), so traffic"
        " to it would stay in the cluster; choose another range",
        answers={"network vnet-hub": {"addressSpace": {"addressPrefixes": ["10.4.0.0/16", "172.20.1.0/24"]}}},
    ),
    case(
        "resource-exists",
        {
            "network": {"address_space": "10.10.0.0/16", "nodes": "10.10.0.0/22"},
            "cluster.private": {"deploy_from": _HUB},
        },
        "cluster.private.deploy_from: there is no virtual network 'vnet-hub' in resource group 'rg-old';"
        " look for it (az network vnet list --output table)",
    ),
]

_AGAIN = f"(pulumi up --stack {PLATFORM_STACK})"
_DB: dict[str, Any] = {"name": "db", "from": "existing"}
_PLATFORM_CASES = [
    case(
        "platform-is-usable",
        ON_PLATFORM,
        f"platform.stack: stack aks-secrets/dev cannot read stack {PLATFORM_STACK}: unknown stack; name a stack that exists"
        " (pulumi stack ls --all)",
        answers={"platform": Exception("unknown stack")},
    ),
    case(
        "platform-is-usable",
        ON_PLATFORM,
        f"platform.stack: stack {PLATFORM_STACK} has no output 'platform', which stack aks-secrets/dev needs;"
        f" bring it up with composition platform or all-in-one {_AGAIN}",
        answers={"platform": {}},
    ),
    case(
        "platform-is-usable",
        ON_PLATFORM,
        f"platform.stack: stack {PLATFORM_STACK} publishes version 1 of its platform, but stack aks-secrets/dev reads version 2;"
        " run the same release of the program in both, the platform first",
        answers={"platform": platform(version=1)},
    ),
    case(
        "platform-is-usable",
        ON_PLATFORM,
        f"platform.stack: stack {PLATFORM_STACK} publishes a platform that stack aks-secrets/dev cannot read:"
        " cluster.issuerUrl: field required; run the same release of the program in both, the platform first",
        answers={"platform": platform(cluster={"name": "aks-old", "id": "x"})},
    ),
    case(
        "platform-in-this-subscription",
        ON_PLATFORM,
        f"platform.stack: stack {PLATFORM_STACK} is in subscription {ELSEWHERE}, {_HERE}",
        answers=OLD | {"platform": platform(subscriptionId=ELSEWHERE)},
    ),
    case(
        "platform-has-the-operators",
        ON_PLATFORM
        | {
            "workloads": [
                workload(technique="csi", secrets=[_DB]),
                workload(name="eso", technique="eso", secrets=[{**_DB, "env": "DB"}]),
            ]
        },
        f"workloads[0].technique: 'csi' needs operators.csi_driver, which stack {PLATFORM_STACK} does not publish;"
        f" configure it there, then update that stack {_AGAIN}",
        f"workloads[1].namespace: 'shop', but operators.external_secrets of stack {PLATFORM_STACK} serves 'eso' only;"
        f" change its scoped_namespace there, then update that stack {_AGAIN}",
        answers=OLD | {"platform": platform(operators={"external_secrets": {"scopedNamespace": "eso"}})},
    ),
    case(
        "platform-isolation-stays",
        ON_PLATFORM | {"namespaces": [{"name": "shop", "isolated": False}]},
        f"namespaces[0].isolated: false, but stack {PLATFORM_STACK} isolates namespace 'shop'; remove this key"
        " (pulumi config rm --path 'namespaces[0].isolated')",
        answers=OLD | {"platform": platform(namespaces=["shop"], isolatedNamespaces=["shop"])},
    ),
    case(
        "vault-label-is-free",
        ON_PLATFORM
        | {"vaults": [{"name": "payments", "existing": {"name": "kv-pay", "resource_group": "rg-old"}}]},
        f"vaults[0].name: 'payments' is also the name of a vault of stack {PLATFORM_STACK}; choose another name",
        answers=OLD
        | {"vault kv-pay": vault(), "platform": platform(vaults={"payments": published_vault("kv-p")})},
    ),
    case(
        "vault-label-is-known",
        ON_PLATFORM | {"workloads": [workload(secrets=[{**_DB, "vault": "payment"}])]},
        f"workloads[0].secrets[0].vault: 'payment' is neither in vaults nor a vault of stack {PLATFORM_STACK};"
        " choose audit or payments",
        answers=OLD
        | {
            "platform": platform(
                vaults={"payments": published_vault("kv-p"), "audit": published_vault("kv-a")}
            )
        },
    ),
    case(
        "vault-label-is-known",
        ON_PLATFORM | {"workloads": [workload(secrets=[{**_DB, "vault": "payment"}])]},
        f"workloads[0].secrets[0].vault: 'payment' is neither in vaults nor a vault of stack {PLATFORM_STACK};"
        " list it in vaults, with existing",
        answers=OLD | {"platform": platform()},
    ),
    case(
        "platform-vault-policies",
        ON_PLATFORM,
        f"platform.stack: vault 'kv-old' of stack {PLATFORM_STACK} uses access policies, and that stack's next update would remove the"
        " policies that this one adds; move the vault to RBAC there as docs/migrations.md describes",
        answers=OLD | {"platform": platform(vault=published_vault("kv-old", keepsPolicies=True))},
    ),
]

CASES = [*_EXISTING, *_VAULTS, *_CLUSTER, *_KMS_CASES, *_NETWORK_CASES, *_PLATFORM_CASES]
