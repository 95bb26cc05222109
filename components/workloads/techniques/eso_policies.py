"""Policies with which the External Secrets Operator maintains a Kubernetes Secret: plain data, in the
operator's own words.

https://external-secrets.io/latest/api/externalsecret/,
https://external-secrets.io/latest/guides/ownership-deletion-policy/
"""

from dataclasses import dataclass
from enum import StrEnum


class RefreshPolicy(StrEnum):
    """Events on which the operator reads the vault again."""

    PERIODIC = "Periodic"
    """Every refresh interval."""
    CREATED_ONCE = "CreatedOnce"
    """Never; it reads the vault once."""
    ON_CHANGE = "OnChange"
    """Changes of the ExternalSecret."""


class CreationPolicy(StrEnum):
    """Ownership of the Kubernetes Secret."""

    OWNER = "Owner"
    """The ExternalSecret owns the Secret, which is deleted with it."""
    ORPHAN = "Orphan"
    """The operator creates the Secret without an owner, and it is not deleted."""
    MERGE = "Merge"
    """The Secret exists, and the operator adds keys to it."""
    NONE = "None"
    """The operator creates no Secret."""
    CREATE_OR_MERGE = "CreateOrMerge"
    """The operator creates the Secret without an owner if it is missing, and otherwise adds keys."""


class DeletionPolicy(StrEnum):
    """Handling of the Kubernetes Secret when its secrets are deleted from the vault."""

    RETAIN = "Retain"
    """The Secret remains unchanged."""
    DELETE = "Delete"
    """The Secret is deleted when all of its secrets are gone."""
    MERGE = "Merge"
    """The keys are removed."""


@dataclass(frozen=True, kw_only=True)
class Sync:
    """Policies of all ExternalSecrets of a workload."""

    refresh_interval: str = "1h"
    refresh_policy: RefreshPolicy = RefreshPolicy.PERIODIC
    creation_policy: CreationPolicy = CreationPolicy.OWNER
    deletion_policy: DeletionPolicy = DeletionPolicy.RETAIN
    await_ready: bool = True
    """Pulumi waits until the operator has read the vault."""
