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
        "cluster.system_pool.os_sku: 'Windows2022' is possible in user pools only; choose AzureLinux or Ubuntu (pulumi config set --path 'cluster.system_pool.os_sku' AzureLinux)",
    ),
    case(
        "windows-pool-name",
        windows_pool(name="windows"),
        "cluster.user_pools[0].name: 'windows' has 7 characters; a Windows pool allows 6 (pulumi config set --path 'cluster.user_pools[0].name' window)",
    ),
    case(
        "windows-pool-architecture",
        windows_pool(vm_size="Standard_D4ps_v5"),
        "cluster.user_pools[0].vm_size: 'Standard_D4ps_v5' has an Arm processor, for which AKS has no Windows; choose another size (pulumi config set --path 'cluster.user_pools[0].vm_size' Standard_D4s_v5)",
    ),
    case(
        "windows-dataplane",
        windows_pool({"dataplane": "cilium"}),
        "cluster.network.dataplane: 'cilium' does not support Windows nodes; choose azure (pulumi config set --path 'cluster.network.dataplane' azure)",
    ),
    case(
        "windows-dataplane",
        windows_pool({"dataplane": "azure", "policy": "azure"}),
        "cluster.network.policy: 'azure' no longer supports Windows nodes; choose calico or none (pulumi config set --path 'cluster.network.policy' calico)",
    ),
    case(
        "windows-2022-version",
        {"cluster": windows_pool(os_sku="Windows2022")["cluster"] | {"kubernetes_version": "1.37"}},
        "cluster.user_pools[0].os_sku: AKS does not offer 'Windows2022' with Kubernetes 1.37; choose Windows2025 (pulumi config set --path 'cluster.user_pools[0].os_sku' Windows2025)",
    ),
    case(
        "ephemeral-disk-has-room",
        {"cluster.system_pool": SYSTEM_POOL | {"os_disk_type": "Ephemeral"}},
        "cluster.system_pool.vm_size: 'Standard_D2s_v5' has no disk on its host for os_disk_type: Ephemeral; choose a size with the letter d, or os_disk_type: Managed (pulumi config set --path 'cluster.system_pool.vm_size' Standard_D2ds_v5)",
    ),
    case(
        "ephemeral-disk-has-room",
        {"cluster.system_pool": {"vm_size": "Standard_E4as_v6", "os_disk_type": "Ephemeral"}},
        "cluster.system_pool.vm_size: 'Standard_E4as_v6' has no disk on its host for os_disk_type: Ephemeral; choose a size with the letter d, or os_disk_type: Managed (pulumi config set --path 'cluster.system_pool.vm_size' Standard_E4ads_v6)",
    ),
    case(
        "windows-security-context",
        windows_pool() | on_windows(read_only_root_filesystem=True),
        "workloads[0].read_only_root_filesystem: does not work on Windows, which writes to the root filesystem; remove it (pulumi config rm --path 'workloads[0].read_only_root_filesystem')",
    ),
    case(
        "windows-security-context",
        windows_pool() | on_windows(run_as_user=1000),
        "workloads[0].run_as_user: has no effect on Windows, whose users have names; remove it (pulumi config rm --path 'workloads[0].run_as_user')",
    ),
    case(
        "windows-security-context",
        windows_pool() | on_windows(fs_group=1000),
        "workloads[0].fs_group: has no effect on Windows, whose users have names; remove it (pulumi config rm --path 'workloads[0].fs_group')",
    ),
    case(
        "technique-on-windows",
        windows_pool()
        | on_windows(technique="dapr", secrets=[secret(from_="existing")])
        | {"operators": {"dapr": {}}},
        f"workloads[0].technique: dapr does not work with Windows pods: Dapr's injector gives the sidecar a security context that Kubernetes refuses for a Windows pod; choose {techniques(lambda spec: not spec.windows_limitation)}",
    ),
    case(
        "technique-on-windows",
        windows_pool()
        | on_windows(technique="csi", access="pod-identity", secrets=[secret(from_="existing")])
        | DRIVER,
        "workloads[0].access: 'pod-identity' works on Linux nodes only; choose another mode (pulumi config set --path 'workloads[0].access' workload-identity)",
    ),
    case(
        "windows-pods-have-nodes",
        on_windows(),
        "workloads[0].os: 'windows' needs a node pool of Windows, which the cluster does not have; add a pool with os_sku: Windows2025 to cluster.user_pools (pulumi config set --path 'workloads[0].os' linux)",
    ),
]
