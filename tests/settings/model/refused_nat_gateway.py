"""Settings that the rules of ``model/nat_gateway.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import OWN_NETWORK, outbound

CASES = [
    case(
        "nat-gateway-public-ips",
        outbound("managedNATGateway", nat_gateway={"public_ips": 17}),
        "cluster.network.nat_gateway.public_ips: 17 addresses is out of range; choose 1 to 16 (pulumi config set --path 'cluster.network.nat_gateway.public_ips' 16)",
    ),
    case(
        "nat-gateway-idle-timeout",
        outbound("managedNATGateway", nat_gateway={"idle_timeout_minutes": 3}),
        "cluster.network.nat_gateway.idle_timeout_minutes: 3 minutes is out of range; choose 4 to 120 (pulumi config set --path 'cluster.network.nat_gateway.idle_timeout_minutes' 4)",
    ),
    case(
        "nat-gateway-zone",
        outbound("userAssignedNATGateway", nat_gateway={"zone": "4"}) | {"network": OWN_NETWORK},
        'cluster.network.nat_gateway.zone: \'4\' is not an availability zone; use "1", "2" or "3", in quotes in the stack file',
    ),
]
