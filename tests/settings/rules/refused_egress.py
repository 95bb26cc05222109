"""Settings that the rules of ``rules/egress.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import OWN_NETWORK, ROUTE_TABLE, SUBNET, outbound

CASES = [
    case(
        "outbound-fits-the-network",
        outbound("managedNATGateway", subnet_id=SUBNET),
        "cluster.network.outbound: 'managedNATGateway' needs the network that AKS makes, but cluster.network.subnet_id is set; choose another type (pulumi config set --path 'cluster.network.outbound' userAssignedNATGateway)",
    ),
    case(
        "outbound-fits-the-network",
        outbound("managedNATGateway") | {"network": OWN_NETWORK},
        "cluster.network.outbound: 'managedNATGateway' needs the network that AKS makes, but network is set; choose another type (pulumi config set --path 'cluster.network.outbound' userAssignedNATGateway)",
    ),
    case(
        "outbound-fits-the-network",
        outbound("userAssignedNATGateway"),
        "cluster.network.outbound: 'userAssignedNATGateway' needs a subnet with a gateway, but the nodes are in the network that AKS makes; set network or cluster.network.subnet_id, or choose another type (pulumi config set --path 'cluster.network.outbound' managedNATGateway)",
    ),
    case(
        "outbound-fits-the-network",
        outbound("userDefinedRouting"),
        "cluster.network.outbound: 'userDefinedRouting' needs a subnet with a route table, but the nodes are in the network that AKS makes; set network with firewall_ip, or cluster.network.subnet_id, or choose another type",
    ),
    case(
        "nat-gateway-is-made",
        outbound("loadBalancer", nat_gateway={"public_ips": 2}),
        "cluster.network.nat_gateway: has no effect with outbound: loadBalancer; remove it (pulumi config rm --path 'cluster.network.nat_gateway')",
    ),
    case(
        "nat-gateway-is-made",
        outbound("userAssignedNATGateway", subnet_id=SUBNET, nat_gateway={"public_ips": 2}),
        "cluster.network.nat_gateway: has no effect: the program does not change the gateway of an existing subnet; remove it (pulumi config rm --path 'cluster.network.nat_gateway')",
    ),
    case(
        "nat-gateway-is-made",
        outbound("managedNATGateway", nat_gateway={"zone": "1"}),
        "cluster.network.nat_gateway.zone: has no effect: AKS chooses the zone of its own gateway; remove it (pulumi config rm --path 'cluster.network.nat_gateway.zone')",
    ),
    case(
        "route-of-the-subnet",
        outbound("userDefinedRouting", subnet_id=SUBNET),
        "cluster.network.route_table_id: missing, but the cluster's identity needs rights on the subnet's route table; set the id that `az network vnet subnet show --query routeTable.id` prints",
    ),
    case(
        "route-of-the-subnet",
        outbound("loadBalancer", subnet_id=SUBNET, route_table_id=ROUTE_TABLE),
        "cluster.network.route_table_id: has no effect with outbound: loadBalancer; remove it (pulumi config rm --path 'cluster.network.route_table_id')",
    ),
    case(
        "route-of-the-subnet",
        outbound("userDefinedRouting") | {"network": OWN_NETWORK},
        "network.firewall_ip: missing, but userDefinedRouting sends all outbound traffic to it; set the firewall's private address",
    ),
    case(
        "route-of-the-subnet",
        outbound("userDefinedRouting", route_table_id=ROUTE_TABLE)
        | {"network": OWN_NETWORK | {"firewall_ip": "10.20.0.4"}},
        "cluster.network.route_table_id: has no effect: the program makes a route table in its own network; remove it (pulumi config rm --path 'cluster.network.route_table_id')",
    ),
    case(
        "route-of-the-subnet",
        {"network": OWN_NETWORK | {"firewall_ip": "10.20.0.4"}},
        "network.firewall_ip: has no effect with cluster.network.outbound: loadBalancer; remove it, or choose userDefinedRouting (pulumi config rm --path 'network.firewall_ip')",
    ),
    case(
        "firewall-address",
        outbound("userDefinedRouting") | {"network": OWN_NETWORK | {"firewall_ip": "firewall"}},
        "network.firewall_ip: 'firewall' is not an IPv4 address; set the firewall's private address",
    ),
    case(
        "firewall-address",
        outbound("userDefinedRouting") | {"network": OWN_NETWORK | {"firewall_ip": "20.1.2.3"}},
        "network.firewall_ip: '20.1.2.3' is a public address; set the firewall's private one",
    ),
    case(
        "firewall-address",
        outbound("userDefinedRouting") | {"network": OWN_NETWORK | {"firewall_ip": "10.10.4.5"}},
        "network.firewall_ip: '10.10.4.5' is an address of network.private_endpoints; set the firewall's, in a subnet of its own or in another network",
    ),
    case(
        "firewall-address",
        outbound("userDefinedRouting") | {"network": OWN_NETWORK | {"firewall_ip": "10.244.0.4"}},
        "network.firewall_ip: '10.244.0.4' is an address of cluster.network.pod_cidr '10.244.0.0/16', and traffic to it stays in the cluster; set the firewall's, or choose another cluster.network.pod_cidr",
    ),
    case(
        "firewall-address",
        outbound("userDefinedRouting") | {"network": OWN_NETWORK | {"firewall_ip": "10.0.0.4"}},
        "network.firewall_ip: '10.0.0.4' is an address of cluster.network.service_cidr '10.0.0.0/16', and traffic to it stays in the cluster; set the firewall's, or choose another cluster.network.service_cidr",
    ),
]
