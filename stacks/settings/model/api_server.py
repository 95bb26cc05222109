"""``cluster.private`` and ``cluster.kms``: an API server without a public address, and a key of one's own for what it keeps."""

import re
from typing import Annotated

from components.cluster.api_server import NO_ZONE, SYSTEM_ZONE
from components.resource_ids import ArmId
from stacks.settings.model.section import Section
from stacks.settings.types.azure import ARM_ID, VirtualNetworkId
from stacks.settings.validation.constraints import Pattern

PRIVATE = "https://learn.microsoft.com/azure/aks/private-clusters"
_ZONES = f"{PRIVATE}#configuration-options-for-private-dns"

ApiServerZone = Annotated[
    str,
    Pattern(
        "api-server-zone",
        rf"{SYSTEM_ZONE}|{NO_ZONE}|" + ARM_ID + r"(?i:Microsoft\.Network/privateDnsZones/)[\w.-]{1,200}",
        is_a="place for the API server's name",
        remedy="say system, none, or the id that `az network private-dns zone show --query id` prints",
        example=SYSTEM_ZONE,
        source=_ZONES,
    ),
]


class PrivateSettings(Section):
    """An API server with a private address only. AKS makes a cluster so, and does not change it later."""

    deploy_from: VirtualNetworkId
    """ARM id of the virtual network in which `pulumi` and kubectl run."""
    dns_zone: ApiServerZone = SYSTEM_ZONE
    """Who knows the API server's name: system (a zone that AKS makes), none (public DNS), or the ARM id of a zone that is there."""
    public_fqdn: bool = False
    """A name in public DNS, too; what it says is the private address."""


def private_zone_name(said: PrivateSettings) -> str | None:
    """Of a zone that is there."""
    return None if said.dns_zone in (SYSTEM_ZONE, NO_ZONE) else ArmId.parse(said.dns_zone).name.lower()


def zone_matches_region(zone: str, location: str) -> bool:
    """``privatelink.<region>.azmk8s.io``, or with a word of at most 32 characters before it."""
    return (
        re.fullmatch(rf"([a-z0-9][a-z0-9-]{{0,31}}\.)?privatelink\.{re.escape(location)}\.azmk8s\.io", zone)
        is not None
    )
