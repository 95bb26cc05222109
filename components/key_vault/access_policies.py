"""Who decides what may be read in a vault, and an entry of the vault's own list, where that decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pulumi import Input
from pulumi_azure_native import keyvault


class Authorization(StrEnum):
    """What decides who may read the vault."""

    RBAC = "rbac"
    """Role assignments, also on a single secret."""
    ACCESS_POLICY = "access-policy"
    """The vault's own list, which knows the whole vault only: for vaults that are not on RBAC yet."""


@dataclass(frozen=True, kw_only=True)
class AccessPolicy:
    """What somebody may do with all objects of the vault, where the vault keeps a list of its own."""

    label: str
    """A plain word for people."""
    object_id: Input[str]
    secrets: Sequence[str] = ()
    """``get``, ``list`` …"""
    keys: Sequence[str] = ()
    certificates: Sequence[str] = ()


OFFICER = ("get", "list", "set", "delete", "recover", "backup", "restore")
"""What the role Key Vault Secrets Officer can do, but for purging."""


def entry(tenant_id: str, policy: AccessPolicy) -> keyvault.AccessPolicyEntryArgs:
    """As ARM takes it."""
    return keyvault.AccessPolicyEntryArgs(
        tenant_id=tenant_id,
        object_id=policy.object_id,
        permissions=keyvault.PermissionsArgs(
            secrets=list(policy.secrets), keys=list(policy.keys), certificates=list(policy.certificates)
        ),
    )
