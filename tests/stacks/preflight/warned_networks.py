"""Warnings of the preflight about networks that exist and ways to a vault, in their exact words."""

from typing import Any

from tests.stacks.preflight.cases import GROUP, case
from tests.stacks.preflight.networks import IN_SUBNET, behind_a_firewall, vnet

_HUB = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet-hub"
_STAYS = "so traffic to it would stay in the cluster; choose another range"
_UNKNOWN = (
    "which is not known yet; use subnet_ids or a private endpoint, or compare the address after this"
    " `pulumi up`"
)


def _peered(prefix: str) -> list[dict[str, Any]]:
    return [
        {
            "name": "to-hub",
            "remoteVirtualNetwork": {"id": _HUB},
            "remoteAddressSpace": {"addressPrefixes": [prefix]},
        }
    ]


CASES = [
    case(
        "connected-networks-apart",
        IN_SUBNET,
        "cluster.network.service_cidr: 10.0.0.0/16 overlaps 10.0.0.0/20 of 'vnet-hub', which 'vnet' is peered"
        f" with, {_STAYS}, and dns_service_ip within it",
        answers={"network vnet": vnet(peerings=_peered("10.0.0.0/20"))},
    ),
    case(
        "connected-networks-apart",
        IN_SUBNET,
        "cluster.network.pod_cidr: 10.244.0.0/16 overlaps 10.0.0.0/8 of 'vnet' in cluster.network.subnet_id,"
        f" {_STAYS}",
        "cluster.network.service_cidr: 10.0.0.0/16 overlaps 10.0.0.0/8 of 'vnet' in"
        f" cluster.network.subnet_id, {_STAYS}, and dns_service_ip within it",
        answers={"network vnet": vnet(space=("10.0.0.0/8",))},
    ),
    case(
        "connected-networks-apart",
        IN_SUBNET | {"cluster.private": {"deploy_from": _HUB}},
        "cluster.network.pod_cidr: 10.244.0.0/16 overlaps 10.244.9.0/24 of 'vnet-hub'"
        f" in cluster.private.deploy_from, {_STAYS}",
        answers={
            "network vnet": vnet(),
            "network vnet-hub": {"addressSpace": {"addressPrefixes": ["10.244.9.0/24"]}},
        },
    ),
    case(
        "vault-admits-the-egress",
        behind_a_firewall("20.50.60.7"),
        "vault.network.ip_rules: are the only way into the vault, and have to hold the address of the"
        f" cluster's load balancer, {_UNKNOWN}",
    ),
    case(
        "vault-admits-the-egress",
        {
            "network": {"address_space": "10.10.0.0/16", "nodes": "10.10.0.0/22"},
            "cluster.network": {"outbound": "userAssignedNATGateway"},
            **behind_a_firewall("20.50.60.7"),
        },
        "vault.network.ip_rules: are the only way into the vault, and have to hold the addresses of the NAT"
        f" gateway, {_UNKNOWN}",
    ),
]
