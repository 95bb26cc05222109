"""Node pools: the cluster's inline system pool and separate AgentPools, which describe their nodes with the
same properties.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pulumi import Input
from pulumi_azure_native import containerservice


class OsSku(StrEnum):
    """Operating system of the nodes."""

    AZURE_LINUX = "AzureLinux"
    UBUNTU = "Ubuntu"
    WINDOWS_2022 = "Windows2022"
    WINDOWS_2025 = "Windows2025"
    """Not in the SDK's enum yet. AKS accepts it also in API versions that do not list it:
    hashicorp/terraform-provider-azurerm#32084.
    """

    @property
    def is_windows(self) -> bool:
        """The nodes run Windows containers, and no others."""
        return self in (OsSku.WINDOWS_2022, OsSku.WINDOWS_2025)


class OsDiskType(StrEnum):
    """Placement of the nodes' system disk."""

    MANAGED = "Managed"
    """A managed disk in Azure Storage."""
    EPHEMERAL = "Ephemeral"
    """On the host: faster, without extra cost, and lost with the node."""


SPOT = "kubernetes.azure.com/scalesetpriority"
"""Label and taint of spot nodes. AKS adds both on its own. They are sent too, because AKS reads a list
without them as their removal. https://learn.microsoft.com/azure/aks/spot-node-pool
"""


@dataclass(frozen=True, kw_only=True)
class NodeAutoscaling:
    """Bounds of the cluster autoscaler for a node pool."""

    min_count: int
    max_count: int


@dataclass(frozen=True, kw_only=True)
class NodePool:
    """A group of equal nodes."""

    name: str
    vm_size: str
    count: int = 1
    """Number of nodes; with ``autoscale``, the number at creation."""
    autoscale: NodeAutoscaling | None = None
    os_sku: OsSku = OsSku.AZURE_LINUX
    os_disk_size_gb: int | None = None
    """GiB. None: the default of the VM size."""
    zones: Sequence[str] = ()
    max_pods: int | None = None
    """Pods per node. None: AKS's default (250 with overlay)."""
    os_disk_type: OsDiskType | None = None
    """None: ephemeral if the VM size allows it, else managed."""
    encryption_at_host: bool = False
    """The host encrypts temporary disks and caches too. AKS cannot change it on an existing pool."""
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    taints: Sequence[str] = ()
    """``key=value:effect``, as `kubectl taint` spells them."""
    spot: bool = False
    """Azure may evict the nodes at any time, at a lower price."""


def nodes_of(pool: NodePool, subnet_id: Input[str] | None) -> dict[str, Any]:
    """The properties that a cluster's inline profile and an AgentPool have in common."""
    labels, taints = dict(pool.labels), list(pool.taints)
    if pool.spot:
        labels, taints = {**labels, SPOT: "spot"}, [*taints, f"{SPOT}=spot:NoSchedule"]
    return {
        "type": containerservice.AgentPoolType.VIRTUAL_MACHINE_SCALE_SETS,
        "os_type": containerservice.OSType.WINDOWS
        if pool.os_sku.is_windows
        else containerservice.OSType.LINUX,
        "os_sku": pool.os_sku.value,
        # Every image of it has FIPS enabled:
        # https://learn.microsoft.com/azure/aks/learn/quick-windows-container-deploy-cli#add-a-node-pool
        "enable_fips": True if pool.os_sku is OsSku.WINDOWS_2025 else None,
        "os_disk_size_gb": pool.os_disk_size_gb,
        "vm_size": pool.vm_size,
        "count": pool.count,
        "enable_auto_scaling": pool.autoscale is not None,
        "min_count": pool.autoscale.min_count if pool.autoscale else None,
        "max_count": pool.autoscale.max_count if pool.autoscale else None,
        "availability_zones": list(pool.zones) or None,
        "max_pods": pool.max_pods,
        "vnet_subnet_id": subnet_id,
        "os_disk_type": pool.os_disk_type.value if pool.os_disk_type else None,
        "enable_encryption_at_host": True if pool.encryption_at_host else None,
        "node_labels": labels or None,
        "node_taints": taints or None,
        "scale_set_priority": containerservice.ScaleSetPriority.SPOT if pool.spot else None,
        "scale_set_eviction_policy": containerservice.ScaleSetEvictionPolicy.DELETE if pool.spot else None,
        "spot_max_price": -1.0 if pool.spot else None,  # no eviction because of the price
    }


def system_pool_profile(
    pool: NodePool, subnet_id: Input[str] | None
) -> containerservice.ManagedClusterAgentPoolProfileArgs:
    """The pool that is part of the ManagedCluster resource."""
    mode = containerservice.AgentPoolMode.SYSTEM
    return containerservice.ManagedClusterAgentPoolProfileArgs(
        name=pool.name, mode=mode, **nodes_of(pool, subnet_id)
    )
