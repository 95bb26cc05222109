"""Everything that the preflight warns of, in its exact words."""

from typing import Any

from tests.stacks.preflight.cases import (
    ELSEWHERE,
    GROUP,
    OLD,
    ON_EXISTING,
    case,
    cluster,
    existing,
    vault,
    workload,
)
from tests.support.harness import SUBSCRIPTION

_DB: dict[str, Any] = {"name": "db", "from": "existing"}
_DRIVER: dict[str, Any] = {"operators": {"csi_driver": {}}}
_POLL = "operators.csi_driver.poll_interval: '2m' causes"


def runs(**keys: Any) -> dict[str, Any]:
    """A workload with a Deployment."""
    return workload(kind="Deployment", image="registry.example/shop:1") | keys


def mounts(secrets: int, *vaults: str | None, **keys: Any) -> dict[str, Any]:
    """A thousand pods, each of which mounts so many secrets of each vault."""
    listed = [
        {"name": f"s{index}", "from": "existing", **({"vault": label} if label else {})}
        for label in vaults or (None,)
        for index in range(secrets)
    ]
    return runs(technique="csi", secrets=listed) | (keys or {"replicas": 1000})


_CLUSTER = [
    case(
        "local-accounts",
        {"cluster.local_accounts": True},
        "cluster.local_accounts: is on, so a holder of the cluster's certificate is its admin, which no Entra policy can stop;"
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
        "cluster.authorized_ip_ranges: with outbound userDefinedRouting the nodes reach the API server only from an address in these"
        " ranges; list the public address of their egress",
    ),
    case(
        "system-pool-size",
        {"cluster.system_pool.vm_size": "Standard_B2s"},
        "cluster.system_pool.vm_size: 'Standard_B2s' is a B-series size, which AKS does not support for system pools: AKS's own pods"
        " use up its CPU credit; choose another size"
        " (pulumi config set --path 'cluster.system_pool.vm_size' Standard_D2s_v5)",
    ),
    case(
        "federation-region",
        {"azure-native:location": "malaysiasouth"},
        "azure-native:location: in 'malaysiasouth' identities take no federated credentials, unless Azure has changed that;"
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
        "workloads: 1010 role assignments, out of 4000 for everything in the subscription; use scope: vault or shared identities,"
        " which need fewer",
    ),
    case(
        "csi-addon-is-on",
        ON_EXISTING | {"operators": {"csi_driver": {"install": "existing"}}},
        "operators.csi_driver.install: 'existing', but the add-on is off in cluster 'aks-old'; install the charts, or enable the add-on"
        " (az aks enable-addons --addons azure-keyvault-secrets-provider --resource-group rg-old --name aks-old)",
        answers=OLD,
    ),
]

_KEY_VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-etcd"
_KEY_ID = "https://kv-etcd.vault.azure.net/keys/etcd/0123456789abcdef0123456789abcdef"
_KMS: dict[str, Any] = {"cluster.kms": {"key_id": _KEY_ID, "vault_id": _KEY_VAULT}}
_KEY: dict[str, Any] = {"kty": "RSA", "keyUriWithVersion": _KEY_ID, "attributes": {"enabled": True}}
_ENCRYPTED = cluster(
    securityProfile={"azureKeyVaultKms": {"enabled": True, "keyId": _KEY_ID.replace("kv-etcd", "kv-former")}}
)
_FORMER: dict[str, Any] = {
    "cluster.former_kms_vault_ids": [_KEY_VAULT.replace("kv-etcd", "kv-former")],
}
_REWRITE = "as docs/config/cluster.md#another-vault-or-no-kms describes (kubectl get secrets --all-namespaces -o json | kubectl replace -f -)"

