"""Ways out of the cluster that are refused. The other cases are in refused.py."""

from typing import Any

from tests.settings.refused import GUID, SUBNET, case

TABLE = f"/subscriptions/{GUID}/resourceGroups/rg-net/providers/Microsoft.Network/routeTables/rt-hub"
POOL: dict[str, Any] = {"vm_size": "Standard_D2s_v5"}
OWN: dict[str, Any] = {
    "address_space": "10.10.0.0/16",
    "nodes": "10.10.0.0/22",
    "private_endpoints": "10.10.4.0/27",
}


def _out(outbound: str, **keys: Any) -> dict[str, Any]:
    return {"cluster": {"system_pool": POOL, "network": {"outbound": outbound, **keys}}}


CASES = [
    case(
        "outbound-fits-the-network",
        _out("managedNATGateway", subnet_id=SUBNET),
        "cluster.network.outbound: managedNATGateway goes with a network that AKS makes, and the nodes are in cluster.network.subnet_id; choose another (pulumi config set --path 'cluster.network.outbound' userAssignedNATGateway)",
    ),
    case(
        "outbound-fits-the-network",
        _out("managedNATGateway") | {"network": OWN},
        "cluster.network.outbound: managedNATGateway goes with a network that AKS makes, and the nodes are in network; choose another (pulumi config set --path 'cluster.network.outbound' userAssignedNATGateway)",
    ),
    case(
        "outbound-fits-the-network",
        _out("userAssignedNATGateway"),
        "cluster.network.outbound: userAssignedNATGateway is the gateway of a subnet, and the nodes are in a network that AKS makes; say network or cluster.network.subnet_id, or choose another (pulumi config set --path 'cluster.network.outbound' managedNATGateway)",
    ),
    case(
        "outbound-fits-the-network",
        _out("userDefinedRouting"),
        "cluster.network.outbound: userDefinedRouting follows the route table of a subnet, and the nodes are in a network that AKS makes; say network with firewall_ip, or cluster.network.subnet_id, or choose another",
    ),
    case(
        "nat-gateway-is-made",
        _out("loadBalancer", nat_gateway={"public_ips": 2}),
        "cluster.network.nat_gateway: does nothing for outbound: loadBalancer; take it out (pulumi config rm --path 'cluster.network.nat_gateway')",
    ),
    case(
        "nat-gateway-is-made",
        _out("userAssignedNATGateway", subnet_id=SUBNET, nat_gateway={"public_ips": 2}),
        "cluster.network.nat_gateway: the subnet is there, and so is its gateway, which the program leaves alone; take it out (pulumi config rm --path 'cluster.network.nat_gateway')",
    ),
    case(
        "nat-gateway-is-made",
        _out("managedNATGateway", nat_gateway={"zone": "1"}),
        "cluster.network.nat_gateway.zone: AKS chooses the zone of the gateway that it makes; take it out (pulumi config rm --path 'cluster.network.nat_gateway.zone')",
    ),
    case(
        "nat-gateway-public-ips",
        _out("managedNATGateway", nat_gateway={"public_ips": 17}),
        "cluster.network.nat_gateway.public_ips: 17 addresses is out of range; choose 1 to 16 (pulumi config set --path 'cluster.network.nat_gateway.public_ips' 1)",
    ),
    case(
        "nat-gateway-idle-timeout",
        _out("managedNATGateway", nat_gateway={"idle_timeout_minutes": 3}),
        "cluster.network.nat_gateway.idle_timeout_minutes: 3 minutes is out of range; choose 4 to 120 (pulumi config set --path 'cluster.network.nat_gateway.idle_timeout_minutes' 4)",
    ),
    case(
        "nat-gateway-zone",
        _out("userAssignedNATGateway", nat_gateway={"zone": "4"}) | {"network": OWN},
        'cluster.network.nat_gateway.zone: \'4\' is not an availability zone; use "1", "2" or "3", in quotes in the stack file',
    ),
    case(
        "route-table-id",
        _out("userDefinedRouting", subnet_id=SUBNET, route_table_id=SUBNET),
        "cluster.network.route_table_id: '/subscriptions/aaaaaaaa-0000-0000-0000-000000000000/resource… (136 characters)' is not a route table id; use the id that `az network vnet subnet show --query routeTable.id` prints",
    ),
    case(
        "route-of-the-subnet",
        _out("userDefinedRouting", subnet_id=SUBNET),
        "cluster.network.route_table_id: missing, and the cluster's identity needs rights on the subnet's route table; say the id that `az network vnet subnet show --query routeTable.id` prints",
    ),
    case(
        "route-of-the-subnet",
        _out("loadBalancer", subnet_id=SUBNET, route_table_id=TABLE),
        "cluster.network.route_table_id: does nothing for outbound: loadBalancer; take it out (pulumi config rm --path 'cluster.network.route_table_id')",
    ),
    case(
        "route-of-the-subnet",
        _out("userDefinedRouting") | {"network": OWN},
        "network.firewall_ip: missing, and everything would be routed to it; say the firewall's private address",
    ),
    case(
        "route-of-the-subnet",
        _out("userDefinedRouting", route_table_id=TABLE) | {"network": OWN | {"firewall_ip": "10.20.0.4"}},
        "cluster.network.route_table_id: network makes a route table; take it out (pulumi config rm --path 'cluster.network.route_table_id')",
    ),
    case(
        "route-of-the-subnet",
        {"network": OWN | {"firewall_ip": "10.20.0.4"}},
        "network.firewall_ip: does nothing for cluster.network.outbound: loadBalancer; take it out, or choose userDefinedRouting (pulumi config rm --path 'network.firewall_ip')",
    ),
    case(
        "firewall-address",
        _out("userDefinedRouting") | {"network": OWN | {"firewall_ip": "firewall"}},
        "network.firewall_ip: 'firewall' is not an IPv4 address; say the firewall's private address",
    ),
    case(
        "firewall-address",
        _out("userDefinedRouting") | {"network": OWN | {"firewall_ip": "20.1.2.3"}},
        "network.firewall_ip: '20.1.2.3' is a public address; say the firewall's private one",
    ),
    case(
        "firewall-address",
        _out("userDefinedRouting") | {"network": OWN | {"firewall_ip": "10.10.4.5"}},
        "network.firewall_ip: '10.10.4.5' is an address of network.private_endpoints; say the firewall's, in a subnet of its own or in another network",
    ),
    case(
        "firewall-address",
        _out("userDefinedRouting") | {"network": OWN | {"firewall_ip": "10.244.0.4"}},
        "network.firewall_ip: '10.244.0.4' is an address of cluster.network.pod_cidr '10.244.0.0/16', and what is sent there stays in the cluster; say the firewall's, or give cluster.network.pod_cidr another range",
    ),
    case(
        "firewall-address",
        _out("userDefinedRouting") | {"network": OWN | {"firewall_ip": "10.0.0.4"}},
        "network.firewall_ip: '10.0.0.4' is an address of cluster.network.service_cidr '10.0.0.0/16', and what is sent there stays in the cluster; say the firewall's, or give cluster.network.service_cidr another range",
    ),
]
