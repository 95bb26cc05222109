"""The AKS add-on azure-keyvault-secrets-provider: the Secrets Store CSI driver with its Azure provider, a
property of the cluster.

https://learn.microsoft.com/azure/aks/csi-secrets-store-driver
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pulumi_azure_native import containerservice

_NAME = "azureKeyvaultSecretsProvider"


@dataclass(frozen=True, kw_only=True)
class CsiAddon:
    """Configuration of the add-on."""

    rotation: bool = True
    """The driver reads the vault again at each interval, and updates mounted files."""
    poll_interval: str = "2m"


def addon_profiles(addon: CsiAddon | None) -> dict[str, containerservice.ManagedClusterAddonProfileArgs]:
    """ARM representation; ``None`` switches the add-on off."""
    # ARM refuses booleans in this map of strings. The SDK does not translate map keys, hence the camel case.
    config = (
        {"enableSecretRotation": str(addon.rotation).lower(), "rotationPollInterval": addon.poll_interval}
        if addon
        else None
    )
    profile = containerservice.ManagedClusterAddonProfileArgs(enabled=addon is not None, config=config)
    return {_NAME: profile}


def addon_identity(
    profiles: "Mapping[str, containerservice.outputs.ManagedClusterAddonProfileResponse] | None",
) -> "containerservice.outputs.ManagedClusterAddonProfileResponseIdentity | None":
    """The identity that the add-on assigns to every node, as reported by AKS. None: the add-on is off."""
    profile = (profiles or {}).get(_NAME)
    return profile.identity if profile else None
