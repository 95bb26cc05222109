"""Rules for Windows nodes and Windows pods, and for ephemeral disks."""

import re
from collections.abc import Iterator

from components.cluster.network_profile import Dataplane, NetworkPolicy
from components.cluster.node_pools import OsDiskType, OsSku
from components.workloads import WORKLOADS, Access, Technique
from components.workloads.pod import OperatingSystem
from stacks.settings.model.cluster import ClusterSettings
from stacks.settings.model.node_pools import PoolSettings, SystemPoolSettings, UserPoolSettings
from stacks.settings.model.pods import PodSettings
from stacks.settings.model.settings import Composition, Settings
from stacks.settings.model.workloads import WorkloadSettings
from stacks.settings.validation.problems import join_or
from stacks.settings.validation.registry import Violation, rule

_POOLS = "https://learn.microsoft.com/azure/aks/use-system-pools#limitations"
_WINDOWS = "https://learn.microsoft.com/azure/aks/windows-best-practices"
_VERSIONS = "https://learn.microsoft.com/azure/aks/learn/quick-windows-container-deploy-cli#add-a-node-pool"


@rule("system-pool-runs-linux", SystemPoolSettings, source=_POOLS)
def the_system_pool_runs_linux(pool: SystemPoolSettings) -> Iterator[Violation]:
    """AKS's own pods need Linux."""
    if pool.os_sku.is_windows:
        yield Violation(
            ("os_sku",),
            f"'{pool.os_sku}' is possible in user pools only",
            "choose AzureLinux or Ubuntu",
            OsSku.AZURE_LINUX,
        )


@rule("windows-pool-name", UserPoolSettings, source=_POOLS)
def windows_pools_have_short_names(pool: UserPoolSettings) -> Iterator[Violation]:
    """AKS makes the names of Windows machines from the pool's, and those are short."""
    if pool.os_sku.is_windows and len(pool.name) > 6:
        problem = f"{pool.name!r} has {len(pool.name)} characters"
        yield Violation(("name",), problem, "a Windows pool allows 6", pool.name[:6])


@rule(
    "windows-pool-architecture",
    UserPoolSettings,
    source="https://learn.microsoft.com/azure/aks/use-arm64-vms#limitations",
)
def windows_nodes_have_no_arm_processor(pool: UserPoolSettings) -> Iterator[Violation]:
    """A small letter p is Arm: https://learn.microsoft.com/azure/virtual-machines/vm-naming-conventions."""
    if pool.os_sku.is_windows and re.match(r"Standard_[A-Z]+[0-9]+[a-oq-z]*p", pool.vm_size):
        yield Violation(
            ("vm_size",),
            f"{pool.vm_size!r} has an Arm processor, for which AKS has no Windows",
            "choose another size",
            "Standard_D4s_v5",
        )


@rule(
    "windows-dataplane",
    ClusterSettings,
    source=f"{_WINDOWS}#networking-modes; https://learn.microsoft.com/azure/aks/azure-cni-powered-by-cilium",
)
def windows_nodes_need_the_azure_dataplane(cluster: ClusterSettings) -> Iterator[Violation]:
    """Cilium is for Linux, and Azure's own policy engine ended on Windows on 30 September 2026."""
    if not cluster.has_windows_pools:
        return
    if cluster.network.dataplane is Dataplane.CILIUM:
        yield Violation(
            ("network", "dataplane"),
            "'cilium' does not support Windows nodes",
            "choose azure",
            Dataplane.AZURE,
        )
    elif cluster.network.effective_policy is NetworkPolicy.AZURE:
        yield Violation(
            ("network", "policy"),
            "'azure' no longer supports Windows nodes",
            "choose calico or none",
            NetworkPolicy.CALICO,
        )


