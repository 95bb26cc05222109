"""Settings that the rules of ``rules/vault.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import PLATFORM_CLUSTER, workload

CASES = [
    case(
        "access-policies-open-the-vault",
        {
            "vault": {"authorization": "access-policy"},
        },
        "workloads[0].scope: 'object' is not possible: an access policy opens every secret of the vault; choose vault, or move the vault to rbac as docs/migrations.md describes (pulumi config set --path 'workloads[0].scope' vault)",
    ),
    case(
        "vault-names-differ",
        {
            "vault": {"existing": PLATFORM_CLUSTER},
            "vaults": [{"name": "payments", "existing": PLATFORM_CLUSTER}],
        },
        "vaults[0].existing: 'aks-platform' is also the vault of another entry; list each vault once (pulumi config rm --path 'vaults[0]')",
    ),
    case(  # a name exists once in all of Azure, also in another group, and beside a vault that exists
        "vault-names-differ",
        {
            "vault": {"existing": {"name": "kv-shop", "resource_group": "rg-a"}},
            "vaults": [
                {"name": "payments", "resource_name": "kv-shop"},
                {"name": "mail", "existing": {"name": "KV-shop", "resource_group": "rg-b"}},
            ],
        },
        "vaults[0].resource_name: 'kv-shop' is the name of another vault; choose another name",
        "vaults[1].existing: 'KV-shop' is also the vault of another entry; list each vault once (pulumi config rm --path 'vaults[1]')",
    ),
    case(
        "vault-names-differ",
        {"vaults": [{"name": "payments"}, {"name": "payments"}]},
        "vaults[1].name: 'payments' is the name of another entry; choose another name (pulumi config set --path 'vaults[1].name' payments-2)",
    ),
    case(
        "vault-names-differ",
        {"vault": {"name": "kv-shop"}, "vaults": [{"name": "payments", "resource_name": "KV-shop"}]},
        "vaults[0].resource_name: 'KV-shop' is the name of another vault; choose another name",
    ),
    case(
        "vault-is-declared",
        {
            "vaults": [{"name": "payments"}],
            "workloads": [workload(secrets=[{"name": "card-key", "from": "random", "vault": "payment"}])],
        },
        "workloads[0].secrets[0].vault: 'payment' is not in vaults; choose payments (pulumi config set --path 'workloads[0].secrets[0].vault' payments)",
    ),
    case(
        "vault-is-declared",
        {"workloads": [workload(secrets=[{"name": "card-key", "from": "random", "vault": "payments"}])]},
        "workloads[0].secrets[0].vault: 'payments' is not in vaults; list it there, or remove the key to use the vault of section vault (pulumi config set --path 'vaults[0].name' payments)",
    ),
    case(
        "further-vault-exists",
        {
            "composition": "workloads",
            "cluster": {"existing": PLATFORM_CLUSTER},
            "vault": {"existing": PLATFORM_CLUSTER},
            "vaults": [{"name": "payments"}],
        },
        "vaults[0].existing: missing, but composition: workloads makes no vault; set the vault, or let the platform's stack make it",
    ),
    case(
        "access-policies-open-the-vault",
        {
            "vaults": [{"name": "payments", "authorization": "access-policy"}],
            "workloads": [workload(secrets=[{"name": "card-key", "from": "existing", "vault": "payments"}])],
        },
        "workloads[0].scope: 'object' is not possible: an access policy opens every secret of the vault; choose vault, or move the vault to rbac as docs/migrations.md describes (pulumi config set --path 'workloads[0].scope' vault)",
    ),
    case(
        "access-policies-open-the-vault",
        {
            "vaults": [{"name": "payments", "authorization": "access-policy"}],
            "workloads": [
                workload(
                    secrets=[
                        {"name": "card-key", "from": "existing", "vault": "payments"},
                        {"name": "db-password", "from": "existing"},
                    ]
                )
            ],
        },
        "workloads[0].scope: 'object' is not possible: an access policy opens every secret of the vault; choose vault, which opens its other vaults too, or move the vault to rbac as docs/migrations.md describes (pulumi config set --path 'workloads[0].scope' vault)",
    ),
]
