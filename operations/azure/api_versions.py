"""The API version of each resource type that operations read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

AUTHORIZATION: Final = "2022-04-01"
COMPUTE_SKUS: Final = "2021-07-01"
COMPUTE_USAGES: Final = "2024-07-01"
CONTAINER_SERVICE: Final = "2025-05-01"
FEATURES: Final = "2021-07-01"
KEY_VAULT: Final = "2023-07-01"
LOCKS: Final = "2020-05-01"
NETWORK: Final = "2024-05-01"
POLICY: Final = "2023-04-01"
POLICY_RESTRICTIONS: Final = "2022-03-01"
PRIVATE_DNS: Final = "2020-06-01"
PROVIDERS: Final = "2021-04-01"
SUBSCRIPTIONS: Final = "2022-12-01"

OF_TYPE: Final[Mapping[str, str]] = {
    "microsoft.containerregistry/registries": "2023-07-01",
    "microsoft.containerservice/managedclusters": CONTAINER_SERVICE,
    "microsoft.insights/actiongroups": "2023-01-01",
    "microsoft.keyvault/vaults": KEY_VAULT,
    "microsoft.keyvault/vaults/keys": KEY_VAULT,
    "microsoft.keyvault/vaults/secrets": KEY_VAULT,
    "microsoft.managedidentity/userassignedidentities": "2023-01-31",
    "microsoft.network/privatednszones": PRIVATE_DNS,
    "microsoft.network/routetables": NETWORK,
    "microsoft.network/virtualnetworks": NETWORK,
    "microsoft.network/virtualnetworks/subnets": NETWORK,
    "microsoft.operationalinsights/workspaces": "2022-10-01",
    "microsoft.resources/resourcegroups": PROVIDERS,
}
"""Type in lower case → version."""
