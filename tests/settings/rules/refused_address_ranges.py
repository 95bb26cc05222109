"""Settings that the rules of ``rules/address_ranges.py`` refuse, with the exact words."""

from tests.settings.cases import case

CASES = [
    case(
        "cidr-reserved",
        {"cluster.network.pod_cidr": "172.16.0.0/12"},
        "cluster.network.pod_cidr: '172.16.0.0/12' overlaps 172.30.0.0/16, which AKS reserves; choose another private range (pulumi config set --path 'cluster.network.pod_cidr' 10.244.0.0/16)",
    ),
    case(
        "cidr-reserved",
        {"cluster.network.pod_cidr": "224.0.0.0/8"},
        "cluster.network.pod_cidr: '224.0.0.0/8' overlaps 224.0.0.0/3, which is not for hosts; choose another private range (pulumi config set --path 'cluster.network.pod_cidr' 10.244.0.0/16)",
    ),
    case(
        "cidrs-apart",
        {"cluster.network.pod_cidr": "10.0.0.0/15"},
        "cluster.network.pod_cidr: '10.0.0.0/15' overlaps service_cidr '10.0.0.0/16'; choose ranges apart (pulumi config set --path 'cluster.network.pod_cidr' 10.244.0.0/16)",
    ),
    case(
        "network-apart-from-pods",
        {"network": {"address_space": "10.0.0.0/14", "nodes": "10.1.0.0/22"}},
        "network.address_space: 10.0.0.0/14 overlaps cluster.network.service_cidr 10.0.0.0/16; choose ranges apart",
    ),
    # Beside a network that AKS makes.
    case(
        "network-apart-from-pods",
        {"cluster.network.pod_cidr": "10.224.0.0/16"},
        "cluster.network.pod_cidr: '10.224.0.0/16' overlaps 10.224.0.0/12, the network that AKS makes; choose another range (pulumi config set --path 'cluster.network.pod_cidr' 10.244.0.0/16)",
    ),
    case(
        "network-apart-from-pods",
        {"cluster.network": {"service_cidr": "10.230.0.0/16", "dns_service_ip": "10.230.0.10"}},
        "cluster.network.service_cidr: '10.230.0.0/16' overlaps 10.224.0.0/12, the network that AKS makes; choose another range, and dns_service_ip within it",
    ),
    *(
        case(
            "cidr-reserved",
            {"network": {"address_space": reserved, "nodes": reserved}},
            f"network.address_space: '{reserved}' overlaps {other}, which {owner}; choose another private range",
        )
        for reserved, other, owner in (
            ("172.30.0.0/16", "172.30.0.0/16", "AKS reserves"),
            ("172.31.128.0/17", "172.31.0.0/16", "AKS reserves"),
            ("169.254.0.0/16", "169.254.0.0/16", "AKS reserves"),
            ("192.0.2.0/24", "192.0.2.0/24", "AKS reserves"),
            ("127.0.0.0/8", "127.0.0.0/8", "is not for hosts"),
            ("224.0.0.0/8", "224.0.0.0/3", "is not for hosts"),
            ("168.63.129.0/24", "168.63.129.16/32", "is Azure's own DNS and DHCP"),
        )
    ),
]
