"""Warnings of the preflight about the cluster, its key and its network, in their exact words."""

from typing import Any

from aks_secrets_testing.builds import SUBSCRIPTION
from tests.settings.model.refused_app_routing import served
from tests.stacks.preflight.cases import (
    ELSEWHERE,
    KEY,
    KEY_ID,
    KEY_VAULT,
    KMS,
    OLD,
    ON_EXISTING,
    case,
    cluster,
    vault,
    workload,
)

_DB = {"name": "db", "from": "existing"}
CASES = [
    case(
        "app-routing-nginx-ends",
        served(),
        "workloads[0].service.ingress: is served by NGINX, for which Microsoft gives security patches through"
        " November 2026; plan the way to the Gateway API (docs/config/workloads.md#gateway-api)",
    ),
    case(
        "local-accounts",
        {"cluster.local_accounts": True},
        "cluster.local_accounts: is on, so a holder of the cluster's certificate is its admin, which no"
        " Entra policy can stop;"
        " turn it off (pulumi config set --path 'cluster.local_accounts' false)",
    ),
    case(
        "nodes-in-authorized-ranges",
        {
            "cluster.authorized_ip_ranges": ["20.50.2.0/24"],
            "cluster.network": {"outbound": "userDefinedRouting"},
            "network": {
                "address_space": "10.10.0.0/16",
                "nodes": "10.10.0.0/22",
                "firewall_ip": "10.20.0.4",
            },
        },
        "cluster.authorized_ip_ranges: with outbound userDefinedRouting the nodes reach the API server only"
        " from an address in these"
        " ranges; list the public address of their egress",
    ),
    case(
        "system-pool-size",
        {"cluster.system_pool.vm_size": "Standard_B2s"},
        "cluster.system_pool.vm_size: 'Standard_B2s' is a B-series size, which AKS does not support for"
        " system pools: AKS's own pods"
        " use up its CPU credit; choose another size"
        " (pulumi config set --path 'cluster.system_pool.vm_size' Standard_D2s_v5)",
    ),
    case(
        "system-pool-version",
        {"cluster.kubernetes_version": "1.36"},
        "cluster.kubernetes_version: moves the control plane and the user pools from 1.35.2 to 1.36, and the"
        " nodes of 'system' stay on 1.35.2; upgrade them afterwards (az aks nodepool upgrade --resource-group"
        " rg-aks-secrets-dev --cluster-name aks-dev --name system --kubernetes-version 1.36)",
        answers={"cluster aks-dev": cluster(kubernetesVersion="1.35.2")},
    ),
    case(
        "federation-region",
        {"azure-native:location": "malaysiasouth"},
        "azure-native:location: in 'malaysiasouth' identities take no federated credentials, unless Azure"
        " has changed that;"
        " choose another region",
    ),
    case(
        "role-assignment-count",
        {
            "workloads": [
                workload(
                    name=f"w{index}",
                    namespace=f"w{index}",
                    secrets=[{"name": f"s{place}", "from": "existing"} for place in range(101)],
                )
                for index in range(10)
            ]
        },
        "workloads: 1010 role assignments, out of 4000 for everything in the subscription; use scope: vault"
        " or shared identities,"
        " which need fewer",
    ),
    case(
        "csi-addon-is-on",
        ON_EXISTING | {"operators": {"csi_driver": {"install": "existing"}}},
        "operators.csi_driver.install: 'existing', but the add-on is off in cluster 'aks-old'; install the"
        " charts, or enable the add-on"
        " (az aks enable-addons --addons azure-keyvault-secrets-provider --resource-group rg-old --name"
        " aks-old)",
        answers=OLD,
    ),
    case(
        "identity-binding-by-the-addon",
        ON_EXISTING
        | {
            "operators": {"csi_driver": {"install": "existing"}},
            "workloads": [
                workload(),
                workload(
                    name="b",
                    technique="csi",
                    access="identity-binding",
                    secrets=[{"name": "db", "from": "existing"}],
                ),
            ],
        },
        "workloads[1].access: 'identity-binding' needs version 1.8.1 of the driver's Azure provider, and the"
        " add-on of cluster 'aks-old' may have an older one, 1.7.2 in August 2026; look at the image's"
        " version first (kubectl get daemonsets --namespace kube-system --output wide)",
        answers=OLD
        | {
            "cluster aks-old": cluster(
                addonProfiles={
                    "azureKeyvaultSecretsProvider": {
                        "enabled": True,
                        "identity": {"clientId": "addon", "objectId": "addon"},
                    }
                }
            )
        },
    ),
]

