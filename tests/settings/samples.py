"""Sections, workloads and ids that several refused cases share."""

from collections.abc import Callable
from typing import Any

from components.workloads import WORKLOADS, Capability, Technique, TechniqueSpec

GUID = "aaaaaaaa-0000-0000-0000-000000000000"
SUBNET = (
    f"/subscriptions/{GUID}/resourceGroups/rg-net/providers"
    "/Microsoft.Network/virtualNetworks/vnet/subnets/nodes"
)
REGISTRY = f"/subscriptions/{GUID}/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/"


def techniques(supports: Callable[[TechniqueSpec], bool] = lambda _: True) -> str:
    """The techniques whose spec meets a condition, as messages list them."""
    *others, last = [technique.value for technique in Technique if supports(WORKLOADS[technique].spec)]
    return f"{', '.join(others)} or {last}" if others else last


def operators() -> dict[str, dict[str, Any]]:
    """Section ``operators`` with the operator of every technique."""
    specs = [bundle.spec for bundle in WORKLOADS.values()]
    return {spec.operator.value: {} for spec in specs if spec.operator}


def able_to(capability: Capability) -> str:
    """The techniques that support a key, as messages list them."""
    return techniques(lambda spec: capability in spec.capabilities)


def workload(**keys: Any) -> dict[str, Any]:
    """A workload, with other keys."""
    return {"name": "shop", "namespace": "shop", "technique": "sdk", "kind": "none", **keys}


def secret(**keys: Any) -> dict[str, Any]:
    """A secret; ``from_`` is its ``from``."""
    return {"name": "db-password", **{key.rstrip("_"): value for key, value in keys.items()}}


def pod(**keys: Any) -> dict[str, Any]:
    """A workload with a pod."""
    return {
        "name": "shop",
        "namespace": "shop",
        "technique": "sdk",
        "image": "registry.example/shop:1",
        **keys,
    }


def waiver(**keys: Any) -> dict[str, Any]:
    """A waiver, with other keys."""
    return {"proof": "image-pinned", "reason": "the vendor ships tags only", "expires": "2027-01-31", **keys}


def csi(*secrets: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """A workload whose secrets the CSI driver mounts."""
    return pod(technique="csi", secrets=list(secrets), **keys)


PRINCIPAL = {"client_id": GUID, "object_id": GUID, "config_key": "sp"}
DRIVER: dict[str, Any] = {"operators": {"csi_driver": {}}}


def template(spec: dict[str, Any]) -> dict[str, Any]:
    """Overrides of a Deployment's pod."""
    return {"spec": {"template": {"spec": spec}}}


ESO: dict[str, Any] = {"operators": {"external_secrets": {}}}
DAPR: dict[str, Any] = {"operators": {"dapr": {}}}


def eso(*secrets: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """A workload whose secrets the External Secrets Operator copies."""
    return {"workloads": [pod(technique="eso", secrets=list(secrets), **keys)], **ESO}


def dapr(*secrets: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """A workload whose application asks its sidecar."""
    return {"workloads": [pod(technique="dapr", secrets=list(secrets), **keys)], **DAPR}


DB = secret(from_="existing")
PLATFORM_CLUSTER_ID = (
    f"/subscriptions/{GUID}/resourceGroups/rg-platform/providers"
    "/Microsoft.ContainerService/managedClusters/aks-platform"
)
PLATFORM_CLUSTER: dict[str, Any] = {"name": "aks-platform", "resource_group": "rg-platform"}
ON_A_PLATFORM: dict[str, Any] = {
    "composition": "workloads",
    "platform": {"stack": "organization/aks-secrets/platform"},
    "cluster": None,
}


def cluster_with(**keys: Any) -> dict[str, Any]:
    pool = {"name": "apps", "vm_size": "Standard_D4s_v5", **keys}
    return {"cluster": {"system_pool": {"vm_size": "Standard_D2s_v5"}, "user_pools": [pool]}}


WITH_SYSTEM_POOL: dict[str, Any] = {"system_pool": {"vm_size": "Standard_D2s_v5"}}
HUB = f"/subscriptions/{GUID}/resourceGroups/rg-hub/providers/Microsoft.Network"
RUNNER = f"{HUB}/virtualNetworks/vnet-hub"
NETWORK: dict[str, Any] = {"address_space": "10.10.0.0/16", "nodes": "10.10.0.0/22"}
ETCD_VAULT = f"/subscriptions/{GUID}/resourceGroups/rg-keys/providers/Microsoft.KeyVault/vaults/kv-etcd"
ETCD_KEY = f"https://kv-etcd.vault.azure.net/keys/etcd/{'a' * 32}"


def private(network: bool = True, **keys: Any) -> dict[str, Any]:
    return {
        "cluster": {**WITH_SYSTEM_POOL, "private": {"deploy_from": RUNNER, **keys}},
        **({"network": NETWORK} if network else {}),
    }


def kms(**keys: Any) -> dict[str, Any]:
    return {"cluster": {**WITH_SYSTEM_POOL, "kms": {"key_id": ETCD_KEY, "vault_id": ETCD_VAULT, **keys}}}


SYSTEM_POOL: dict[str, Any] = {"vm_size": "Standard_D2s_v5"}
OWN_NETWORK: dict[str, Any] = {
    "address_space": "10.10.0.0/16",
    "nodes": "10.10.0.0/22",
    "private_endpoints": "10.10.4.0/27",
}


def outbound(outbound: str, **keys: Any) -> dict[str, Any]:
    return {"cluster": {"system_pool": SYSTEM_POOL, "network": {"outbound": outbound, **keys}}}


def autoscaled(resources: dict[str, Any] | None = None, **autoscale: Any) -> dict[str, Any]:
    """A workload with an autoscaler and the requests that it needs, with other keys; None takes one out."""
    requests = {"requests": {"cpu": "250m", "memory": "128Mi"}} if resources is None else resources
    bounds = {key: value for key, value in {"max_replicas": 6, **autoscale}.items() if value is not None}
    return {"workloads": [pod(resources=requests, autoscale=bounds)]}


def alerts(**keys: Any) -> dict[str, Any]:
    return {"monitoring": {"alerts": keys}}


VAULTS: dict[str, Any] = {"vaults": [{"name": "payments"}]}
ON_THE_DRIVER = {**VAULTS, **DRIVER}
CARD_KEY: dict[str, Any] = {"name": "card-key", "from": "existing", "vault": "payments"}
PLATFORM_VAULT: dict[str, Any] = {"name": "kv-platform", "resource_group": "rg-platform"}
ROUTE_TABLE = f"/subscriptions/{GUID}/resourceGroups/rg-net/providers/Microsoft.Network/routeTables/rt-hub"


def container(**keys: Any) -> dict[str, Any]:
    return template({"containers": [{"name": "shop", **keys}]})
