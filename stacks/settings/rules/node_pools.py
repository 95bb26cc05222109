"""Rules for node pools."""

import re
from collections.abc import Iterator

from components.cluster.node_pools import OsDiskType
from stacks.settings.model.cluster import ClusterSettings
from stacks.settings.model.node_pools import QUOTAS, PoolSettings, SystemPoolSettings, UserPoolSettings
from stacks.settings.types.vm_sizes import host_disk_gib, memory_gib, vcpus
from stacks.settings.validation.problems import other_names
from stacks.settings.validation.registry import Violation, rule

_SYSTEM_POOLS = "https://learn.microsoft.com/azure/aks/use-system-pools#system-and-user-node-pools"

_LABELS = "https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set"

# https://learn.microsoft.com/azure/aks/use-labels#reserved-system-labels; and the labels of Kubernetes itself
_RESERVED_LABELS = re.compile(
    r"(?:[\w.-]+\.)?(?:kubernetes\.azure\.com|kubernetes\.io|k8s\.io)/|agentpool$|storage(?:profile|tier)$|accelerator$"
)

_KEY = re.compile(
    r"(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9](?:[-._A-Za-z0-9]{0,61}[A-Za-z0-9])?"
)

_VALUE = re.compile(r"(?:[A-Za-z0-9](?:[-._A-Za-z0-9]{0,61}[A-Za-z0-9])?)?")


@rule(
    "node-label",
    PoolSettings,
    source=f"{_LABELS}; https://learn.microsoft.com/azure/aks/use-labels#reserved-system-labels",
)
def labels_are_valid_and_not_reserved(pool: PoolSettings) -> Iterator[Violation]:
    """AKS refuses labels that it or Kubernetes sets itself."""
    for key, value in pool.labels.items():
        if _RESERVED_LABELS.match(key):
            yield Violation(
                ("labels", key),
                "is reserved by Kubernetes or AKS",
                "choose a prefix of your own",
                remove=True,
            )
        elif not _KEY.fullmatch(key) or not _VALUE.fullmatch(value):
            remedy = (
                "use at most 63 letters, digits, hyphens, underscores and full stops; a key may have a domain"
                " and a slash before it"
            )
            yield Violation(
                ("labels", key), "is not a valid label, or its value is none", remedy, remove=True
            )


@rule(
    "node-taint-is-the-users",
    UserPoolSettings,
    source="https://learn.microsoft.com/azure/aks/use-node-taints",
)
def taints_are_not_reserved(pool: UserPoolSettings) -> Iterator[Violation]:
    """AKS sets its own taints itself."""
    for index, taint in enumerate(pool.taints):
        if _RESERVED_LABELS.match(taint):
            remedy = "set spot: true for spot nodes, or choose a prefix of your own"
            yield Violation(
                ("taints", index), f"{taint!r} is reserved by Kubernetes or AKS", remedy, remove=True
            )
        if taint in pool.taints[:index]:
            yield Violation(("taints", index), f"{taint!r} is listed twice", "list it once", remove=True)


@rule("autoscale-bounds", PoolSettings, source="https://learn.microsoft.com/azure/aks/cluster-autoscaler")
def count_lies_within_the_autoscaler_bounds(pool: PoolSettings) -> Iterator[Violation]:
    """AKS refuses a minimum above the maximum, and an initial count outside them."""
    if pool.autoscale is None:
        return
    low, high = pool.autoscale.min_count, pool.autoscale.max_count
    if low > high:
        yield Violation(
            ("autoscale", "min_count"),
            f"{low} is more than max_count {high}",
            "choose at most max_count",
            str(high),
        )
    elif not low <= pool.initial_nodes <= high:
        yield Violation(
            ("count",),
            f"{pool.initial_nodes} is outside autoscale, {low} to {high}",
            "choose a count within it",
            str(max(low, 1)),
        )


@rule("system-pool-never-empty", SystemPoolSettings, source=_SYSTEM_POOLS)
def the_system_pool_keeps_a_node(pool: SystemPoolSettings) -> Iterator[Violation]:
    """A system pool has at least one node."""
    key = ("autoscale", "min_count") if pool.autoscale else ("count",)
    if (pool.autoscale.min_count if pool.autoscale else pool.initial_nodes) < 1:
        yield Violation(key, "the system pool needs a node", "choose 1 or more", "1")


@rule(
    "zones-differ",
    PoolSettings,
    source="https://learn.microsoft.com/azure/aks/reliability-availability-zones-configure",
)
def zones_are_listed_once(pool: PoolSettings) -> Iterator[Violation]:
    """A zone that is listed twice stands for a forgotten one."""
    for index, zone in enumerate(pool.zones):
        if zone in pool.zones[:index]:
            yield Violation(("zones", index), f"zone {zone!r} is listed twice", "list it once", remove=True)


@rule(
    "vm-size-with-overlay",
    PoolSettings,
    source="https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay#limitations-with-azure-cni-overlay",
)
def the_vm_size_supports_overlay(pool: PoolSettings) -> Iterator[Violation]:
    """Azure CNI overlay does not support the DCsv2 series."""
    if re.fullmatch(r"Standard_DC[0-9]+s_v2", pool.vm_size):
        yield Violation(
            ("vm_size",),
            f"{pool.vm_size!r} does not work with Azure CNI overlay",
            "choose another series",
            "Standard_DC2s_v3",
        )


