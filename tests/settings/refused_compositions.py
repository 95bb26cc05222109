"""Compositions, and things that exist already, that are refused. The others are in refused.py."""

from typing import Any

from tests.settings.refused import GUID, SUBNET, case, secret, workload

CLUSTER = f"/subscriptions/{GUID}/resourceGroups/rg-platform/providers/Microsoft.ContainerService/managedClusters/aks-platform"
HERE: dict[str, Any] = {"name": "aks-platform", "resource_group": "rg-platform"}
VAULT: dict[str, Any] = {"name": "kv-platform", "resource_group": "rg-platform"}
ON_A_PLATFORM: dict[str, Any] = {
    "composition": "workloads",
    "platform": {"stack": "organization/aks-secrets/platform"},
    "cluster": None,
}


def _pool(**keys: Any) -> dict[str, Any]:
    pool = {"name": "apps", "vm_size": "Standard_D4s_v5", **keys}
    return {"cluster": {"system_pool": {"vm_size": "Standard_D2s_v5"}, "user_pools": [pool]}}


CASES = [
    case(
        "section-of-another-composition",
        {"platform": {"stack": "platform"}},
        "platform: does not go with composition all-in-one; take it out (pulumi config rm platform)",
    ),
    case(
        "section-of-another-composition",
        {"composition": "platform", "technique": "csi"},
        "workloads: does not go with composition platform; take it out (pulumi config rm workloads)",
        "technique: does not go with composition platform; take it out (pulumi config rm technique)",
    ),
    case(
        "section-of-another-composition",
        ON_A_PLATFORM | {"vault": {"name": "kv-shop"}, "people": {"current": True}},
        "vault: is the business of the platform's stack; take it out (pulumi config rm vault)",
        "people: is the business of the platform's stack; take it out (pulumi config rm people)",
    ),
    case(
        "stack-name",
        ON_A_PLATFORM | {"platform": {"stack": "a/b"}},
        "platform.stack: 'a/b' is not a name of a stack; write organization/project/stack, or the stack alone where project and organization are the same (pulumi config set --path 'platform.stack' organization/aks-secrets/platform)",
    ),
    case(
        "workloads-have-a-platform",
        {"composition": "workloads", "cluster": None},
        "cluster.existing: missing, and platform.stack too; say one of them (pulumi config set --path 'platform.stack' organization/aks-secrets/platform)",
        "vault.existing: missing, and platform.stack too; say one of them (pulumi config set --path 'platform.stack' organization/aks-secrets/platform)",
    ),
    case(
        "workloads-have-a-platform",
        {"composition": "workloads", "cluster": {"existing": HERE}},
        "vault.existing: missing, and platform.stack too; say one of them (pulumi config set --path 'platform.stack' organization/aks-secrets/platform)",
    ),
    case(
        "existing-is-named",
        {"cluster": {"existing": {"name": "aks-platform"}}},
        "cluster.existing.resource_group: missing; give name and resource_group, or id",
    ),
    case(
        "existing-is-named",
        {"cluster": {"existing": {"id": CLUSTER, "name": "aks-platform"}}},
        "cluster.existing.name: the id says it already; take one of them out (pulumi config rm --path 'cluster.existing.name')",
    ),
    case(
        "vault-label",
        {"vaults": [{"name": "Payments"}]},
        "vaults[0].name: 'Payments' is not a name of a vault in vaults; use 1 to 24 lower-case letters, digits and hyphens, a letter first, no hyphen last (pulumi config set --path 'vaults[0].name' payments)",
    ),
    case(
        "vault-names-differ",
        {"vault": {"existing": HERE}, "vaults": [{"name": "payments", "existing": HERE}]},
        "vaults[0].existing: 'aks-platform' is another entry's; name each vault once (pulumi config rm --path 'vaults[0].existing')",
    ),
    case(
        "vault-names-differ",
        {"vaults": [{"name": "payments"}, {"name": "payments"}]},
        "vaults[1].name: 'payments' is the name of another entry; choose another name (pulumi config set --path 'vaults[1].name' payments-2)",
    ),
    case(
        "vault-names-differ",
        {"vault": {"name": "kv-shop"}, "vaults": [{"name": "payments", "resource_name": "KV-shop"}]},
        "vaults[0].resource_name: 'KV-shop' is another vault's; choose another name",
    ),
    case(
        "vault-is-declared",
        {
            "vaults": [{"name": "payments"}],
            "workloads": [workload(secrets=[{"name": "card-key", "from": "random", "vault": "payment"}])],
        },
        "workloads[0].secrets[0].vault: 'payment' is not in vaults; choose payments (pulumi config set --path 'workloads[0].secrets[0].vault' payments)",
    ),
    case(
        "vault-is-declared",
        {"workloads": [workload(secrets=[{"name": "card-key", "from": "random", "vault": "payments"}])]},
        "workloads[0].secrets[0].vault: 'payments' is not in vaults; declare it there, or take it out: the one of section vault is then meant (pulumi config set --path 'vaults[0].name' payments)",
    ),
    case(
        "further-vault-exists",
        {
            "composition": "workloads",
            "cluster": {"existing": HERE},
            "vault": {"existing": HERE},
            "vaults": [{"name": "payments"}],
        },
        "vaults[0].existing: missing, and composition workloads makes no vault; say which one it is, or have the platform's stack make it",
    ),
    case(
        "existing-vault-is-left-alone",
        {"vaults": [{"name": "payments", "existing": HERE, "resource_name": "kv-pay", "sku": "premium"}]},
        "vaults[0].resource_name: the program changes nothing of a vault that is existing; take it out (pulumi config rm --path 'vaults[0].resource_name')",
        "vaults[0].sku: the program changes nothing of a vault that is existing; take it out (pulumi config rm --path 'vaults[0].sku')",
    ),
    case(
        "vault-is-reachable",
        {
            "vaults": [{"name": "payments", "network": {"public_access": False}}],
            "workloads": [workload(secrets=[{"name": "card-key", "from": "existing", "vault": "payments"}])],
        },
        "vaults[0].network.public_access: off, and no private endpoint leads to the vault, so no workload can read it; say vaults[0].private_endpoint, or switch it on with default_action Deny and subnet_ids (pulumi config set --path 'vaults[0].network.public_access' true)",
    ),
    case(
        "access-policies-open-the-vault",
        {
            "vaults": [{"name": "payments", "authorization": "access-policy"}],
            "workloads": [workload(secrets=[{"name": "card-key", "from": "existing", "vault": "payments"}])],
        },
        "workloads[0].scope: object, and an access policy opens every secret of the vault; say vault, or move the vault to rbac (docs/migrations.md) (pulumi config set --path 'workloads[0].scope' vault)",
    ),
    case(
        "kubernetes-secret-of-one-vault",
        {
            "operators": {"csi_driver": {}},
            "vaults": [{"name": "payments"}],
            "workloads": [
                workload(
                    technique="csi",
                    secrets=[
                        {
                            "name": "db-password",
                            "from": "existing",
                            "kubernetes_secret": {"name": "shop-login"},
                        },
                        {
                            "name": "card-key",
                            "from": "existing",
                            "vault": "payments",
                            "kubernetes_secret": {"name": "shop-login"},
                        },
                    ],
                )
            ],
        },
        "workloads[0].secrets[1].kubernetes_secret.name: 'shop-login' holds objects of another vault; choose another name, or technique eso",
    ),
    case(
        "environment-of-the-technique",
        {
            "vaults": [{"name": "payments"}],
            "workloads": [
                workload(
                    secrets=[{"name": "card-key", "from": "existing", "vault": "payments"}],
                    env={"KEYVAULT_URL_PAYMENTS": "x"},
                )
            ],
        },
        "workloads[0].env.KEYVAULT_URL_PAYMENTS: is set by technique sdk or by the webhook of workload identity; take it out (pulumi config rm --path 'workloads[0].env.KEYVAULT_URL_PAYMENTS')",
        "workloads[0].env: does nothing for kind: none; goes with any kind but none: take it out, or change kind (pulumi config rm --path 'workloads[0].env')",
    ),
    case(
        "policies-of-a-platform",
        {"composition": "platform", "vaults": [{"name": "payments", "authorization": "access-policy"}]},
        "workloads: does not go with composition platform; take it out (pulumi config rm workloads)",
        "vaults[0].authorization: access-policy, and the platform's next update would take out what teams have added to the list; choose rbac (pulumi config set --path 'vaults[0].authorization' rbac)",
    ),
    case(
        "access-policies-open-the-vault",
        {
            "vaults": [{"name": "payments", "authorization": "access-policy"}],
            "workloads": [
                workload(
                    secrets=[
                        {"name": "card-key", "from": "existing", "vault": "payments"},
                        {"name": "db-password", "from": "existing"},
                    ]
                )
            ],
        },
        "workloads[0].scope: object, and an access policy opens every secret of the vault; say vault, which opens the others that it reads as well, or move the vault to rbac (docs/migrations.md) (pulumi config set --path 'workloads[0].scope' vault)",
    ),
    case(
        "existing-cluster-id",
        {"cluster": {"existing": {"id": CLUSTER.replace("managedClusters", "clusters")}}},
        "cluster.existing.id: '/subscriptions/aaaaaaaa-0000-0000-0000-000000000000/resource… (137 characters)' is not an id of a cluster; use the id that `az aks show --query id` prints",
    ),
    case(
        "existing-vault-id",
        {"vault": {"existing": {"id": CLUSTER}}},
        "vault.existing.id: '/subscriptions/aaaaaaaa-0000-0000-0000-000000000000/resource… (144 characters)' is not an id of a vault; use the id that `az keyvault show --query id` prints",
    ),
    case(
        "existing-identity-id",
        {
            "workloads": [workload(identity="readers")],
            "identities": [{"name": "readers", "existing": {"id": CLUSTER}}],
        },
        "identities[0].existing.id: '/subscriptions/aaaaaaaa-0000-0000-0000-000000000000/resource… (144 characters)' is not an id of an identity; use the id that `az identity show --query id` prints",
    ),
    case(
        "existing-cluster-is-left-alone",
        {"cluster": {"existing": HERE, "tier": "Standard"}},
        "cluster.tier: the program changes nothing of a cluster that is existing; take it out (pulumi config rm --path 'cluster.tier')",
    ),
    case(
        "existing-vault-is-left-alone",
        {"vault": {"existing": VAULT, "authorization": "rbac"}},
        "vault.authorization: the program changes nothing of a vault that is existing; take it out (pulumi config rm --path 'vault.authorization')",
    ),
    case(
        "addon-of-an-existing-cluster",
        {
            "cluster": {"existing": HERE},
            "operators": {"csi_driver": {}},
            "workloads": [workload(technique="csi", secrets=[secret(from_="existing")])],
        },
        "operators.csi_driver.install: addon, and the program changes nothing of a cluster that is existing; say existing if the add-on is on, or helm (pulumi config set --path 'operators.csi_driver.install' existing)",
    ),
    case(
        "resource-group-is-used",
        {"resource_groups": [{"name": "rg-other", "existing": True}]},
        "resource_groups[0]: nothing names 'rg-other'; say it in cluster.resource_group or vault.resource_group, or take it out (pulumi config rm --path 'resource_groups[0]')",
    ),
    # monitoring, private endpoint, maintenance
    case(
        "existing-workspace-id",
        {"monitoring": {"existing": {"id": CLUSTER}}},
        "monitoring.existing.id: '/subscriptions/aaaaaaaa-0000-0000-0000-000000000000/resource… (144 characters)' is not an id of a workspace; use the id that `az monitor log-analytics workspace show --query id` prints",
    ),
    case(
        "existing-workspace-is-left-alone",
        {"monitoring": {"existing": HERE, "retention_days": 90}},
        "monitoring.retention_days: the program changes nothing of a workspace that is existing; take it out (pulumi config rm --path 'monitoring.retention_days')",
    ),
    case(
        "log-retention-days",
        {"monitoring": {"retention_days": 7}},
        "monitoring.retention_days: 7 days is out of range; choose 30 to 730 (pulumi config set --path 'monitoring.retention_days' 30)",
    ),
    case(
        "section-of-another-composition",
        ON_A_PLATFORM | {"monitoring": {"retention_days": 90}},
        "monitoring: does not go with composition workloads; take it out (pulumi config rm monitoring)",
    ),
    case(
        "private-dns-zone-id",
        {"vault": {"private_endpoint": {"subnet_id": SUBNET, "dns_zone_id": CLUSTER}}},
        "vault.private_endpoint.dns_zone_id: '/subscriptions/aaaaaaaa-0000-0000-0000-000000000000/resource… (144 characters)' is not an id of a private DNS zone for vaults; use the id that `az network private-dns zone show --name privatelink.vaultcore.azure.net --query id` prints",
    ),
    case(
        "private-endpoint-is-near",
        {"vault": {"private_endpoint": {"subnet_id": SUBNET}}},
        "cluster.network.subnet_id: missing, and the vault's private address is in a network that the nodes are not in; say a subnet of the same network, or of one that is peered with it",
    ),
    case(
        "private-endpoint-is-near",
        {
            "vault": {"private_endpoint": {"subnet_id": SUBNET.replace("vnet", "hub")}},
            "cluster": {"system_pool": {"vm_size": "Standard_D2s_v5"}, "network": {"subnet_id": SUBNET}},
        },
        "vault.private_endpoint.dns_zone_id: missing, and the nodes are in another network than the endpoint, which no zone of ours would be linked to; say a zone that is linked to both",
    ),
    case(
        "maintenance-start-time",
        {"cluster.upgrades.maintenance": {"day": "Sunday", "start_time": "2:00"}},
        "cluster.upgrades.maintenance.start_time: '2:00' is not a time of day; write hours and minutes, in quotes (pulumi config set --path 'cluster.upgrades.maintenance.start_time' '\"02:00\"')",
    ),
    case(
        "maintenance-utc-offset",
        {"cluster.upgrades.maintenance": {"day": "Sunday", "start_time": "02:00", "utc_offset": "CET"}},
        "cluster.upgrades.maintenance.utc_offset: 'CET' is not an offset from UTC; write a sign, hours and minutes, in quotes (pulumi config set --path 'cluster.upgrades.maintenance.utc_offset' '\"+01:00\"')",
    ),
    case(
        "maintenance-duration",
        {"cluster.upgrades.maintenance": {"day": "Sunday", "start_time": "02:00", "duration_hours": 2}},
        "cluster.upgrades.maintenance.duration_hours: 2 hours is out of range; choose 4 to 24 (pulumi config set --path 'cluster.upgrades.maintenance.duration_hours' 4)",
    ),
    case(
        "image-cleaner-interval",
        {"cluster.image_cleaner_interval_hours": 1},
        "cluster.image_cleaner_interval_hours: 1 hours is out of range; choose 24 to 2160 (pulumi config set --path 'cluster.image_cleaner_interval_hours' 24)",
    ),
    # pools
    case(
        "node-taint",
        _pool(taints=["team:Never"]),
        "cluster.user_pools[0].taints[0]: 'team:Never' is not a taint; write key=value:effect, with the effect NoSchedule, PreferNoSchedule or NoExecute (pulumi config set --path 'cluster.user_pools[0].taints[0]' team=shop:NoSchedule)",
    ),
    case(
        "node-taint-is-the-users",
        _pool(
            taints=["kubernetes.azure.com/scalesetpriority=spot:NoSchedule", "a=b:NoExecute", "a=b:NoExecute"]
        ),
        "cluster.user_pools[0].taints[0]: 'kubernetes.azure.com/scalesetpriority=spot:NoSchedule' belongs to Kubernetes or AKS; say spot: true for those of spot nodes, or choose a prefix of your own (pulumi config rm --path 'cluster.user_pools[0].taints[0]')",
        "cluster.user_pools[0].taints[2]: 'a=b:NoExecute' is listed twice; list it once (pulumi config rm --path 'cluster.user_pools[0].taints[2]')",
    ),
    case(
        "node-label",
        _pool(labels={"kubernetes.azure.com/mode": "user", "team": "a b"}),
        'cluster.user_pools[0].labels["kubernetes.azure.com/mode"]: belongs to Kubernetes or AKS; choose a prefix of your own (pulumi config rm --path \'cluster.user_pools[0].labels["kubernetes.azure.com/mode"]\')',
        "cluster.user_pools[0].labels.team: 'a b' and its key are no label; use 63 letters, digits, hyphens, underscores and full stops, before a key perhaps a domain and a slash (pulumi config rm --path 'cluster.user_pools[0].labels.team')",
    ),
    case(
        "isolation-is-enforced",
        {
            "cluster": {
                "system_pool": {"vm_size": "Standard_D2s_v5"},
                "network": {"dataplane": "azure", "policy": "none"},
            },
            "namespaces": [{"name": "shop", "isolated": True}],
        },
        "namespaces[0].isolated: true, and cluster.network.policy is none: nobody would enforce it; choose a policy engine, or take it out (pulumi config rm --path 'namespaces[0].isolated')",
    ),
    case(
        "existing-namespace-keeps-its-labels",
        {"namespaces": [{"name": "shop", "existing": True, "isolated": True}]},
        "namespaces[0].isolated: the program neither makes nor labels a namespace that is existing; take it out, or label it there (pulumi config rm --path 'namespaces[0].isolated')",
    ),
    # a network of the stack's own
    case(
        "network-range",
        {"network": {"address_space": "10.10.0.0/16", "nodes": "10.20.0.0/22", "private_endpoints": "ten"}},
        "network.private_endpoints: 'ten' is not a range of 8 addresses or more; write its first address and a prefix length",
        "network.nodes: '10.20.0.0/22' is not within address_space '10.10.0.0/16'; choose a part of it",
    ),
    case(
        "network-range",
        {
            "network": {
                "address_space": "10.10.0.0/16",
                "nodes": "10.10.0.0/22",
                "private_endpoints": "10.10.1.0/27",
            }
        },
        "network.private_endpoints: '10.10.1.0/27' overlaps nodes '10.10.0.0/22'; choose ranges apart",
    ),
    case(
        "network-apart-from-pods",
        {"network": {"address_space": "10.0.0.0/14", "nodes": "10.1.0.0/22"}},
        "network.address_space: 10.0.0.0/14 overlaps cluster.network.service_cidr 10.0.0.0/16; choose ranges apart (pulumi config set --path 'network.address_space' 10.10.0.0/16)",
    ),
    case(
        "nodes-fit-the-subnet",
        {
            "network": {"address_space": "10.10.0.0/16", "nodes": "10.10.0.0/28"},
            "cluster": {
                "system_pool": {"vm_size": "Standard_D2s_v5", "autoscale": {"min_count": 1, "max_count": 20}}
            },
        },
        "network.nodes: 10.10.0.0/28 has room for 11 nodes, and the pools can grow to 20, with one more in an upgrade; choose a larger range",
    ),
    case(
        "network-is-one",
        {
            "network": {"address_space": "10.10.0.0/16", "nodes": "10.10.0.0/22"},
            "cluster": {"system_pool": {"vm_size": "Standard_D2s_v5"}, "network": {"subnet_id": SUBNET}},
        },
        "cluster.network.subnet_id: network makes a subnet for the nodes; take one of them out (pulumi config rm --path 'cluster.network.subnet_id')",
    ),
    case(
        "network-is-one",
        {
            "network": {"address_space": "10.10.0.0/16", "nodes": "10.10.0.0/22"},
            "cluster": {"existing": HERE},
        },
        "network: the cluster is existing, and so is its network; take it out (pulumi config rm network)",
    ),
    case(
        "private-endpoint-has-a-subnet",
        {
            "vault": {"private_endpoint": {}},
            "network": {"address_space": "10.10.0.0/16", "nodes": "10.10.0.0/22"},
        },
        "vault.private_endpoint.subnet_id: missing, and network.private_endpoints too; say the id of one, or a range in network.private_endpoints",
    ),
]
