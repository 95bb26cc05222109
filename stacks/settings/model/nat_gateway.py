"""Section ``cluster.network.nat_gateway``."""

from typing import Annotated

from stacks.settings.model.section import Section
from stacks.settings.types import nearly
from stacks.settings.validation.constraints import IntRange, Pattern

NAT_GATEWAY = "https://learn.microsoft.com/azure/aks/nat-gateway"

PublicIps = Annotated[int, IntRange("nat-gateway-public-ips", 1, 16, unit="addresses", source=NAT_GATEWAY)]
IdleTimeout = Annotated[
    int,
    IntRange(
        "nat-gateway-idle-timeout",
        4,
        120,
        unit="minutes",
        source="https://learn.microsoft.com/azure/nat-gateway/nat-gateway-resource#idle-timeout-timers",
    ),
]
GatewayZone = Annotated[
    str,
    Pattern(
        "nat-gateway-zone",
        r"[123]",
        is_a="availability zone",
        remedy='use "1", "2" or "3", in quotes in the stack file',
        example=None,
        mended=nearly.zone,
        source="https://learn.microsoft.com/azure/nat-gateway/nat-availability-zones",
    ),
]


class NatGatewaySettings(Section):
    """A NAT gateway that AKS or the program makes."""

    public_ips: PublicIps = 1
    """Number of public addresses, 1 to 16. Each allows 64,512 connections to one destination."""
    idle_timeout_minutes: IdleTimeout = 4
    """Minutes after which the gateway drops an idle connection, 4 to 120."""
    zone: GatewayZone | None = None
    """Availability zone of a gateway that the program makes; Azure chooses one by default."""
