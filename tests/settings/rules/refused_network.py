"""Settings that the rules of ``rules/network.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import HUB, PLATFORM_CLUSTER, SUBNET, private

CASES = [
    case(
        "network-range",
        {"network": {"address_space": "10.10.0.0/16", "nodes": "10.20.0.0/22", "private_endpoints": "ten"}},
        "network.private_endpoints: 'ten' is not a range of 8 addresses or more; write its first address and a prefix length",
        "network.nodes: '10.20.0.0/22' is not within address_space '10.10.0.0/16'; choose a part of it",
    ),
    case(
        "network-range",
        {
            "network": {
                "address_space": "10.10.0.0/16",
                "nodes": "10.10.0.0/22",
                "private_endpoints": "10.10.1.0/27",
            }
        },
        "network.private_endpoints: '10.10.1.0/27' overlaps nodes '10.10.0.0/22'; choose ranges apart",
    ),
    case(
        "network-apart-from-pods",
        {"network": {"address_space": "10.0.0.0/14", "nodes": "10.1.0.0/22"}},
        "network.address_space: 10.0.0.0/14 overlaps cluster.network.service_cidr 10.0.0.0/16; choose ranges apart (pulumi config set --path 'network.address_space' 10.10.0.0/16)",
    ),
    case(
        "nodes-fit-the-subnet",
        {
            "network": {"address_space": "10.10.0.0/16", "nodes": "10.10.0.0/28"},
            "cluster": {
                "system_pool": {"vm_size": "Standard_D2s_v5", "autoscale": {"min_count": 1, "max_count": 20}}
            },
        },
        "network.nodes: 10.10.0.0/28 has room for 11 nodes, and the pools can grow to 20, with one more in an upgrade; choose a larger range",
    ),
    case(
        "network-is-one",
        {
            "network": {"address_space": "10.10.0.0/16", "nodes": "10.10.0.0/22"},
            "cluster": {"system_pool": {"vm_size": "Standard_D2s_v5"}, "network": {"subnet_id": SUBNET}},
        },
        "cluster.network.subnet_id: network makes a subnet for the nodes; take one of them out (pulumi config rm --path 'cluster.network.subnet_id')",
    ),
    case(
        "network-is-one",
        {
            "network": {"address_space": "10.10.0.0/16", "nodes": "10.10.0.0/22"},
            "cluster": {"existing": PLATFORM_CLUSTER},
        },
        "network: the cluster is existing, and so is its network; take it out (pulumi config rm network)",
    ),
    case(
        "private-endpoint-has-a-subnet",
        {
            "vault": {"private_endpoint": {}},
            "network": {"address_space": "10.10.0.0/16", "nodes": "10.10.0.0/22"},
        },
        "vault.private_endpoint.subnet_id: missing, and network.private_endpoints too; say the id of one, or a range in network.private_endpoints",
    ),
    case(
        "api-server-zone-name",
        private(dns_zone=f"{HUB}/privateDnsZones/privatelink.northeurope.azmk8s.io"),
        "cluster.private.dns_zone: its name is 'privatelink.northeurope.azmk8s.io'; AKS takes privatelink.westeurope.azmk8s.io, or one with a word of up to 32 characters before it (pulumi config set --path 'cluster.private.dns_zone' system)",
    ),
    case(
        "private-api-server-is-near",
        private(network=False),
        "cluster.network.subnet_id: missing, and in a network that AKS makes for itself nobody could reach the API server; say network, which the program peers with private.deploy_from, or the id of a subnet that is reached from there",
    ),
]
