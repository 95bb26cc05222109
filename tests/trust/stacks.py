"""Stacks of many kinds for tests of the trust chain."""

from collections.abc import Mapping
from typing import Any, Final

from components.workloads import WORKLOADS, Technique
from trust.techniques import techniques

BASE: Final[dict[str, Any]] = {
    "azure-native:location": "westeurope",
    "cluster": {"system_pool": {"vm_size": "Standard_D4s_v5", "count": 3}},
    "vault": {"purge_protection": False},
    "operators": {
        **{
            spec.operator.value: {}
            for spec in (bundle.spec for bundle in WORKLOADS.values())
            if spec.operator
        },
        "dapr": {"scheduler": False},
    },
}
TECHNIQUES: Final = tuple(module.NAME for module in techniques() if module.NAME in set(Technique))
_READING: Final = ("sdk", "csi", "eso", "dapr")


def stack(*workloads: Mapping[str, Any], **sections: Any) -> dict[str, Any]:
    """The config of a stack with these workloads and sections."""
    return {**BASE, **sections, "workloads": list(workloads)}


def workload(name: str, technique: str, *secrets: Mapping[str, Any], **keys: Any) -> dict[str, Any]:
    """A workload with pods, and a secret of its own unless others are given."""
    return {
        "name": name,
        "namespace": "shop",
        "technique": technique,
        "image": "registry.example/shop:1",
        "secrets": list(secrets) or [{"name": f"{name}-key", "from": "random"}],
        **keys,
    }


def without_pods(name: str, technique: str, *secrets: Mapping[str, Any], **keys: Any) -> dict[str, Any]:
    """A workload whose pods another tool deploys."""
    settings = workload(name, technique, *secrets, kind="none", **keys)
    del settings["image"]
    return settings


def existing(name: str, **keys: Any) -> dict[str, Any]:
    """A secret that is in the vault already."""
    return {"name": name, "from": "existing", **keys}


ADD_ON: Final[Mapping[str, Any]] = {
    "namespace": "kube-system",
    "service_account": "keda-operator",
    "existing_service_account": True,
    "annotate_service_account": False,
}
"""The ServiceAccount of the KEDA add-on, which its owner annotates."""
_TYPES = [existing("k", type="key"), existing("c", type="cert"), existing("p", type="cert-key-pair")]
_PRINCIPAL = {
    "client_id": "11111111-2222-4333-8444-555555555555",
    "object_id": "21111111-2222-4333-8444-555555555555",
    "config_key": "sp",
}
_BY_SECRET = {"access": "service-principal", "service_principal": _PRINCIPAL}
_SP_VALUE = {"secret-values:sp": {"secure": "v1:stand-in"}}
_TWO_VAULTS = [existing("x"), existing("y", vault="pay"), existing("y2", vault="pay")]
VARIANTS: Final[Mapping[str, dict[str, Any]]] = {
    "the node's identity": stack(*(workload(name, "csi", access="user-assigned-vm") for name in ("a", "b"))),
    "the node's identity, no pods": stack(without_pods("a", "csi", access="user-assigned-vm")),
    "a client secret": {**stack(workload("a", "csi", **_BY_SECRET)), **_SP_VALUE},
    "scope vault": stack(*(workload(name, name, scope="vault") for name in _READING)),
    "a search": stack(workload("a", "eso", scope="vault", find=[{"regexp": "^web-"}])),
    "object types": stack(workload("a", "csi", *_TYPES), workload("b", "sdk", *_TYPES)),
    "one identity": stack(
        *(workload(name, name, identity="shared") for name in _READING), identities=[{"name": "shared"}]
    ),
    "an identity binding": stack(
        *(workload(name, name, access="identity-binding", identity="shared") for name in ("sdk", "csi")),
        without_pods("none", "sdk", access="identity-binding"),
        identities=[{"name": "shared"}],
        operators={"csi_driver": {"install": "helm"}},
    ),
    "two vaults": stack(
        *(workload(name, name, *_TWO_VAULTS) for name in _READING),
        *(without_pods(f"none-{name}", name, *_TWO_VAULTS) for name in _READING),
        vaults=[{"name": "pay"}],
    ),
    "one store for several, and an add-on": stack(
        *(workload(name, "dapr", dapr={"store": "vault"}) for name in ("a", "b")),
        without_pods("c", "dapr", dapr={"store": "vault", "app_id": "app-c"}),
        without_pods("keda", "sdk", **ADD_ON),
        without_pods("keda-2", "sdk", **ADD_ON),
    ),
    "two namespaces": stack(
        *(workload(name, name, existing("x"), namespace=name) for name in _READING),
        *(workload(f"{name}-2", name, existing("x"), namespace="other") for name in _READING),
    ),
    "kinds of pods": stack(
        workload("a", "csi", kind="Pod"),
        workload("b", "sdk", kind="CronJob", schedule="0 3 * * *"),
        workload("c", "eso", kind="Job"),
        workload("d", "csi", kind="DaemonSet"),
        workload("e", "dapr", kind="StatefulSet"),
    ),
}
"""The differences between stacks that read by role assignments."""

_GROUP = "/subscriptions/5b5c5c5b-0000-4000-8000-00000000000b/resourceGroups/rg-shared"
_IDENTITY = f"{_GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-old"
CLOUD: Final[dict[str, Any]] = {
    "azure": [
        {"id": _GROUP, "location": "westeurope"},
        {
            "id": f"{_GROUP}/providers/Microsoft.ContainerService/managedClusters/aks-shared",
            "location": "westeurope",
            "identity": {"type": "SystemAssigned"},
            "oidcIssuerProfile": {"enabled": True},
            "securityProfile": {"workloadIdentity": {"enabled": True}},
            "aadProfile": {"managed": True, "enableAzureRBAC": True},
            "addonProfiles": {"azureKeyvaultSecretsProvider": {"enabled": True}},
        },
        {
            "id": f"{_GROUP}/providers/Microsoft.KeyVault/vaults/kv-shared",
            "location": "westeurope",
            "properties": {
                "tenantId": "7e4a47e4-0000-4000-8000-00000000000a",
                "sku": {"family": "A", "name": "standard"},
                "enableRbacAuthorization": True,
            },
        },
        {"id": _IDENTITY, "location": "westeurope"},
    ]
}
"""A cluster, a vault and an identity that exist."""
ADOPTING: Final[dict[str, Any]] = {
    "azure-native:location": "westeurope",
    "composition": "workloads",
    "cluster": {
        "existing": {"name": "aks-shared", "resource_group": "rg-shared"},
        "resource_group": "rg-shared",
    },
    "vault": {"existing": {"name": "kv-shared", "resource_group": "rg-shared"}},
    "resource_groups": [{"name": "rg-shared", "existing": True}],
    "identities": [{"name": "old", "existing": {"id": _IDENTITY}}],
    "operators": {"csi_driver": {"install": "existing"}},
    "workloads": [
        workload("a", "sdk", existing("s"), identity="old"),
        workload("b", "csi", existing("s")),
    ],
}
"""A stack of workloads on what exists."""
PLATFORM: Final[dict[str, Any]] = {**BASE, "composition": "platform", "vaults": [{"name": "pay"}]}
TEAM: Final[dict[str, Any]] = {
    "azure-native:location": "westeurope",
    "composition": "workloads",
    "platform": {"stack": "organization/aks-secrets/platform"},
    "workloads": [
        *(workload(name, name, existing("s"), existing("p", vault="pay")) for name in _READING),
    ],
}
"""A stack of workloads on the stack of a platform."""
