"""How nodes reach the world, part of sections ``cluster.network`` and ``network``: AKS's outbound types, and what each of them needs."""

from typing import Annotated

from stacks.settings.model.section import Section
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
        source="https://learn.microsoft.com/azure/nat-gateway/nat-availability-zones",
    ),
]


class NatGatewaySettings(Section):
    """A NAT gateway that AKS or the program makes."""

    public_ips: PublicIps = 1
    """Addresses, each good for 64,512 connections to one place."""
    idle_timeout_minutes: IdleTimeout = 4
    """How long a silent connection is kept."""
    zone: GatewayZone | None = None
    """Of a gateway that the program makes: the one zone that it works in; Azure chooses one if not given."""
