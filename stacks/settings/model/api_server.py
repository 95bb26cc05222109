"""Section ``cluster.private``: an API server without a public address."""

import re
from typing import Annotated

from components.cluster.api_server import NO_ZONE, SYSTEM_ZONE
from components.resource_ids import ArmId
from stacks.settings.model.section import Section
from stacks.settings.types import nearly
from stacks.settings.types.azure import ARM_ID, VirtualNetworkId
from stacks.settings.validation.constraints import Pattern, any_case

PRIVATE = "https://learn.microsoft.com/azure/aks/private-clusters"
_ZONES = f"{PRIVATE}#configuration-options-for-private-dns"

ApiServerZone = Annotated[
    str,
    Pattern(
        "api-server-zone",
        rf"{SYSTEM_ZONE}|{NO_ZONE}|"
        + ARM_ID
        + any_case("Microsoft.Network/privateDnsZones/")
        + r"[\w.-]{1,200}",
        is_a="place for the API server's name",
        remedy="use system, none, or the id that `az network private-dns zone show --query id` prints",
        example=SYSTEM_ZONE,
        mended=nearly.word(SYSTEM_ZONE, NO_ZONE),
        source=_ZONES,
    ),
]


class PrivateSettings(Section):
    """An API server with a private address only. AKS decides this when it makes the cluster and cannot change
    it later.
    """

    deploy_from: VirtualNetworkId
    """ARM id of the virtual network in which `pulumi` and kubectl run. The program peers it with its own
    `network`.
    """
    dns_zone: ApiServerZone = SYSTEM_ZONE
    """DNS zone of the API server's name: system (a zone that AKS makes), none (public DNS only), or the ARM
    id of an existing zone.
    """
    public_fqdn: bool = False
    """Publish the name in public DNS as well. It resolves to the private address."""


def private_zone_name(private: PrivateSettings) -> str | None:
    """Name of an existing DNS zone. None: AKS makes the zone, or there is none."""
    return None if private.dns_zone in (SYSTEM_ZONE, NO_ZONE) else ArmId.parse(private.dns_zone).name.lower()


def zone_matches_region(zone: str, location: str) -> bool:
    """Whether AKS accepts a zone name: ``privatelink.<region>.azmk8s.io``, or with a label of up to 32
    characters before it.
    """
    return (
        re.fullmatch(rf"([a-z0-9][a-z0-9-]{{0,31}}\.)?privatelink\.{re.escape(location)}\.azmk8s\.io", zone)
        is not None
    )
