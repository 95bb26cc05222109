"""Settings that the rules of ``rules/egress.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import OWN_NETWORK, ROUTE_TABLE, SUBNET, outbound

CASES = [
    case(
        "outbound-fits-the-network",
        outbound("managedNATGateway", subnet_id=SUBNET),
        "cluster.network.outbound: managedNATGateway goes with a network that AKS makes, and the nodes are in cluster.network.subnet_id; choose another (pulumi config set --path 'cluster.network.outbound' userAssignedNATGateway)",
    ),
    case(
        "outbound-fits-the-network",
        outbound("managedNATGateway") | {"network": OWN_NETWORK},
        "cluster.network.outbound: managedNATGateway goes with a network that AKS makes, and the nodes are in network; choose another (pulumi config set --path 'cluster.network.outbound' userAssignedNATGateway)",
    ),
    case(
        "outbound-fits-the-network",
        outbound("userAssignedNATGateway"),
        "cluster.network.outbound: userAssignedNATGateway is the gateway of a subnet, and the nodes are in a network that AKS makes; say network or cluster.network.subnet_id, or choose another (pulumi config set --path 'cluster.network.outbound' managedNATGateway)",
    ),
    case(
        "outbound-fits-the-network",
        outbound("userDefinedRouting"),
        "cluster.network.outbound: userDefinedRouting follows the route table of a subnet, and the nodes are in a network that AKS makes; say network with firewall_ip, or cluster.network.subnet_id, or choose another",
    ),
    case(
        "nat-gateway-is-made",
        outbound("loadBalancer", nat_gateway={"public_ips": 2}),
        "cluster.network.nat_gateway: does nothing for outbound: loadBalancer; take it out (pulumi config rm --path 'cluster.network.nat_gateway')",
    ),
    case(
        "nat-gateway-is-made",
        outbound("userAssignedNATGateway", subnet_id=SUBNET, nat_gateway={"public_ips": 2}),
        "cluster.network.nat_gateway: the subnet is there, and so is its gateway, which the program leaves alone; take it out (pulumi config rm --path 'cluster.network.nat_gateway')",
    ),
    case(
        "nat-gateway-is-made",
        outbound("managedNATGateway", nat_gateway={"zone": "1"}),
        "cluster.network.nat_gateway.zone: AKS chooses the zone of the gateway that it makes; take it out (pulumi config rm --path 'cluster.network.nat_gateway.zone')",
    ),
    case(
        "route-of-the-subnet",
        outbound("userDefinedRouting", subnet_id=SUBNET),
        "cluster.network.route_table_id: missing, and the cluster's identity needs rights on the subnet's route table; say the id that `az network vnet subnet show --query routeTable.id` prints",
    ),
    case(
        "route-of-the-subnet",
        outbound("loadBalancer", subnet_id=SUBNET, route_table_id=ROUTE_TABLE),
        "cluster.network.route_table_id: does nothing for outbound: loadBalancer; take it out (pulumi config rm --path 'cluster.network.route_table_id')",
    ),
    case(
        "route-of-the-subnet",
        outbound("userDefinedRouting") | {"network": OWN_NETWORK},
        "network.firewall_ip: missing, and everything would be routed to it; say the firewall's private address",
    ),
    case(
        "route-of-the-subnet",
        outbound("userDefinedRouting", route_table_id=ROUTE_TABLE)
        | {"network": OWN_NETWORK | {"firewall_ip": "10.20.0.4"}},
        "cluster.network.route_table_id: network makes a route table; take it out (pulumi config rm --path 'cluster.network.route_table_id')",
    ),
    case(
        "route-of-the-subnet",
        {"network": OWN_NETWORK | {"firewall_ip": "10.20.0.4"}},
        "network.firewall_ip: does nothing for cluster.network.outbound: loadBalancer; take it out, or choose userDefinedRouting (pulumi config rm --path 'network.firewall_ip')",
    ),
    case(
        "firewall-address",
        outbound("userDefinedRouting") | {"network": OWN_NETWORK | {"firewall_ip": "firewall"}},
        "network.firewall_ip: 'firewall' is not an IPv4 address; say the firewall's private address",
    ),
    case(
        "firewall-address",
        outbound("userDefinedRouting") | {"network": OWN_NETWORK | {"firewall_ip": "20.1.2.3"}},
        "network.firewall_ip: '20.1.2.3' is a public address; say the firewall's private one",
    ),
    case(
        "firewall-address",
        outbound("userDefinedRouting") | {"network": OWN_NETWORK | {"firewall_ip": "10.10.4.5"}},
        "network.firewall_ip: '10.10.4.5' is an address of network.private_endpoints; say the firewall's, in a subnet of its own or in another network",
    ),
    case(
        "firewall-address",
        outbound("userDefinedRouting") | {"network": OWN_NETWORK | {"firewall_ip": "10.244.0.4"}},
        "network.firewall_ip: '10.244.0.4' is an address of cluster.network.pod_cidr '10.244.0.0/16', and what is sent there stays in the cluster; say the firewall's, or give cluster.network.pod_cidr another range",
    ),
    case(
        "firewall-address",
        outbound("userDefinedRouting") | {"network": OWN_NETWORK | {"firewall_ip": "10.0.0.4"}},
        "network.firewall_ip: '10.0.0.4' is an address of cluster.network.service_cidr '10.0.0.0/16', and what is sent there stays in the cluster; say the firewall's, or give cluster.network.service_cidr another range",
    ),
]
