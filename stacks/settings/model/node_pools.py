"""Node pools, part of section ``cluster``: sizes, numbers, names."""

from collections.abc import Mapping
from typing import Annotated

from components.cluster.node_pools import OsDiskType, OsSku
from stacks.settings.model.section import Section
from stacks.settings.validation.constraints import IntRange, Pattern

QUOTAS = "https://learn.microsoft.com/azure/aks/quotas-skus-regions"

PoolName = Annotated[
    str,
    Pattern(
        "pool-name",
        r"[a-z][a-z0-9]{0,11}",
        is_a="Linux node pool name",
        remedy="use 1 to 12 lower-case letters and digits, a letter first",
        example="apps",
        source="https://learn.microsoft.com/azure/aks/create-node-pools#limitations",
    ),
]
VmSize = Annotated[
    str,
    Pattern(
        "vm-size",
        r"Standard_[A-Z]+[0-9]+[A-Za-z0-9_-]*",
        is_a="VM size",
        remedy="use a size that `az vm list-skus --location REGION --resource-type virtualMachines` lists",
        example="Standard_D2s_v5",
        source="https://learn.microsoft.com/azure/virtual-machines/vm-naming-conventions",
    ),
]
Zone = Annotated[
    str,
    Pattern(
        "availability-zone",
        r"[123]",
        is_a="availability zone",
        remedy='use "1", "2" or "3", in quotes in the stack file',
        example=None,
        source="https://learn.microsoft.com/azure/aks/reliability-availability-zones-configure",
    ),
]
NodeCount = Annotated[int, IntRange("node-count", 0, 1000, unit="nodes", source=QUOTAS)]
MaxPods = Annotated[
    int,
    IntRange(
        "max-pods",
        10,
        250,
        unit="pods per node",
        source="https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning",
    ),
]
DiskSize = Annotated[
    int,
    IntRange(
        "os-disk-size",
        30,
        2048,
        unit="GiB",
        source="https://learn.microsoft.com/rest/api/aks/agent-pools/create-or-update (osDiskSizeGB: 0 to 2048, images need 30)",
    ),
]


Taint = Annotated[
    str,
    Pattern(
        "node-taint",
        r"([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-._A-Za-z0-9]{0,61}[A-Za-z0-9])?(=[-._A-Za-z0-9]{0,63})?:(NoSchedule|PreferNoSchedule|NoExecute)",
        is_a="taint",
        remedy="write key=value:effect, with the effect NoSchedule, PreferNoSchedule or NoExecute",
        example="team=shop:NoSchedule",
        source="https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/",
    ),
]


class NodeAutoscalingSettings(Section):
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
    autoscale: NodeAutoscalingSettings | None = None
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
    def initial_nodes(self) -> int:
        """The nodes that this pool begins with."""
        if self.count is not None:
            return self.count
        return self.autoscale.min_count if self.autoscale else 1

    @property
    def max_nodes(self) -> int:
        """The nodes that this pool can grow to."""
        return self.autoscale.max_count if self.autoscale else self.initial_nodes


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
