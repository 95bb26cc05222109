"""Azure's clouds, by the names that azure-native takes and that `az account show` prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Cloud:
    """The addresses of one of Azure's clouds."""

    authority: str
    resource_manager: str
    scope: str
    vault_suffix: str


PUBLIC: Final = Cloud(
    "login.microsoftonline.com",
    "https://management.azure.com",
    "https://management.azure.com/.default",
    "vault.azure.net",
)
CLOUDS: Final[Mapping[str, Cloud]] = {
    "public": PUBLIC,
    "azurecloud": PUBLIC,
    **dict.fromkeys(
        ("usgovernment", "azureusgovernment"),
        Cloud(
            "login.microsoftonline.us",
            "https://management.usgovcloudapi.net",
            "https://management.core.usgovcloudapi.net/.default",
            "vault.usgovcloudapi.net",
        ),
    ),
    **dict.fromkeys(
        ("china", "azurechinacloud"),
        Cloud(
            "login.chinacloudapi.cn",
            "https://management.chinacloudapi.cn",
            "https://management.chinacloudapi.cn/.default",
            "vault.azure.cn",
        ),
    ),
}
"""Addresses: get_arm_endpoints of azure-mgmt-core, AzureAuthorityHosts of azure-identity."""
