"""Node pools: the inline system pool of a cluster and the AgentPools beside it say the same things of their nodes."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pulumi import Input
from pulumi_azure_native import containerservice


class OsSku(StrEnum):
    """Linux distribution of the nodes."""

    AZURE_LINUX = "AzureLinux"
    UBUNTU = "Ubuntu"


@dataclass(frozen=True, kw_only=True)
class Autoscale:
    """Bounds within which the cluster autoscaler chooses the number of nodes."""

    min_count: int
    max_count: int


@dataclass(frozen=True, kw_only=True)
class NodePool:
    """A group of equal nodes."""

    name: str
    vm_size: str
    count: int = 1
    """Nodes; with ``autoscale``, nodes at creation."""
    autoscale: Autoscale | None = None
    os_sku: OsSku = OsSku.AZURE_LINUX
    os_disk_size_gb: int | None = None
    """GiB; the size that belongs to the VM size if not given."""
    zones: Sequence[str] = ()
    max_pods: int | None = None
    """Pods per node; AKS's own default (250 with overlay) if not given."""


def nodes_of(pool: NodePool, subnet_id: Input[str] | None) -> dict[str, Any]:
    """What ARM calls alike in a cluster's inline profile and in an AgentPool."""
    return {
        "type": containerservice.AgentPoolType.VIRTUAL_MACHINE_SCALE_SETS,
        "os_type": containerservice.OSType.LINUX,
        "os_sku": pool.os_sku.value,
        "os_disk_size_gb": pool.os_disk_size_gb,
        "vm_size": pool.vm_size,
        "count": pool.count,
        "enable_auto_scaling": pool.autoscale is not None,
        "min_count": pool.autoscale.min_count if pool.autoscale else None,
        "max_count": pool.autoscale.max_count if pool.autoscale else None,
        "availability_zones": list(pool.zones) or None,
        "max_pods": pool.max_pods,
        "vnet_subnet_id": subnet_id,
    }


def system_pool_profile(pool: NodePool, subnet_id: Input[str] | None) -> containerservice.ManagedClusterAgentPoolProfileArgs:
    """The one pool that stands inside the cluster's own description."""
    mode = containerservice.AgentPoolMode.SYSTEM
    return containerservice.ManagedClusterAgentPoolProfileArgs(name=pool.name, mode=mode, **nodes_of(pool, subnet_id))
