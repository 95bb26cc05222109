"""Rules of AKS on the operating systems and disks of node pools.

Where a rule cites no issue, AKS's message is not published.

https://learn.microsoft.com/azure/aks/use-system-pools,
https://learn.microsoft.com/azure/aks/learn/quick-windows-container-deploy-cli
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.azure.arm import ArmError, Write, rule
from rehearsal.simulators.azure.containerservice.clusters import CLUSTER, POOL

_WINDOWS: Final = ("Windows2022", "Windows2025")


def _refused(code: str, message: str) -> ArmError:
    return ArmError(400, code, message)


def _inline(write: Write) -> Iterator[Mapping[str, Any]]:
    yield from write.requested_value("agentPoolProfiles") or ()


def _runs_windows(pool: Mapping[str, Any]) -> bool:
    return pool.get("osType") == "Windows"


def _cluster(write: Write) -> Mapping[str, Any]:
    cluster = write.world.get(write.parent_id)
    return cluster.properties if cluster else {}


@rule(CLUSTER)
def system_pools_run_linux(write: Write) -> None:
    """Inline system pools run Linux. https://learn.microsoft.com/azure/aks/use-system-pools#limitations"""
    for pool in _inline(write):
        if pool.get("mode") == "System" and _runs_windows(pool):
            raise _refused(
                "InvalidParameter", f"System node pool '{pool.get('name')}' must have osType Linux."
            )


@rule(POOL)
def windows_pools_are_user_pools(write: Write) -> None:
    """Agent pool resources with mode System run Linux too."""
    if write.requested_value("mode") == "System" and _runs_windows(write.body):
        raise _refused("InvalidParameter", f"System node pool '{write.name}' must have osType Linux.")


@rule(POOL)
def windows_has_its_network(write: Write) -> None:
    """Windows pools need Azure CNI without Cilium and without Azure's network policies.

    First message: Azure/AKS#2839.

    https://learn.microsoft.com/azure/aks/azure-cni-powered-by-cilium#limitations
    """
    if not _runs_windows(write.body):
        return
    network = _cluster(write).get("networkProfile") or {}
    if network.get("networkPlugin") != "azure":
        raise _refused(
            "AzureCNIOnlyForWindows", "Windows agent pools can only be added to AKS clusters using Azure-CNI."
        )
    if network.get("networkDataplane") == "cilium":
        raise _refused(
            "InvalidParameter", "Windows agent pools are not supported with network dataplane cilium."
        )
    if network.get("networkPolicy") == "azure":
        # https://learn.microsoft.com/azure/aks/use-network-policies: not after 30 September 2026
        raise _refused(
            "InvalidParameter", "Azure Network Policy Manager is not supported on Windows agent pools."
        )


@rule(POOL)
def windows_has_an_administrator(write: Write) -> None:
    """Windows pools need a windowsProfile, which clusters with Azure CNI have since May 2020
    (Azure/AKS#1545).

    Message: Azure/AKS#2839.
    """
    if _runs_windows(write.body) and not _cluster(write).get("windowsProfile"):
        raise _refused("WindowsProfileMissing", "Windows profile definition is missing for the cluster.")


@rule(POOL)
def os_sku_fits_the_os_type(write: Write) -> None:
    """The osSKU fits osType, FIPS and the Kubernetes version.

    https://learn.microsoft.com/azure/aks/learn/quick-windows-container-deploy-cli#add-a-node-pool
    """
    sku = write.requested_value("osSKU")
    if sku and _runs_windows(write.body) != (sku in _WINDOWS):
        raise _refused(
            "InvalidOSSKU",
            f"OSSKU '{sku}' does not go with osType {write.requested_value('osType') or 'Linux'}.",
        )
    if sku == "Windows2025" and write.requested_value("enableFIPS") is not True:
        raise _refused("InvalidParameter", "OSSKU 'Windows2025' requires enableFIPS.")
    version = re.match(
        r"1\.([0-9]+)",
        str(
            write.requested_value("orchestratorVersion")
            or _cluster(write).get("currentKubernetesVersion")
            or ""
        ),
    )
    if sku == "Windows2022" and version and int(version[1]) >= 37:
        raise _refused("InvalidOSSKU", f"OSSKU 'Windows2022' is not supported in Kubernetes {version[0]}.")


@rule(POOL)
def os_type_is_immutable(write: Write) -> None:
    """Another operating system needs another pool. https://learn.microsoft.com/azure/aks/upgrade-windows-os"""
    current, requested = write.current_value("osType"), write.requested_value("osType")
    if current and requested and current != requested:
        raise _refused("PropertyChangeNotAllowed", "Changing property 'properties.osType' is not allowed.")


def _has_no_local_disk(size: str) -> bool:
    """Whether a D or E size of version 4 or later lacks the letter d: it has no local disk and no cache
    (Azure/AKS#2699).

    https://learn.microsoft.com/azure/virtual-machines/vm-naming-conventions. Not simulated: the local disks
    of other sizes.
    """
    match = re.fullmatch(r"Standard_[DE]C?[0-9]+(?:-[0-9]+)?([a-z]*)_v([0-9]+)", size)
    return match is not None and int(match[2]) >= 4 and "d" not in match[1]


@rule(CLUSTER, POOL)
def ephemeral_disks_need_a_local_disk(write: Write) -> None:
    """A size without a local disk cannot have ephemeral OS disks (message: Azure/AKS#2672)."""
    for pool in _inline(write) if write.type.token == CLUSTER else (write.body,):
        size = str(pool.get("vmSize"))
        if pool.get("osDiskType") == "Ephemeral" and _has_no_local_disk(size):
            required = (pool.get("osDiskSizeGB") or 128) * 2**30
            raise _refused(
                "VMCacheSizeTooSmall",
                f"The virtual machine size {size} has a cache size of 0 bytes, but the OS disk requires "
                f"{required} bytes. Use a VM size with larger cache or disable ephemeral OS.",
            )
