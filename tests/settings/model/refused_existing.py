"""Settings that the rules of ``model/existing.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import PLATFORM_CLUSTER_ID, alerts, workload

CASES = [
    case(
        "existing-cluster-id",
        {"cluster": {"existing": {"id": PLATFORM_CLUSTER_ID.replace("managedClusters", "clusters")}}},
        "cluster.existing.id: '/subscriptions/aaaaaaaa-0000-0000-0000-000000000000/resource… (137 characters)' is not an id of a cluster; use the id that `az aks show --query id` prints",
    ),
    case(
        "existing-vault-id",
        {"vault": {"existing": {"id": PLATFORM_CLUSTER_ID}}},
        "vault.existing.id: '/subscriptions/aaaaaaaa-0000-0000-0000-000000000000/resource… (144 characters)' is not an id of a vault; use the id that `az keyvault show --query id` prints",
    ),
    case(
        "existing-identity-id",
        {
            "workloads": [workload(identity="readers")],
            "identities": [{"name": "readers", "existing": {"id": PLATFORM_CLUSTER_ID}}],
        },
        "identities[0].existing.id: '/subscriptions/aaaaaaaa-0000-0000-0000-000000000000/resource… (144 characters)' is not an id of an identity; use the id that `az identity show --query id` prints",
    ),
    case(
        "existing-workspace-id",
        {"monitoring": {"existing": {"id": PLATFORM_CLUSTER_ID}}},
        "monitoring.existing.id: '/subscriptions/aaaaaaaa-0000-0000-0000-000000000000/resource… (144 characters)' is not an id of a workspace; use the id that `az monitor log-analytics workspace show --query id` prints",
    ),
    case(
        "existing-action-group-id",
        alerts(action_group={"id": PLATFORM_CLUSTER_ID}),
        "monitoring.alerts.action_group.id: '/subscriptions/aaaaaaaa-0000-0000-0000-000000000000/resource… (144 characters)' is not an id of an action group; use the id that `az monitor action-group show --query id` prints",
    ),
    case(
        "existing-name",
        {"cluster": {"existing": {"name": "", "resource_group": "rg-platform"}}},
        "cluster.existing.name: '' is not a name of an Azure resource; use the name alone, as Azure shows it; `id` takes the whole id",
    ),
    case(
        "existing-name",
        {"vault": {"existing": {"name": "vaults/kv-platform", "resource_group": "rg-platform"}}},
        "vault.existing.name: 'vaults/kv-platform' is not a name of an Azure resource; use the name alone, as Azure shows it; `id` takes the whole id",
    ),
]
