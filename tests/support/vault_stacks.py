"""Stacks with several vaults, for tests on the real engine."""

from typing import Any

from rehearsal.simulators.azure import arm

GROUP = f"/subscriptions/{arm.SUBSCRIPTION}/resourceGroups/rg-audit"

AUDIT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-audit"

CLOUD: dict[str, Any] = {
    "azure": [
        {"id": GROUP, "location": "westeurope"},
        {
            "id": AUDIT,
            "location": "westeurope",
            "properties": {
                "tenantId": arm.TENANT,
                "sku": {"family": "A", "name": "standard"},
                "enableRbacAuthorization": True,
                "vaultUri": "https://kv-audit.vault.azure.net/",
            },
        },
    ]
}


def reading_workload(technique: str, **how: Any) -> dict[str, Any]:
    """A workload that reads one secret of the vault and one of vault `payments`; `{}` in a value becomes A
    and B.
    """
    secrets = [
        {"name": f"{technique}-a", "from": "random"},
        {"name": f"{technique}-b", "vault": "payments", "from": "random"},
    ]
    ways = [{key: value.format(letter) for key, value in how.items()} for letter in ("A", "B")]
    return {
        "name": technique,
        "namespace": "shop",
        "technique": technique,
        "image": "registry.example/shop:1",
        "secrets": [{**secret, **way} for secret, way in zip(secrets, ways, strict=True)],
    }


SHARED: dict[str, Any] = {
    "azure-native:location": "westeurope",
    "aks-secrets:cluster": {"system_pool": {"vm_size": "Standard_D2s_v5", "count": 1}},
    "aks-secrets:operators": {"csi_driver": {}, "external_secrets": {}, "dapr": {"scheduler": False}},
    "aks-secrets:vaults": [{"name": "payments", "sku": "premium"}],
}
