"""Settings that the rules of ``rules/node_pools.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import cluster_with

CASES = [
    case(
        "system-pool-never-empty",
        {"cluster.system_pool.count": 0},
        "cluster.system_pool.count: the system pool needs a node; choose 1 or more (pulumi config set --path 'cluster.system_pool.count' 1)",
    ),
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
        "cluster.system_pool.count: 9 is outside autoscale, 1 to 3; choose a count within it (pulumi config set --path 'cluster.system_pool.count' 1)",
    ),
    case(
        "system-pool-never-empty",
        {
            "cluster.system_pool": {
                "vm_size": "Standard_D2s_v5",
                "autoscale": {"min_count": 0, "max_count": 3},
            }
        },
        "cluster.system_pool.autoscale.min_count: the system pool needs a node; choose 1 or more (pulumi config set --path 'cluster.system_pool.autoscale.min_count' 1)",
    ),
    case(
        "system-pool-vm-size",
        {"cluster.system_pool.vm_size": "Standard_B1ms"},
        "cluster.system_pool.vm_size: 'Standard_B1ms' is a size that AKS does not support for system pools; use at least 2 vCPUs and 4 GiB (pulumi config set --path 'cluster.system_pool.vm_size' Standard_D2s_v5)",
    ),
    case(
        "system-pool-vm-size",
        {"cluster.system_pool.vm_size": "Standard_D1_v2"},
        "cluster.system_pool.vm_size: 'Standard_D1_v2' is a size that AKS does not support for system pools; use at least 2 vCPUs and 4 GiB (pulumi config set --path 'cluster.system_pool.vm_size' Standard_D2s_v5)",
    ),
    case(
        "pool-holds-thirty-pods",
        {"cluster.system_pool": {"vm_size": "Standard_D2s_v5", "max_pods": 10}},
        "cluster.system_pool.max_pods: 10 pods on 1 node make 10; AKS requires room for 30 in every pool (pulumi config set --path 'cluster.system_pool.max_pods' 30)",
    ),
    case(
        "pool-names-differ",
        {"cluster.user_pools": [{"name": "system", "vm_size": "Standard_D4s_v5"}]},
        "cluster.user_pools[0].name: 'system' is the name of another pool; choose another name (pulumi config set --path 'cluster.user_pools[0].name' system2)",
    ),
    case(
        "pool-number",
        {"cluster.user_pools": [{"name": f"apps{i}", "vm_size": "Standard_D4s_v5"} for i in range(100)]},
        "cluster.user_pools: 100 pools and the system pool; AKS allows 100 pools in a cluster",
    ),
    case(
        "node-number",
        {
            "cluster.network.pod_cidr": "10.96.0.0/11",
            "cluster.network.service_cidr": "172.16.0.0/16",
            "cluster.network.dns_service_ip": "172.16.0.10",
            "cluster.user_pools": [
                {"name": f"apps{i}", "vm_size": "Standard_D4s_v5", "count": 1000} for i in range(5)
            ],
        },
        "cluster.user_pools: the pools can grow to 5001 nodes; AKS allows 5000 in a cluster",
    ),
    case(
        "vm-size-with-overlay",
        {"cluster.user_pools": [{"name": "apps", "vm_size": "Standard_DC2s_v2"}]},
        "cluster.user_pools[0].vm_size: 'Standard_DC2s_v2' does not work with Azure CNI overlay; choose another series (pulumi config set --path 'cluster.user_pools[0].vm_size' Standard_DC2s_v3)",
    ),
    case(
        "zones-differ",
        {"cluster.system_pool.zones": ["1", "2", "1"]},
        "cluster.system_pool.zones[2]: zone '1' is listed twice; list it once (pulumi config rm --path 'cluster.system_pool.zones[2]')",
    ),
    case(
        "node-taint-is-the-users",
        cluster_with(
            taints=["kubernetes.azure.com/scalesetpriority=spot:NoSchedule", "a=b:NoExecute", "a=b:NoExecute"]
        ),
        "cluster.user_pools[0].taints[0]: 'kubernetes.azure.com/scalesetpriority=spot:NoSchedule' is reserved by Kubernetes or AKS; set spot: true for spot nodes, or choose a prefix of your own (pulumi config rm --path 'cluster.user_pools[0].taints[0]')",
        "cluster.user_pools[0].taints[2]: 'a=b:NoExecute' is listed twice; list it once",
    ),
    case(
        "node-label",
        cluster_with(labels={"kubernetes.azure.com/mode": "user", "team": "a b"}),
        'cluster.user_pools[0].labels["kubernetes.azure.com/mode"]: is reserved by Kubernetes or AKS; choose a prefix of your own (pulumi config rm --path \'cluster.user_pools[0].labels["kubernetes.azure.com/mode"]\')',
        "cluster.user_pools[0].labels.team: is not a valid label, or its value is none; use at most 63 letters, digits, hyphens, underscores and full stops; a key may have a domain and a slash before it (pulumi config rm --path 'cluster.user_pools[0].labels.team')",
    ),
    *(
        case(
            "system-pool-vm-size",
            {"cluster.system_pool.vm_size": size},
            f"cluster.system_pool.vm_size: '{size}' is a size that AKS does not support for system pools; use at least 2 vCPUs and 4 GiB (pulumi config set --path 'cluster.system_pool.vm_size' Standard_D2s_v5)",
        )
        for size in (
            "Standard_A2",
            "Standard_B2ts_v2",
            "Standard_B2ats_v2",
            "Standard_DS11-1_v2",
            "Standard_F1s",
        )
    ),
    *(
        case(
            "user-pool-vm-size",
            {"cluster.user_pools": [{"name": "apps", "vm_size": size}]},
            f"cluster.user_pools[0].vm_size: '{size}' is a size that AKS does not support; use at least 2 vCPUs and 2 GiB (pulumi config set --path 'cluster.user_pools[0].vm_size' Standard_D2s_v5)",
        )
        for size in ("Standard_B1s", "Standard_B2pts_v2", "Standard_A1_v2", "Standard_D1_v2")
    ),
    case(
        "ephemeral-disk-fits-the-host",
        {
            "cluster.user_pools": [
                {
                    "name": "apps",
                    "vm_size": "Standard_D4ds_v5",
                    "os_disk_type": "Ephemeral",
                    "os_disk_size_gb": 200,
                }
            ]
        },
        "cluster.user_pools[0].os_disk_size_gb: the host of 'Standard_D4ds_v5' has 150 GiB for a disk of 200 GiB; choose os_disk_type: Managed, or a size with a larger disk on its host, or a smaller disk (pulumi config set --path 'cluster.user_pools[0].os_disk_size_gb' 150)",
    ),
    case(
        "ephemeral-disk-fits-the-host",
        {
            "cluster.user_pools": [
                {
                    "name": "apps",
                    "vm_size": "Standard_DS2_v2",
                    "os_disk_type": "Ephemeral",
                    "os_disk_size_gb": 128,
                }
            ]
        },
        "cluster.user_pools[0].os_disk_size_gb: the host of 'Standard_DS2_v2' has 86 GiB for a disk of 128 GiB; choose os_disk_type: Managed, or a size with a larger disk on its host, or a smaller disk (pulumi config set --path 'cluster.user_pools[0].os_disk_size_gb' 86)",
    ),
    case(
        "ephemeral-disk-fits-the-host",
        {
            "cluster.user_pools": [
                {"name": "apps", "vm_size": "Standard_B4ms_v2", "os_disk_type": "Ephemeral"}
            ]
        },
        "cluster.user_pools[0].os_disk_type: the host of 'Standard_B4ms_v2' has 0 GiB for a disk of 30 GiB; choose os_disk_type: Managed, or a size with a larger disk on its host (pulumi config set --path 'cluster.user_pools[0].os_disk_type' Managed)",
    ),
]
