"""Node pools, part of section ``cluster``."""

from collections.abc import Mapping
from typing import Annotated

from components.cluster.node_pools import OsDiskType, OsSku
from stacks.settings.model.section import Section
from stacks.settings.types import nearly
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
        mended=nearly.pool_name,
        source="https://learn.microsoft.com/azure/aks/create-node-pools#limitations",
    ),
]
VmSize = Annotated[
    str,
    Pattern(
        "vm-size",
        r"Standard_[A-Z]+[0-9][A-Za-z0-9_-]*",
        is_a="VM size",
        remedy="use a size that `az vm list-skus --location REGION --resource-type virtualMachines` lists",
        example="Standard_D2s_v5",
        mended=nearly.vm_size,
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
        mended=nearly.zone,
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
        source=(
            "https://learn.microsoft.com/rest/api/aks/agent-pools/create-or-update (osDiskSizeGB: 0 to 2048,"
            " images need 30)"
        ),
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
        mended=nearly.taint,
        source="https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/",
    ),
]


class NodeAutoscalingSettings(Section):
    """Bounds of the cluster autoscaler for one pool."""

    min_count: NodeCount
    """Minimum number of nodes: at least 1 in the system pool, 0 is allowed in a user pool."""
    max_count: NodeCount
    """Maximum number of nodes, up to 1000."""


class PoolSettings(Section):
    """A pool of nodes of one VM size."""

    vm_size: VmSize
    """Azure VM size of the nodes, such as Standard_D2s_v5."""
    count: NodeCount | None = None
    """Number of nodes; 1 by default. With `autoscale` it is the number at creation (`min_count` by default),
    and the autoscaler changes it later.
    """
    autoscale: NodeAutoscalingSettings | None = None
    """Let the cluster autoscaler choose the number of nodes within these bounds."""
    os_sku: OsSku = OsSku.AZURE_LINUX
    """Operating system of the nodes. Windows is possible in user pools only."""
    os_disk_size_gb: DiskSize | None = None
    """Size of the operating system disk in GiB, 30 to 2048; the default of the VM size by default."""
    zones: tuple[Zone, ...] = ()
    """Availability zones over which AKS spreads the nodes: "1", "2", "3", in quotes."""
    max_pods: MaxPods | None = None
    """Maximum number of pods per node, 10 to 250; 250 by default."""
    os_disk_type: OsDiskType | None = None
    """Managed: a disk in Azure Storage; Ephemeral: on the host, lost with the node. AKS chooses by the VM
    size by default.
    """
    encryption_at_host: bool = False
    """Encrypt temporary disks and caches on the host too. The subscription needs the feature
    EncryptionAtHost.
    """
    labels: Mapping[str, str] = {}
    """Kubernetes labels of the nodes, for the `node_selector` of workloads."""

    @property
    def initial_nodes(self) -> int:
        """Number of nodes at creation."""
        if self.count is not None:
            return self.count
        return self.autoscale.min_count if self.autoscale else 1

    @property
    def max_nodes(self) -> int:
        """Number of nodes that this pool can grow to."""
        return self.autoscale.max_count if self.autoscale else self.initial_nodes


class SystemPoolSettings(PoolSettings):
    """The pool that carries AKS's own pods. A cluster has exactly one."""

    name: PoolName = "system"
    """Name of the pool."""


class UserPoolSettings(PoolSettings):
    """A pool for workloads."""

    name: PoolName
    """Name of the pool: 1 to 12 lower-case letters and digits, at most 6 on Windows."""
    taints: tuple[Taint, ...] = ()
    """Taints of the nodes, which only pods that tolerate them run on: `team=shop:NoSchedule`."""
    spot: bool = False
    """Use spot VMs: cheap spare capacity that Azure takes back at any time. Pods must tolerate
    `kubernetes.azure.com/scalesetpriority=spot`.
    """
