"""Every configuration that is refused: one case per rule at least, with the exact words.

``test_refused.py`` runs each through the settings and through the whole program under mocks, and finds rules without a case. What the engine
makes of a refusal, tests/engine/test_program.py shows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

GUID = "aaaaaaaa-0000-0000-0000-000000000000"
SUBNET = f"/subscriptions/{GUID}/resourceGroups/rg-net/providers/Microsoft.Network/virtualNetworks/vnet/subnets/nodes"
REGISTRY = f"/subscriptions/{GUID}/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/"


@dataclass(frozen=True)
class Case:
    """What is changed in a document that is accepted, and what the settings say then."""

    rule: str
    changes: Mapping[str, Any]
    """Path → value, as `pulumi config set --path` has it; None takes the key out."""
    says: tuple[str, ...]
    secret: tuple[str, ...] = ()
    """Keys that are encrypted in the stack file."""


def case(rule: str, changes: Mapping[str, Any], *says: str, secret: tuple[str, ...] = ()) -> Case:
    """A case whose messages are written one below the other."""
    return Case(rule, changes, says, secret)


def workload(**keys: Any) -> dict[str, Any]:
    """A workload with some keys given otherwise."""
    return {"name": "shop", "namespace": "shop", "technique": "sdk", "kind": "none", **keys}


def secret(**keys: Any) -> dict[str, Any]:
    """A secret; ``from_`` is its ``from``."""
    return {"name": "db-password", **{key.rstrip("_"): value for key, value in keys.items()}}


def pod(**keys: Any) -> dict[str, Any]:
    """A workload that runs something."""
    return {
        "name": "shop",
        "namespace": "shop",
        "technique": "sdk",
        "image": "registry.example/shop:1",
        **keys,
    }


def csi(*secrets: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """A workload whose secrets the CSI driver mounts."""
    return pod(technique="csi", secrets=list(secrets), **keys)


PRINCIPAL = {"client_id": GUID, "object_id": GUID, "config_key": "sp"}
DRIVER: dict[str, Any] = {"operators": {"csi_driver": {}}}


def template(spec: dict[str, Any]) -> dict[str, Any]:
    """Overrides of a Deployment's pod."""
    return {"spec": {"template": {"spec": spec}}}


