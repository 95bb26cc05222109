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
        "platform: has no effect with composition: all-in-one; remove it (pulumi config rm platform)",
    ),
    case(
        "section-of-another-composition",
        {"composition": "platform", "technique": "csi"},
        "workloads: has no effect with composition: platform; remove it (pulumi config rm workloads)",
        "technique: has no effect with composition: platform; remove it (pulumi config rm technique)",
    ),
    case(
        "section-of-another-composition",
        ON_A_PLATFORM | {"vault": {"name": "kv-shop"}, "people": {"current": True}},
        "vault: has no effect here: the platform's stack configures it; remove it (pulumi config rm vault)",
        "people: has no effect here: the platform's stack configures it; remove it (pulumi config rm people)",
    ),
    case(
        "workloads-have-a-platform",
        {"composition": "workloads", "cluster": None},
        "cluster.existing: neither it nor platform.stack is set; set one of them (pulumi config set --path 'platform.stack' organization/aks-secrets/platform)",
        "vault.existing: neither it nor platform.stack is set; set one of them",
    ),
    case(
        "workloads-have-a-platform",
        {"composition": "workloads", "cluster": {"existing": PLATFORM_CLUSTER}},
        "vault.existing: neither it nor platform.stack is set; set one of them",
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
        "vaults[0].resource_name: has no effect: the program does not change an existing vault; remove it (pulumi config rm --path 'vaults[0].resource_name')",
        "vaults[0].sku: has no effect: the program does not change an existing vault; remove it (pulumi config rm --path 'vaults[0].sku')",
    ),
    case(
        "policies-of-a-platform",
        {"composition": "platform", "vaults": [{"name": "payments", "authorization": "access-policy"}]},
        "workloads: has no effect with composition: platform; remove it (pulumi config rm workloads)",
        "vaults[0].authorization: with access-policy the platform's next update would remove the policies that other stacks have added; choose rbac (pulumi config set --path 'vaults[0].authorization' rbac)",
    ),
    case(
        "existing-cluster-is-left-alone",
        {"cluster": {"existing": PLATFORM_CLUSTER, "tier": "Standard"}},
        "cluster.tier: has no effect: the program does not change an existing cluster; remove it (pulumi config rm --path 'cluster.tier')",
    ),
    case(
        "existing-vault-is-left-alone",
        {"vault": {"existing": PLATFORM_VAULT, "authorization": "rbac"}},
        "vault.authorization: has no effect: the program does not change an existing vault; remove it (pulumi config rm --path 'vault.authorization')",
    ),
    case(
        "addon-of-an-existing-cluster",
        {
            "cluster": {"existing": PLATFORM_CLUSTER},
            "operators": {"csi_driver": {}},
            "workloads": [workload(technique="csi", secrets=[secret(from_="existing")])],
        },
        "operators.csi_driver.install: 'addon' would change an existing cluster; choose existing if the add-on is enabled, or helm (pulumi config set --path 'operators.csi_driver.install' existing)",
    ),
    case(
        "resource-group-is-used",
        {"resource_groups": [{"name": "rg-other", "existing": True}]},
        "resource_groups[0]: no key names 'rg-other'; set it in cluster.resource_group or vault.resource_group, or remove it (pulumi config rm --path 'resource_groups[0]')",
    ),
    case(
        "section-of-another-composition",
        ON_A_PLATFORM | {"monitoring": {"retention_days": 90}},
        "monitoring: has no effect with composition: workloads; remove it (pulumi config rm monitoring)",
    ),
    case(
        "alerts-of-an-existing-vault",
        alerts(emails=["ops@example.com"]) | {"vault": {"existing": PLATFORM_CLUSTER}},
        "monitoring.alerts: has no effect: every vault is existing, and alerts on a vault belong to its owner; remove it (pulumi config rm --path 'monitoring.alerts')",
    ),
    case(
        "alerts-of-an-existing-vault",
        alerts(emails=["ops@example.com"])
        | {
            "vault": {"existing": PLATFORM_CLUSTER},
            "vaults": [{"name": "payments", "existing": PLATFORM_VAULT}],
        },
        "monitoring.alerts: has no effect: every vault is existing, and alerts on a vault belong to its owner; remove it (pulumi config rm --path 'monitoring.alerts')",
    ),
    case(
        "section-of-another-composition",
        ON_A_PLATFORM | alerts(emails=["ops@example.com"]),
        "monitoring: has no effect with composition: workloads; remove it (pulumi config rm monitoring)",
    ),
    case(
        "section-of-another-composition",
        {
            "composition": "platform",
            "workloads": None,
            "operators": {"akv2k8s": {}},
            "identities": [{"name": "reader"}],
        },
        "identities: has no effect with composition: platform; remove it (pulumi config rm identities)",
        "identities[0]: no workload uses 'reader'; remove it",
    ),
]
