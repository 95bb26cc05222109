"""Settings that the rules of ``rules/api_server.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import NETWORK, WITH_SYSTEM_POOL, private

CASES = [
    case(
        "authorized-ip-range",
        {"cluster.authorized_ip_ranges": ["10.0.0.0/8"]},
        "cluster.authorized_ip_ranges[0]: '10.0.0.0/8' is a private range, but callers reach a public API server with a public address; write the public address of the network",
    ),
    case(
        "authorized-ip-range",
        {"cluster.authorized_ip_ranges": ["0.0.0.0/0"]},
        "cluster.authorized_ip_ranges[0]: '0.0.0.0/0' is not a public IPv4 range; write its first address and a prefix length",
    ),
    case(
        "authorized-ip-range-number",
        {"cluster.authorized_ip_ranges": [f"20.{i}.0.0/24" for i in range(201)]},
        "cluster.authorized_ip_ranges: 201 ranges; AKS allows 200: join adjacent ranges",
    ),
    case(
        "api-server-has-a-name",
        private(dns_zone="none"),
        "cluster.private.public_fqdn: false with dns_zone: none, so no DNS would resolve the API server's name; set it to true (pulumi config set --path 'cluster.private.public_fqdn' true)",
    ),
    case(
        "private-has-no-authorized-ranges",
        {"cluster": private()["cluster"] | {"authorized_ip_ranges": ["20.50.2.0/24"]}, "network": NETWORK},
        "cluster.authorized_ip_ranges: has no effect with private: a private API server has no public address; remove it (pulumi config rm --path 'cluster.authorized_ip_ranges')",
    ),
    case(
        "authorized-ip-range",
        {"cluster": {**WITH_SYSTEM_POOL, "authorized_ip_ranges": ["20.50.2.7/24"]}},
        "cluster.authorized_ip_ranges[0]: '20.50.2.7/24' does not begin with the first address of a range; write its first address and a prefix length (pulumi config set --path 'cluster.authorized_ip_ranges[0]' 20.50.2.0/24)",
    ),
]