CASES = [
    # shape
    case(
        "unknown-key",
        {"nodepool": {"x": 1}},
        "nodepool: unknown key; choose platform, cluster, network, vault, vaults, workloads, identities, resource_groups, namespaces, operators, monitoring, people, tags, composition, technique or grants (pulumi config rm nodepool)",
    ),
    case(
        "unknown-key",
        {"cluster.system_pol": {"vm_size": "Standard_D2s_v5"}},
        "cluster.system_pol: unknown key; did you mean 'system_pool'? rename it in the stack file",
    ),
    case(
        "unknown-key",
        {"workloads": [workload(secrets=[secret(**{"from_": "existing", "fromm": "x"})])]},
        "workloads[0].secrets[0].fromm: unknown key; did you mean 'from'? rename it in the stack file",
    ),
    case(
        "system-pool-is-there",
        {"cluster": {}},
        "cluster.system_pool: missing; this key has no default (pulumi config set --path 'cluster.system_pool.vm_size' Standard_D2s_v5)",
    ),
    case(
        "missing-key",
        {"azure-native:location": None},
        "azure-native:location: missing; this key has no default (pulumi config set azure-native:location westeurope)",
    ),
    case(
        "missing-key",
        {"workloads": [{"name": "shop", "namespace": "shop", "kind": "none"}]},
        "workloads[0].technique: missing; this key has no default (pulumi config set --path 'workloads[0].technique' sdk)",
    ),
    case(
        "unknown-choice",
        {"workloads": [workload(technique="foo")]},
        "workloads[0].technique: unknown technique 'foo'; choose sdk, csi, eso, dapr or kubernetes-secret",
    ),
    case(
        "unknown-choice",
        {"composition": "everything"},
        "composition: unknown composition 'everything'; choose all-in-one, platform or workloads",
    ),
    case(
        "unknown-choice",
        {"cluster.network.dataplane": "ebpf"},
        "cluster.network.dataplane: unknown dataplane 'ebpf'; choose cilium or azure",
    ),
    case(
        "sovereign-cloud",
        {"azure-native:environment": "china"},
        "azure-native:environment: 'china' is a sovereign cloud; the program knows Azure's public cloud only (pulumi config set azure-native:environment public)",
    ),
    case(
        "location",
        {"azure-native:location": "usgovvirginia"},
        "azure-native:location: 'usgovvirginia' is not a location name of Azure's public cloud; use the short name that `az account list-locations --query '[].name'` prints (pulumi config set azure-native:location westeurope)",
    ),
    case(
        "wrong-type",
        {"cluster.kubernetes_version": 1.36},
        'cluster.kubernetes_version: got the number 1.36; write it in quotes in the stack file: "1.36" (without quotes, YAML drops a final zero)',
    ),
    case(
        "wrong-type",
        {"cluster.system_pool.count": "three"},
        "cluster.system_pool.count: got 'three'; write a whole number, without quotes, in the stack file",
    ),
    case(
        "wrong-type",
        {"cluster.local_accounts": "yes"},
        "cluster.local_accounts: got 'yes'; write true or false, without quotes, in the stack file",
    ),
    case(
        "wrong-type",
        {
            "workloads": [
                workload(secrets=[secret(**{"from_": "literal", "sensitive": False, "value": 8080})])
            ]
        },
        "workloads[0].secrets[0].value: got a value that is not shown here; write text",
    ),
    case(
        "wrong-type",
        {"workloads": [workload(secrets=[secret(**{"from_": "random", "expires": "2027-01-31"})])]},
        'workloads[0].secrets[0].expires: got a value that is not shown here; write a date and time with its zone, in quotes: "2027-01-31T00:00:00Z"',
    ),
    case(
        "section-is-structured",
        {"vault": "kv-shop-dev"},
        "vault: got text; write keys with values below it in the stack file, or use --path (pulumi config set --path 'vault.KEY' VALUE)",
    ),
    case(
        "section-is-structured",
        {"workloads": "shop"},
        "workloads: got text; write a list below it in the stack file, or use --path (pulumi config set --path 'workloads[0].KEY' VALUE)",
    ),
    case(
        "secret-in-a-section",
        {"vault": {"name": "kv-shop-dev"}},
        "vault: holds an encrypted value, and Pulumi cannot tell which part of a structured key is the secret; give the value a key of its own and name it with from: config (pulumi config set --secret secret-values:NAME)",
        secret=("aks-secrets:vault",),
    ),
    # names
    case(
        "location",
        {"azure-native:location": "West Europe"},
        "azure-native:location: 'West Europe' is not a location name of Azure's public cloud; use the short name that `az account list-locations --query '[].name'` prints (pulumi config set azure-native:location westeurope)",
    ),
    case(
        "resource-group-name",
        {"cluster.resource_group": "rg-shop."},
        "cluster.resource_group: 'rg-shop.' is not a resource group name; use 1 to 90 letters, digits, hyphens, underscores, full stops and brackets, no full stop at the end (pulumi config set --path 'cluster.resource_group' rg-shop)",
    ),
    case(
        "object-id",
        {"people": {"users": ["anna@example.com"]}},
        "people.users[0]: 'anna@example.com' is not an object id; use the object id (a GUID) that `az ad user|group|sp show --id NAME --query id` prints (pulumi config set --path 'people.users[0]' 00000000-0000-0000-0000-000000000000)",
    ),
    case(
        "subnet-id",
        {"cluster.network.subnet_id": "nodes"},
        "cluster.network.subnet_id: 'nodes' is not a subnet id; use the id that `az network vnet subnet show --query id` prints",
    ),
    case(
        "container-registry-id",
        {"cluster.container_registries": ["shop.azurecr.io"]},
        "cluster.container_registries[0]: 'shop.azurecr.io' is not a container registry id; use the id that `az acr show --query id` prints",
    ),
    case(
        "kubernetes-label-name",
        {"workloads": [workload(namespace="Shop_1")]},
        "workloads[0].namespace: 'Shop_1' is not a Kubernetes name; use 1 to 63 lower-case letters, digits and hyphens, a letter or digit first and last (pulumi config set --path 'workloads[0].namespace' shop-1)",
    ),
    case(
        "kubernetes-subdomain-name",
        {"workloads": [workload(service_account="Shop")]},
        "workloads[0].service_account: 'Shop' is not a ServiceAccount name; use 1 to 253 lower-case letters, digits, hyphens and full stops, a letter or digit at each end (pulumi config set --path 'workloads[0].service_account' shop)",
    ),
    case(
        "shared-identity-name",
        {"identities": [{"name": "Readers"}], "workloads": [workload(identity="readers")]},
        "identities[0].name: 'Readers' is not an identity name; use 1 to 63 lower-case letters, digits and hyphens, a letter or digit first and last (pulumi config set --path 'identities[0].name' readers)",
    ),
    case(
        "identity-resource-name",
        {
            "identities": [{"name": "readers", "resource_name": "id.readers"}],
            "workloads": [workload(identity="readers")],
        },
        "identities[0].resource_name: 'id.readers' is not a name of a user-assigned identity; use 3 to 128 letters, digits, hyphens and underscores, a letter or digit first (pulumi config set --path 'identities[0].resource_name' id-readers)",
    ),
    case(
        "identity-names-differ",
        {
            "identities": [
                {"name": "readers", "resource_name": "id-readers"},
                {"name": "writers", "resource_name": "ID-readers"},
            ],
            "workloads": [workload(identity="readers"), workload(name="other", identity="writers")],
        },
        "identities[1].resource_name: 'ID-readers' is what another entry is called; choose another name (pulumi config set --path 'identities[1].resource_name' ID-readers-2)",
    ),
    case(
        "existing-identity-has-its-name",
        {
            "identities": [
                {
                    "name": "readers",
                    "resource_name": "id-readers",
                    "existing": {"name": "id", "resource_group": "rg"},
                }
            ],
            "workloads": [workload(identity="readers")],
        },
        "identities[0].resource_name: 'id-readers', and existing says which one it is; take it out (pulumi config rm --path 'identities[0].resource_name')",
    ),
    case(
        "vault-object-name",
        {"workloads": [workload(secrets=[{"name": "db_password", "from": "existing"}])]},
        "workloads[0].secrets[0].name: 'db_password' is not a Key Vault object name; use 1 to 127 letters, digits and hyphens (no underscore) (pulumi config set --path 'workloads[0].secrets[0].name' db-password)",
    ),
    case(
        "cluster-name",
        {"cluster.name": "-shop"},
        "cluster.name: '-shop' is not a cluster name; use 1 to 63 letters, digits, hyphens and underscores, a letter or digit first and last (pulumi config set --path 'cluster.name' shop)",
    ),
    case(
        "pool-name",
        {"cluster.user_pools": [{"name": "user-pool", "vm_size": "Standard_D4s_v5"}]},
        "cluster.user_pools[0].name: 'user-pool' is not a Linux node pool name; use 1 to 12 lower-case letters and digits, a letter first (pulumi config set --path 'cluster.user_pools[0].name' apps)",
    ),
    case(
        "vm-size",
        {"cluster.system_pool.vm_size": "D2s_v5"},
        "cluster.system_pool.vm_size: 'D2s_v5' is not a VM size; use a size that `az vm list-skus --location REGION --resource-type virtualMachines` lists (pulumi config set --path 'cluster.system_pool.vm_size' Standard_D2s_v5)",
    ),
    case(
        "kubernetes-version",
        {"cluster.kubernetes_version": "v1.36"},
        "cluster.kubernetes_version: 'v1.36' is not a Kubernetes version; use a minor version of AKS in quotes, or one with its patch (pulumi config set --path 'cluster.kubernetes_version' 1.36)",
    ),
    case(
        "rotation-poll-interval",
        {"operators.csi_driver": {"poll_interval": "2 minutes"}},
        "operators.csi_driver.poll_interval: '2 minutes' is not a duration; write it in hours, minutes and seconds (pulumi config set --path 'operators.csi_driver.poll_interval' 2m)",
    ),
    case(
        "rotation-poll-interval-lowest",
        {"operators.csi_driver": {"poll_interval": "30s"}},
        "operators.csi_driver.poll_interval: '30s' is less than a minute; choose a minute at least (pulumi config set --path 'operators.csi_driver.poll_interval' 2m)",
    ),
    case(
        "availability-zone",
        {"cluster.system_pool.zones": ["westeurope-1"]},
        'cluster.system_pool.zones[0]: \'westeurope-1\' is not an availability zone; use "1", "2" or "3", in quotes in the stack file',
    ),
    case(
        "node-count",
        {"cluster.system_pool.count": 1001},
        "cluster.system_pool.count: 1001 nodes is out of range; choose 0 to 1000 (pulumi config set --path 'cluster.system_pool.count' 0)",
    ),
    case(
        "system-pool-never-empty",
        {"cluster.system_pool.count": 0},
        "cluster.system_pool.count: the system pool cannot be without a node; choose 1 or more (pulumi config set --path 'cluster.system_pool.count' 1)",
    ),
    case(
        "node-count",
        {
            "cluster.user_pools": [
                {"name": "apps", "vm_size": "Standard_D4s_v5", "autoscale": {"min_count": -1, "max_count": 3}}
            ]
        },
        "cluster.user_pools[0].autoscale.min_count: -1 nodes is out of range; choose 0 to 1000 (pulumi config set --path 'cluster.user_pools[0].autoscale.min_count' 0)",
    ),
    case(
        "max-pods",
        {"cluster.system_pool.max_pods": 400},
        "cluster.system_pool.max_pods: 400 pods per node is out of range; choose 10 to 250 (pulumi config set --path 'cluster.system_pool.max_pods' 10)",
    ),
    case(
        "os-disk-size",
        {"cluster.system_pool.os_disk_size_gb": 16},
        "cluster.system_pool.os_disk_size_gb: 16 GiB is out of range; choose 30 to 2048 (pulumi config set --path 'cluster.system_pool.os_disk_size_gb' 30)",
    ),
    case(
        "vault-name",
        {"vault.name": "kv--shop"},
        "vault.name: 'kv--shop' is not a vault name; use 3 to 24 letters, digits and single hyphens, a letter first, no hyphen last (pulumi config set --path 'vault.name' kv-shop)",
    ),
    case(
        "vault-name",
        {"vault.name": "a-vault-name-that-is-far-too-long"},
        "vault.name: 'a-vault-name-that-is-far-too-long' is not a vault name; use 3 to 24 letters, digits and single hyphens, a letter first, no hyphen last (pulumi config set --path 'vault.name' kv-shop-dev)",
    ),
    case(
        "soft-delete-retention-days",
        {"vault.soft_delete_retention_days": 5},
        "vault.soft_delete_retention_days: 5 days is out of range; choose 7 to 90 (pulumi config set --path 'vault.soft_delete_retention_days' 7)",
    ),
    case(
        "content-type",
        {"workloads": [workload(secrets=[secret(**{"from_": "random", "content_type": "x" * 256})])]},
        "workloads[0].secrets[0].content_type: what stands there is not a content type; use at most 255 characters (pulumi config set --path 'workloads[0].secrets[0].content_type' text/plain)",
    ),
    case(
        "random-length",
        {"workloads": [workload(secrets=[secret(**{"from_": "random", "length": 4})])]},
        "workloads[0].secrets[0].length: 4 characters is out of range; choose 8 to 128 (pulumi config set --path 'workloads[0].secrets[0].length' 8)",
    ),
    # cluster
    case(
        "autoscale-bounds",
        {
            "cluster.system_pool": {
                "vm_size": "Standard_D2s_v5",
                "autoscale": {"min_count": 5, "max_count": 3},
            }
        },
        "cluster.system_pool.autoscale.min_count: 5 is more than max_count 3; choose at most max_count (pulumi config set --path 'cluster.system_pool.autoscale.min_count' 3)",
    ),
    case(
        "autoscale-bounds",
        {
            "cluster.system_pool": {
                "vm_size": "Standard_D2s_v5",
                "count": 9,
                "autoscale": {"min_count": 1, "max_count": 3},
            }
        },
        "cluster.system_pool.count: 9 is outside autoscale (1 to 3); choose a count within it (pulumi config set --path 'cluster.system_pool.count' 1)",
    ),
    case(
        "system-pool-never-empty",
        {
            "cluster.system_pool": {
                "vm_size": "Standard_D2s_v5",
                "autoscale": {"min_count": 0, "max_count": 3},
            }
        },
        "cluster.system_pool.autoscale.min_count: the system pool cannot be without a node; choose 1 or more (pulumi config set --path 'cluster.system_pool.autoscale.min_count' 1)",
    ),
    case(
        "system-pool-vm-size",
        {"cluster.system_pool.vm_size": "Standard_B1ms"},
        "cluster.system_pool.vm_size: 'Standard_B1ms' is a size that AKS does not support for system pools; use 2 vCPUs and 4 GiB at least (pulumi config set --path 'cluster.system_pool.vm_size' Standard_D2s_v5)",
    ),
    case(
        "system-pool-vm-size",
        {"cluster.system_pool.vm_size": "Standard_D1_v2"},
        "cluster.system_pool.vm_size: 'Standard_D1_v2' is a size that AKS does not support for system pools; use 2 vCPUs and 4 GiB at least (pulumi config set --path 'cluster.system_pool.vm_size' Standard_D2s_v5)",
    ),
    case(
        "pool-holds-thirty-pods",
        {"cluster.system_pool": {"vm_size": "Standard_D2s_v5", "max_pods": 10}},
        "cluster.system_pool.max_pods: 10 pods on 1 node make 10; AKS wants room for 30 in every pool (pulumi config set --path 'cluster.system_pool.max_pods' 30)",
    ),
    case(
        "pool-names-differ",
        {"cluster.user_pools": [{"name": "system", "vm_size": "Standard_D4s_v5"}]},
        "cluster.user_pools[0].name: 'system' is the name of another pool; choose another name (pulumi config set --path 'cluster.user_pools[0].name' apps2)",
    ),
    case(
        "pool-number",
        {"cluster.user_pools": [{"name": f"apps{i}", "vm_size": "Standard_D4s_v5"} for i in range(100)]},
        "cluster.user_pools: 100 pools and the system pool; AKS allows 100 pools in a cluster",
    ),
    case(
        "free-tier-nodes",
        {
            "cluster.tier": "Free",
            "cluster.network.pod_cidr": "10.128.0.0/9",
            "cluster.user_pools": [{"name": "apps", "vm_size": "Standard_D4s_v5", "count": 1000}],
        },
        "cluster.tier: Free carries 1000 nodes, but the pools can grow to 1001; choose Standard (pulumi config set --path 'cluster.tier' Standard)",
    ),
    case(
        "no-patch-version-with-channel",
        {"cluster.kubernetes_version": "1.36.2"},
        "cluster.kubernetes_version: '1.36.2' names a patch, but upgrades.channel patch chooses it; name the minor (pulumi config set --path 'cluster.kubernetes_version' 1.36)",
    ),
    case(
        "node-image-channels-agree",
        {"cluster.upgrades": {"channel": "node-image", "node_os_channel": "SecurityPatch"}},
        "cluster.upgrades.node_os_channel: SecurityPatch does not go with channel node-image; choose NodeImage (pulumi config set --path 'cluster.upgrades.node_os_channel' NodeImage)",
    ),
    case(
        "policy-fits-dataplane",
        {"cluster.network.policy": "calico"},
        "cluster.network.policy: calico does not go with dataplane cilium; choose cilium (pulumi config set --path 'cluster.network.policy' cilium)",
    ),
    case(
        "policy-fits-dataplane",
        {"cluster.network": {"dataplane": "azure", "policy": "cilium"}},
        "cluster.network.policy: cilium does not go with dataplane azure; choose calico, azure or none (pulumi config set --path 'cluster.network.policy' calico)",
    ),
    case(
        "cidr",
        {"cluster.network.pod_cidr": "10.244.0.1/16"},
        "cluster.network.pod_cidr: '10.244.0.1/16' is not an IPv4 range; write the first address and a prefix length (pulumi config set --path 'cluster.network.pod_cidr' 10.244.0.0/16)",
    ),
    case(
        "cidr-reserved",
        {"cluster.network.pod_cidr": "172.16.0.0/12"},
        "cluster.network.pod_cidr: '172.16.0.0/12' meets 172.30.0.0/16, which is not to be had; choose another private range (pulumi config set --path 'cluster.network.pod_cidr' 10.244.0.0/16)",
    ),
    case(
        "cidrs-apart",
        {"cluster.network.pod_cidr": "10.0.0.0/15"},
        "cluster.network.pod_cidr: '10.0.0.0/15' overlaps service_cidr '10.0.0.0/16'; choose ranges apart (pulumi config set --path 'cluster.network.pod_cidr' 10.244.0.0/16)",
    ),
    case(
        "service-cidr-size",
        {"cluster.network": {"service_cidr": "10.0.0.0/12", "pod_cidr": "10.244.0.0/16"}},
        "cluster.network.service_cidr: '10.0.0.0/12' is too large; choose a /13 to a /28 (pulumi config set --path 'cluster.network.service_cidr' 10.0.0.0/16)",
    ),
    case(
        "dns-service-ip",
        {"cluster.network.dns_service_ip": "10.0.0.1"},
        "cluster.network.dns_service_ip: '10.0.0.1' is not an address of service_cidr '10.0.0.0/16' after its first; choose one of its addresses (pulumi config set --path 'cluster.network.dns_service_ip' 10.0.0.10)",
    ),
    case(
        "dns-service-ip",
        {"cluster.network.service_cidr": "10.1.0.0/16"},
        "cluster.network.dns_service_ip: '10.0.0.10' is not an address of service_cidr '10.1.0.0/16' after its first; choose one of its addresses (pulumi config set --path 'cluster.network.dns_service_ip' 10.1.0.10)",
    ),
    case(
        "pod-cidr-holds-the-nodes",
        {
            "cluster.network.pod_cidr": "10.244.0.0/22",
            "cluster.user_pools": [{"name": "apps", "vm_size": "Standard_D4s_v5", "count": 4}],
        },
        "cluster.network.pod_cidr: '10.244.0.0/22' has room for 4 nodes, but the pools can grow to 5, and by 2 in an upgrade; each node takes a /24: choose a larger range (pulumi config set --path 'cluster.network.pod_cidr' 10.244.0.0/16)",
    ),
    case(
        "somebody-can-sign-in",
        {"cluster.entra.enabled": False},
        "cluster.local_accounts: off, and Entra is off too, so nobody could sign in; switch one of them on (pulumi config set --path 'cluster.local_accounts' true)",
    ),
    case(
        "somebody-can-sign-in",
        {"cluster.entra.azure_rbac": False},
        "cluster.entra.admin_groups: empty, with azure_rbac and local_accounts off, so nobody would be admin; list a group, or switch azure_rbac on",
    ),
    case(
        "entra-keys-need-entra",
        {"cluster.entra": {"enabled": False, "admin_groups": [GUID]}, "cluster.local_accounts": True},
        "cluster.entra.enabled: off, but admin_groups are given; switch it on, or take the groups out (pulumi config set --path 'cluster.entra.enabled' true)",
    ),
    case(
        "authorized-ip-range",
        {"cluster.authorized_ip_ranges": ["10.0.0.0/8"]},
        "cluster.authorized_ip_ranges[0]: '10.0.0.0/8' is a private range, from which nobody comes to a public API server; write the public address that the network shows to the world",
    ),
    case(
        "authorized-ip-range",
        {"cluster.authorized_ip_ranges": ["0.0.0.0/0"]},
        "cluster.authorized_ip_ranges[0]: '0.0.0.0/0' is not a public IPv4 range; write its first address and a prefix length",
    ),
    case(
        "authorized-ip-range-number",
        {"cluster.authorized_ip_ranges": [f"20.{i}.0.0/24" for i in range(201)]},
        "cluster.authorized_ip_ranges: 201 ranges; AKS allows 200: join neighbours into larger ranges",
    ),
    case(
        "registry-listed-once",
        {"cluster.container_registries": [REGISTRY + "shopimages", REGISTRY + "ShopImages"]},
        "cluster.container_registries[1]: registry 'shopimages' is listed twice; list it once (pulumi config rm --path 'cluster.container_registries[1]')",
    ),
    case(
        "node-resource-group-length",
        {"cluster.name": "a-cluster-with-a-name-that-is-longer-than-most-people-like-it"},
        "cluster.node_resource_group: 'MC_rg-aks-secrets-dev_a-cluster-with-a-name-that-is-longer-than-most-people-like-it_westeurope' has 94 characters; AKS allows 80: choose one (pulumi config set --path 'cluster.node_resource_group' rg-nodes)",
    ),
    case(
        "node-resource-group-length",
        {"cluster.node_resource_group": "rg-aks-secrets-dev"},
        "cluster.node_resource_group: 'rg-aks-secrets-dev' is the group of the stack itself; choose another, AKS makes it (pulumi config set --path 'cluster.node_resource_group' rg-nodes)",
    ),
    # vault
    case(
        "vault-ip-rule",
        {"vault.network": {"default_action": "Deny", "ip_rules": ["192.168.1.0/24"]}},
        "vault.network.ip_rules[0]: '192.168.1.0/24' is not a public IPv4 address or range; write an address, or the first one and a prefix length",
    ),
    case(
        "vault-ip-rule-number",
        {
            "vault.network": {
                "default_action": "Deny",
                "ip_rules": [f"20.{i // 250}.{i % 250}.0/24" for i in range(1001)],
            }
        },
        "vault.network.ip_rules: 1001 rules; Key Vault allows 1000: join neighbours into larger ranges",
    ),
    case(
        "vault-subnet-rule-number",
        {
            "vault.network": {"default_action": "Deny", "subnet_ids": [SUBNET + str(i) for i in range(201)]},
            "cluster.network.subnet_id": SUBNET + "1",
        },
        "vault.network.subnet_ids: 201 rules; Key Vault allows 200 virtual network rules",
    ),
    case(
        "vault-rules-without-effect",
        {"vault.network": {"ip_rules": ["20.1.2.0/24"]}},
        "vault.network.default_action: Allow, so ip_rules and subnet_ids keep nobody out; choose Deny or take the rules out (pulumi config set --path 'vault.network.default_action' Deny)",
    ),
    case(
        "vault-rules-without-effect",
        {"vault.network": {"public_access": False, "ip_rules": ["20.1.2.0/24"]}, "workloads": []},
        "vault.network.public_access: off, so ip_rules and subnet_ids are not read; switch it on or take the rules out (pulumi config set --path 'vault.network.public_access' true)",
    ),
    case(
        "vault-is-reachable",
        {"vault.network.default_action": "Deny"},
        "vault.network.default_action: Deny, and no rule lets the nodes in, so no workload can read the vault; list cluster.network.subnet_id in vault.network.subnet_ids, or the cluster's outgoing address in ip_rules",
    ),
    case(
        "vault-is-reachable",
        {"vault.network.public_access": False},
        "vault.network.public_access: off, and no private endpoint leads to the vault, so no workload can read it; say vault.private_endpoint, or switch it on with default_action Deny and subnet_ids (pulumi config set --path 'vault.network.public_access' true)",
    ),
    case(
        "person-listed-once",
        {"people": {"users": [GUID], "groups": [GUID.upper()]}},
        "people.groups[0]: 'aaaaaaaa-0000-0000-0000-000000000000' is listed twice; list it once, under what it is",
    ),
    # workloads
    case(
        "field-of-another-source",
        {"workloads": [workload(secrets=[secret(**{"from_": "existing", "value": "canary-7f3a"})])]},
        "workloads[0].secrets[0].value: goes with from: literal, not with from: existing; take it out, or change from",
    ),
    case(
        "field-of-another-source",
        {"workloads": [workload(secrets=[secret(**{"from_": "random", "config_key": "db"})])]},
        "workloads[0].secrets[0].config_key: goes with from: config, not with from: random; take it out, or change from",
    ),
    case(
        "field-of-a-seeded-secret",
        {
            "workloads": [
                workload(secrets=[secret(**{"from_": "existing", "expires": "2027-01-31T00:00:00Z"})])
            ]
        },
        "workloads[0].secrets[0].expires: the program does not write a secret that is existing; take it out, or set it in the vault",
    ),
    case(
        "literal-is-complete",
        {"workloads": [workload(secrets=[secret(**{"from_": "literal", "value": "canary-7f3a"})])]},
        "workloads[0].secrets[0].sensitive: the stack file shows a literal value to everybody; say sensitive: false if that is right; else use from: config (pulumi config set --secret secret-values:db-password)",
    ),
    case(
        "literal-is-complete",
        {"workloads": [workload(secrets=[secret(**{"from_": "literal", "sensitive": False})])]},
        "workloads[0].secrets[0].value: missing; from: literal needs a value",
    ),
    case(
        "seeded-object-is-a-secret",
        {"workloads": [workload(secrets=[{"name": "web-tls", "type": "cert", "from": "random"}])]},
        "workloads[0].secrets[0].from: the program does not make a cert; make it in the vault and say existing (pulumi config set --path 'workloads[0].secrets[0].from' existing)",
    ),
    case(
        "secret-size",
        {
            "workloads": [
                workload(secrets=[secret(**{"from_": "literal", "sensitive": False, "value": "x" * 25601})])
            ]
        },
        "workloads[0].secrets[0].value: has 25601 bytes; Key Vault keeps 1 to 25600 bytes per secret",
    ),
    case(
        "secret-size",
        {"workloads": [workload(secrets=[secret(**{"from_": "literal", "sensitive": False, "value": ""})])]},
        "workloads[0].secrets[0].value: has 0 bytes; Key Vault keeps 1 to 25600 bytes per secret",
    ),
    case(
        "valid-before-expiry",
        {
            "workloads": [
                workload(
                    secrets=[
                        secret(
                            **{
                                "from_": "random",
                                "not_before": "2027-01-31T00:00:00Z",
                                "expires": "2027-01-01T00:00:00Z",
                            }
                        )
                    ]
                )
            ]
        },
        "workloads[0].secrets[0].expires: 2027-01-01T00:00:00+00:00 is not after not_before; choose a later date",
    ),
    case(
        "secret-listed-once",
        {
            "workloads": [
                workload(
                    secrets=[secret(**{"from_": "existing"}), {"name": "DB-password", "from": "existing"}]
                )
            ]
        },
        "workloads[0].secrets[1].name: 'DB-password' is listed twice; list it once",
    ),
    case(
        "system-namespace",
        {"workloads": [workload(namespace="default")]},
        "workloads[0].namespace: 'default' belongs to Kubernetes or AKS; choose a namespace of the workload's own (pulumi config set --path 'workloads[0].namespace' shop)",
    ),
    case(
        "system-namespace",
        {"workloads": [workload(namespace="kube-system")]},
        "workloads[0].namespace: 'kube-system' belongs to Kubernetes or AKS; choose a namespace of the workload's own (pulumi config set --path 'workloads[0].namespace' shop)",
    ),
    case(
        "workload-names-differ",
        {"workloads": [workload(), workload(namespace="other")]},
        "workloads[1].name: 'shop' is the name of another workload; choose another name",
    ),
    case(
        "service-accounts-differ",
        {"workloads": [workload(), workload(name="shop2", service_account="shop")]},
        "workloads[1].service_account: another workload runs as 'shop' in namespace 'shop'; choose another name for one of them (pulumi config set --path 'workloads[1].service_account' shop2-app)",
    ),
    case(
        "identity-is-declared",
        {"workloads": [workload(identity="readers")]},
        "workloads[0].identity: 'readers' is not in identities; declare it in identities (pulumi config set --path 'identities[0].name' readers)",
    ),
    case(
        "identity-is-declared",
        {
            "workloads": [workload(identity="reader"), workload(name="b", identity="readers")],
            "identities": [{"name": "readers"}],
        },
        "workloads[0].identity: 'reader' is not in identities; choose readers (pulumi config set --path 'identities[1].name' reader)",
    ),
    case(
        "identity-is-used",
        {"identities": [{"name": "readers"}]},
        "identities[0]: no workload takes on 'readers'; take it out (pulumi config rm --path 'identities[0]')",
    ),
    case(
        "identity-names-differ",
        {"identities": [{"name": "shop"}], "workloads": [workload(), workload(name="b", identity="shop")]},
        "identities[0].name: 'shop' is the identity of a workload or of another entry; choose another name (pulumi config set --path 'identities[0].name' shop-shared)",
    ),
    case(
        "credentials-per-identity",
        {
            "identities": [{"name": "readers"}],
            "workloads": [workload(name=f"w{i}", identity="readers") for i in range(21)],
        },
        "identities[0].name: 21 workloads take on 'readers'; Azure allows 20 per identity: add another one",
    ),
    case(
        "secret-has-one-source",
        {
            "workloads": [
                workload(secrets=[secret(**{"from_": "random"})]),
                workload(name="b", namespace="b", secrets=[secret(**{"from_": "random", "length": 40})]),
            ]
        },
        "workloads[1].secrets[0]: another workload seeds 'db-password' in another way (from: random); write both alike, or say from: existing in all but one",
    ),
    case(
        "secret-is-no-certificate",
        {
            "workloads": [
                workload(secrets=[{"name": "web-tls", "type": "cert", "from": "existing"}]),
                workload(name="b", namespace="b", secrets=[{"name": "web-tls", "from": "random"}]),
            ]
        },
        "workloads[1].secrets[0].name: 'web-tls' is a certificate of the same vault, which keeps its key pair as a secret of that name; choose another name for the secret",
    ),
    case(
        "tag-limits",
        {"tags": {"a/b": "x"}},
        'tags["a/b"]: not a tag name; use 1 to 512 characters, none of < > % & \\ ? /',
    ),
    case(
        "tag-limits",
        {"tags": {"Microsoft-team": "x"}},
        "tags.Microsoft-team: begins with a word that Azure keeps for itself; begin it otherwise",
    ),
    case(
        "tag-limits",
        {"tags": {"team": "x" * 257}},
        "tags.team: its value has 257 characters; Azure allows 256",
    ),
    case(
        "tag-limits",
        {"tags": {f"t{i}": "x" for i in range(51)}},
        "tags: 51 tags; Azure allows 50 on a resource",
    ),
    case(
        "tag-names-differ",
        {"tags": {"Team": "a", "team": "b"}},
        "tags.Team: stands there twice, in different case; Azure takes both for one: keep one",
    ),
    case(
        "secret-tag-number",
        {
            "tags": {f"t{i}": "x" for i in range(16)},
            "workloads": [workload(secrets=[secret(**{"from_": "random"})])],
        },
        "tags: 16 tags; a Key Vault secret carries at most 15, and this stack writes secrets",
    ),
    case(
        "grant-number",
        {
            "workloads": [
                workload(name=f"w{i}", secrets=[{"name": f"s{j}", "from": "existing"} for j in range(40)])
                for i in range(88)
            ]
        },
        "workloads: 3520 role assignments, one per workload and secret; at most 3500 of a subscription's 4000: share identities, or use scope: vault",
    ),
    # secret values
    case(
        "secret-value-missing",
        {"workloads": [workload(secrets=[secret(**{"from_": "config"})])]},
        "workloads[0].secrets[0]: from: config, but secret-values:db-password has no value; give it one (pulumi config set --secret secret-values:db-password)",
    ),
    case(
        "secret-value-is-plain",
        {
            "workloads": [workload(secrets=[secret(**{"from_": "config"})])],
            "secret-values:db-password": "canary-7f3a",
        },
        "secret-values:db-password: stands in plain text; encrypt it, and choose a new value (pulumi config set --secret secret-values:db-password)",
    ),
    case(
        "secret-value-is-used",
        {"secret-values:db-pasword": "canary-7f3a"},
        "secret-values:db-pasword: no secret reads it; take it out (pulumi config rm secret-values:db-pasword)",
        secret=("secret-values:db-pasword",),
    ),
    case(
        "secret-value-size",
        {"workloads": [workload(secrets=[secret(**{"from_": "config"})])], "secret-values:db-password": ""},
        "secret-values:db-password: has 0 bytes; Key Vault keeps 1 to 25600 bytes per secret",
        secret=("secret-values:db-password",),
    ),
    case(
        "admin-groups-differ",
        {"cluster.entra.admin_groups": [GUID, GUID.upper()]},
        "cluster.entra.admin_groups[1]: 'aaaaaaaa-0000-0000-0000-000000000000' is listed twice; list it once (pulumi config rm --path 'cluster.entra.admin_groups[1]')",
    ),
    case(
        "kubernetes-version-supported",
        {"cluster.kubernetes_version": "1.25"},
        "cluster.kubernetes_version: AKS no longer offers '1.25'; choose 1.35 or newer (pulumi config set --path 'cluster.kubernetes_version' 1.36)",
    ),
    case(
        "node-number",
        {
            "cluster.network.pod_cidr": "10.0.0.0/8",
            "cluster.network.service_cidr": "172.16.0.0/16",
            "cluster.network.dns_service_ip": "172.16.0.10",
            "cluster.user_pools": [
                {"name": f"apps{i}", "vm_size": "Standard_D4s_v5", "count": 1000} for i in range(5)
            ],
        },
        "cluster.user_pools: the pools can grow to 5001 nodes; AKS allows 5000 in a cluster",
    ),
    case(
        "subnet-names-are-labels",
        {"cluster.network.subnet_id": SUBNET + "x" * 60},
        "cluster.network.subnet_id: its subnet has a name of 65 characters; AKS with overlay allows 63",
    ),
    case(
        "vm-size-with-overlay",
        {"cluster.user_pools": [{"name": "apps", "vm_size": "Standard_DC2s_v2"}]},
        "cluster.user_pools[0].vm_size: 'Standard_DC2s_v2' does not go with Azure CNI overlay; choose another series (pulumi config set --path 'cluster.user_pools[0].vm_size' Standard_DC2s_v3)",
    ),
    case(
        "zones-differ",
        {"cluster.system_pool.zones": ["1", "2", "1"]},
        "cluster.system_pool.zones[2]: zone '1' is listed twice; list it once (pulumi config rm --path 'cluster.system_pool.zones[2]')",
    ),
    case(
        "cidr",
        {"cluster.network.pod_cidr": "10.244.0.0/255.255.0.0"},
        "cluster.network.pod_cidr: '10.244.0.0/255.255.0.0' is not an IPv4 range; write the first address and a prefix length (pulumi config set --path 'cluster.network.pod_cidr' 10.244.0.0/16)",
    ),
    case(
        "cidr-reserved",
        {"cluster.network.pod_cidr": "224.0.0.0/8"},
        "cluster.network.pod_cidr: '224.0.0.0/8' meets 224.0.0.0/3, which is not to be had; choose another private range (pulumi config set --path 'cluster.network.pod_cidr' 10.244.0.0/16)",
    ),
    case(
        "service-cidr-size",
        {"cluster.network.service_cidr": "10.0.0.0/31"},
        "cluster.network.service_cidr: '10.0.0.0/31' is too small; choose a /13 to a /28 (pulumi config set --path 'cluster.network.service_cidr' 10.0.0.0/16)",
    ),
    case(
        "dns-service-ip",
        {"cluster.network": {"service_cidr": "10.0.0.0/28", "dns_service_ip": "10.0.0.15"}},
        "cluster.network.dns_service_ip: '10.0.0.15' is not an address of service_cidr '10.0.0.0/28' after its first; choose one of its addresses (pulumi config set --path 'cluster.network.dns_service_ip' 10.0.0.10)",
    ),
    case(
        "vault-ip-rule",
        {"vault.network": {"default_action": "Deny", "ip_rules": ["0.0.0.0/0"]}},
        "vault.network.ip_rules[0]: '0.0.0.0/0' is not a public IPv4 address or range; write an address, or the first one and a prefix length",
    ),
    case(
        "vault-ip-rule",
        {"vault.network": {"default_action": "Deny", "ip_rules": ["20.1.2.3", "20.1.2.3/32"]}},
        "vault.network.ip_rules[1]: '20.1.2.3/32' is listed twice; list it once (pulumi config rm --path 'vault.network.ip_rules[1]')",
    ),
    case(
        "vault-is-reachable",
        {"vault.network.default_action": "Deny", "cluster.network.subnet_id": SUBNET},
        "vault.network.default_action: Deny, and no rule lets the nodes in, so no workload can read the vault; list cluster.network.subnet_id in vault.network.subnet_ids, or the cluster's outgoing address in ip_rules (pulumi config set --path 'vault.network.subnet_ids[0]' /subscriptions/aaaaaaaa-0000-0000-0000-000000000000/resourceGroups/rg-net/providers/Microsoft.Network/virtualNetworks/vnet/subnets/nodes)",
    ),
    case(
        "node-resource-group-length",
        {"cluster.node_resource_group": "rg-vault", "vault.resource_group": "RG-vault"},
        "cluster.node_resource_group: 'rg-vault' is the group of the stack itself; choose another, AKS makes it (pulumi config set --path 'cluster.node_resource_group' rg-nodes)",
    ),
    case(
        "secret-in-a-section",
        {},
        "azure-native:location: encrypted; a region is no secret (pulumi config set azure-native:location westeurope)",
        secret=("azure-native:location",),
    ),
    case(
        "unknown-choice",
        {"people": {"current_type": "Group"}},
        "people.current_type: unknown current_type 'Group'; choose User or ServicePrincipal",
    ),
    case(
        "config-key",
        {"workloads": [workload(secrets=[secret(from_="config", config_key="canary 7f3a!")])]},
        "workloads[0].secrets[0].config_key: what stands there is not a config key; use 1 to 127 letters, digits, hyphens, underscores and full stops (pulumi config set --path 'workloads[0].secrets[0].config_key' db-password)",
    ),
    case(
        "unknown-choice",
        {"workloads": [workload(secrets=[secret(from_="canary-7f3a")])]},
        "workloads[0].secrets[0].from: unknown from; choose existing, random, config or literal",
    ),
    case(
        "wrong-type",
        {"workloads": [workload(secrets=["canary-7f3a"])]},
        "workloads[0].secrets[0]: got a value that is not shown here; write keys with values, name and from among them",
    ),
    case(
        "wrong-type",
        {"tags": {"prod": True}},
        'tags.prod: got true; write it in quotes in the stack file: "true"',
    ),
    case(
        "wrong-type",
        {"cluster.system_pool.zones": [1]},
        'cluster.system_pool.zones[0]: got the number 1; write it in quotes in the stack file: "1"',
    ),
    case(
        "wrong-type",
        {"workloads": [workload(secrets=[secret(from_="random", expires="9999999999")])]},
        'workloads[0].secrets[0].expires: got a value that is not shown here; write a date and time with its zone, in quotes: "2027-01-31T00:00:00Z"',
    ),
    # one section that cannot be read: nothing is said of what others owe it, least of all that something be taken out
    case(
        "secret-in-a-section",
        {
            "workloads": [workload(identity="readers")],
            "identities": [{"name": "readers"}],
            "secret-values:db": "canary-7f3a",
        },
        "workloads: holds an encrypted value, and Pulumi cannot tell which part of a structured key is the secret; give the value a key of its own and name it with from: config (pulumi config set --secret secret-values:NAME)",
        secret=("aks-secrets:workloads", "secret-values:db"),
    ),
    case(
        "unknown-key",
        {"workload": [], "workloads": [], "identities": [{"name": "readers"}]},
        "workload: unknown key; did you mean 'workloads'? rename it in the stack file",
    ),
    # what runs
    case(
        "container-image",
        {"workloads": [pod(image="Shop")]},
        "workloads[0].image: 'Shop' is not a container image with a tag or a digest; use registry/name:tag or registry/name@sha256:…; without either it is whatever :latest is that day (pulumi config set --path 'workloads[0].image' ghcr.io/stefanprodan/podinfo:6.14.1)",
    ),
    case(
        "container-image",
        {"workloads": [pod(image="registry.example/shop")]},
        "workloads[0].image: 'registry.example/shop' is not a container image with a tag or a digest; use registry/name:tag or registry/name@sha256:…; without either it is whatever :latest is that day (pulumi config set --path 'workloads[0].image' ghcr.io/stefanprodan/podinfo:6.14.1)",
    ),
    case(
        "port",
        {"workloads": [pod(port=0)]},
        "workloads[0].port: 0 as a port is out of range; choose 1 to 65535 (pulumi config set --path 'workloads[0].port' 8080)",
    ),
    case(
        "replicas",
        {"workloads": [pod(replicas=5000)]},
        "workloads[0].replicas: 5000 replicas is out of range; choose 0 to 1000 (pulumi config set --path 'workloads[0].replicas' 2)",
    ),
    case(
        "run-as-user",
        {"workloads": [pod(run_as_user=-1)]},
        "workloads[0].run_as_user: -1 as a user id is out of range; choose 0 to 2147483647 (pulumi config set --path 'workloads[0].run_as_user' 0)",
    ),
    case(
        "cron-schedule",
        {"workloads": [pod(kind="CronJob", schedule="every night")]},
        "workloads[0].schedule: 'every night' is not a cron schedule; use five fields (minute, hour, day of month, month, day of week) or @hourly, @daily, @weekly, @monthly, @yearly (pulumi config set --path 'workloads[0].schedule' '\"0 3 * * *\"')",
    ),
    case(
        "cron-field",
        {"workloads": [pod(kind="CronJob", schedule="99 3 * * *")]},
        "workloads[0].schedule: '99' is not a minute; use 0 to 59, ranges such as 0-59, steps such as */5, or *",
    ),
    case(
        "cron-field",
        {"workloads": [pod(kind="CronJob", schedule="0 0 L * foo")]},
        "workloads[0].schedule: 'l' is not a day of month; use 1 to 31, ranges such as 1-31, steps such as */5, or *",
    ),
    case(
        "time-zone-is-known",
        {"workloads": [pod(kind="CronJob", schedule="@daily", time_zone="Mars/Phobos")]},
        "workloads[0].time_zone: 'Mars/Phobos' is not in the tz database; use one of its names (pulumi config set --path 'workloads[0].time_zone' Europe/Berlin)",
    ),
    case(
        "min-ready-seconds",
        {"workloads": [pod(update_strategy={"min_ready_seconds": 1200})]},
        "workloads[0].update_strategy.min_ready_seconds: 1200 seconds is out of range; choose 0 to 600 (pulumi config set --path 'workloads[0].update_strategy.min_ready_seconds' 0)",
    ),
    case(
        "cpu-quantity",
        {"workloads": [pod(resources={"requests": {"cpu": "100Mi"}})]},
        "workloads[0].resources.requests.cpu: '100Mi' is not a quantity of cores; use cores, or thousandths of one: 2, 0.5, 250m (pulumi config set --path 'workloads[0].resources.requests.cpu' 250m)",
    ),
    case(
        "cpu-quantity",
        {"workloads": [pod(resources={"requests": {"cpu": 0.00001}})]},
        "workloads[0].resources.requests.cpu: '0.00001' is not a quantity of cores; use cores, or thousandths of one: 2, 0.5, 250m (pulumi config set --path 'workloads[0].resources.requests.cpu' 250m)",
    ),
    case(
        "update-strategy-of-the-kind",
        {"workloads": [pod(kind="DaemonSet", update_strategy={"type": "OnDelete"})]},
        "workloads[0].update_strategy.type: OnDelete is not for a DaemonSet; choose RollingUpdate (pulumi config set --path 'workloads[0].update_strategy.type' RollingUpdate)",
    ),
    case(
        "update-strategy-of-the-kind",
        {"workloads": [pod(update_strategy={"max_unavailable": "250%"})]},
        "workloads[0].update_strategy.max_unavailable: 250% is more than all; choose 100% at most (pulumi config set --path 'workloads[0].update_strategy.max_unavailable' 25%)",
    ),
    case(
        "override-form",
        {"workloads": [pod(overrides=template({"containers": [{"name": ["shop"]}, {"name": None}]}))]},
        "workloads[0].overrides.spec.template.spec.containers[0]: has no name; items of containers are told apart by it: say which one is meant",
        "workloads[0].overrides.spec.template.spec.containers[1]: has no name; items of containers are told apart by it: say which one is meant",
    ),
    case(
        "override-form",
        {"workloads": [pod(overrides=template({"volumes": [{"name": "a"}, {"name": "a"}]}))]},
        "workloads[0].overrides.spec.template.spec.volumes[1]: another item has this name too; write one of them",
    ),
    case(
        "override-form",
        {
            "workloads": [
                pod(
                    overrides=template(
                        {"containers": [{"name": "shop", "ports": [{"containerPort": "8080"}]}]}
                    )
                )
            ]
        },
        "workloads[0].overrides.spec.template.spec.containers[0].ports[0]: has no containerPort; items of ports are told apart by it: say which one is meant",
    ),
    case(
        "override-of-replicas",
        {"workloads": [pod(overrides={"spec": {"replicas": 3}})]},
        "workloads[0].overrides.spec.replicas: has a key of its own; take it out, and say replicas or autoscale (pulumi config rm --path 'workloads[0].overrides.spec.replicas')",
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                pod(
                    overrides={
                        "spec": {
                            "template": {
                                "metadata": {
                                    "annotations": {"azure.workload.identity/skip-containers": "shop"}
                                }
                            }
                        }
                    }
                )
            ]
        },
        'workloads[0].overrides.spec.template.metadata.annotations["azure.workload.identity/skip-containers"]: tells the webhook to do otherwise; the trust chain rests on it: take it out (pulumi config rm --path \'workloads[0].overrides.spec.template.metadata.annotations["azure.workload.identity/skip-containers"]\')',
    ),
    case(
        "override-of-the-chain",
        {"workloads": [pod(overrides={"spec": {"template": {"metadata": {"annotations": None}}}})]},
        "workloads[0].overrides.spec.template.metadata.annotations: null would take out what the program writes there; the trust chain rests on it: take it out (pulumi config rm --path 'workloads[0].overrides.spec.template.metadata.annotations')",
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                pod(
                    overrides=template(
                        {
                            "containers": [
                                {
                                    "name": "shop",
                                    "volumeMounts": [
                                        {"name": "x", "mountPath": "/var/run/secrets/azure/tokens"}
                                    ],
                                }
                            ]
                        }
                    )
                )
            ]
        },
        "workloads[0].overrides.spec.template.spec.containers[0].volumeMounts[0]: /var/run/secrets/azure is where the webhook mounts the token; choose another path",
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                pod(
                    overrides=template(
                        {
                            "initContainers": [
                                {"name": "init", "env": [{"name": "AZURE_CLIENT_ID", "value": "canary"}]}
                            ]
                        }
                    )
                )
            ]
        },
        "workloads[0].overrides.spec.template.spec.initContainers[0].env[0]: AZURE_CLIENT_ID is set by technique sdk; choose another name",
    ),
    case(
        "override-of-the-chain",
        {"workloads": [pod(overrides=template({"containers": [{"name": "shop", "volumeMounts": None}]}))]},
        "workloads[0].overrides.spec.template.spec.containers[0].volumeMounts: null would take out what the technique puts there; the trust chain rests on it: take it out (pulumi config rm --path 'workloads[0].overrides.spec.template.spec.containers[0].volumeMounts')",
    ),
    case(
        "override-of-the-chain",
        {"workloads": [pod(overrides=template({"serviceAccount": "other"}))]},
        "workloads[0].overrides.spec.template.spec.serviceAccount: is the program's to write; the trust chain rests on it: take it out (pulumi config rm --path 'workloads[0].overrides.spec.template.spec.serviceAccount')",
    ),
    case(
        "override-of-the-chain",
        {"workloads": [pod(overrides={"metadata": {"namespace": "other"}})]},
        "workloads[0].overrides.metadata.namespace: is the program's to write; the trust chain rests on it: take it out (pulumi config rm --path 'workloads[0].overrides.metadata.namespace')",
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                pod(
                    kind="StatefulSet",
                    overrides={
                        "spec": {
                            "selector": None,
                            "volumeClaimTemplates": [{"metadata": {"name": "azure-identity-token"}}],
                        }
                    },
                )
            ]
        },
        "workloads[0].overrides.spec.selector: null would take out what the program writes there; the trust chain rests on it: take it out (pulumi config rm --path 'workloads[0].overrides.spec.selector')",
        "workloads[0].overrides.spec.volumeClaimTemplates[0]: 'azure-identity-token' is the volume of technique sdk; choose another name",
    ),
    case(
        "override-of-the-chain",
        {"workloads": [pod(kind="DaemonSet", overrides={"spec": {"selector": {"matchLabels": {"a": "b"}}}})]},
        "workloads[0].overrides.spec.selector: is the program's to write; the trust chain rests on it: take it out (pulumi config rm --path 'workloads[0].overrides.spec.selector')",
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                pod(
                    kind="Job",
                    overrides={"spec": {"manualSelector": True, "selector": {"matchLabels": {"a": "b"}}}},
                )
            ]
        },
        "workloads[0].overrides.spec.selector: is the program's to write; the trust chain rests on it: take it out (pulumi config rm --path 'workloads[0].overrides.spec.selector')",
        "workloads[0].overrides.spec.manualSelector: is the program's to write; the trust chain rests on it: take it out (pulumi config rm --path 'workloads[0].overrides.spec.manualSelector')",
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                pod(
                    kind="CronJob",
                    schedule="@daily",
                    overrides={"spec": {"jobTemplate": {"spec": {"manualSelector": True}}}},
                )
            ]
        },
        "workloads[0].overrides.spec.jobTemplate.spec.manualSelector: is the program's to write; the trust chain rests on it: take it out (pulumi config rm --path 'workloads[0].overrides.spec.jobTemplate.spec.manualSelector')",
    ),
    case(
        "override-weakens-security",
        {"workloads": [pod(overrides=template({"securityContext": {"runAsNonRoot": None}}))]},
        "workloads[0].overrides.spec.template.spec.securityContext.runAsNonRoot: is less than security: restricted promises; take it out, or say security: baseline with its security_reason (pulumi config rm --path 'workloads[0].overrides.spec.template.spec.securityContext.runAsNonRoot')",
    ),
    case(
        "override-weakens-security",
        {"workloads": [pod(overrides=template({"containers": [{"name": "shop", "securityContext": None}]}))]},
        "workloads[0].overrides.spec.template.spec.containers[0].securityContext: is less than security: restricted promises; take it out, or say security: baseline with its security_reason (pulumi config rm --path 'workloads[0].overrides.spec.template.spec.containers[0].securityContext')",
    ),
    case(
        "override-weakens-security",
        {
            "workloads": [
                pod(
                    overrides=template(
                        {
                            "containers": [
                                {"name": "shop", "securityContext": {"capabilities": {"add": ["SYS_ADMIN"]}}}
                            ]
                        }
                    )
                )
            ]
        },
        "workloads[0].overrides.spec.template.spec.containers[0].securityContext.capabilities: is less than security: restricted promises; take it out, or say security: baseline with its security_reason (pulumi config rm --path 'workloads[0].overrides.spec.template.spec.containers[0].securityContext.capabilities')",
    ),
    case(
        "override-weakens-security",
        {
            "workloads": [
                pod(overrides=template({"securityContext": {"seccompProfile": {"type": "Unconfined"}}}))
            ]
        },
        "workloads[0].overrides.spec.template.spec.securityContext.seccompProfile: is less than security: restricted promises; take it out, or say security: baseline with its security_reason (pulumi config rm --path 'workloads[0].overrides.spec.template.spec.securityContext.seccompProfile')",
    ),
    case(
        "override-weakens-security",
        {"workloads": [pod(overrides=template({"securityContext": {"runAsUser": 0}}))]},
        "workloads[0].overrides.spec.template.spec.securityContext.runAsUser: is less than security: restricted promises; take it out, or say security: baseline with its security_reason (pulumi config rm --path 'workloads[0].overrides.spec.template.spec.securityContext.runAsUser')",
    ),
    case(
        "existing-account-has-an-older-namespace",
        {"workloads": [pod(existing_service_account=True)]},
        "workloads[0].existing_service_account: true, and the program makes namespace 'shop', in which there is no 'shop' yet; take it out, or say in namespaces that the namespace is existing (pulumi config rm --path 'workloads[0].existing_service_account')",
    ),
    case(
        "time-zone",
        {"workloads": [pod(kind="CronJob", schedule="@daily", time_zone="Local")]},
        "workloads[0].time_zone: 'Local' is not a time zone; use a name of the tz database (pulumi config set --path 'workloads[0].time_zone' Europe/Berlin)",
    ),
    case(
        "update-share",
        {"workloads": [pod(update_strategy={"max_surge": "many"})]},
        "workloads[0].update_strategy.max_surge: 'many' is not a number of pods; use a number, or a share such as 25% (pulumi config set --path 'workloads[0].update_strategy.max_surge' 25%)",
    ),
    case(
        "update-share",
        {"workloads": [pod(update_strategy={"max_surge": "1000%"})]},
        "workloads[0].update_strategy.max_surge: '1000%' is not a number of pods; use a number, or a share such as 25% (pulumi config set --path 'workloads[0].update_strategy.max_surge' 25%)",
    ),
    case(
        "probe-delay",
        {"workloads": [pod(port=80, probes={"liveness": {"tcp": True, "initial_delay_seconds": -1}})]},
        "workloads[0].probes.liveness.initial_delay_seconds: -1 seconds is out of range; choose 0 to 3600 (pulumi config set --path 'workloads[0].probes.liveness.initial_delay_seconds' 0)",
    ),
    case(
        "probe-period",
        {"workloads": [pod(port=80, probes={"liveness": {"tcp": True, "period_seconds": 0}})]},
        "workloads[0].probes.liveness.period_seconds: 0 seconds is out of range; choose 1 to 3600 (pulumi config set --path 'workloads[0].probes.liveness.period_seconds' 1)",
    ),
    case(
        "probe-threshold",
        {"workloads": [pod(port=80, probes={"liveness": {"tcp": True, "failure_threshold": 0}})]},
        "workloads[0].probes.liveness.failure_threshold: 0 failures is out of range; choose 1 to 1000 (pulumi config set --path 'workloads[0].probes.liveness.failure_threshold' 1)",
    ),
    case(
        "memory-quantity",
        {"workloads": [pod(resources={"limits": {"memory": "128 MB"}})]},
        "workloads[0].resources.limits.memory: '128 MB' is not a quantity of memory; use bytes with a unit: 128Mi, 1Gi (400m would be 0.4 bytes) (pulumi config set --path 'workloads[0].resources.limits.memory' 128Mi)",
    ),
    case(
        "wrong-type",
        {"workloads": [pod(env={"PASSWORD": 12345})]},
        "workloads[0].env.PASSWORD: got a value that is not shown here; write text",
    ),
    case(
        "key-of-another-kind",
        {"workloads": [workload(image="registry.example/shop:1", replicas=2)]},
        "workloads[0].image: does nothing for kind: none; goes with any kind but none: take it out, or change kind (pulumi config rm --path 'workloads[0].image')",
        "workloads[0].replicas: does nothing for kind: none; goes with Deployment or StatefulSet: take it out, or change kind (pulumi config rm --path 'workloads[0].replicas')",
    ),
    case(
        "key-of-another-kind",
        {"workloads": [pod(kind="DaemonSet", replicas=2)]},
        "workloads[0].replicas: does nothing for kind: DaemonSet; goes with Deployment or StatefulSet: take it out, or change kind (pulumi config rm --path 'workloads[0].replicas')",
    ),
    case(
        "key-of-another-kind",
        {"workloads": [pod(kind="Job", port=80, service={})]},
        "workloads[0].service: does nothing for kind: Job; goes with Deployment, StatefulSet, DaemonSet or Pod: take it out, or change kind (pulumi config rm --path 'workloads[0].service')",
    ),
    case(
        "key-of-another-kind",
        {"workloads": [pod(schedule="@daily", restart_policy="Never")]},
        "workloads[0].restart_policy: does nothing for kind: Deployment; goes with CronJob, Job or Pod: take it out, or change kind (pulumi config rm --path 'workloads[0].restart_policy')",
        "workloads[0].schedule: does nothing for kind: Deployment; goes with CronJob: take it out, or change kind (pulumi config rm --path 'workloads[0].schedule')",
    ),
    case(
        "image-of-a-pod",
        {"workloads": [workload(kind="Deployment")]},
        "workloads[0].image: missing for kind: Deployment; say what runs, or kind: none if somebody else deploys it",
    ),
    case(
        "schedule-of-a-cron-job",
        {"workloads": [pod(kind="CronJob")]},
        "workloads[0].schedule: missing for kind: CronJob; say when it runs (pulumi config set --path 'workloads[0].schedule' '\"0 3 * * *\"')",
    ),
    case(
        "restart-policy-of-a-job",
        {"workloads": [pod(kind="Job", restart_policy="Always")]},
        "workloads[0].restart_policy: Always, and a Job has to end; choose OnFailure or Never (pulumi config set --path 'workloads[0].restart_policy' OnFailure)",
    ),
    case(
        "security-has-a-reason",
        {"workloads": [pod(security="baseline")]},
        "workloads[0].security_reason: missing for security: baseline; say why the image needs it",
    ),
    case(
        "security-has-a-reason",
        {"workloads": [pod(security="baseline", security_reason=" ")]},
        "workloads[0].security_reason: missing for security: baseline; say why the image needs it",
    ),
    case(
        "security-has-a-reason",
        {"workloads": [pod(security_reason="left over")]},
        "workloads[0].security_reason: goes with security: baseline; take it out, or change security (pulumi config rm --path 'workloads[0].security_reason')",
    ),
    case(
        "restricted-is-not-root",
        {"workloads": [pod(run_as_user=0)]},
        "workloads[0].run_as_user: 0 is root, which security: restricted never is; choose another user id (pulumi config set --path 'workloads[0].run_as_user' 65532)",
    ),
    case(
        "port-is-known",
        {"workloads": [pod(service={}, probes={"readiness": {"path": "/"}})]},
        "workloads[0].port: missing, and service and probes.readiness would call it; say where the container listens (pulumi config set --path 'workloads[0].port' 8080)",
    ),
    case(
        "probe-asks-one-question",
        {"workloads": [pod(port=80, probes={"readiness": {"path": "/", "tcp": True}, "liveness": {}})]},
        "workloads[0].probes.readiness: has path and tcp; choose one of path, tcp and command",
        "workloads[0].probes.liveness: has no question; choose one of path, tcp and command",
    ),
    case(
        "probe-asks-one-question",
        {"workloads": [pod(port=80, probes={"readiness": {"path": "healthz"}})]},
        "workloads[0].probes.readiness.path: 'healthz' does not begin with a slash; begin it with one (pulumi config set --path 'workloads[0].probes.readiness.path' /healthz)",
    ),
    case(
        "requests-within-limits",
        {
            "workloads": [
                pod(
                    resources={
                        "requests": {"cpu": 1.5, "memory": "1Gi"},
                        "limits": {"cpu": "500m", "memory": "1G"},
                    }
                )
            ]
        },
        "workloads[0].resources.requests.cpu: 1.5 is more than the limit 500m; choose less, or a higher limit (pulumi config set --path 'workloads[0].resources.requests.cpu' 500m)",
        "workloads[0].resources.requests.memory: 1Gi is more than the limit 1G; choose less, or a higher limit (pulumi config set --path 'workloads[0].resources.requests.memory' 1G)",
    ),
    case(
        "update-strategy-of-the-kind",
        {"workloads": [pod(update_strategy={"type": "OnDelete"})]},
        "workloads[0].update_strategy.type: OnDelete is not for a Deployment; choose RollingUpdate or Recreate (pulumi config set --path 'workloads[0].update_strategy.type' RollingUpdate)",
    ),
    case(
        "update-strategy-of-the-kind",
        {"workloads": [pod(kind="DaemonSet", update_strategy={"type": "Recreate"})]},
        "workloads[0].update_strategy.type: Recreate is not for a DaemonSet; choose RollingUpdate (pulumi config set --path 'workloads[0].update_strategy.type' RollingUpdate)",
    ),
    case(
        "update-strategy-of-the-kind",
        {"workloads": [pod(kind="StatefulSet", update_strategy={"max_unavailable": 1})]},
        "workloads[0].update_strategy.max_unavailable: a StatefulSet replaces one pod after another; take it out (pulumi config rm --path 'workloads[0].update_strategy.max_unavailable')",
    ),
    case(
        "update-strategy-of-the-kind",
        {"workloads": [pod(update_strategy={"type": "Recreate", "max_surge": 1})]},
        "workloads[0].update_strategy.max_surge: nothing rolls with Recreate; take it out (pulumi config rm --path 'workloads[0].update_strategy.max_surge')",
    ),
    case(
        "update-strategy-of-the-kind",
        {"workloads": [pod(update_strategy={"max_surge": 0, "max_unavailable": "0%"})]},
        "workloads[0].update_strategy.max_unavailable: 0, and so is max_surge: no pod could ever be replaced; allow one of them (pulumi config set --path 'workloads[0].update_strategy.max_unavailable' 1)",
    ),
    case(
        "update-strategy-of-the-kind",
        {"workloads": [pod(kind="DaemonSet", update_strategy={"max_surge": 1})]},
        "workloads[0].update_strategy.max_unavailable: a DaemonSet takes max_surge or max_unavailable, and the other one is 0; set one of them to 0 (pulumi config set --path 'workloads[0].update_strategy.max_unavailable' 0)",
    ),
    case(
        "environment-variable-name",
        {"workloads": [pod(env={"1ST": "canary"})]},
        'workloads[0].env["1ST"]: not a name of an environment variable; use letters, digits and underscores, no digit first (pulumi config rm --path \'workloads[0].env["1ST"]\')',
    ),
    case(
        "environment-of-the-technique",
        {"workloads": [pod(env={"AZURE_CLIENT_ID": "canary"})]},
        "workloads[0].env.AZURE_CLIENT_ID: is set by technique sdk or by the webhook of workload identity; take it out (pulumi config rm --path 'workloads[0].env.AZURE_CLIENT_ID')",
    ),
    case(
        "environment-of-the-technique",
        {"workloads": [pod(env={"KEYVAULT_URL": "https://other.vault.azure.net/"})]},
        "workloads[0].env.KEYVAULT_URL: is set by technique sdk or by the webhook of workload identity; take it out (pulumi config rm --path 'workloads[0].env.KEYVAULT_URL')",
    ),
    case(
        "owner-name-length",
        {"workloads": [pod(name="a" * 53, kind="StatefulSet")]},
        "workloads[0].name: has 53 characters; a StatefulSet has at most 52: Kubernetes appends to it",
    ),
    case(
        "service-name",
        {"workloads": [pod(name="7up", port=80, service={})]},
        "workloads[0].name: '7up' does not begin with a letter; the name of a Service does (pulumi config set --path 'workloads[0].name' app-7up)",
    ),
    case(
        "service-account-default",
        {"workloads": [workload(service_account="default")]},
        "workloads[0].service_account: Kubernetes makes a ServiceAccount 'default' in each namespace, for every pod that names none; choose one of the workload's own (pulumi config set --path 'workloads[0].service_account' shop-app)",
    ),
    # overrides
    case(
        "override-form",
        {"workloads": [pod(overrides={"template": {}})]},
        "workloads[0].overrides.template: an object has metadata and spec; write it below one of them",
    ),
    case(
        "override-form",
        {"workloads": [pod(overrides={"spec": "x"})]},
        "workloads[0].overrides.spec: not keys with values; write the keys below it that differ",
    ),
    case(
        "override-form",
        {"workloads": [pod(overrides={"spec": {"template": {"$patch": "replace"}}})]},
        'workloads[0].overrides.spec.template["$patch"]: directives are not supported; null takes a key out, lists of Kubernetes replace (pulumi config rm --path \'workloads[0].overrides.spec.template["$patch"]\')',
    ),
    case(
        "override-form",
        {"workloads": [pod(overrides=template({"containers": [{"image": "x:1"}]}))]},
        "workloads[0].overrides.spec.template.spec.containers[0]: has no name; items of containers are told apart by it: say which one is meant",
    ),
    case(
        "override-form",
        {"workloads": [pod(overrides=template({"volumes": {}}))]},
        "workloads[0].overrides.spec.template.spec.volumes: not a list; write a list",
    ),
    case(
        "override-of-the-chain",
        {"workloads": [pod(overrides={"metadata": {"name": "other"}, "kind": "Job"})]},
        "workloads[0].overrides.kind: is the program's to write; the trust chain rests on it: take it out (pulumi config rm --path 'workloads[0].overrides.kind')",
        "workloads[0].overrides.metadata.name: is the program's to write; the trust chain rests on it: take it out (pulumi config rm --path 'workloads[0].overrides.metadata.name')",
    ),
    case(
        "override-of-the-chain",
        {"workloads": [pod(overrides={"spec": {"selector": {"matchLabels": {"app": "shop"}}}})]},
        "workloads[0].overrides.spec.selector: is the program's to write; the trust chain rests on it: take it out (pulumi config rm --path 'workloads[0].overrides.spec.selector')",
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                pod(
                    overrides={
                        "spec": {"template": {"metadata": {"labels": {"app.kubernetes.io/name": "x"}}}}
                    }
                )
            ]
        },
        'workloads[0].overrides.spec.template.metadata.labels["app.kubernetes.io/name"]: is the program\'s to write; the trust chain rests on it: take it out (pulumi config rm --path \'workloads[0].overrides.spec.template.metadata.labels["app.kubernetes.io/name"]\')',
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                pod(kind="Pod", overrides={"metadata": {"labels": {"azure.workload.identity/use": "false"}}})
            ]
        },
        'workloads[0].overrides.metadata.labels["azure.workload.identity/use"]: is the program\'s to write; the trust chain rests on it: take it out (pulumi config rm --path \'workloads[0].overrides.metadata.labels["azure.workload.identity/use"]\')',
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                pod(
                    kind="CronJob",
                    schedule="@daily",
                    overrides={
                        "spec": {"jobTemplate": {"spec": {"template": {"spec": {"serviceAccountName": "x"}}}}}
                    },
                )
            ]
        },
        "workloads[0].overrides.spec.jobTemplate.spec.template.spec.serviceAccountName: is the program's to write; the trust chain rests on it: take it out (pulumi config rm --path 'workloads[0].overrides.spec.jobTemplate.spec.template.spec.serviceAccountName')",
    ),
    case(
        "override-of-the-chain",
        {"workloads": [pod(overrides={"spec": {"template": None}})]},
        "workloads[0].overrides.spec.template: null would take out what the program writes there; the trust chain rests on it: take it out (pulumi config rm --path 'workloads[0].overrides.spec.template')",
    ),
    case(
        "override-of-the-chain",
        {"workloads": [pod(overrides=template({"containers": None, "volumes": None}))]},
        "workloads[0].overrides.spec.template.spec.containers: null would take out what the program writes there; the trust chain rests on it: take it out (pulumi config rm --path 'workloads[0].overrides.spec.template.spec.containers')",
        "workloads[0].overrides.spec.template.spec.volumes: null would take out what the program writes there; the trust chain rests on it: take it out (pulumi config rm --path 'workloads[0].overrides.spec.template.spec.volumes')",
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                pod(overrides=template({"volumes": [{"name": "azure-identity-token", "emptyDir": {}}]}))
            ]
        },
        "workloads[0].overrides.spec.template.spec.volumes[0]: 'azure-identity-token' is the volume of technique sdk; choose another name",
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                pod(
                    overrides=template(
                        {
                            "containers": [
                                {"name": "shop", "env": [{"name": "AZURE_TENANT_ID", "value": "canary"}]}
                            ]
                        }
                    )
                )
            ]
        },
        "workloads[0].overrides.spec.template.spec.containers[0].env[0]: AZURE_TENANT_ID is set by technique sdk; choose another name",
    ),
    case(
        "override-of-the-chain",
        {"workloads": [pod(overrides=template({"containers": [{"name": "shop", "env": None}]}))]},
        "workloads[0].overrides.spec.template.spec.containers[0].env: null would take out what the technique puts there; the trust chain rests on it: take it out (pulumi config rm --path 'workloads[0].overrides.spec.template.spec.containers[0].env')",
    ),
    # namespaces
    case(
        "namespace-is-used",
        {"namespaces": [{"name": "other"}]},
        "namespaces[0]: no workload names 'other'; take it out (pulumi config rm --path 'namespaces[0]')",
    ),
    case(
        "namespace-names-differ",
        {"namespaces": [{"name": "shop"}, {"name": "shop", "existing": True}]},
        "namespaces[1].name: 'shop' is the name of another entry; keep one",
    ),
    case(
        "existing-namespace-keeps-its-labels",
        {"namespaces": [{"name": "shop", "existing": True, "enforce": "restricted"}]},
        "namespaces[0].enforce: the program neither makes nor labels a namespace that is existing; take it out, or label it there (pulumi config rm --path 'namespaces[0].enforce')",
    ),
    case(
        "security-fits-namespace",
        {
            "workloads": [pod(security="baseline", security_reason="root")],
            "namespaces": [{"name": "shop", "enforce": "restricted"}],
        },
        "workloads[0].security: baseline, and namespace 'shop' enforces restricted; choose another namespace, or enforce: baseline",
    ),
    case(
        "unknown-choice",
        {"technique": "vault"},
        "technique: unknown technique 'vault'; choose sdk, csi, eso, dapr or kubernetes-secret",
    ),
    case(
        "unknown-choice",
        {"technique": "csy"},
        "technique: unknown technique 'csy'; choose sdk, csi, eso, dapr or kubernetes-secret (pulumi config set technique csi)",
    ),
    # what techniques can and need
    case(
        "technique-cannot",
        {"workloads": [pod(secrets=[secret(from_="existing", env="DB", file="db")], mount_path="/secrets")]},
        "workloads[0].mount_path: technique sdk cannot do that (the application asks the vault); take it out, or choose csi, eso or kubernetes-secret (pulumi config rm --path 'workloads[0].mount_path')",
        "workloads[0].secrets[0].env: technique sdk cannot do that (the application asks the vault); take it out, or choose csi, eso or kubernetes-secret (pulumi config rm --path 'workloads[0].secrets[0].env')",
        "workloads[0].secrets[0].file: technique sdk cannot do that (the application asks the vault); take it out, or choose csi, eso or kubernetes-secret (pulumi config rm --path 'workloads[0].secrets[0].file')",
    ),
    case(
        "technique-cannot",
        {
            "workloads": [
                pod(
                    technique="kubernetes-secret",
                    secrets=[secret(from_="random", version="0" * 32, permission="0400")],
                )
            ]
        },
        "workloads[0].secrets[0].version: technique kubernetes-secret cannot do that (environment variables and files, from a Kubernetes Secret); take it out, or choose csi or eso (pulumi config rm --path 'workloads[0].secrets[0].version')",
        "workloads[0].secrets[0].permission: technique kubernetes-secret cannot do that (environment variables and files, from a Kubernetes Secret); take it out, or choose csi (pulumi config rm --path 'workloads[0].secrets[0].permission')",
    ),
    case(
        "technique-delivers-a-list",
        {"workloads": [pod(technique="csi", scope="vault")], **DRIVER},
        "workloads[0].secrets: empty, and technique csi delivers what stands there; list something, or choose sdk",
    ),
    case(
        "technique-needs-operator",
        {"workloads": [csi(secret(from_="existing"))]},
        "workloads[0].technique: csi, and operators.csi_driver is not there; say how it gets into the cluster (pulumi config set --path 'operators.csi_driver.install' addon)",
    ),
    case(
        "value-is-known",
        {"workloads": [pod(technique="kubernetes-secret", secrets=[secret(from_="existing", env="DB")])]},
        "workloads[0].secrets[0].from: existing, and technique kubernetes-secret writes a value that the program knows; seed it (random, config), or choose sdk, csi, eso or dapr",
    ),
    case(
        "secret-environment-variable",
        {"workloads": [csi(secret(from_="existing", env="1ST"))], **DRIVER},
        "workloads[0].secrets[0].env: what stands there is not a name of an environment variable; use letters, digits and underscores, no digit first (pulumi config set --path 'workloads[0].secrets[0].env' DB_PASSWORD)",
    ),
    case(
        "secret-file",
        {"workloads": [csi(secret(from_="existing", file="../etc/passwd"))], **DRIVER},
        "workloads[0].secrets[0].file: what stands there is not a path below the mount; use letters, digits, hyphens, underscores and full stops, slashes between them, no .. and no slash at an end (pulumi config set --path 'workloads[0].secrets[0].file' db-password)",
    ),
    case(
        "kubernetes-secret-name",
        {"workloads": [csi(secret(from_="existing", kubernetes_secret={"name": "My_Secret"}))], **DRIVER},
        "workloads[0].secrets[0].kubernetes_secret.name: what stands there is not a name of a Kubernetes Secret; use 1 to 253 lower-case letters, digits, hyphens and full stops, a letter or digit at each end (pulumi config set --path 'workloads[0].secrets[0].kubernetes_secret.name' shop-secrets)",
    ),
    case(
        "kubernetes-secret-key",
        {"workloads": [csi(secret(from_="existing", kubernetes_secret={"key": "a b"}))], **DRIVER},
        "workloads[0].secrets[0].kubernetes_secret.key: what stands there is not a key of a Kubernetes Secret; use letters, digits, hyphens, underscores and full stops (pulumi config set --path 'workloads[0].secrets[0].kubernetes_secret.key' password)",
    ),
    case(
        "vault-object-version",
        {"workloads": [csi(secret(from_="existing", version="latest"))], **DRIVER},
        "workloads[0].secrets[0].version: what stands there is not a version; use the 32 hexadecimal digits that `az keyvault secret list-versions` prints",
    ),
    case(
        "version-history",
        {"workloads": [csi(secret(from_="existing", version_history=1))], **DRIVER},
        "workloads[0].secrets[0].version_history: 1 versions is out of range; choose 2 to 100 (pulumi config set --path 'workloads[0].secrets[0].version_history' 2)",
    ),
    case(
        "file-permission",
        {"workloads": [csi(secret(from_="existing", permission="rw-r--r--"))], **DRIVER},
        "workloads[0].secrets[0].permission: what stands there is not a file mode; use three octal digits, in quotes (pulumi config set --path 'workloads[0].secrets[0].permission' '\"0400\"')",
    ),
    case(
        "mount-path",
        {"workloads": [csi(secret(from_="existing"), mount_path="secrets")], **DRIVER},
        "workloads[0].mount_path: 'secrets' is not a path for a mount; begin it with a slash, no slash at the end, and no folder of the system: the mount would hide what is in it (pulumi config set --path 'workloads[0].mount_path' /mnt/secrets-store)",
    ),
    case(
        "written-as-a-secret",
        {"workloads": [csi(secret(from_="existing", type="cert", format="pfx", encoding="hex"))], **DRIVER},
        "workloads[0].secrets[0].format: a cert has none; take it out: it goes with secret and cert-key-pair",
        "workloads[0].secrets[0].encoding: a cert has none; take it out: it goes with secret and cert-key-pair",
    ),
    case(
        "tls-secret-is-a-certificate",
        {
            "workloads": [
                csi(
                    secret(
                        from_="existing",
                        env="TLS",
                        kubernetes_secret={"type": "kubernetes.io/tls", "key": "x"},
                    )
                )
            ],
            **DRIVER,
        },
        "workloads[0].secrets[0].type: a secret, and kubernetes.io/tls needs a certificate with its key; choose cert-key-pair (pulumi config set --path 'workloads[0].secrets[0].type' cert-key-pair)",
        "workloads[0].secrets[0].kubernetes_secret.key: kubernetes.io/tls has the keys tls.crt and tls.key; take it out",
        "workloads[0].secrets[0].env: kubernetes.io/tls has two keys, and a variable one value; read the files instead",
    ),
    case(
        "tls-secret-is-a-certificate",
        {
            "workloads": [
                csi(
                    secret(
                        from_="existing",
                        type="cert-key-pair",
                        format="pfx",
                        kubernetes_secret={"type": "kubernetes.io/tls"},
                    )
                )
            ],
            **DRIVER,
        },
        "workloads[0].secrets[0].format: pfx, and tls.crt and tls.key are PEM; take it out",
    ),
    case(
        "secret-files-differ",
        {"workloads": [csi(secret(from_="existing"), secret(from_="existing", type="key"))], **DRIVER},
        "workloads[0].secrets[1].file: another object is in 'db-password'; choose another file (pulumi config set --path 'workloads[0].secrets[1].file' db-password-2)",
    ),
    case(
        "secret-files-differ",
        {
            "workloads": [
                csi(
                    secret(from_="existing", file="tls"),
                    {"name": "other", "from": "existing", "file": "tls/key"},
                )
            ],
            **DRIVER,
        },
        "workloads[0].secrets[1].file: 'tls/key' is a file and a folder at once; choose another file",
    ),
    case(
        "secret-variables-differ",
        {
            "workloads": [
                csi(secret(from_="existing", env="DB"), {"name": "other", "from": "existing", "env": "DB"})
            ],
            **DRIVER,
        },
        "workloads[0].secrets[1].env: another variable of the workload has that name; choose another name",
    ),
    case(
        "secret-variables-differ",
        {"workloads": [csi(secret(from_="existing", env="DB"), env={"DB": "x"})], **DRIVER},
        "workloads[0].secrets[0].env: another variable of the workload has that name; choose another name",
    ),
    case(
        "kubernetes-secret-is-one",
        {
            "workloads": [
                csi(
                    secret(from_="existing", env="A", kubernetes_secret={"key": "k"}),
                    {"name": "other", "from": "existing", "env": "B", "kubernetes_secret": {"key": "k"}},
                )
            ],
            **DRIVER,
        },
        "workloads[0].secrets[1].kubernetes_secret.key: another object of that Secret has that key; choose another key",
    ),
    case(
        "kubernetes-secret-is-one",
        {
            "workloads": [
                csi(
                    secret(from_="existing", kubernetes_secret={"name": "s", "key": "k"}),
                    {
                        "name": "tls",
                        "type": "cert-key-pair",
                        "from": "existing",
                        "kubernetes_secret": {"name": "s", "type": "kubernetes.io/tls"},
                    },
                )
            ],
            **DRIVER,
        },
        "workloads[0].secrets[1].kubernetes_secret.type: another object of that Secret says Opaque; say the same, or choose another name",
    ),
    case(
        "kubernetes-secret-is-one",
        {
            "workloads": [
                csi(secret(from_="existing", kubernetes_secret={"name": "s"})),
                csi(secret(from_="existing", kubernetes_secret={"name": "s"}), name="other"),
            ],
            **DRIVER,
        },
        "workloads[1].secrets[0].kubernetes_secret.name: a Secret of that name belongs to another workload of the namespace; choose another name",
    ),
    case(
        "reload-can-work",
        {"workloads": [csi(secret(from_="existing"), reload=True)], **DRIVER},
        "workloads[0].reload: true, and operators.reloader is not there to act on it; add it (pulumi config set --path 'operators.reloader.namespace' reloader)",
    ),
    case(
        "reload-can-work",
        {
            "workloads": [csi(secret(from_="existing"), kind="Job", reload=True)],
            "operators": {"csi_driver": {"rotation": False}, "reloader": {}},
        },
        "workloads[0].reload: true, and Reloader does not replace a Job; take it out; it goes with Deployment, StatefulSet, DaemonSet (pulumi config rm --path 'workloads[0].reload')",
        "workloads[0].reload: true, and operators.csi_driver.rotation is off: no pod sees a new value; switch one of them (pulumi config set --path 'workloads[0].reload' false)",
    ),
    case(
        "technique-cannot",
        {"workloads": [pod(reload=True)], "operators": {"reloader": {}}},
        "workloads[0].reload: technique sdk cannot do that (the application asks the vault); take it out, or choose csi, eso or kubernetes-secret (pulumi config rm --path 'workloads[0].reload')",
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                csi(
                    secret(from_="existing", env="DB"),
                    overrides=template(
                        {"containers": [{"name": "shop", "env": [{"name": "DB", "value": "canary"}]}]}
                    ),
                )
            ],
            **DRIVER,
        },
        "workloads[0].overrides.spec.template.spec.containers[0].env[0]: DB is set by technique csi; choose another name",
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                csi(
                    secret(from_="existing"),
                    overrides=template(
                        {
                            "containers": [
                                {
                                    "name": "shop",
                                    "volumeMounts": [{"name": "x", "mountPath": "/mnt/secrets-store/"}],
                                }
                            ]
                        }
                    ),
                )
            ],
            **DRIVER,
        },
        "workloads[0].overrides.spec.template.spec.containers[0].volumeMounts[0]: /mnt/secrets-store is where technique csi mounts its files; choose another path",
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                csi(
                    secret(from_="existing"),
                    overrides=template({"volumes": [{"name": "secrets-store", "emptyDir": {}}]}),
                )
            ],
            **DRIVER,
        },
        "workloads[0].overrides.spec.template.spec.volumes[0]: 'secrets-store' is the volume of technique csi; choose another name",
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                csi(
                    secret(from_="existing"),
                    reload=True,
                    overrides={"metadata": {"annotations": {"secret.reloader.stakater.com/reload": "x"}}},
                )
            ],
            "operators": {"csi_driver": {}, "reloader": {}},
        },
        'workloads[0].overrides.metadata.annotations["secret.reloader.stakater.com/reload"]: tells Reloader otherwise than reload: true; take one out (pulumi config rm --path \'workloads[0].overrides.metadata.annotations["secret.reloader.stakater.com/reload"]\')',
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                csi(secret(from_="existing"), reload=True, overrides={"metadata": {"annotations": None}})
            ],
            "operators": {"csi_driver": {}, "reloader": {}},
        },
        "workloads[0].overrides.metadata.annotations: null would take out what the program writes there; the trust chain rests on it: take it out (pulumi config rm --path 'workloads[0].overrides.metadata.annotations')",
    ),
    case(
        "secret-file-is-readable",
        {"workloads": [csi(secret(from_="existing", permission="0440"))], **DRIVER},
        "workloads[0].secrets[0].permission: 0440: the file belongs to root, and the container never is; let everybody read it (pulumi config set --path 'workloads[0].secrets[0].permission' '\"0444\"')",
    ),
    case(
        "secret-file",
        {"workloads": [csi(secret(from_="existing", file="a..b"))], **DRIVER},
        "workloads[0].secrets[0].file: what stands there is not a path below the mount; use letters, digits, hyphens, underscores and full stops, slashes between them, no .. and no slash at an end (pulumi config set --path 'workloads[0].secrets[0].file' db-password)",
    ),
    case(
        "mount-path",
        {"workloads": [csi(secret(from_="existing"), mount_path="/etc")], **DRIVER},
        "workloads[0].mount_path: '/etc' is not a path for a mount; begin it with a slash, no slash at the end, and no folder of the system: the mount would hide what is in it (pulumi config set --path 'workloads[0].mount_path' /mnt/secrets-store)",
    ),
    case(
        "mount-path",
        {"workloads": [csi(secret(from_="existing"), mount_path="/var/run/secrets/azure/tokens")], **DRIVER},
        "workloads[0].mount_path: '/var/run/secrets/azure/tokens' is not a path for a mount; begin it with a slash, no slash at the end, and no folder of the system: the mount would hide what is in it (pulumi config set --path 'workloads[0].mount_path' /mnt/secrets-store)",
    ),
    case(
        "secret-file-is-readable",
        {
            "workloads": [
                csi(
                    secret(from_="existing", permission="0400"),
                    security="baseline",
                    security_reason="x",
                    run_as_user=1000,
                )
            ],
            **DRIVER,
        },
        "workloads[0].secrets[0].permission: 0400: the file belongs to root, and the container never is; let everybody read it (pulumi config set --path 'workloads[0].secrets[0].permission' '\"0444\"')",
    ),
    case(
        "keys-of-a-secret-type",
        {
            "workloads": [
                csi(
                    secret(
                        from_="existing",
                        kubernetes_secret={"type": "kubernetes.io/ssh-auth", "key": "id_rsa"},
                    )
                )
            ],
            **DRIVER,
        },
        "workloads[0].secrets[0].kubernetes_secret.key: kubernetes.io/ssh-auth has the key ssh-privatekey; take it out",
    ),
    case(
        "keys-of-a-secret-type",
        {
            "workloads": [
                csi(secret(from_="existing", kubernetes_secret={"type": "kubernetes.io/basic-auth"}))
            ],
            **DRIVER,
        },
        "workloads[0].secrets[0].kubernetes_secret.key: kubernetes.io/basic-auth has the keys username and password; say which one (pulumi config set --path 'workloads[0].secrets[0].kubernetes_secret.key' password)",
    ),
    case(
        "random-is-no-json",
        {
            "workloads": [
                csi(secret(from_="random", kubernetes_secret={"type": "kubernetes.io/dockerconfigjson"}))
            ],
            **DRIVER,
        },
        "workloads[0].secrets[0].from: random, and kubernetes.io/dockerconfigjson holds JSON; choose config or existing (pulumi config set --path 'workloads[0].secrets[0].from' existing)",
    ),
    case(
        "kubernetes-secret-is-one",
        {
            "workloads": [
                csi(
                    secret(from_="existing", kubernetes_secret={"name": "shop-service-principal"}),
                    access="service-principal",
                    service_principal=PRINCIPAL,
                )
            ],
            **DRIVER,
            "secret-values:sp": "canary",
        },
        "workloads[0].secrets[0].kubernetes_secret.name: a Secret of that name belongs to another workload of the namespace; choose another name",
        secret=("secret-values:sp",),
    ),
    case(
        "service-principal-is-one",
        {
            "workloads": [
                csi(secret(from_="existing"), access="service-principal", service_principal=PRINCIPAL),
                csi(
                    secret(from_="existing"),
                    name="b",
                    access="service-principal",
                    service_principal={**PRINCIPAL, "client_id": GUID.replace("a", "b")},
                ),
            ],
            **DRIVER,
            "secret-values:sp": "canary",
        },
        "workloads[1].service_principal.client_id: another workload says aaaaaaaa-0000-0000-0000-000000000000 of the same object id; correct one of them",
        secret=("secret-values:sp",),
    ),
    case(
        "reload-can-work",
        {
            "workloads": [{**workload(technique="csi", secrets=[secret(from_="existing")]), "reload": True}],
            "operators": {"csi_driver": {}, "reloader": {}},
        },
        "workloads[0].reload: true, and the pods are somebody else's: who deploys them annotates their owner; take it out; it goes with Deployment, StatefulSet, DaemonSet (pulumi config rm --path 'workloads[0].reload')",
    ),
    case(
        "reloader-chart-knows-namespaces",
        {"operators": {"reloader": {"version": "2.2.14"}}},
        "operators.reloader.version: 2.2.14 does not know which namespaces to watch; choose 2.2.16 or newer (pulumi config set --path 'operators.reloader.version' 2.2.16)",
    ),
    case(
        "operator-has-a-namespace",
        {
            "operators": {
                "csi_driver": {"install": "helm", "namespace": "kube-system"},
                "reloader": {"namespace": "shop"},
            }
        },
        "operators.csi_driver.namespace: 'kube-system' is Kubernetes' or AKS's; choose one of the operator's own (pulumi config set --path 'operators.csi_driver.namespace' csi-driver)",
        "operators.reloader.namespace: 'shop' is a workload's; choose one of the operator's own (pulumi config set --path 'operators.reloader.namespace' reloader)",
    ),
    case(
        "operator-has-a-namespace",
        {
            "operators": {
                "csi_driver": {"install": "helm", "namespace": "ops"},
                "reloader": {"namespace": "ops"},
            }
        },
        "operators.reloader.namespace: 'ops' is another operator's; choose one of the operator's own (pulumi config set --path 'operators.reloader.namespace' reloader)",
    ),
    case(
        "mounted-secret-has-a-file",
        {"workloads": [csi(secret(from_="existing", kubernetes_secret={"mount": True}))], **DRIVER},
        "workloads[0].secrets[0].file: missing for kubernetes_secret.mount; say which file (pulumi config set --path 'workloads[0].secrets[0].file' db-password)",
    ),
    # access
    case(
        "access-mode",
        {"workloads": [csi(secret(from_="existing"), access="system-assigned-vm")], **DRIVER},
        "workloads[0].access: AKS node pools have no system-assigned identity; choose workload-identity, or user-assigned-vm for the add-on's identity (pulumi config set --path 'workloads[0].access' workload-identity)",
    ),
    case(
        "access-mode",
        {"workloads": [csi(secret(from_="existing"), access="service-principal")], **DRIVER},
        "workloads[0].service_principal: missing for access: service-principal; say which one: client_id, object_id",
    ),
    case(
        "access-mode",
        {
            "workloads": [
                csi(
                    secret(from_="existing"),
                    access="user-assigned-vm",
                    identity="readers",
                    service_principal=PRINCIPAL,
                )
            ],
            "identities": [{"name": "readers"}],
            **DRIVER,
        },
        "workloads[0].service_principal: goes with access: service-principal, not with user-assigned-vm; take it out (pulumi config rm --path 'workloads[0].service_principal')",
        "workloads[0].identity: 'readers', and with access: user-assigned-vm another identity reads; take it out (pulumi config rm --path 'workloads[0].identity')",
        "workloads[0].service_principal.config_key: access: service-principal, but secret-values:sp has no value; give it one (pulumi config set --secret secret-values:sp)",
        secret=("secret-values:sp",),
    ),
    case(
        "access-by-the-addon",
        {
            "workloads": [csi(secret(from_="existing"), access="user-assigned-vm")],
            "operators": {"csi_driver": {"install": "helm"}},
        },
        "workloads[0].access: user-assigned-vm, and operators.csi_driver.install is helm; only the add-on puts an identity on the nodes (pulumi config set --path 'workloads[0].access' workload-identity)",
    ),
    case(
        "secret-value-missing",
        {
            "workloads": [
                csi(secret(from_="existing"), access="service-principal", service_principal=PRINCIPAL)
            ],
            **DRIVER,
        },
        "workloads[0].service_principal.config_key: access: service-principal, but secret-values:sp has no value; give it one (pulumi config set --secret secret-values:sp)",
    ),
    case(
        "technique-cannot",
        {"workloads": [pod(access="user-assigned-vm")]},
        "workloads[0].access: technique sdk cannot do that (the application asks the vault); take it out, or choose csi (pulumi config rm --path 'workloads[0].access')",
    ),
    case(
        "access-policies-open-the-vault",
        {
            "vault": {"authorization": "access-policy"},
        },
        "workloads[0].scope: object, and an access policy opens every secret of the vault; say vault, or move the vault to rbac (docs/migrations.md) (pulumi config set --path 'workloads[0].scope' vault)",
    ),
    case(
        "shared-identity-has-one-access",
        {
            "workloads": [
                csi(secret(from_="existing"), identity="readers"),
                csi(secret(from_="existing"), name="b", identity="readers", access="pod-identity"),
            ],
            "identities": [{"name": "readers"}],
            **DRIVER,
        },
        "workloads[1].access: pod-identity, and another workload takes on 'readers' by workload-identity; say the same, or give it an identity of its own (pulumi config set --path 'workloads[1].access' workload-identity)",
    ),
    # operators
    case(
        "chart-version",
        {"operators": {"csi_driver": {"install": "helm", "version": "latest"}}},
        "operators.csi_driver.version: 'latest' is not a chart version; write all three numbers: a range would be another chart tomorrow (pulumi config set --path 'operators.csi_driver.version' 1.8.2)",
    ),
    case(
        "key-of-another-install",
        {"operators": {"csi_driver": {"namespace": "csi", "version": "1.8.2"}}},
        "operators.csi_driver.namespace: goes with install: helm, not with install: addon; take it out, or change install (pulumi config rm --path 'operators.csi_driver.namespace')",
        "operators.csi_driver.version: goes with install: helm, not with install: addon; take it out, or change install (pulumi config rm --path 'operators.csi_driver.version')",
    ),
    case(
        "key-of-an-existing-reloader",
        {"operators": {"reloader": {"existing": True, "namespace": "reloader"}}},
        "operators.reloader.namespace: the program does not install a Reloader that is existing; take it out (pulumi config rm --path 'operators.reloader.namespace')",
    ),
]
