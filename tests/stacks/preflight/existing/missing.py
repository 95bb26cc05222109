"""Refusals of resources that the settings name and that Azure does not have, in their exact words."""

from typing import Any

from aks_secrets_testing.builds import SUBSCRIPTION
from tests.stacks.preflight.cases import ELSEWHERE, GROUP, OLD, ON_EXISTING, case, existing, vault, workload
from tests.stacks.preflight.networks import IN_SUBNET, NODES, VNET, vnet

NETWORK = f"{GROUP}/providers/Microsoft.Network"
ZONE = f"{NETWORK}/privateDnsZones/privatelink.vaultcore.azure.net"
REGISTRY = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/acrold"
IDENTITY: dict[str, Any] = {
    "identities": [{"name": "ids", "existing": existing("identity", "id-old")}],
    "workloads": [workload(identity="ids")],
}
OF_CLUSTER: dict[str, Any] = {
    "cluster.container_registries": [REGISTRY],
    "cluster.network": {
        "subnet_id": NODES,
        "outbound": "userDefinedRouting",
        "route_table_id": f"{NETWORK}/routeTables/rt-old",
        "service_cidr": "172.16.0.0/16",
        "dns_service_ip": "172.16.0.10",
    },
    "cluster.private": {
        "deploy_from": f"{NETWORK}/virtualNetworks/vnet-ops",
        "dns_zone": f"{NETWORK}/privateDnsZones/privatelink.westeurope.azmk8s.io",
    },
    "cluster.former_kms_vault_ids": [f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-etcd-1"],
}
OF_VAULT: dict[str, Any] = {
    "network": {"default_action": "Deny", "subnet_ids": [f"{VNET}/subnets/runners"]},
    "private_endpoint": {"subnet_id": f"{VNET}/subnets/endpoints", "dns_zone_id": ZONE},
}
MONITORED: dict[str, Any] = {
    "monitoring": {
        "existing": existing("workspace", "log-old"),
        "alerts": {"action_group": existing("action group", "On call")},
    }
}
GROUPS: dict[str, Any] = {
    "vault": {"resource_group": "rg-vaults"},
    "resource_groups": [{"name": "rg-vaults", "existing": True}],
}
_IN = "in resource group 'rg-old'; look for it"
_SUBNETS = "az network vnet subnet list --resource-group rg-old --vnet-name vnet --output table"
_ZONES = "az network private-dns zone list --output table"


def _vault_problems(at: str) -> tuple[str, ...]:
    return (
        f"{at}.private_endpoint.dns_zone_id: there is no private DNS zone 'privatelink.vaultcore.azure.net'"
        f" {_IN} ({_ZONES})",
        f"{at}.network.subnet_ids[0]: there is no subnet 'runners' in virtual network 'vnet'; look for it"
        f" ({_SUBNETS})",
        f"{at}.private_endpoint.subnet_id: there is no subnet 'endpoints' in virtual network 'vnet'; look for"
        f" it ({_SUBNETS})",
    )


CASES = [
    # All at once, whatever kind they are of.
    case(
        "resource-exists",
        OF_CLUSTER,
        f"cluster.network.route_table_id: there is no route table 'rt-old' {_IN} (az network route-table list"
        " --output table)",
        f"cluster.container_registries[0]: there is no registry 'acrold' {_IN} (az acr list --output table)",
        f"cluster.former_kms_vault_ids[0]: there is no vault 'kv-etcd-1' {_IN} (az keyvault list --output"
        " table)",
        "cluster.private.dns_zone: there is no private DNS zone 'privatelink.westeurope.azmk8s.io'"
        f" {_IN} ({_ZONES})",
        f"cluster.network.subnet_id: there is no virtual network 'vnet' {_IN} (az network vnet list --output"
        " table)",
        f"cluster.private.deploy_from: there is no virtual network 'vnet-ops' {_IN} (az network vnet list"
        " --output table)",
    ),
    case(
        "subnet-exists",
        {"cluster.network": {"subnet_id": NODES.replace("nodes", "apps")}},
        "cluster.network.subnet_id: there is no subnet 'apps' in virtual network 'vnet'; look for it"
        f" ({_SUBNETS})",
        answers={"network vnet": vnet()},
    ),
    case(
        "resource-exists",
        IN_SUBNET | {"vault": OF_VAULT},
        *_vault_problems("vault"),
        answers={"network vnet": vnet()},
    ),
    case(
        "resource-exists",
        IN_SUBNET | {"vaults": [{"name": "payments", **OF_VAULT}]},
        *_vault_problems("vaults[0]"),
        answers={"network vnet": vnet()},
    ),
    case(
        "resource-exists",
        {"vaults": [{"name": "payments", "existing": existing("vault", "kv-pay")}]},
        f"vaults[0].existing: there is no vault 'kv-pay' {_IN} (az keyvault list --output table)",
    ),
    case(
        "resource-exists",
        IDENTITY,
        f"identities[0].existing: there is no identity 'id-old' {_IN} (az identity list --output table)",
    ),
    case(
        "resource-exists",
        {
            "identities": [
                {
                    "name": "ids",
                    "existing": existing("identity", "id-far", GROUP.replace(SUBSCRIPTION, ELSEWHERE)),
                }
            ],
            "workloads": [workload(identity="ids")],
        },
        "identities[0].existing: there is no identity 'id-far' in resource group 'rg-old' of subscription"
        f" {ELSEWHERE}; look for it (az identity list --output table --subscription {ELSEWHERE})",
    ),
    # `pulumi up` reads the client id of an identity, so it fails where a read is denied.
    case(
        "resource-is-readable",
        IDENTITY,
        "identities[0].existing: Azure did not return identity 'id-old' in resource group 'rg-old': invoke of"
        ' azure-native:managedidentity:getUserAssignedIdentity failed: Status=403 Code="AuthorizationFailed"'
        ' Message="no"; check the sign-in of pulumi and its rights there',
        answers={"identity id-old": Exception('Status=403 Code="AuthorizationFailed" Message="no"')},
    ),
    case(
        "resource-exists",
        MONITORED,
        f"monitoring.existing: there is no workspace 'log-old' {_IN} (az monitor log-analytics workspace list"
        " --output table)",
        f"monitoring.alerts.action_group: there is no action group 'On call' {_IN} (az monitor action-group"
        " list --output table)",
    ),
    case(
        "resource-exists",
        GROUPS,
        "resource_groups[0].name: there is no resource group 'rg-vaults'; look for it (az group list --output"
        " table)",
    ),
]

ABSENT = [
    # Each once, and none that the last update listed or that the program or the operator writes.
    case(
        "object-is-in-the-vault",
        ON_EXISTING
        | {
            "workloads": [
                workload(
                    secrets=[
                        {"name": "db-pasword", "from": "existing"},
                        {"name": "listed", "from": "existing"},
                        {"name": "sign", "from": "existing", "type": "key"},
                        {"name": "tls", "from": "existing", "type": "cert"},
                        {"name": "made", "from": "random"},
                    ]
                ),
                workload(name="web", secrets=[{"name": "DB-pasword", "from": "existing"}]),
            ],
        },
        "workloads[0].secrets[0].name: there is no secret 'db-pasword' in vault 'kv-old', so pods that need"
        " it do not start; correct the name, or set it before (az keyvault secret set --vault-name kv-old"
        " --name db-pasword --file <file>)",
        "workloads[0].secrets[2].name: there is no key 'sign' in vault 'kv-old', so pods that need it do not"
        " start; correct the name, or set it before (az keyvault key create --vault-name kv-old --name sign)",
        answers=OLD
        | {
            "secret db-pasword": Exception('Status=404 Code="SecretNotFound" Message="no"'),
            "secret listed": Exception('Status=404 Code="SecretNotFound" Message="no"'),
            "state": {
                "pulumi:pulumi:Stack::aks-secrets-dev": {"access": [{"vault": "KV-old", "secret": "listed"}]}
            },
        },
    ),
]
MAY_BE_THERE = [
    case(
        "object-is-in-the-vault",
        ON_EXISTING | {"workloads": [workload(secrets=[{"name": "db", "from": "existing"}])]},
        answers=OLD | {"secret db": Exception('Status=403 Code="AuthorizationFailed" Message="no"')},
    ),
]

_DENIED = Exception('Status=403 Code="AuthorizationFailed" Message="no"')


def _unreadable(path: str, resource: str, scope: str) -> str:
    return (
        f"{path}: pulumi may not read {resource}, so a preview cannot see whether it exists; make sure"
        " that it does, or grant pulumi the role Reader on it (az role assignment create --assignee-object-id"
        " dddddddd-3333-3333-3333-333333333333 --assignee-principal-type User --role Reader --scope"
        f" {scope})"
    )


DENIED = [
    # A role on a network or a registry may allow its use and no read.
    case(
        "existing-is-not-readable",
        OF_CLUSTER | MONITORED,
        _unreadable(
            "monitoring.existing",
            "workspace 'log-old' in resource group 'rg-old'",
            existing("workspace", "log-old")["id"],
        ),
        _unreadable(
            "cluster.container_registries[0]", "registry 'acrold' in resource group 'rg-old'", REGISTRY
        ),
        _unreadable("cluster.network.subnet_id", "virtual network 'vnet' in resource group 'rg-old'", VNET),
        answers={
            "workspace log-old": _DENIED,
            "action group On call": {},
            "registry acrold": _DENIED,
            "route table rt-old": {},
            "vault kv-etcd-1": vault(),
            "zone privatelink.westeurope.azmk8s.io": {},
            "network vnet": _DENIED,
            "network vnet-ops": {},
        },
    ),
    case(
        "existing-is-not-readable",
        GROUPS,
        _unreadable(
            "resource_groups[0].name",
            "resource group 'rg-vaults'",
            f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-vaults",
        ),
        answers=OLD | {"group rg-vaults": _DENIED},
    ),
]
