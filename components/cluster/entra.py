"""Microsoft Entra ID as the authentication of the Kubernetes API.

https://learn.microsoft.com/azure/aks/enable-authentication-microsoft-entra-id
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pulumi_azure_native import containerservice


@dataclass(frozen=True, kw_only=True)
class Entra:
    """Users sign in to the Kubernetes API with Microsoft Entra ID."""

    azure_rbac: bool = True
    """Azure role assignments also authorize requests to the Kubernetes API."""
    admin_groups: Sequence[str] = ()
    """Object ids of groups whose members are cluster admins."""


def aad_profile(entra: Entra | None, tenant_id: str) -> containerservice.ManagedClusterAADProfileArgs | None:
    """ARM representation."""
    if entra is None:
        return None
    return containerservice.ManagedClusterAADProfileArgs(
        managed=True,
        enable_azure_rbac=entra.azure_rbac,
        admin_group_object_ids=list(entra.admin_groups),
        tenant_id=tenant_id,
    )
