"""Rules of AKS about what its nodes run and where their disks are.

https://learn.microsoft.com/azure/aks/use-system-pools, https://learn.microsoft.com/azure/aks/learn/quick-windows-container-deploy-cli
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
    found = write.world.get(write.parent_id)
    return found.properties if found else {}


@rule(CLUSTER)
def system_pools_run_linux(write: Write) -> None:
    """https://learn.microsoft.com/azure/aks/use-system-pools#limitations; the words are ours."""
    for pool in _inline(write):
        if pool.get("mode") == "System" and _runs_windows(pool):
            raise _refused(
                "InvalidParameter", f"System node pool '{pool.get('name')}' must have osType Linux."
            )


@rule(POOL)
def user_pools_of_windows_are_no_system_pools(write: Write) -> None:
    """The same of a pool by itself."""
    if write.requested_value("mode") == "System" and _runs_windows(write.body):
        raise _refused("InvalidParameter", f"System node pool '{write.name}' must have osType Linux.")


@rule(POOL)
def windows_has_its_network(write: Write) -> None:
    """Azure CNI, and not by Cilium. Azure/AKS#2839 has the first text; the other words are ours.

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
    """Every cluster has one since May 2020 (Azure/AKS#1545), if it has Azure CNI; Azure/AKS#2839 has the text."""
    if _runs_windows(write.body) and not _cluster(write).get("windowsProfile"):
        raise _refused("WindowsProfileMissing", "Windows profile definition is missing for the cluster.")


@rule(POOL)
def the_image_is_of_the_system(write: Write) -> None:
    """https://learn.microsoft.com/azure/aks/learn/quick-windows-container-deploy-cli#add-a-node-pool; the words are ours."""
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
def the_system_of_a_pool_stays(write: Write) -> None:
    """https://learn.microsoft.com/azure/aks/upgrade-windows-os: another system is another pool."""
    was, now = write.current_value("osType"), write.requested_value("osType")
    if was and now and was != now:
        raise _refused("PropertyChangeNotAllowed", "Changing property 'properties.osType' is not allowed.")


def _has_no_local_disk(size: str) -> bool:
    """D and E sizes from version 4 on have a disk on their host only with the letter d, and no cache (Azure/AKS#2699).

    https://learn.microsoft.com/azure/virtual-machines/vm-naming-conventions. How large others' is, is not known here.
    """
    found = re.fullmatch(r"Standard_[DE]C?[0-9]+(?:-[0-9]+)?([a-z]*)_v([0-9]+)", size)
    return found is not None and int(found[2]) >= 4 and "d" not in found[1]


@rule(CLUSTER, POOL)
def an_ephemeral_disk_has_somewhere_to_be(write: Write) -> None:
    """Azure/AKS#2672 has the text."""
    for pool in _inline(write) if write.type.token == CLUSTER else (write.body,):
        size = str(pool.get("vmSize"))
        if pool.get("osDiskType") == "Ephemeral" and _has_no_local_disk(size):
            wanted = (pool.get("osDiskSizeGB") or 128) * 2**30
            raise _refused(
                "VMCacheSizeTooSmall",
                f"The virtual machine size {size} has a cache size of 0 bytes, but the OS disk requires {wanted} bytes. "
                "Use a VM size with larger cache or disable ephemeral OS.",
            )