_ENCRYPTED = cluster(
    securityProfile={"azureKeyVaultKms": {"enabled": True, "keyId": KEY_ID.replace("kv-etcd", "kv-former")}}
)

_FORMER: dict[str, Any] = {
    "cluster.former_kms_vault_ids": [KEY_VAULT.replace("kv-etcd", "kv-former")],
}

_REWRITE = (
    "as docs/config/cluster.md#another-vault-or-no-kms describes"
    " (kubectl get secrets --all-namespaces -o json | kubectl replace -f -)"
)

CASES += [
    case(
        "former-kms-key-is-needed",
        _FORMER,
        "cluster.kms: is removed, but etcd stays encrypted with the key of vault 'kv-former'; keep that"
        " key, and the vault in"
        f" former_kms_vault_ids, until every Secret was written again after this `pulumi up`, {_REWRITE}",
        answers={"cluster aks-dev": _ENCRYPTED, "vault kv-former": vault()},
    ),
    case(
        "former-kms-key-is-needed",
        _FORMER | KMS,
        "cluster.kms: names vault 'kv-etcd', but etcd stays encrypted with the key of vault 'kv-former';"
        " keep that key, and the vault in"
        " former_kms_vault_ids, until every Secret was written again after this `pulumi up` and the key of"
        " kms was changed once more,"
        f" {_REWRITE}",
        answers={
            "cluster aks-dev": _ENCRYPTED,
            "vault kv-former": vault(),
            "vault kv-etcd": vault(),
            "key etcd": KEY,
        },
    ),
    case(
        "kms-vault-purge-protection",
        KMS,
        "cluster.kms.vault_id: vault 'kv-etcd' has no purge protection, and without the key the cluster's"
        " Secrets are lost; enable it"
        " (az keyvault update --name kv-etcd --enable-purge-protection true)",
        answers={"vault kv-etcd": vault(enablePurgeProtection=False), "key etcd": KEY},
    ),
    case(
        "kms-key-expires",
        KMS,
        "cluster.kms.key_id: key 'etcd' expires on 2030-01-01, and the API server stops then; name another"
        " version before, and keep this"
        " one until every Secret was written again, as docs/config/cluster.md#clusterkms describes",
        answers={
            "vault kv-etcd": vault(),
            "key etcd": KEY | {"attributes": {"enabled": True, "expires": 1893456000}},
        },
    ),
]

_HUB = (
    f"/subscriptions/{ELSEWHERE}/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/vnet-hub"
)

_NODES = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-aks-secrets-dev"
    "/providers/Microsoft.Network/virtualNetworks/vnet-dev"
)

CASES += [
    case(
        "peering-needs-its-other-side",
        {
            "network": {"address_space": "10.10.0.0/16", "nodes": "10.10.0.0/22"},
            "cluster.private": {"deploy_from": _HUB},
        },
        f"cluster.private.deploy_from: is in subscription {ELSEWHERE}, where pulumi does not run, so the"
        " program peers one side only;"
        " create the other side once the network exists, before anything is created in the cluster (az"
        " network vnet peering create"
        f" --subscription {ELSEWHERE} --resource-group rg-hub --vnet-name vnet-hub --name"
        f" to-vnet-dev-7fb64d0b --remote-vnet {_NODES}"
        " --allow-vnet-access)",
    ),
]