_KMS_CASES = [
    case(
        "former-kms-key-is-needed",
        _FORMER,
        "cluster.kms: is removed, but etcd stays encrypted with the key of vault 'kv-former'; keep that key, and the vault in"
        f" former_kms_vault_ids, until every Secret was written again after this `pulumi up`, {_REWRITE}",
        answers={"cluster aks-dev": _ENCRYPTED},
    ),
    case(
        "former-kms-key-is-needed",
        _FORMER | _KMS,
        "cluster.kms: names vault 'kv-etcd', but etcd stays encrypted with the key of vault 'kv-former'; keep that key, and the vault in"
        " former_kms_vault_ids, until every Secret was written again after this `pulumi up` and the key of kms was changed once more,"
        f" {_REWRITE}",
        answers={"cluster aks-dev": _ENCRYPTED, "vault kv-etcd": vault(), "key etcd": _KEY},
    ),
    case(
        "kms-vault-purge-protection",
        _KMS,
        "cluster.kms.vault_id: vault 'kv-etcd' has no purge protection, and without the key the cluster's Secrets are lost; enable it"
        " (az keyvault update --name kv-etcd --enable-purge-protection true)",
        answers={"vault kv-etcd": vault(enablePurgeProtection=False), "key etcd": _KEY},
    ),
    case(
        "kms-key-expires",
        _KMS,
        "cluster.kms.key_id: key 'etcd' expires on 2030-01-01, and the API server stops then; name another version before, and keep this"
        " one until every Secret was written again, as docs/config/cluster.md#clusterkms describes",
        answers={
            "vault kv-etcd": vault(),
            "key etcd": _KEY | {"attributes": {"enabled": True, "expires": 1893456000}},
        },
    ),
]

_HUB = (
    f"/subscriptions/{ELSEWHERE}/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/vnet-hub"
)
_NODES = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-aks-secrets-dev/providers/Microsoft.Network/virtualNetworks/vnet-dev"
_NETWORK = [
    case(
        "peering-needs-its-other-side",
        {
            "network": {"address_space": "10.10.0.0/16", "nodes": "10.10.0.0/22"},
            "cluster.private": {"deploy_from": _HUB},
        },
        f"cluster.private.deploy_from: is in subscription {ELSEWHERE}, where pulumi does not run, so the program peers one side only;"
        " create the other side once the network exists, before anything is created in the cluster (az network vnet peering create"
        f" --subscription {ELSEWHERE} --resource-group rg-hub --vnet-name vnet-hub --name to-vnet-dev-7fb64d0b --remote-vnet {_NODES}"
        " --allow-vnet-access)",
    ),
]

_OPERATORS = [
    case(
        "reloader-is-used",
        {"operators": {"reloader": {}}},
        "operators.reloader: no workload has reload: true, so it watches nothing; set reload on a workload, or remove this key"
        " (pulumi config rm --path 'operators.reloader')",
    ),
    case(
        "dapr-extension-provider",
        {"operators": {"dapr": {"install": "extension", "version": "1.14.4-msft.10"}}},
        "operators.dapr.install: 'extension' fails with MissingSubscriptionRegistration in a subscription without the provider of"
        " cluster extensions; register it once (az provider register --namespace Microsoft.KubernetesConfiguration)",
    ),
    case(
        "vault-read-limit",
        _DRIVER | {"workloads": [mounts(25)]},
        f"{_POLL} 25000 reads of the vault of section vault at each poll, 52% of the limit of a vault, 4000 reads in 10 s; poll less"
        " often, mount fewer secrets, or use several vaults",
    ),
    case(
        "vault-read-limit",
        _DRIVER
        | {
            "workloads": [
                mounts(25, resources={"requests": {"cpu": 1}}, autoscale={"max_replicas": 1000}),
            ]
        },
        f"{_POLL} 25000 reads of the vault of section vault at each poll, 52% of the limit of a vault, 4000 reads in 10 s; poll less"
        " often, mount fewer secrets, or use several vaults",
    ),
    # Each vault answers for itself, and half of the limit is no warning.
    case(
        "vault-read-limit",
        _DRIVER
        | {
            "vaults": [{"name": "v0"}],
            "workloads": [mounts(1, None), mounts(25, "v0") | {"name": "other"}],
        },
        f"{_POLL} 25000 reads of vault 'v0' at each poll, 52% of the limit of a vault, 4000 reads in 10 s; poll less often, mount fewer"
        " secrets, or use several vaults",
    ),
    case(
        "subscription-read-limit",
        _DRIVER
        | {
            "vaults": [{"name": f"v{index}"} for index in range(6)],
            "workloads": [mounts(21, *(f"v{index}" for index in range(6)))],
        },
        f"{_POLL} 126000 reads of all vaults at each poll, 52% of the limit of a subscription, 20000 reads in 10 s; poll less often, or"
        " mount fewer secrets",
    ),
]

