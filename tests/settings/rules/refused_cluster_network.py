"""Settings that the rules of ``rules/cluster_network.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import SUBNET

CASES = [
    case(
        "policy-fits-dataplane",
        {"cluster.network.policy": "calico"},
        "cluster.network.policy: calico does not go with dataplane cilium; choose cilium (pulumi config set --path 'cluster.network.policy' cilium)",
    ),
    case(
        "policy-fits-dataplane",
        {"cluster.network": {"dataplane": "azure", "policy": "cilium"}},
        "cluster.network.policy: cilium does not go with dataplane azure; choose calico, azure or none (pulumi config set --path 'cluster.network.policy' calico)",
    ),
    case(
        "cidr",
        {"cluster.network.pod_cidr": "10.244.0.1/16"},
        "cluster.network.pod_cidr: '10.244.0.1/16' does not begin with the first address of a range; write the first address and a prefix length (pulumi config set --path 'cluster.network.pod_cidr' 10.244.0.0/16)",
    ),
    case(
        "service-cidr-size",
        {"cluster.network": {"service_cidr": "10.0.0.0/12", "pod_cidr": "10.244.0.0/16"}},
        "cluster.network.service_cidr: '10.0.0.0/12' is too large; choose a /13 to a /28 (pulumi config set --path 'cluster.network.service_cidr' 10.0.0.0/16)",
    ),
    case(
        "dns-service-ip",
        {"cluster.network.dns_service_ip": "10.0.0.1"},
        "cluster.network.dns_service_ip: '10.0.0.1' is not an address of service_cidr '10.0.0.0/16' after its first; choose one of its addresses (pulumi config set --path 'cluster.network.dns_service_ip' 10.0.0.10)",
    ),
    case(
        "dns-service-ip",
        {"cluster.network.service_cidr": "10.1.0.0/16"},
        "cluster.network.dns_service_ip: '10.0.0.10' is not an address of service_cidr '10.1.0.0/16' after its first; choose one of its addresses (pulumi config set --path 'cluster.network.dns_service_ip' 10.1.0.10)",
    ),
    case(
        "pod-cidr-holds-the-nodes",
        {
            "cluster.network.pod_cidr": "10.244.0.0/22",
            "cluster.user_pools": [{"name": "apps", "vm_size": "Standard_D4s_v5", "count": 4}],
        },
        "cluster.network.pod_cidr: '10.244.0.0/22' has room for 4 nodes, but the pools can grow to 5, plus 2 during an upgrade; each node takes a /24: choose a larger range (pulumi config set --path 'cluster.network.pod_cidr' 10.244.0.0/16)",
    ),
    case(
        "subnet-names-are-labels",
        {"cluster.network.subnet_id": SUBNET + "x" * 60},
        "cluster.network.subnet_id: its subnet has a name of 65 characters; AKS with overlay allows 63",
    ),
    case(
        "cidr",
        {"cluster.network.pod_cidr": "10.244.0.0/255.255.0.0"},
        "cluster.network.pod_cidr: '10.244.0.0/255.255.0.0' is not an IPv4 range; write the first address and a prefix length (pulumi config set --path 'cluster.network.pod_cidr' 10.244.0.0/16)",
    ),
    case(
        "service-cidr-size",
        {"cluster.network.service_cidr": "10.0.0.0/31"},
        "cluster.network.service_cidr: '10.0.0.0/31' is too small; choose a /13 to a /28 (pulumi config set --path 'cluster.network.service_cidr' 10.0.0.0/16)",
    ),
    case(
        "dns-service-ip",
        {"cluster.network": {"service_cidr": "10.0.0.0/28", "dns_service_ip": "10.0.0.15"}},
        "cluster.network.dns_service_ip: '10.0.0.15' is not an address of service_cidr '10.0.0.0/28' after its first; choose one of its addresses (pulumi config set --path 'cluster.network.dns_service_ip' 10.0.0.10)",
    ),
    case(
        "cidr",
        {"cluster.network": {"pod_cidr": "192.168.5.0/18"}},
        "cluster.network.pod_cidr: '192.168.5.0/18' does not begin with the first address of a range; write the first address and a prefix length (pulumi config set --path 'cluster.network.pod_cidr' 192.168.0.0/18)",
    ),
]
