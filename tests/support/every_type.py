"""Small stacks that together make every type of resource that the program can make."""

import ast
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib import import_module
from typing import Any

import pulumi

from rehearsal.simulators.azure import arm
from tests.support.rehearse import REPOSITORY

_SUBSCRIPTION = f"/subscriptions/{arm.SUBSCRIPTION}"
_HUB = f"{_SUBSCRIPTION}/resourceGroups/rg-hub"
_RUNNER = f"{_HUB}/providers/Microsoft.Network/virtualNetworks/vnet-hub"
_OLD = f"{_SUBSCRIPTION}/resourceGroups/rg-old"
_VAULT = f"{_OLD}/providers/Microsoft.KeyVault/vaults/kv-old-policies"
_SUBNETS = {"address_space": "10.10.0.0/16", "nodes": "10.10.0.0/22", "private_endpoints": "10.10.4.0/27"}
_CLUSTER = {"system_pool": {"vm_size": "Standard_D4s_v5", "count": 3}}


def _workload(name: str, technique: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "namespace": "shop",
        "technique": technique,
        "image": "registry.example/shop:1",
        "run_as_user": 1654,
        "secrets": [{"name": f"{name}-key", "from": "random"}],
        **more,
    }


_SHARED_IDENTITY = {"identity": "shared", "secrets": []}

OWN: dict[str, Any] = {
    "azure-native:location": "westeurope",
    "aks-secrets:network": _SUBNETS,
    "aks-secrets:cluster": {
        **_CLUSTER,
        "app_routing": {},
        "user_pools": [{"name": "apps", "vm_size": "Standard_D4s_v5", "count": 2}],
        "network": {"outbound": "userAssignedNATGateway", "nat_gateway": {"public_ips": 1}},
        "private": {"deploy_from": _RUNNER},
        "upgrades": {"maintenance": {"day": "Sunday", "start_time": "02:00"}},
    },
    "aks-secrets:vault": {"purge_protection": False, "private_endpoint": {}},
    "aks-secrets:monitoring": {"alerts": {"emails": ["platform@example.com"]}},
    "aks-secrets:people": {"current": True},
    "aks-secrets:operators": {
        "csi_driver": {},
        "external_secrets": {"push_secrets": True},
        "dapr": {"scheduler": False},
        "sync_controller": {},
        "akv2k8s": {},
        "reloader": {},
    },
    "aks-secrets:namespaces": [{"name": "shop", "isolated": True}],
    "aks-secrets:identities": [{"name": "shared"}],
    "aks-secrets:workloads": [
        _workload(
            "web",
            "eso",
            port=8080,
            service={"port": 80, "ingress": {"host": "shop.example.com", "certificate": "shop-tls"}},
            reload=True,
            autoscale={"min_replicas": 2, "max_replicas": 4, "cpu_percent": 70},
            resources={"requests": {"cpu": "100m"}},
        ),
        {
            **{"name": "pushes", "namespace": "pushes", "technique": "eso", "kind": "none"},
            "pushes": [{"name": "drawn", "generate": {}}],
        },
        _workload("cart", "dapr", port=8080, replicas=2),
        _workload("plain", "kubernetes-secret"),
        _workload("synced", "secret-sync"),
        _workload("controlled", "akv2k8s"),
        _workload("files", "csi", kind="Pod"),
        _workload("nightly", "sdk", kind="CronJob", schedule="0 3 * * *", **_SHARED_IDENTITY),
        _workload("once", "sdk", kind="Job", **_SHARED_IDENTITY),
        _workload("bound", "sdk", access="identity-binding"),
        _workload("agent", "sdk", kind="DaemonSet", **_SHARED_IDENTITY),
        _workload(
            "queue", "sdk", kind="StatefulSet", port=8080, service={"type": "Headless"}, **_SHARED_IDENTITY
        ),
    ],
}
"""The workloads whose resources the program makes by itself."""

OTHERS: dict[str, Any] = {
    "azure-native:location": "westeurope",
    "aks-secrets:network": {**_SUBNETS, "firewall_ip": "10.10.8.4"},
    "aks-secrets:cluster": {**_CLUSTER, "network": {"outbound": "userDefinedRouting"}},
    "aks-secrets:vault": {"existing": {"id": _VAULT}},
    "aks-secrets:operators": {
        "csi_driver": {},
        "dapr": {"install": "extension", "version": "1.14.4-msft.10"},
    },
    "aks-secrets:namespaces": [{"name": "shop", "existing": True}],
    "aks-secrets:workloads": [
        _workload("cart", "dapr", port=8080, scope="vault", existing_service_account=True),
        _workload("old", "csi", access="pod-identity", scope="vault"),
    ],
}
"""The workloads whose resources stand beside those of other tools."""


def _definition(kind: str, plural: str) -> dict[str, Any]:
    group = "aadpodidentity.k8s.io"
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "names": {"kind": kind, "listKind": f"{kind}List", "plural": plural, "singular": kind.lower()},
            "scope": "Namespaced",
            "versions": [{"name": "v1", "served": True, "storage": True}],
        },
    }


OWN_CLOUD: dict[str, Any] = {
    "azure": [
        {"id": _HUB, "location": "westeurope"},
        {"id": _RUNNER, "location": "westeurope", "addressSpace": {"addressPrefixes": ["10.50.0.0/16"]}},
    ],
    "runner": [_RUNNER],
}
OTHERS_CLOUD: dict[str, Any] = {
    "azure": [
        {"id": _OLD, "location": "westeurope"},
        {
            "id": _VAULT,
            "location": "westeurope",
            "properties": {
                "tenantId": arm.TENANT,
                "sku": {"family": "A", "name": "standard"},
                "enableRbacAuthorization": False,
                "accessPolicies": [],
            },
        },
    ],
    "kubernetes": [
        {
            "cluster": f"{_SUBSCRIPTION}/resourceGroups/rg-aks-secrets-test/providers"
            "/Microsoft.ContainerService/managedClusters/aks-test",
            "objects": [
                {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}},
                {
                    "apiVersion": "v1",
                    "kind": "ServiceAccount",
                    "metadata": {"name": "cart", "namespace": "shop"},
                },
                _definition("AzureIdentity", "azureidentities"),
                _definition("AzureIdentityBinding", "azureidentitybindings"),
            ],
        }
    ],
}
STACKS: Mapping[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "own": (OWN, OWN_CLOUD),
    "others": (OTHERS, OTHERS_CLOUD),
}
"""Name → config and simulated cloud of each of these stacks."""


def classes_of_components() -> set[str]:
    """The name of every class of an SDK that components/ makes resources of."""
    return {
        name.rsplit(".", 1)[1]
        for file in (REPOSITORY / "components").rglob("*.py")
        for name in _called(ast.parse(file.read_text(encoding="utf-8")))
        if _is_resource(name)
    } - {"CustomResource"}


def _called(tree: ast.Module) -> Iterator[str]:
    """`core.v1.Namespace` of each call of an attribute."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield ast.unparse(node.func)


def _is_resource(name: str) -> bool:
    module, _, class_name = name.rpartition(".")
    for package in ("pulumi_azure_native", "pulumi_kubernetes", "pulumi_random"):
        with suppress(ImportError):
            made = getattr(import_module(f"{package}.{module}".removesuffix(".random")), class_name, None)
            if isinstance(made, type) and issubclass(made, pulumi.CustomResource):
                return True
    return False
