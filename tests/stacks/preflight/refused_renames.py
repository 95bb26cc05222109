"""Refusals because the state holds a name under another label, in the exact words of the preflight."""

from typing import Any

from tests.stacks.preflight.cases import case, workload

_BUT = "in the state, and Pulumi creates before it deletes"
_AGAIN = "choose another name for this update, and this one in the next"
_DB: dict[str, Any] = {"name": "db", "from": "existing"}


def _object(resource: str, name: str) -> dict[str, Any]:
    """A state with a Kubernetes object of namespace ``shop``."""
    outputs = {"metadata": {"namespace": "shop", "name": name}}
    return {"state": {f"aks-secrets:index:Workload$kubernetes:{resource}": outputs}}


def _azure(resource: str, name: str) -> dict[str, Any]:
    return {"state": {f"azure-native:{resource}": {"name": name}}}


CASES = [
    case(
        "name-is-held-under-one-label",
        {"workloads": [workload(service_account="orders")]},
        f"workloads[0].service_account: 'orders' is the ServiceAccount of workload 'orders' {_BUT}; {_AGAIN}"
        " (pulumi config set --path 'workloads[0].service_account' shop)",
        answers=_object("core/v1:ServiceAccount::orders-service-account", "orders"),
    ),
    case(
        "name-is-held-under-one-label",
        {
            "workloads": [
                workload(
                    technique="eso",
                    secrets=[
                        {**_DB, "kubernetes_secret": {"name": "db"}},
                        {**_DB, "name": "key", "kubernetes_secret": {"name": "db"}},
                    ],
                )
            ],
            "operators": {"external_secrets": {}},
        },
        "workloads[0].secrets[0].kubernetes_secret.name: 'db' is a Kubernetes Secret of workload 'orders'"
        f" {_BUT}; {_AGAIN} (docs/operations.md#renaming-a-workload)",
        answers=_object("external-secrets.io/v1:ExternalSecret::orders/db", "db"),
    ),
    case(
        "name-is-held-under-one-label",
        {
            "workloads": [workload(technique="dapr", dapr={"app_id": "orders"}, secrets=[_DB])],
            "operators": {"dapr": {}},
        },
        f"workloads[0].dapr.app_id: 'orders' is the Dapr app id of workload 'orders' {_BUT}; {_AGAIN}"
        " (docs/operations.md#renaming-a-workload)",
        answers=_object("dapr.io/v1alpha1:Configuration::orders-configuration", "orders"),
    ),
    case(
        "name-is-held-under-one-label",
        {
            "workloads": [workload(identity="all")],
            "identities": [{"name": "all", "resource_name": "id-Shared"}],
        },
        f"identities[0].name: 'all', but 'id-Shared' is the identity of 'shared' {_BUT}; call it 'shared' in"
        " identities",
        answers=_azure("managedidentity:UserAssignedIdentity::shared-identity", "id-shared"),
    ),
    case(
        "name-is-held-under-one-label",
        {
            "workloads": [],
            "identities": [{"name": "all", "resource_name": "id-Shared"}],
            "operators": {"akv2k8s": {"identity": "all"}},
        },
        f"operators.akv2k8s.identity: 'akv2k8s/identity', but 'id-Shared' is the identity of 'all' {_BUT};"
        " choose another identity for this update, and this one in the next",
        answers=_azure("managedidentity:UserAssignedIdentity::all-identity", "id-shared"),
    ),
    case(
        "name-is-held-under-one-label",
        {
            "workloads": [workload(identity="all")],
            "identities": [{"name": "all", "resource_name": "id-Shared"}],
        },
        f"identities[0].name: 'all', but 'id-Shared' is the identity of 'akv2k8s/identity' {_BUT};"
        " choose another identity for this update, and this one in the next",
        answers=_azure("managedidentity:UserAssignedIdentity::akv2k8s/identity-identity", "id-shared"),
    ),
    case(
        "name-is-held-under-one-label",
        {"vaults": [{"name": "pay", "resource_name": "kv-pay"}]},
        f"vaults[0].name: 'pay', but 'kv-pay' is vault 'money' of vaults {_BUT}; call it 'money' in vaults",
        answers=_azure("keyvault:Vault::vault-money-vault", "kv-pay"),
    ),
    case(
        "name-is-held-under-one-label",
        {"vaults": [{"name": "pay", "resource_name": "kv-pay"}]},
        f"vaults[0].name: 'pay', but 'kv-pay' is the vault of section vault {_BUT}; describe it in section"
        " vault",
        answers=_azure("keyvault:Vault::vault-vault", "kv-pay"),
    ),
    case(
        "name-is-held-under-one-label",
        {
            "workloads": [workload(service_account="app", existing_service_account=True)],
            "namespaces": [{"name": "shop", "existing": True}],
        },
        f"workloads[0].name: 'app' is the ServiceAccount of workload 'orders' {_BUT}; remove that workload in"
        " this update, and add this one in the next (docs/operations.md#renaming-a-workload)",
        answers=_object("core/v1:ServiceAccountPatch::orders-service-account", "app"),
    ),
    case(
        "name-is-held-under-one-label",
        {"cluster.resource_group": "rg-a"},
        f"cluster.resource_group: 'rg-a' is the resource group of the vaults {_BUT}; choose another resource"
        " group",
        answers={"state": {"azure-native:resources:ResourceGroup::vault-group-rg-a": {"name": "rg-a"}}},
    ),
]
