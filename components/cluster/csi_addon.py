"""The AKS add-on azure-keyvault-secrets-provider: the Secrets Store CSI driver with its Azure provider, as a property of the cluster."""

from collections.abc import Mapping
from dataclasses import dataclass

from pulumi_azure_native import containerservice

_NAME = "azureKeyvaultSecretsProvider"


@dataclass(frozen=True, kw_only=True)
class CsiAddon:
    """The add-on azure-keyvault-secrets-provider."""

    rotation: bool = True
    poll_interval: str = "2m"


def addon_profiles(addon: CsiAddon | None) -> dict[str, containerservice.ManagedClusterAddonProfileArgs]:
    # The add-on's config is a map of strings: a boolean there is refused. Map keys are never translated, hence the camel case.
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
    """Of a cluster's answer: the identity that the add-on has put on every node."""
    profile = (profiles or {}).get(_NAME)
    return profile.identity if profile else None
