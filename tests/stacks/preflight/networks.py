"""A network that exists, as the cases have it."""

from typing import Any

from tests.stacks.preflight.cases import GROUP

VNET = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet"
NODES = f"{VNET}/subnets/nodes"
GATEWAY = f"{GROUP}/providers/Microsoft.Network/natGateways/ng"
ADDRESS = f"{GROUP}/providers/Microsoft.Network/publicIPAddresses/ip"
IN_SUBNET: dict[str, Any] = {"cluster.network": {"subnet_id": NODES}}
READING = {
    "workloads": [
        {
            "name": "shop",
            "namespace": "shop",
            "technique": "sdk",
            "kind": "none",
            "secrets": [{"name": "db", "from": "existing"}],
        }
    ]
}


def vnet(
    nodes: str = "10.15.3.0/24",
    *services: str,
    space: tuple[str, ...] = ("10.15.0.0/16",),
    others: dict[str, str] | None = None,
    gateway: bool = False,
    peerings: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """Azure's answer about the network, with the nodes' subnet and the service endpoints of it."""
    own = {
        "name": "nodes",
        "addressPrefix": nodes,
        "serviceEndpoints": [{"service": service} for service in services],
        **({"natGateway": {"id": GATEWAY}} if gateway else {}),
    }
    return {
        "addressSpace": {"addressPrefixes": list(space)},
        "subnets": [
            own,
            *({"name": name, "addressPrefixes": [cidr]} for name, cidr in (others or {}).items()),
        ],
        "virtualNetworkPeerings": peerings or [],
    }


def behind_a_firewall(*ip_rules: str, subnet_ids: tuple[str, ...] = ()) -> dict[str, Any]:
    """A vault that only these addresses and subnets reach."""
    rules = {"default_action": "Deny", "ip_rules": list(ip_rules), "subnet_ids": list(subnet_ids)}
    return {**READING, "vault": {"network": rules}}
