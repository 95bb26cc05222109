"""The vault's permission model, and an entry of its access policies."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pulumi import Input
from pulumi_azure_native import keyvault


class Authorization(StrEnum):
    """Permission model of the data plane."""

    RBAC = "rbac"
    """Azure RBAC: role assignments, also at the scope of a single secret."""
    ACCESS_POLICY = "access-policy"
    """Access policies, which apply to the whole vault: for vaults that have not moved to RBAC."""


@dataclass(frozen=True, kw_only=True)
class AccessPolicy:
    """Permissions of a principal on all objects of a vault."""

    label: str
    """Readable name for logical names."""
    object_id: Input[str]
    secrets: Sequence[str] = ()
    """``get``, ``list`` …"""
    keys: Sequence[str] = ()
    certificates: Sequence[str] = ()


OFFICER = ("get", "list", "set", "delete", "recover", "backup", "restore")
"""The permissions of the role Key Vault Secrets Officer, except purge."""


def entry(tenant_id: str, policy: AccessPolicy) -> keyvault.AccessPolicyEntryArgs:
    """ARM representation."""
    return keyvault.AccessPolicyEntryArgs(
        tenant_id=tenant_id,
        object_id=policy.object_id,
        permissions=keyvault.PermissionsArgs(
            secrets=list(policy.secrets), keys=list(policy.keys), certificates=list(policy.certificates)
        ),
    )
