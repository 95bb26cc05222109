"""Settings that the rules of ``rules/cluster.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import GUID, REGISTRY

CASES = [
    case(
        "free-tier-nodes",
        {
            "cluster.tier": "Free",
            "cluster.network.pod_cidr": "10.128.0.0/13",
            "cluster.user_pools": [{"name": "apps", "vm_size": "Standard_D4s_v5", "count": 1000}],
        },
        "cluster.tier: Free carries 1000 nodes, but the pools can grow to 1001; choose Standard (pulumi config set --path 'cluster.tier' Standard)",
    ),
    case(
        "somebody-can-sign-in",
        {"cluster.entra.enabled": False},
        "cluster.local_accounts: false with entra.enabled false, so no user could sign in; set one of them to true (pulumi config set --path 'cluster.local_accounts' true)",
    ),
    case(
        "somebody-can-sign-in",
        {"cluster.entra.azure_rbac": False},
        "cluster.entra.admin_groups: empty with azure_rbac and local_accounts false, so the cluster would have no admin; list a group, or set azure_rbac: true",
    ),
    case(
        "entra-keys-need-entra",
        {"cluster.entra": {"enabled": False, "admin_groups": [GUID]}, "cluster.local_accounts": True},
        "cluster.entra.enabled: false, so admin_groups have no effect; set it to true, or remove the groups (pulumi config set --path 'cluster.entra.enabled' true)",
    ),
    case(
        "registry-listed-once",
        {"cluster.container_registries": [REGISTRY + "shopimages", REGISTRY + "ShopImages"]},
        "cluster.container_registries[1]: registry 'shopimages' is listed twice; list it once (pulumi config rm --path 'cluster.container_registries[1]')",
    ),
    case(
        "node-resource-group-length",
        {"cluster.name": "a-cluster-with-a-name-that-is-longer-than-most-people-like-it"},
        "cluster.node_resource_group: 'MC_rg-aks-secrets-dev_a-cluster-with-a-name-that-is-longer-than-most-people-like-it_westeurope' has 94 characters; AKS allows 80: choose a shorter name (pulumi config set --path 'cluster.node_resource_group' rg-nodes)",
    ),
    case(
        "node-resource-group-length",
        {"cluster.node_resource_group": "rg-aks-secrets-dev"},
        "cluster.node_resource_group: 'rg-aks-secrets-dev' is a resource group of this stack, but AKS creates the nodes' group; choose another name (pulumi config set --path 'cluster.node_resource_group' rg-nodes)",
    ),
    case(
        "admin-groups-differ",
        {"cluster.entra.admin_groups": [GUID, GUID.upper()]},
        "cluster.entra.admin_groups[1]: 'aaaaaaaa-0000-0000-0000-000000000000' is listed twice; list it once (pulumi config rm --path 'cluster.entra.admin_groups[1]')",
    ),
    case(
        "kubernetes-version-supported",
        {"cluster.kubernetes_version": "1.25"},
        "cluster.kubernetes_version: AKS no longer offers '1.25'; choose 1.34 or newer (pulumi config set --path 'cluster.kubernetes_version' 1.36)",
    ),
    case(
        "node-resource-group-length",
        {"cluster.node_resource_group": "rg-vault", "vault.resource_group": "RG-vault"},
        "cluster.node_resource_group: 'rg-vault' is a resource group of this stack, but AKS creates the nodes' group; choose another name (pulumi config set --path 'cluster.node_resource_group' rg-nodes)",
    ),
    *(
        case(
            "kubernetes-version-supported",
            {"cluster.kubernetes_version": version, "cluster.tier": tier},
            f"cluster.kubernetes_version: AKS offers '{version}' with long-term support only; choose 1.34 or newer, or support_plan: AKSLongTermSupport with tier: Premium (pulumi config set --path 'cluster.kubernetes_version' 1.34)",
        )
        for version, tier in (("1.32", "Standard"), ("1.33", "Premium"))
    ),
    case(
        "long-term-support-tier",
        {"cluster.kubernetes_version": "1.33", "cluster.support_plan": "AKSLongTermSupport"},
        "cluster.tier: Standard does not include AKSLongTermSupport; choose Premium (pulumi config set --path 'cluster.tier' Premium)",
    ),
]
