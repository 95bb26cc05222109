"""Settings that the rules of ``rules/vault_network.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import SUBNET, workload

CASES = [
    case(
        "vault-ip-rule",
        {"vault.network": {"default_action": "Deny", "ip_rules": ["192.168.1.0/24"]}},
        "vault.network.ip_rules[0]: '192.168.1.0/24' is not a public IPv4 address or range; write an address, or the first address and a prefix length",
    ),
    case(
        "vault-ip-rule-number",
        {
            "vault.network": {
                "default_action": "Deny",
                "ip_rules": [f"20.{i // 250}.{i % 250}.0/24" for i in range(1001)],
            }
        },
        "vault.network.ip_rules: 1001 rules; Key Vault allows 1000: join adjacent ranges",
    ),
    case(
        "vault-subnet-rule-number",
        {
            "vault.network": {"default_action": "Deny", "subnet_ids": [SUBNET + str(i) for i in range(201)]},
            "cluster.network.subnet_id": SUBNET + "1",
        },
        "vault.network.subnet_ids: 201 rules; Key Vault allows 200 virtual network rules",
    ),
    case(
        "vault-rules-without-effect",
        {"vault.network": {"ip_rules": ["20.1.2.0/24"]}},
        "vault.network.default_action: 'Allow' lets every address in, so ip_rules and subnet_ids have no effect; choose Deny, or remove the rules (pulumi config set --path 'vault.network.default_action' Deny)",
    ),
    case(
        "vault-rules-without-effect",
        {"vault.network": {"public_access": False, "ip_rules": ["20.1.2.0/24"]}, "workloads": []},
        "vault.network.public_access: false, so ip_rules and subnet_ids have no effect; set it to true, or remove the rules",
    ),
    case(
        "vault-is-reachable",
        {"vault.network.default_action": "Deny"},
        "vault.network.default_action: 'Deny' without a rule for the nodes, so no workload can read the vault; list cluster.network.subnet_id in vault.network.subnet_ids, or the cluster's outbound address in ip_rules",
    ),
    case(
        "vault-is-reachable",
        {"vault.network.public_access": False},
        "vault.network.public_access: false without a private endpoint, so no workload can read the vault; set vault.private_endpoint, or set it to true with default_action Deny and subnet_ids (pulumi config set --path 'vault.network.public_access' true)",
    ),
    case(
        "vault-ip-rule",
        {"vault.network": {"default_action": "Deny", "ip_rules": ["0.0.0.0/0"]}},
        "vault.network.ip_rules[0]: '0.0.0.0/0' is not a public IPv4 address or range; write an address, or the first address and a prefix length",
    ),
    case(
        "vault-ip-rule",
        {"vault.network": {"default_action": "Deny", "ip_rules": ["20.1.2.3", "20.1.2.3/32"]}},
        "vault.network.ip_rules[1]: '20.1.2.3/32' is listed twice; list it once (pulumi config rm --path 'vault.network.ip_rules[1]')",
    ),
    case(
        "vault-is-reachable",
        {"vault.network.default_action": "Deny", "cluster.network.subnet_id": SUBNET},
        "vault.network.default_action: 'Deny' without a rule for the nodes, so no workload can read the vault; list cluster.network.subnet_id in vault.network.subnet_ids, or the cluster's outbound address in ip_rules (pulumi config set --path 'vault.network.subnet_ids[0]' /subscriptions/aaaaaaaa-0000-0000-0000-000000000000/resourceGroups/rg-net/providers/Microsoft.Network/virtualNetworks/vnet/subnets/nodes)",
    ),
    case(
        "vault-is-reachable",
        {
            "vaults": [{"name": "payments", "network": {"public_access": False}}],
            "workloads": [workload(secrets=[{"name": "card-key", "from": "existing", "vault": "payments"}])],
        },
        "vaults[0].network.public_access: false without a private endpoint, so no workload can read the vault; set vaults[0].private_endpoint, or set it to true with default_action Deny and subnet_ids (pulumi config set --path 'vaults[0].network.public_access' true)",
    ),
    case(
        "private-endpoint-is-near",
        {"vault": {"private_endpoint": {"subnet_id": SUBNET}}},
        "cluster.network.subnet_id: missing, but the vault's private address is not in the network that AKS makes for the nodes; set a subnet of the same network, or of a peered one",
    ),
    case(
        "private-endpoint-is-near",
        {
            "vault": {"private_endpoint": {"subnet_id": SUBNET.replace("vnet", "hub")}},
            "cluster": {"system_pool": {"vm_size": "Standard_D2s_v5"}, "network": {"subnet_id": SUBNET}},
        },
        "vault.private_endpoint.dns_zone_id: missing, but the nodes are not in the endpoint's network, to which the program links its zone; set a zone that is linked to both networks",
    ),
    case(
        "vault-ip-rule",
        {"vault": {"network": {"default_action": "Deny", "ip_rules": ["20.50.2.7/24"]}}},
        "vault.network.ip_rules[0]: '20.50.2.7/24' does not begin with the first address of a range; write an address, or the first address and a prefix length (pulumi config set --path 'vault.network.ip_rules[0]' 20.50.2.0/24)",
    ),
]
