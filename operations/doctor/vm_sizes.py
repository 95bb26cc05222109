"""The VM sizes of the pools: offered in the region and its zones to this subscription, with what pools ask of
them.

https://learn.microsoft.com/rest/api/compute/resource-skus/list
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from operations.azure.api_versions import COMPUTE_SKUS
from operations.azure.documents import number_at, objects_at, text_at, texts_at
from operations.checks import Check, Finding
from operations.doctor.examination import Examination
from operations.doctor.family import family
from stacks.settings.model.node_pools import PoolSettings, UserPoolSettings

_CHECK: Final = "VM size"


@family(asks_azure=True)
def sizes_are_offered(examination: Examination) -> Iterator[Check]:
    """Each pool's size is offered, in its zones, with an ephemeral disk and host encryption where listed."""
    for path, pool in pools_of(examination):
        subject = f"pool {pool.name}"
        yield Check(
            subject,
            _CHECK,
            lambda pool=pool, path=path, subject=subject: [_size(examination, path, pool, subject)],
        )


def pools_of(examination: Examination) -> list[tuple[str, Any]]:
    """Path and settings of every pool that the stack creates."""
    if not examination.makes_cluster:
        return []
    cluster = examination.settings.cluster
    pools: list[tuple[str, PoolSettings]] = []
    if cluster.system_pool:
        pools.append(("cluster.system_pool", cluster.system_pool))
    pools += [(f"cluster.user_pools[{index}]", pool) for index, pool in enumerate(cluster.user_pools)]
    return pools


def size_of(examination: Examination, name: str) -> Mapping[str, Any] | None:
    """The SKU of a VM size in the region. None: the region has none of that name."""
    region = examination.settings.location
    skus = examination.reads.pages(
        f"{examination.subscription}/providers/Microsoft.Compute/skus",
        COMPUTE_SKUS,
        **{"$filter": f"location eq '{region}'"},
    )
    for sku in skus:
        if text_at(sku, "resourceType") == "virtualMachines" and text_at(sku, "name").lower() == name.lower():
            return sku
    return None


def capability(sku: Mapping[str, Any], name: str) -> str:
    """The value of a capability; empty if the SKU has none of that name."""
    return next(
        (text_at(each, "value") for each in objects_at(sku, "capabilities") if text_at(each, "name") == name),
        "",
    )


def cores(sku: Mapping[str, Any]) -> int:
    """Number of vCPUs of one VM."""
    return number_at({"vCPUs": capability(sku, "vCPUs")}, "vCPUs") or 0


def _size(examination: Examination, path: str, pool: PoolSettings, subject: str) -> Finding:
    region, name = examination.settings.location, pool.vm_size
    listing = f"az vm list-skus --location {region} --resource-type virtualMachines --size {_series(name)}"
    step = f"{listing} --output table, then pulumi config set --path '{path}.vm_size' <size>"
    sku = size_of(examination, name)
    if sku is None:
        return Finding(subject, _CHECK, "wrong", f"{region} has no size {name}", step)
    if reason := _restriction(sku, region):
        text = f"{name} is not available to this subscription in {region} ({reason})"
        return Finding(
            subject, _CHECK, "wrong", text, f"{step}; or ask for it: https://aka.ms/azureskunotavailable"
        )
    zones = _zones(sku, region)
    if missing := [zone for zone in pool.zones if zone not in zones]:
        offered = f"zones {', '.join(zones)}" if zones else "no zone"
        text = f"{name} is not in zone {', '.join(missing)} of {region} for this subscription: {offered}"
        listed = "[" + ", ".join(f'"{zone}"' for zone in zones) + "]"
        return Finding(
            subject, _CHECK, "wrong", text, f"write {path}.zones: {listed}, or choose another size"
        )
    for capability_name, is_wanted, key in (
        ("EphemeralOSDiskSupported", str(pool.os_disk_type or "") == "Ephemeral", "os_disk_type: Ephemeral"),
        ("EncryptionAtHostSupported", pool.encryption_at_host, "encryption_at_host"),
    ):
        if is_wanted and capability(sku, capability_name).lower() == "false":
            text = f"{name} does not support {path}.{key}"
            return Finding(
                subject, _CHECK, "wrong", text, f"pulumi config rm --path '{path}.{key.split(':')[0]}'"
            )
    spot = isinstance(pool, UserPoolSettings) and pool.spot
    if spot and capability(sku, "LowPriorityCapable").lower() == "false":
        return Finding(
            subject, _CHECK, "wrong", f"{name} is not sold as spot", f"pulumi config rm --path '{path}.spot'"
        )
    where = f"{region}, zones {', '.join(pool.zones)}" if pool.zones else region
    return Finding(subject, _CHECK, "fine", f"{name} is offered in {where}")


def _restriction(sku: Mapping[str, Any], region: str) -> str:
    for restriction in objects_at(sku, "restrictions"):
        places = [*texts_at(restriction, "restrictionInfo", "locations"), *texts_at(restriction, "values")]
        is_here = not places or region in {place.lower() for place in places}
        if text_at(restriction, "type") == "Location" and is_here:
            return text_at(restriction, "reasonCode") or "restricted"
    return ""


def _zones(sku: Mapping[str, Any], region: str) -> Sequence[str]:
    offered = {
        zone
        for info in objects_at(sku, "locationInfo")
        if text_at(info, "location").lower() == region
        for zone in texts_at(info, "zones")
    }
    refused = {
        zone
        for restriction in objects_at(sku, "restrictions")
        if text_at(restriction, "type") == "Zone"
        for zone in texts_at(restriction, "restrictionInfo", "zones")
    }
    return sorted(offered - refused)


def _series(size: str) -> str:
    """The beginning of a size's name, which lists its relatives: Standard_D of Standard_D2s_v5."""
    return size[: len("Standard_X")]
