"""Settings that the rules of ``model/api_server.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import private

CASES = [
    case(
        "api-server-zone",
        private(dns_zone="System"),
        "cluster.private.dns_zone: 'System' is not a place for the API server's name; use system, none, or the id that `az network private-dns zone show --query id` prints (pulumi config set --path 'cluster.private.dns_zone' system)",
    ),
]