@rule("windows-2022-version", ClusterSettings, source=_VERSIONS)
def windows_2022_ends_with_kubernetes_1_36(cluster: ClusterSettings) -> Iterator[Violation]:
    """Later versions support Windows2025 only."""
    version = cluster.kubernetes_version
    for index, pool in enumerate(cluster.user_pools):
        if pool.os_sku is OsSku.WINDOWS_2022 and version and int(version.split(".")[1]) >= 37:
            path = ("user_pools", index, "os_sku")
            yield Violation(
                path,
                f"AKS does not offer 'Windows2022' with Kubernetes {version}",
                "choose Windows2025",
                OsSku.WINDOWS_2025,
            )


@rule(
    "ephemeral-disk-has-room",
    PoolSettings,
    source="https://learn.microsoft.com/azure/virtual-machines/ephemeral-os-disks#size-requirements",
)
def an_ephemeral_disk_needs_a_host_disk(pool: PoolSettings) -> Iterator[Violation]:
    """Since version 4, D and E sizes have a disk on the host only with the letter d. Azure judges the size
    of other disks.
    """
    without = re.fullmatch(
        r"(Standard_[DE]C?[0-9]+(?:-[0-9]+)?)(?![a-z]*d)([a-z]*)(_v(?:[4-9]|1[0-9]))", pool.vm_size
    )
    if pool.os_disk_type is OsDiskType.EPHEMERAL and without:
        letters = re.sub(r"^([abp]*)", r"\1d", without[2])
        problem = f"{pool.vm_size!r} has no disk on its host for os_disk_type: Ephemeral"
        yield Violation(
            ("vm_size",),
            problem,
            "choose a size with the letter d, or os_disk_type: Managed",
            f"{without[1]}{letters}{without[3]}",
        )


@rule(
    "windows-security-context",
    PodSettings,
    source="https://kubernetes.io/docs/concepts/windows/intro/#compatibility-v1-pod-spec-containers-securitycontext",
)
def security_fields_have_an_effect_on_windows(pod: PodSettings) -> Iterator[Violation]:
    """Windows users have names instead of ids, and Windows writes to its root filesystem."""
    for key in ("run_as_user", "fs_group") if pod.os is OperatingSystem.WINDOWS else ():
        if getattr(pod, key) is not None:
            yield Violation(
                (key,), "has no effect on Windows, whose users have names", "remove it", remove=True
            )
    if pod.os is OperatingSystem.WINDOWS and pod.read_only_root_filesystem:
        yield Violation(
            ("read_only_root_filesystem",),
            "does not work on Windows, which writes to the root filesystem",
            "remove it",
            remove=True,
        )


@rule(
    "technique-on-windows",
    WorkloadSettings,
    source="docs/techniques.md: what each technique can do on Windows; https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/configurations/identity-access-modes/pod-identity-mode/",
)
def techniques_work_on_windows(workload: WorkloadSettings) -> Iterator[Violation]:
    """Not every technique supports Windows pods."""
    if workload.os is not OperatingSystem.WINDOWS:
        return
    if why := workload.spec.windows_limitation:
        others = join_or(
            [technique.value for technique in Technique if not WORKLOADS[technique].spec.windows_limitation]
        )
        yield Violation(
            ("technique",), f"{workload.technique} does not work with Windows pods: {why}", f"choose {others}"
        )
    if workload.access is Access.POD_IDENTITY:
        yield Violation(
            ("access",),
            "'pod-identity' works on Linux nodes only",
            "choose another mode",
            Access.WORKLOAD_IDENTITY,
        )


@rule(
    "windows-pods-have-nodes", Settings, source="https://learn.microsoft.com/azure/aks/windows-best-practices"
)
def windows_pods_have_windows_nodes(settings: Settings) -> Iterator[Violation]:
    """The pods would wait forever. Preflight checks the pools of an existing cluster."""
    makes_cluster = settings.composition is not Composition.WORKLOADS and settings.cluster.existing is None
    if not makes_cluster or settings.cluster.has_windows_pools:
        return
    for index, workload in enumerate(settings.workloads):
        if workload.os is OperatingSystem.WINDOWS:
            problem = "'windows' needs a node pool of Windows, which the cluster does not have"
            yield Violation(
                ("workloads", index, "os"),
                problem,
                "add a pool with os_sku: Windows2025 to cluster.user_pools",
                OperatingSystem.LINUX,
            )
