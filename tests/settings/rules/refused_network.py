"""Settings that the rules of ``rules/network.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import HUB, NETWORK, PLATFORM_CLUSTER, SUBNET, private

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
        "nodes-fit-the-subnet",
        {
            "network": {"address_space": "10.10.0.0/16", "nodes": "10.10.0.0/28"},
            "cluster": {
                "system_pool": {"vm_size": "Standard_D2s_v5", "autoscale": {"min_count": 1, "max_count": 20}}
            },
        },
        "network.nodes: 10.10.0.0/28 has room for 11 nodes, but the pools can grow to 20, plus one during an upgrade; choose a larger range",
    ),
    case(
        "network-is-one",
        {
            "network": {"address_space": "10.10.0.0/16", "nodes": "10.10.0.0/22"},
            "cluster": {"system_pool": {"vm_size": "Standard_D2s_v5"}, "network": {"subnet_id": SUBNET}},
        },
        "cluster.network.subnet_id: network already makes a subnet for the nodes; remove one of them (pulumi config rm --path 'cluster.network.subnet_id')",
    ),
    case(
        "network-is-one",
        {
            "network": {"address_space": "10.10.0.0/16", "nodes": "10.10.0.0/22"},
            "cluster": {"existing": PLATFORM_CLUSTER},
        },
        "network: has no effect: an existing cluster has its network; remove it (pulumi config rm network)",
    ),
    case(
        "private-endpoint-has-a-subnet",
        {
            "vault": {"private_endpoint": {}},
            "network": {"address_space": "10.10.0.0/16", "nodes": "10.10.0.0/22"},
        },
        "vault.private_endpoint.subnet_id: neither it nor network.private_endpoints is set; set the id of a subnet, or a range in network.private_endpoints",
    ),
    case(
        "api-server-zone-name",
        private(dns_zone=f"{HUB}/privateDnsZones/privatelink.northeurope.azmk8s.io"),
        "cluster.private.dns_zone: its name is 'privatelink.northeurope.azmk8s.io'; choose privatelink.westeurope.azmk8s.io, or a name with a label of up to 32 characters before it (pulumi config set --path 'cluster.private.dns_zone' system)",
    ),
    case(
        "private-api-server-is-near",
        private(network=False),
        "cluster.network.subnet_id: missing, but `pulumi` cannot reach a private API server in the network that AKS makes; set network, which the program peers with private.deploy_from, or the id of a subnet that is reachable from there",
    ),
    case(
        "network-range",
        {"network": {"address_space": "10.10.0.0/16", "nodes": "10.10.4.1/22"}},
        "network.nodes: '10.10.4.1/22' does not begin with the first address of a range; write its first address and a prefix length (pulumi config set --path 'network.nodes' 10.10.4.0/22)",
    ),
    case(
        "endpoints-fit-the-subnet",
        {
            "network": {**NETWORK, "private_endpoints": "10.10.4.0/29"},
            "vault": {"private_endpoint": {}},
            "vaults": [{"name": f"v{number}", "private_endpoint": {}} for number in range(3)],
        },
        "network.private_endpoints: 10.10.4.0/29 has room for 3 private endpoints, and the vaults have 4; choose a larger range",
    ),
]