_VAULTS = [
    case(
        "additional-vault-network",
        {
            "vault": {"network": {"public_access": False}},
            "vaults": [{"name": "open"}, {"name": "there", "existing": existing("vault", "kv-old")}],
            "workloads": [],
        },
        "vaults[0].network: allows public access although section vault denies it; set it here too: settings are not inherited between"
        " vaults",
        answers=OLD,
    ),
    case(
        "access-policies",
        {"vault.authorization": "access-policy", "workloads": [workload(scope="vault")]},
        "vault.authorization: with access-policy every workload can read every secret of the vault; move it to rbac in the order that"
        " docs/migrations.md describes",
    ),
    case(
        "recover-is-temporary",
        {"vault.recover": True},
        "vault.recover: is on, and recovers the deleted vault once; remove it after this `pulumi up`"
        " (pulumi config rm --path 'vault.recover')",
    ),
]

_WORKLOADS = [
    case(
        "pod-identity-is-retired",
        _DRIVER | {"workloads": [runs(technique="csi", access="pod-identity", secrets=[_DB])]},
        "workloads[0].access: pod-identity is AAD Pod Identity, which is retired and gets no more fixes; move to workload-identity as"
        " docs/migrations.md#aad-pod-identity--workload-identity describes",
    ),
    case(
        "identity-of-the-nodes",
        _DRIVER | {"workloads": [runs(technique="csi", access="user-assigned-vm", secrets=[_DB])]},
        "workloads[0].access: with user-assigned-vm every pod on every node can use the add-on's identity; prefer workload-identity"
        " (pulumi config set --path 'workloads[0].access' workload-identity)",
    ),
    case(
        "client-secret",
        _DRIVER
        | {
            "workloads": [
                runs(
                    technique="csi",
                    access="service-principal",
                    service_principal={
                        "client_id": "aaaaaaaa-0000-4000-8000-000000000001",
                        "object_id": "aaaaaaaa-0000-4000-8000-000000000002",
                        "config_key": "sp",
                    },
                    secrets=[_DB],
                )
            ],
            "secret-values:sp": "canary",
        },
        "workloads[0].access: with service-principal a Kubernetes Secret holds a client secret, which expires; prefer workload-identity,"
        " which has none (pulumi config set --path 'workloads[0].access' workload-identity)",
        secret=("secret-values:sp",),
    ),
    case(
        "values-in-the-cluster",
        {"workloads": [runs(technique="kubernetes-secret", secrets=[{"name": "db", "from": "random"}])]},
        "workloads[0].technique: with kubernetes-secret etcd keeps the values, and everyone who may read Secrets or create pods in"
        " namespace 'shop' can read them; prefer another technique, or limit those rights (docs/security.md)",
    ),
    case(
        "values-in-two-places",
        {
            "workloads": [
                runs(
                    technique="kubernetes-secret",
                    secrets=[{"name": "s", "from": "literal", "sensitive": False, "value": "v"}],
                )
            ]
        },
        "workloads[0].technique: with kubernetes-secret etcd keeps the values, and everyone who may read Secrets or create pods in"
        " namespace 'shop' can read them; prefer another technique, or limit those rights (docs/security.md)",
        "workloads[0].secrets[0].manage: with once a changed value in the stack reaches the cluster but not the vault; choose always"
        " (pulumi config set --path 'workloads[0].secrets[0].manage' always)",
    ),
    case(
        "image-is-pinned",
        {"workloads": [runs(image="registry.example/web:latest")]},
        "workloads[0].image: tag latest can be another image at the next start of a pod; use a digest, name@sha256:…, which never"
        " changes",
    ),
    case(
        "stateful-set-has-a-service",
        {"workloads": [runs(kind="StatefulSet", port=8080)]},
        "workloads[0].service: a StatefulSet needs a Headless Service for stable pod DNS names; set service.type: Headless"
        " (pulumi config set --path 'workloads[0].service.type' Headless)",
    ),
    case(
        "secret-in-env",
        {"workloads": [runs(env={"DB_PASSWORD": "x", "DB_PASSWORD_FILE": "/x"})]},
        "workloads[0].env.DB_PASSWORD: has the name of a secret, and its value is in plain text in the stack file; list it in secrets if"
        " it is one",
    ),
]

CASES = [*_CLUSTER, *_KMS_CASES, *_NETWORK, *_OPERATORS, *_VAULTS, *_WORKLOADS]
