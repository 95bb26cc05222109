"""Compute: VM sizes and quotas of a region.

https://learn.microsoft.com/rest/api/compute/resource-skus/list, …/rest/api/compute/usage/list
"""

from __future__ import annotations

import re
from typing import Any

from rehearsal.data_planes.arm.facts import REGIONAL, SPOT, Facts, Size
from rehearsal.data_planes.arm.routes import Call, listed, route
from rehearsal.data_planes.web import Answer


@route("GET", "/subscriptions/{subscription}/providers/Microsoft.Compute/skus", "Microsoft.Compute/skus/read")
def _skus(call: Call) -> Answer:
    """All regions would be some thousand rows, so that a region is needed here: clients ask for one."""
    match = re.fullmatch(r"\s*location eq '([^']+)'\s*", call.filter, re.IGNORECASE)
    location = match[1].replace(" ", "").lower() if match else "westeurope"
    return listed([_sku(size, location) for size in Facts(call.world, call.subscription).sizes(location)])


def _sku(size: Size, location: str) -> dict[str, Any]:
    capabilities = {
        "vCPUs": str(size.cores),
        "MemoryGB": str(size.cores * (8 if size.name.startswith("Standard_E") else 4)),
        "EphemeralOSDiskSupported": str(size.has_local_disk),
        "EncryptionAtHostSupported": "True",
        "LowPriorityCapable": str(not size.name.startswith("Standard_B")),
        "PremiumIO": str("s" in size.name.partition("_")[2].partition("_")[0] or "DS" in size.name),
        "CpuArchitectureType": "Arm64" if re.search(r"\dp", size.name) else "x64",
        "HyperVGenerations": "V1,V2",
    }
    restrictions: list[dict[str, Any]] = []
    if size.restricted:
        restrictions = [
            {
                "type": "Location",
                "values": [location],
                "restrictionInfo": {"locations": [location]},
                "reasonCode": size.restricted,
            }
        ]
    return {
        "resourceType": "virtualMachines",
        "name": size.name,
        "tier": "Standard",
        "size": size.name.removeprefix("Standard_"),
        "family": size.family,
        "locations": [location],
        "locationInfo": [{"location": location, "zones": list(size.zones), "zoneDetails": []}],
        "capabilities": [{"name": name, "value": value} for name, value in capabilities.items()],
        "restrictions": restrictions,
    }


@route(
    "GET",
    "/subscriptions/{subscription}/providers/Microsoft.Compute/locations/{location}/usages",
    "Microsoft.Compute/locations/usages/read",
)
def _usages(call: Call) -> Answer:
    words = {REGIONAL: "Total Regional vCPUs", SPOT: "Total Regional Low-priority vCPUs"}
    quotas = Facts(call.world, call.subscription).quotas(call.parameters["location"])
    return listed(
        [
            {
                "unit": "Count",
                "currentValue": used,
                "limit": limit,
                "name": {"value": name, "localizedValue": words.get(name, name)},
            }
            for name, (used, limit) in quotas.items()
        ]
    )
