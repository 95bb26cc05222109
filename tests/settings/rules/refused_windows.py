"""Settings that the rules of ``rules/windows.py`` refuse, with the exact words."""

from typing import Any

from tests.settings.cases import case
from tests.settings.samples import DRIVER, SYSTEM_POOL, secret, techniques, workload


def windows_pool(network: dict[str, Any] | None = None, **keys: Any) -> dict[str, Any]:
    pool = {"name": "win", "vm_size": "Standard_D4s_v5", "os_sku": "Windows2025", **keys}
    return {
        "cluster": {
            "system_pool": SYSTEM_POOL,
            "user_pools": [pool],
            "network": network or {"dataplane": "azure"},
        }
    }


def on_windows(**keys: Any) -> dict[str, Any]:
    return {"workloads": [workload(kind="Deployment", image="registry.example/shop:1", os="windows", **keys)]}


CASES = [
    case(
        "system-pool-runs-linux",
        {"cluster.system_pool": SYSTEM_POOL | {"os_sku": "Windows2022"}},
        "cluster.system_pool.os_sku: Windows2022 is for user pools; choose AzureLinux or Ubuntu (pulumi config set --path 'cluster.system_pool.os_sku' AzureLinux)",
    ),
    case(
        "windows-pool-name",
        windows_pool(name="windows"),
        "cluster.user_pools[0].name: 'windows' has 7 characters; a pool of Windows nodes has at most 6 (pulumi config set --path 'cluster.user_pools[0].name' window)",
    ),
    case(
        "windows-pool-architecture",
        windows_pool(vm_size="Standard_D4ps_v5"),
        "cluster.user_pools[0].vm_size: 'Standard_D4ps_v5' has an Arm processor, and AKS no Windows for it; choose another (pulumi config set --path 'cluster.user_pools[0].vm_size' Standard_D4s_v5)",
    ),
    case(
        "windows-dataplane",
        windows_pool({"dataplane": "cilium"}),
        "cluster.network.dataplane: cilium, which Windows nodes do not have; choose azure (pulumi config set --path 'cluster.network.dataplane' azure)",
    ),
    case(
        "windows-dataplane",
        windows_pool({"dataplane": "azure", "policy": "azure"}),
        "cluster.network.policy: azure, which Windows nodes do not have any more; choose calico or none (pulumi config set --path 'cluster.network.policy' calico)",
    ),
    case(
        "windows-2022-version",
        {"cluster": windows_pool(os_sku="Windows2022")["cluster"] | {"kubernetes_version": "1.37"}},
        "cluster.user_pools[0].os_sku: Windows2022 is not to be had with Kubernetes 1.37; choose Windows2025 (pulumi config set --path 'cluster.user_pools[0].os_sku' Windows2025)",
    ),
    case(
        "ephemeral-disk-has-room",
        {"cluster.system_pool": SYSTEM_POOL | {"os_disk_type": "Ephemeral"}},
        "cluster.system_pool.vm_size: 'Standard_D2s_v5' has no disk on its host for os_disk_type: Ephemeral; choose a size with a d, or Managed (pulumi config set --path 'cluster.system_pool.vm_size' Standard_D2ds_v5)",
    ),
    case(
        "ephemeral-disk-has-room",
        {"cluster.system_pool": {"vm_size": "Standard_E4as_v6", "os_disk_type": "Ephemeral"}},
        "cluster.system_pool.vm_size: 'Standard_E4as_v6' has no disk on its host for os_disk_type: Ephemeral; choose a size with a d, or Managed (pulumi config set --path 'cluster.system_pool.vm_size' Standard_E4ads_v6)",
    ),
    case(
        "windows-security-context",
        windows_pool() | on_windows(read_only_root_filesystem=True),
        "workloads[0].read_only_root_filesystem: Windows writes into its containers; take it out (pulumi config rm --path 'workloads[0].read_only_root_filesystem')",
    ),
    case(
        "windows-security-context",
        windows_pool() | on_windows(run_as_user=1000),
        "workloads[0].run_as_user: Windows knows users by their names; take it out (pulumi config rm --path 'workloads[0].run_as_user')",
    ),
    case(
        "technique-on-windows",
        windows_pool()
        | on_windows(technique="dapr", secrets=[secret(from_="existing")])
        | {"operators": {"dapr": {}}},
        f"workloads[0].technique: dapr, and the pods run on Windows: Dapr's injector gives the sidecar a security context that Kubernetes refuses for a Windows pod; choose {techniques(lambda spec: not spec.windows_limitation)}",
    ),
    case(
        "technique-on-windows",
        windows_pool()
        | on_windows(technique="csi", access="pod-identity", secrets=[secret(from_="existing")])
        | DRIVER,
        "workloads[0].access: pod-identity, which is for Linux nodes only; choose another (pulumi config set --path 'workloads[0].access' workload-identity)",
    ),
    case(
        "windows-pods-have-nodes",
        on_windows(),
        "workloads[0].os: windows, and no pool of the cluster runs Windows; add one to cluster.user_pools, with os_sku: Windows2025 (pulumi config set --path 'workloads[0].os' linux)",
    ),
]
