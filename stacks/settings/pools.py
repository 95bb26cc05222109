"""Node pools, part of section ``cluster``: sizes, numbers, names."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated

from components.node_pool import OsDiskType, OsSku
from stacks.settings.rules import Between, Found, Matches, Section, rule

QUOTAS = "https://learn.microsoft.com/azure/aks/quotas-skus-regions"
_SYSTEM_POOLS = "https://learn.microsoft.com/azure/aks/use-system-pools#system-and-user-node-pools"

PoolName = Annotated[
    str,
    Matches(
        "pool-name",
        r"[a-z][a-z0-9]{0,11}",
        is_a="Linux node pool name",
        allowed="use 1 to 12 lower-case letters and digits, a letter first",
        example="apps",
        source="https://learn.microsoft.com/azure/aks/create-node-pools#limitations",
    ),
]
VmSize = Annotated[
    str,
    Matches(
        "vm-size",
        r"Standard_[A-Z]+[0-9]+[A-Za-z0-9_-]*",
        is_a="VM size",
        allowed="use a size that `az vm list-skus --location REGION --resource-type virtualMachines` lists",
        example="Standard_D2s_v5",
        source="https://learn.microsoft.com/azure/virtual-machines/vm-naming-conventions",
    ),
]
Zone = Annotated[
    str,
    Matches(
        "availability-zone",
        r"[123]",
        is_a="availability zone",
        allowed='use "1", "2" or "3", in quotes in the stack file',
        example=None,
        source="https://learn.microsoft.com/azure/aks/reliability-availability-zones-configure",
    ),
]
NodeCount = Annotated[int, Between("node-count", 0, 1000, unit="nodes", source=QUOTAS)]
MaxPods = Annotated[
    int,
    Between(
        "max-pods",
        10,
        250,
        unit="pods per node",
        source="https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning",
    ),
]
DiskSize = Annotated[
    int,
    Between(
        "os-disk-size",
        30,
        2048,
        unit="GiB",
        source="https://learn.microsoft.com/rest/api/aks/agent-pools/create-or-update (osDiskSizeGB: 0 to 2048, images need 30)",
    ),
]


_LABELS = "https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set"
Taint = Annotated[
    str,
    Matches(
        "node-taint",
        r"([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-._A-Za-z0-9]{0,61}[A-Za-z0-9])?(=[-._A-Za-z0-9]{0,63})?:(NoSchedule|PreferNoSchedule|NoExecute)",
        is_a="taint",
        allowed="write key=value:effect, with the effect NoSchedule, PreferNoSchedule or NoExecute",
        example="team=shop:NoSchedule",
        source="https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/",
    ),
]


class AutoscaleSettings(Section):
    """Bounds for the cluster autoscaler."""

    min_count: NodeCount
    """Fewest nodes: 0 for a user pool, 1 for the system pool."""
    max_count: NodeCount
    """Most nodes."""


class PoolSettings(Section):
    """Nodes of one kind."""

    vm_size: VmSize
    """Azure VM size of the nodes."""
    count: NodeCount | None = None
    """Nodes; 1 if not given. With `autoscale` the nodes at creation, `min_count` if not given; later they are the autoscaler's business."""
    autoscale: AutoscaleSettings | None = None
    """Let AKS choose the number of nodes within these bounds."""
    os_sku: OsSku = OsSku.AZURE_LINUX
    """Operating system of the nodes; Windows in user pools only."""
    os_disk_size_gb: DiskSize | None = None
    """Operating system disk in GiB; what belongs to the VM size if not given."""
    zones: tuple[Zone, ...] = ()
    """Availability zones over which the nodes are spread."""
    max_pods: MaxPods | None = None
    """Pods per node; 250 if not given."""
    os_disk_type: OsDiskType | None = None
    """Managed: in Azure Storage; Ephemeral: on the host, gone with the node; what suits the VM size if not given."""
    encryption_at_host: bool = False
    """The host encrypts temporary disks and caches as well; the subscription needs the feature EncryptionAtHost."""
    labels: Mapping[str, str] = {}
    """Labels of the nodes, by which pods choose them (`overrides`, nodeSelector)."""

    @property
    def first_nodes(self) -> int:
        """The nodes that this pool begins with."""
        if self.count is not None:
            return self.count
        return self.autoscale.min_count if self.autoscale else 1

    @property
    def most_nodes(self) -> int:
        """The nodes that this pool can grow to."""
        return self.autoscale.max_count if self.autoscale else self.first_nodes


class SystemPoolSettings(PoolSettings):
    """The pool that carries AKS's own pods; there is exactly one."""

    name: PoolName = "system"
    """Name of the pool."""


class UserPoolSettings(PoolSettings):
    """A pool for workloads."""

    name: PoolName
    """Name of the pool."""
    taints: tuple[Taint, ...] = ()
    """What keeps pods off that do not tolerate it: `team=shop:NoSchedule`."""
    spot: bool = False
    """Spare capacity of Azure's, cheap, and taken back at any time; pods have to tolerate `kubernetes.azure.com/scalesetpriority=spot`."""


# --------------------------------------------------------------------------------------------------------------- cross-key rules


# https://learn.microsoft.com/azure/aks/use-labels#reserved-system-labels; those of Kubernetes are Kubernetes' own
_RESERVED_LABELS = re.compile(
    r"(?:[\w.-]+\.)?(?:kubernetes\.azure\.com|kubernetes\.io|k8s\.io)/|agentpool$|storage(?:profile|tier)$|accelerator$"
)
_KEY = re.compile(r"(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9](?:[-._A-Za-z0-9]{0,61}[A-Za-z0-9])?")
_VALUE = re.compile(r"(?:[A-Za-z0-9](?:[-._A-Za-z0-9]{0,61}[A-Za-z0-9])?)?")


