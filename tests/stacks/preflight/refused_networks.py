"""Refusals of networks that exist, in the exact words of the preflight."""

from typing import Any

from tests.stacks.preflight.cases import GROUP, case, cluster
from tests.stacks.preflight.networks import (
    ADDRESS,
    IN_SUBNET,
    NODES,
    VNET,
    behind_a_firewall,
    vnet,
)

_ZONES = f"{GROUP}/providers/Microsoft.Network/privateDnsZones"
_STAYS = "so traffic to it would stay in the cluster; choose another range"
_GATEWAY: dict[str, Any] = {
    "cluster.network": {"subnet_id": NODES, "outbound": "userAssignedNATGateway"},
}
_ADDRESS_OF_GATEWAY = {
    "network vnet": vnet(gateway=True),
    "gateway ng": {"publicIpAddresses": [{"id": ADDRESS}]},
    "address ip": {"ipAddress": "20.50.60.7"},
}

CASES = [
    # hashicorp/terraform-provider-azurerm#15711: the default range of Services
    case(
        "existing-networks-apart",
        IN_SUBNET,
        "cluster.network.service_cidr: 10.0.0.0/16 overlaps 10.0.1.0/24 of subnet 'nodes'"
        f" in cluster.network.subnet_id, {_STAYS}, and dns_service_ip within it",
        answers={"network vnet": vnet("10.0.1.0/24", space=("10.0.0.0/16",))},
    ),
    case(
        "existing-networks-apart",
        IN_SUBNET,
        "cluster.network.pod_cidr: 10.244.0.0/16 overlaps 10.244.0.0/22 of subnet 'nodes'"
        f" in cluster.network.subnet_id, {_STAYS}",
        answers={"network vnet": vnet("10.244.0.0/22", space=("10.244.0.0/16",))},
    ),
    # Another subnet of the nodes' network.
    case(
        "existing-networks-apart",
        IN_SUBNET,
        "cluster.network.service_cidr: 10.0.0.0/16 overlaps 10.0.0.0/24 of subnet 'db'"
        f" in cluster.network.subnet_id, {_STAYS}, and dns_service_ip within it",
        answers={"network vnet": vnet("10.1.0.0/24", space=("10.0.0.0/8",), others={"db": "10.0.0.0/24"})},
    ),
    # The private address of the vault is in another network.
    case(
        "existing-networks-apart",
        IN_SUBNET
        | {
            "vault.private_endpoint": {
                "subnet_id": NODES.replace("vnet/", "hub/").replace("nodes", "endpoints"),
                "dns_zone_id": f"{_ZONES}/privatelink.vaultcore.azure.net",
            }
        },
        "cluster.network.pod_cidr: 10.244.0.0/16 overlaps 10.244.7.0/27 of subnet 'endpoints'"
        f" in vault.private_endpoint.subnet_id, {_STAYS}",
        answers={
            "network vnet": vnet(),
            "network hub": vnet(space=("10.244.0.0/16",), others={"endpoints": "10.244.7.0/27"}),
            "zone privatelink.vaultcore.azure.net": {},
        },
    ),
    case(
        "resource-exists",
        IN_SUBNET,
        "cluster.network.subnet_id: there is no virtual network 'vnet' in resource group 'rg-old'; look for"
        " it (az network vnet list --output table)",
    ),
    # Azure/AKS#4622
    case(
        "service-endpoint-hides-the-address",
        IN_SUBNET | behind_a_firewall("20.50.60.7"),
        "vault.network.ip_rules: admit no node: their subnet has the service endpoint Microsoft.KeyVault, so"
        " the vault sees private addresses; list the subnet in vault.network.subnet_ids"
        f" (pulumi config set --path 'vault.network.subnet_ids[0]' {NODES})",
        answers={"network vnet": vnet("10.15.3.0/24", "Microsoft.KeyVault")},
    ),
    case(
        "vault-subnet-has-its-endpoint",
        IN_SUBNET | behind_a_firewall(subnet_ids=(NODES,)),
        "vault.network.subnet_ids[0]: subnet 'nodes' has no service endpoint Microsoft.KeyVault, so Azure"
        " refuses the rule; add it to the subnet (az network vnet subnet update --resource-group rg-old"
        " --vnet-name vnet --name nodes --service-endpoints Microsoft.Storage Microsoft.KeyVault)",
        answers={"network vnet": vnet("10.15.3.0/24", "Microsoft.Storage")},
    ),
    case(
        "vault-admits-the-egress-address",
        _GATEWAY | behind_a_firewall("20.50.60.8"),
        "vault.network.ip_rules: do not hold 20.50.60.7, by which the cluster reaches the vault; add it"
        " (pulumi config set --path 'vault.network.ip_rules[1]' 20.50.60.7)",
        answers=_ADDRESS_OF_GATEWAY,
    ),
    # The cluster is up, and reports the addresses of its load balancer.
    case(
        "vault-admits-the-egress-address",
        behind_a_firewall("20.50.60.8"),
        "vault.network.ip_rules: do not hold 20.50.60.7, by which the cluster reaches the vault; add it"
        " (pulumi config set --path 'vault.network.ip_rules[1]' 20.50.60.7)",
        answers={
            "cluster aks-dev": cluster(
                networkProfile={"loadBalancerProfile": {"effectiveOutboundIPs": [{"id": ADDRESS}]}}
            ),
            "address ip": {"ipAddress": "20.50.60.7"},
        },
    ),
]

ALLOWED = [
    (IN_SUBNET, {"network vnet": vnet()}),
    (
        IN_SUBNET | behind_a_firewall("20.50.60.7", subnet_ids=(NODES,)),
        {"network vnet": vnet("10.15.3.0/24", "Microsoft.KeyVault")},
    ),
    (_GATEWAY | behind_a_firewall("20.50.60.0/24"), _ADDRESS_OF_GATEWAY),
    (
        {
            "cluster.network": {
                "subnet_id": VNET.replace("/rg-old/", "/rg-new/") + "/subnets/nodes",
                "service_cidr": "172.16.0.0/16",
                "dns_service_ip": "172.16.0.10",
            }
        },
        {"network vnet": vnet("10.0.1.0/24", space=("10.0.0.0/16",))},
    ),
]
"""Changes of the settings, and Azure's answers, that lead to no message."""
