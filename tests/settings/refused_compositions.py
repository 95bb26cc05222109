"""Compositions, and things that exist already, that are refused. The others are in refused.py."""

from typing import Any

from tests.settings.refused import GUID, case, secret, workload

CLUSTER = f"/subscriptions/{GUID}/resourceGroups/rg-platform/providers/Microsoft.ContainerService/managedClusters/aks-platform"
HERE: dict[str, Any] = {"name": "aks-platform", "resource_group": "rg-platform"}
VAULT: dict[str, Any] = {"name": "kv-platform", "resource_group": "rg-platform"}
ON_A_PLATFORM: dict[str, Any] = {"composition": "workloads", "platform": {"stack": "organization/aks-secrets/platform"}, "cluster": None}

CASES = [
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
        "stack-name",
        ON_A_PLATFORM | {"platform": {"stack": "a/b"}},
        "platform.stack: 'a/b' is not a name of a stack; write organization/project/stack, or the stack alone where project and organization are the same (pulumi config set --path 'platform.stack' organization/aks-secrets/platform)",
    ),
    case(
        "workloads-have-a-platform",
        {"composition": "workloads", "cluster": None},
        "cluster.existing: missing, and platform.stack too; say one of them (pulumi config set --path 'platform.stack' organization/aks-secrets/platform)",
        "vault.existing: missing, and platform.stack too; say one of them (pulumi config set --path 'platform.stack' organization/aks-secrets/platform)",
    ),
    case(
        "workloads-have-a-platform",
        {"composition": "workloads", "cluster": {"existing": HERE}},
        "vault.existing: missing, and platform.stack too; say one of them (pulumi config set --path 'platform.stack' organization/aks-secrets/platform)",
    ),
    case(
        "existing-is-named",
        {"cluster": {"existing": {"name": "aks-platform"}}},
        "cluster.existing.resource_group: missing; give name and resource_group, or id",
    ),
    case(
        "existing-is-named",
        {"cluster": {"existing": {"id": CLUSTER, "name": "aks-platform"}}},
        "cluster.existing.name: the id says it already; take one of them out (pulumi config rm --path 'cluster.existing.name')",
    ),
    case(
        "existing-cluster-id",
        {"cluster": {"existing": {"id": CLUSTER.replace("managedClusters", "clusters")}}},
        "cluster.existing.id: '/subscriptions/aaaaaaaa-0000-0000-0000-000000000000/resource… (137 characters)' is not an id of a cluster; use the id that `az aks show --query id` prints",
    ),
    case(
        "existing-vault-id",
        {"vault": {"existing": {"id": CLUSTER}}},
        "vault.existing.id: '/subscriptions/aaaaaaaa-0000-0000-0000-000000000000/resource… (144 characters)' is not an id of a vault; use the id that `az keyvault show --query id` prints",
    ),
    case(
        "existing-identity-id",
        {"workloads": [workload(identity="readers")], "identities": [{"name": "readers", "existing": {"id": CLUSTER}}]},
        "identities[0].existing.id: '/subscriptions/aaaaaaaa-0000-0000-0000-000000000000/resource… (144 characters)' is not an id of an identity; use the id that `az identity show --query id` prints",
    ),
    case(
        "existing-cluster-is-left-alone",
        {"cluster": {"existing": HERE, "tier": "Standard"}},
        "cluster.tier: the program changes nothing of a cluster that is existing; take it out (pulumi config rm --path 'cluster.tier')",
    ),
    case(
        "existing-vault-is-left-alone",
        {"vault": {"existing": VAULT, "authorization": "rbac"}},
        "vault.authorization: the program changes nothing of a vault that is existing; take it out (pulumi config rm --path 'vault.authorization')",
    ),
    case(
        "addon-of-an-existing-cluster",
        {
            "cluster": {"existing": HERE},
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
]
