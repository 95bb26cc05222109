"""The grant of rights that go beyond reading an object of a vault."""

from dataclasses import replace

from components.authorization.rights import FurtherRole
from components.authorization.role_assignments import PlannedGrant
from components.authorization.roles import READ_ACCESS, ObjectType
from components.key_vault.vault import KeyVault

RIGHTS_PREFIX = "aks-secrets rights: "
"""Begins the description of its role assignment."""


def right_grant(vault: KeyVault, further: FurtherRole, object_name: str) -> PlannedGrant:
    """The grant at this object. The one that reads stays beside it: a wider role in its place would interrupt
    reading for the minutes that a new role assignment needs.
    """
    kinds = (ObjectType.SECRET, ObjectType.KEY, ObjectType.CERT)
    kind = next(kind for kind in kinds if READ_ACCESS[kind].collection == further.collection)
    reading = vault.read_grant(kind, object_name)
    slug = further.role.role_name.lower().replace(" ", "-")
    return replace(
        reading,
        label=f"rights/{slug}/{reading.label}",
        role=further.role,
        # Azure shows it, and the proofs hold the role against it.
        description=f"{RIGHTS_PREFIX}{', '.join(further.needed)}",
    )
