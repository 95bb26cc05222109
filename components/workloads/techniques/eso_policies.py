"""How the External Secrets Operator keeps a Kubernetes Secret: plain data, in the operator's own words.

https://external-secrets.io/latest/api/externalsecret/, https://external-secrets.io/latest/guides/ownership-deletion-policy/
"""

from dataclasses import dataclass
from enum import StrEnum


class RefreshPolicy(StrEnum):
    """When the operator reads the vault again."""

    PERIODIC = "Periodic"
    """At each interval."""
    CREATED_ONCE = "CreatedOnce"
    """Never after the first time."""
    ON_CHANGE = "OnChange"
    """When the ExternalSecret itself changes."""


class CreationPolicy(StrEnum):
    """Who owns the Kubernetes Secret."""

    OWNER = "Owner"
    """The ExternalSecret: it goes with it."""
    ORPHAN = "Orphan"
    """Nobody: it stays."""
    MERGE = "Merge"
    """Somebody else, who has made it: keys are added."""
    NONE = "None"
    """There is none."""
    CREATE_OR_MERGE = "CreateOrMerge"
    """Nobody: made where it is missing, else keys are added."""


class DeletionPolicy(StrEnum):
    """What becomes of the Kubernetes Secret when the vault has no such secret any more."""

    RETAIN = "Retain"
    """It stays as it is."""
    DELETE = "Delete"
    """It is deleted, once all are gone."""
    MERGE = "Merge"
    """It loses the keys."""


@dataclass(frozen=True, kw_only=True)
class Sync:
    """Of every ExternalSecret of a workload."""

    refresh_interval: str = "1h"
    refresh_policy: RefreshPolicy = RefreshPolicy.PERIODIC
    creation_policy: CreationPolicy = CreationPolicy.OWNER
    deletion_policy: DeletionPolicy = DeletionPolicy.RETAIN
    await_ready: bool = True
    """Whether an update waits until the operator has read the vault."""