@rule("node-label", PoolSettings, source=f"{_LABELS}; https://learn.microsoft.com/azure/aks/use-labels#reserved-system-labels")
def labels_are_labels_and_nobody_elses(pool: PoolSettings) -> Iterator[Found]:
    """AKS refuses those that it or Kubernetes sets itself."""
    for key, value in pool.labels.items():
        if _RESERVED_LABELS.match(key):
            yield Found(("labels", key), "belongs to Kubernetes or AKS", "choose a prefix of your own", remove=True)
        elif not _KEY.fullmatch(key) or not _VALUE.fullmatch(value):
            allowed = "use 63 letters, digits, hyphens, underscores and full stops, before a key perhaps a domain and a slash"
            yield Found(("labels", key), f"{value!r} and its key are no label", allowed, remove=True)


@rule("node-taint-is-the-users", UserPoolSettings, source="https://learn.microsoft.com/azure/aks/use-node-taints")
def taints_are_the_users(pool: UserPoolSettings) -> Iterator[Found]:
    """Those of AKS it sets itself."""
    for index, taint in enumerate(pool.taints):
        if _RESERVED_LABELS.match(taint):
            allowed = "say spot: true for those of spot nodes, or choose a prefix of your own"
            yield Found(("taints", index), f"{taint!r} belongs to Kubernetes or AKS", allowed, remove=True)
        if taint in pool.taints[:index]:
            yield Found(("taints", index), f"{taint!r} is listed twice", "list it once", remove=True)


@rule("autoscale-bounds", PoolSettings, source="https://learn.microsoft.com/azure/aks/cluster-autoscaler")
def count_lies_within_the_autoscaler_bounds(pool: PoolSettings) -> Iterator[Found]:
    """AKS refuses bounds that are the wrong way round or leave the first count outside."""
    if pool.autoscale is None:
        return
    low, high = pool.autoscale.min_count, pool.autoscale.max_count
    if low > high:
        yield Found(("autoscale", "min_count"), f"{low} is more than max_count {high}", "choose at most max_count", str(high))
    elif not low <= pool.first_nodes <= high:
        yield Found(
            ("count",),
            f"{pool.first_nodes} is outside autoscale ({low} to {high})",
            "choose a count within it",
            str(max(low, 1)),
        )


@rule("system-pool-never-empty", SystemPoolSettings, source=_SYSTEM_POOLS)
def system_pool_keeps_a_node(pool: SystemPoolSettings) -> Iterator[Found]:
    """A system pool has at least one node."""
    key = ("autoscale", "min_count") if pool.autoscale else ("count",)
    if (pool.autoscale.min_count if pool.autoscale else pool.first_nodes) < 1:
        yield Found(key, "the system pool cannot be without a node", "choose 1 or more", "1")


@rule("zones-differ", PoolSettings, source="https://learn.microsoft.com/azure/aks/reliability-availability-zones-configure")
def zones_are_listed_once(pool: PoolSettings) -> Iterator[Found]:
    """A zone twice is another zone forgotten."""
    for index, zone in enumerate(pool.zones):
        if zone in pool.zones[:index]:
            yield Found(("zones", index), f"zone {zone!r} is listed twice", "list it once", remove=True)


@rule(
    "vm-size-with-overlay",
    PoolSettings,
    source="https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay#limitations-with-azure-cni-overlay",
)
def size_goes_with_overlay(pool: PoolSettings) -> Iterator[Found]:
    """Overlay has no DCsv2."""
    if re.fullmatch(r"Standard_DC[0-9]+s_v2", pool.vm_size):
        yield Found(("vm_size",), f"{pool.vm_size!r} does not go with Azure CNI overlay", "choose another series", "Standard_DC2s_v3")


@rule(
    "system-pool-vm-size",
    SystemPoolSettings,
    source=f"{_SYSTEM_POOLS}; https://learn.microsoft.com/azure/aks/quotas-skus-regions#system-node-pools",
)
def system_pool_size_can_carry_it(pool: SystemPoolSettings) -> Iterator[Found]:
    """One vCPU is refused (SystemPoolSkuTooLow)."""
    family = re.match(r"Standard_[A-Z]+([0-9]+)", pool.vm_size)
    if family and int(family[1]) < 2:
        yield Found(
            ("vm_size",),
            f"{pool.vm_size!r} is a size that AKS does not support for system pools",
            "use 2 vCPUs and 4 GiB at least",
            "Standard_D2s_v5",
        )


@rule(
    "pool-holds-thirty-pods",
    PoolSettings,
    source="https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning#configuring-maximum-pods-per-node-for-your-clusters",
)
def pool_has_room_for_thirty_pods(pool: PoolSettings) -> Iterator[Found]:
    """AKS wants room for 30 pods in every pool."""
    nodes = pool.autoscale.min_count if pool.autoscale else pool.first_nodes
    if pool.max_pods and nodes and pool.max_pods * nodes < 30:
        wrong = f"{pool.max_pods} pods on {nodes} node{'s' if nodes > 1 else ''} make {pool.max_pods * nodes}"
        yield Found(("max_pods",), wrong, "AKS wants room for 30 in every pool", str(-(-30 // nodes)))