@rule(
    "system-pool-vm-size",
    SystemPoolSettings,
    source=f"{_SYSTEM_POOLS}; https://learn.microsoft.com/azure/aks/quotas-skus-regions#system-node-pools",
)
def the_system_pool_has_two_vcpus(pool: SystemPoolSettings) -> Iterator[Violation]:
    """AKS refuses one vCPU (SystemPoolSkuTooLow)."""
    if (vcpus(pool.vm_size) or 2) < 2 or memory_gib(pool.vm_size) < 4:
        yield Violation(
            ("vm_size",),
            f"{pool.vm_size!r} is a size that AKS does not support for system pools",
            "use at least 2 vCPUs and 4 GiB",
            "Standard_D2s_v5",
        )


_SIZES = "https://learn.microsoft.com/azure/aks/aks-virtual-machine-sizes#why-certain-vm-sizes-might-not-be-available"


@rule("user-pool-vm-size", UserPoolSettings, source=_SIZES)
def a_user_pool_has_two_vcpus(pool: UserPoolSettings) -> Iterator[Violation]:
    """AKS does not offer sizes with less, on which its own pods leave no room."""
    if (vcpus(pool.vm_size) or 2) < 2 or memory_gib(pool.vm_size) < 2:
        yield Violation(
            ("vm_size",),
            f"{pool.vm_size!r} is a size that AKS does not support",
            "use at least 2 vCPUs and 2 GiB",
            "Standard_D2s_v5",
        )


_SMALLEST_DISK_GIB = 30  # of an image; without a configured size AKS chooses one


@rule(
    "ephemeral-disk-fits-the-host",
    PoolSettings,
    source="https://learn.microsoft.com/azure/aks/concepts-storage#ephemeral-os-disk",
)
def an_ephemeral_disk_fits_the_host(pool: PoolSettings) -> Iterator[Violation]:
    """An ephemeral disk is in the cache or on the temporary disk of the size: VMCacheSizeTooSmall."""
    room, size = host_disk_gib(pool.vm_size), pool.os_disk_size_gb or _SMALLEST_DISK_GIB
    if pool.os_disk_type is OsDiskType.EPHEMERAL and room is not None and size > room:
        problem = f"the host of {pool.vm_size!r} has {room:g} GiB for a disk of {size} GiB"
        remedy = "choose os_disk_type: Managed, or a size with a larger disk on its host"
        if room >= 30:
            yield Violation(("os_disk_size_gb",), problem, f"{remedy}, or a smaller disk", str(int(room)))
        else:
            yield Violation(("os_disk_type",), problem, remedy, "Managed")


@rule(
    "pool-holds-thirty-pods",
    PoolSettings,
    source="https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning#configuring-maximum-pods-per-node-for-your-clusters",
)
def a_pool_has_room_for_thirty_pods(pool: PoolSettings) -> Iterator[Violation]:
    """AKS requires room for 30 pods in every pool."""
    nodes = pool.autoscale.min_count if pool.autoscale else pool.initial_nodes
    if pool.max_pods and nodes and pool.max_pods * nodes < 30:
        problem = (
            f"{pool.max_pods} pods on {nodes} node{'s' if nodes > 1 else ''} make {pool.max_pods * nodes}"
        )
        yield Violation(
            ("max_pods",), problem, "AKS requires room for 30 in every pool", str(-(-30 // nodes))
        )


@rule("node-number", ClusterSettings, source=QUOTAS)
def nodes_are_within_the_limit(cluster: ClusterSettings) -> Iterator[Violation]:
    """AKS allows 5,000 nodes in a cluster."""
    if cluster.max_nodes > 5000:
        yield Violation(
            ("user_pools",),
            f"the pools can grow to {cluster.max_nodes} nodes",
            "AKS allows 5000 in a cluster",
        )


@rule("pool-names-differ", ClusterSettings, source="https://learn.microsoft.com/azure/aks/create-node-pools")
def pool_names_differ(cluster: ClusterSettings) -> Iterator[Violation]:
    """Pool names are unique in a cluster."""
    seen = {cluster.system_pool.name} if cluster.system_pool else set[str]()
    for index, pool in enumerate(cluster.user_pools):
        if pool.name in seen:
            yield Violation(
                ("user_pools", index, "name"),
                f"{pool.name!r} is the name of another pool",
                "choose another name",
                other_names(pool.name, separator=""),
            )
        seen.add(pool.name)


@rule("pool-number", ClusterSettings, source=QUOTAS)
def pools_are_within_the_limit(cluster: ClusterSettings) -> Iterator[Violation]:
    """AKS allows 100 pools in a cluster."""
    if len(cluster.user_pools) > 99:
        yield Violation(
            ("user_pools",),
            f"{len(cluster.user_pools)} pools and the system pool",
            "AKS allows 100 pools in a cluster",
        )
