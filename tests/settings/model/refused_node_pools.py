"""Settings that the rules of ``model/node_pools.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import cluster_with

CASES = [
    case(
        "pool-name",
        {"cluster.user_pools": [{"name": "user-pool", "vm_size": "Standard_D4s_v5"}]},
        "cluster.user_pools[0].name: 'user-pool' is not a Linux node pool name; use 1 to 12 lower-case letters and digits, a letter first (pulumi config set --path 'cluster.user_pools[0].name' userpool)",
    ),
    case(
        "vm-size",
        {"cluster.system_pool.vm_size": "D2s_v5"},
        "cluster.system_pool.vm_size: 'D2s_v5' is not a VM size; use a size that `az vm list-skus --location REGION --resource-type virtualMachines` lists (pulumi config set --path 'cluster.system_pool.vm_size' Standard_D2s_v5)",
    ),
    case(
        "availability-zone",
        {"cluster.system_pool.zones": ["westeurope-1"]},
        'cluster.system_pool.zones[0]: \'westeurope-1\' is not an availability zone; use "1", "2" or "3", in quotes in the stack file (pulumi config set --path --type string \'cluster.system_pool.zones[0]\' 1)',
    ),
    case(
        "node-count",
        {"cluster.system_pool.count": 1001},
        "cluster.system_pool.count: 1001 nodes is out of range; choose 0 to 1000",
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
        "cluster.system_pool.max_pods: 400 pods per node is out of range; choose 10 to 250 (pulumi config set --path 'cluster.system_pool.max_pods' 250)",
    ),
    case(
        "os-disk-size",
        {"cluster.system_pool.os_disk_size_gb": 16},
        "cluster.system_pool.os_disk_size_gb: 16 GiB is out of range; choose 30 to 2048 (pulumi config set --path 'cluster.system_pool.os_disk_size_gb' 30)",
    ),
    case(
        "node-taint",
        cluster_with(taints=["team:Never"]),
        "cluster.user_pools[0].taints[0]: 'team:Never' is not a taint; write key=value:effect, with the effect NoSchedule, PreferNoSchedule or NoExecute",
    ),
]
