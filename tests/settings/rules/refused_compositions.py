"""Settings that the rules of ``rules/compositions.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import ON_A_PLATFORM, PLATFORM_CLUSTER, PLATFORM_VAULT, alerts, secret, workload

CASES = [
    case(
        "system-pool-is-there",
        {"cluster": {}},
        "cluster.system_pool: missing; this key has no default (pulumi config set --path 'cluster.system_pool.vm_size' Standard_D2s_v5)",
    ),
    case(
        "section-of-another-composition",
        {"platform": {"stack": "platform"}},
        "platform: does not go with composition all-in-one; take it out (pulumi config rm platform)",
    ),
    case(
        "section-of-another-composition",
        {"composition": "platform", "technique": "csi"},
        "workloads: does not go with composition platform; take it out (pulumi config rm workloads)",
        "technique: does not go with composition platform; take it out (pulumi config rm technique)",
    ),
    case(
        "section-of-another-composition",
        ON_A_PLATFORM | {"vault": {"name": "kv-shop"}, "people": {"current": True}},
        "vault: is the business of the platform's stack; take it out (pulumi config rm vault)",
        "people: is the business of the platform's stack; take it out (pulumi config rm people)",
    ),
    case(
        "workloads-have-a-platform",
        {"composition": "workloads", "cluster": None},
        "cluster.existing: missing, and platform.stack too; say one of them (pulumi config set --path 'platform.stack' organization/aks-secrets/platform)",
        "vault.existing: missing, and platform.stack too; say one of them (pulumi config set --path 'platform.stack' organization/aks-secrets/platform)",
    ),
    case(
        "workloads-have-a-platform",
        {"composition": "workloads", "cluster": {"existing": PLATFORM_CLUSTER}},
        "vault.existing: missing, and platform.stack too; say one of them (pulumi config set --path 'platform.stack' organization/aks-secrets/platform)",
    ),
    case(
        "existing-vault-is-left-alone",
        {
            "vaults": [
                {
                    "name": "payments",
                    "existing": PLATFORM_CLUSTER,
                    "resource_name": "kv-pay",
                    "sku": "premium",
                }
            ]
        },
        "vaults[0].resource_name: the program changes nothing of a vault that is existing; take it out (pulumi config rm --path 'vaults[0].resource_name')",
        "vaults[0].sku: the program changes nothing of a vault that is existing; take it out (pulumi config rm --path 'vaults[0].sku')",
    ),
    case(
        "policies-of-a-platform",
        {"composition": "platform", "vaults": [{"name": "payments", "authorization": "access-policy"}]},
        "workloads: does not go with composition platform; take it out (pulumi config rm workloads)",
        "vaults[0].authorization: access-policy, and the platform's next update would take out what teams have added to the list; choose rbac (pulumi config set --path 'vaults[0].authorization' rbac)",
    ),
    case(
        "existing-cluster-is-left-alone",
        {"cluster": {"existing": PLATFORM_CLUSTER, "tier": "Standard"}},
        "cluster.tier: the program changes nothing of a cluster that is existing; take it out (pulumi config rm --path 'cluster.tier')",
    ),
    case(
        "existing-vault-is-left-alone",
        {"vault": {"existing": PLATFORM_VAULT, "authorization": "rbac"}},
        "vault.authorization: the program changes nothing of a vault that is existing; take it out (pulumi config rm --path 'vault.authorization')",
    ),
    case(
        "addon-of-an-existing-cluster",
        {
            "cluster": {"existing": PLATFORM_CLUSTER},
            "operators": {"csi_driver": {}},
            "workloads": [workload(technique="csi", secrets=[secret(from_="existing")])],
        },
        "operators.csi_driver.install: addon, and the program changes nothing of a cluster that is existing; say existing if the add-on is on, or helm (pulumi config set --path 'operators.csi_driver.install' existing)",
    ),
    case(
        "resource-group-is-used",
        {"resource_groups": [{"name": "rg-other", "existing": True}]},
        "resource_groups[0]: nothing names 'rg-other'; say it in cluster.resource_group or vault.resource_group, or take it out (pulumi config rm --path 'resource_groups[0]')",
    ),
    case(
        "section-of-another-composition",
        ON_A_PLATFORM | {"monitoring": {"retention_days": 90}},
        "monitoring: does not go with composition workloads; take it out (pulumi config rm monitoring)",
    ),
    case(
        "alerts-of-an-existing-vault",
        alerts(emails=["ops@example.com"]) | {"vault": {"existing": PLATFORM_CLUSTER}},
        "monitoring.alerts: every vault is existing, and what happens in one is its owner's to be told; take it out (pulumi config rm --path 'monitoring.alerts')",
    ),
    case(
        "alerts-of-an-existing-vault",
        alerts(emails=["ops@example.com"])
        | {
            "vault": {"existing": PLATFORM_CLUSTER},
            "vaults": [{"name": "payments", "existing": PLATFORM_VAULT}],
        },
        "monitoring.alerts: every vault is existing, and what happens in one is its owner's to be told; take it out (pulumi config rm --path 'monitoring.alerts')",
    ),
    case(
        "section-of-another-composition",
        ON_A_PLATFORM | alerts(emails=["ops@example.com"]),
        "monitoring: does not go with composition workloads; take it out (pulumi config rm monitoring)",
    ),
]
