"""Settings that the rules of ``types/azure.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import GUID, SUBNET, eso, outbound, private, secret, workload

CASES = [
    case(
        "resource-group-name",
        {"cluster.resource_group": "rg-shop."},
        "cluster.resource_group: 'rg-shop.' is not a resource group name; use 1 to 90 letters, digits, hyphens, underscores, full stops and brackets, no full stop at the end (pulumi config set --path 'cluster.resource_group' rg-shop)",
    ),
    case(
        "object-id",
        {"people": {"users": ["anna@example.com"]}},
        "people.users[0]: 'anna@example.com' is not an object id; use the object id, a GUID, that `az ad user|group|sp show --id NAME --query id` prints",
    ),
    case(
        "subnet-id",
        {"cluster.network.subnet_id": "nodes"},
        "cluster.network.subnet_id: 'nodes' is not a subnet id; use the id that `az network vnet subnet show --query id` prints",
    ),
    case(
        "container-registry-id",
        {"cluster.container_registries": ["shop.azurecr.io"]},
        "cluster.container_registries[0]: 'shop.azurecr.io' is not a container registry id; use the id that `az acr show --query id` prints",
    ),
    case(
        "shared-identity-name",
        {"identities": [{"name": "Readers"}], "workloads": [workload(identity="readers")]},
        "identities[0].name: 'Readers' is not an identity name; use 1 to 63 lower-case letters, digits and hyphens, a letter or digit first and last (pulumi config set --path 'identities[0].name' readers)",
    ),
    case(
        "identity-binding-name",
        {
            "identities": [{"name": "bound", "binding_name": "shop.readers"}],
            "workloads": [workload(identity="bound", access="identity-binding")],
        },
        "identities[0].binding_name: 'shop.readers' is not a name of an identity binding; use 1 to 63 lower-case letters, digits and hyphens, a letter or digit first and last (pulumi config set --path 'identities[0].binding_name' shop-readers)",
    ),
    case(
        "identity-resource-name",
        {
            "identities": [{"name": "readers", "resource_name": "id.readers"}],
            "workloads": [workload(identity="readers")],
        },
        "identities[0].resource_name: 'id.readers' is not a name of a user-assigned identity; use 3 to 128 letters, digits, hyphens and underscores, a letter or digit first (pulumi config set --path 'identities[0].resource_name' id-readers)",
    ),
    case(
        "vault-object-name",
        {"workloads": [workload(secrets=[{"name": "db_password", "from": "existing"}])]},
        "workloads[0].secrets[0].name: 'db_password' is not a Key Vault object name; use 1 to 127 letters, digits and hyphens, no underscore (pulumi config set --path --plaintext 'workloads[0].secrets[0].name' db-password)",
    ),
    # what a newcomer pasted: the example of a name belongs to another owner
    case(
        "vault-object-name",
        eso(secret(name="queue_key", from_="existing")),
        "workloads[0].secrets[0].name: 'queue_key' is not a Key Vault object name; use 1 to 127 letters, digits and hyphens, no underscore (pulumi config set --path --plaintext 'workloads[0].secrets[0].name' queue-key)",
    ),
    case(
        "virtual-network-id",
        private(deploy_from=SUBNET),
        "cluster.private.deploy_from: '/subscriptions/aaaaaaaa-0000-0000-0000-000000000000/resource… (136 characters)' is not a virtual network id; use the id that `az network vnet show --query id` prints",
    ),
    case(
        "route-table-id",
        outbound("userDefinedRouting", subnet_id=SUBNET, route_table_id=SUBNET),
        "cluster.network.route_table_id: '/subscriptions/aaaaaaaa-0000-0000-0000-000000000000/resource… (136 characters)' is not a route table id; use the id that `az network vnet subnet show --query routeTable.id` prints",
    ),
    case(
        "subnet-id",
        {"cluster.network": {"subnet_id": SUBNET.replace(GUID, "a" * 36)}},
        "cluster.network.subnet_id: '/subscriptions/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/resource… (136 characters)' is not a subnet id; use the id that `az network vnet subnet show --query id` prints",
    ),
]
