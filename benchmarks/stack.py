"""The stack that is measured: any number of csi workloads with one random secret each, ten in a namespace."""

from typing import Any


def config_of(workloads: int) -> dict[str, Any]:
    """The config of the stack file."""
    return {
        "azure-native:location": "westeurope",
        "aks-secrets:cluster": {"system_pool": {"vm_size": "Standard_D4s_v5", "count": 3}},
        "aks-secrets:vault": {"purge_protection": True},
        "aks-secrets:operators": {"csi_driver": {}},
        "aks-secrets:workloads": [
            {
                "name": f"app-{number}",
                "namespace": f"team-{number // 10}",
                "technique": "csi",
                "image": "registry.example/app:1.0.0",
                "secrets": [{"name": f"app-{number}-key", "from": "random"}],
            }
            for number in range(workloads)
        ],
    }
