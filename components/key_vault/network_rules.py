"""The vault's firewall: public access and network rules.

https://learn.microsoft.com/azure/key-vault/general/network-security
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class DefaultAction(StrEnum):
    """Decision for a request that matches no network rule."""

    ALLOW = "Allow"
    DENY = "Deny"


class Bypass(StrEnum):
    """Requests that bypass the network rules."""

    AZURE_SERVICES = "AzureServices"
    NONE = "None"


@dataclass(frozen=True, kw_only=True)
class VaultNetwork:
    """Network access to the data plane."""

    public_access: bool = True
    default_action: DefaultAction = DefaultAction.ALLOW
    bypass: Bypass = Bypass.AZURE_SERVICES
    ip_rules: Sequence[str] = ()
    """Public IPv4 addresses or CIDRs."""
    subnet_ids: Sequence[str] = ()
    """ARM ids of subnets with the service endpoint Microsoft.KeyVault."""
