"""Rights of workloads that go beyond reading: which role each needs, at which object."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from components.authorization.rights import FurtherRole, Right, beyond_reading, further_roles
from components.authorization.roles import ObjectAccess, ObjectType
from stacks.settings.model.secrets import SecretSettings
from stacks.settings.model.workloads import WorkloadSettings


@dataclass(frozen=True)
class RightScope:
    """A vault object with which an identity may do more than read it, by one role."""

    vault: str | None
    """Label of the vault."""
    type: ObjectType
    name: str
    """Name of the object in the vault, in lower case."""
    further: FurtherRole

    @property
    def key(self) -> tuple[str | None, str, ObjectType]:
        """Identifies the object."""
        return self.vault, self.name, self.type

    @property
    def access(self) -> ObjectAccess:
        """The role, and the kind of scope."""
        return ObjectAccess(self.further.role, self.further.collection)


def right_scopes(workloads: Iterable[WorkloadSettings]) -> list[RightScope]:
    """What the identity of these workloads may do besides reading: the union over the workloads, each role at
    an object once.
    """
    configured: dict[tuple[str | None, ObjectType, str], list[Right]] = {}
    for secret in (secret for workload in workloads for secret in workload.secrets):
        configured.setdefault((secret.vault, secret.type, secret.name.lower()), []).extend(secret.rights)
    return [
        RightScope(vault, kind, name, further)
        for (vault, kind, name), rights in configured.items()
        for further in further_roles(kind, rights)
    ]


def rights_of(secrets: Sequence[SecretSettings], secret: SecretSettings) -> list[Right]:
    """The rights that a list of secrets has for an object of it, in the order of ``Right``."""
    listed = {
        right
        for other in secrets
        if other.object_key == secret.object_key and other.type is secret.type
        for right in other.rights
    }
    return [right for right in Right if right in listed | {Right.GET}]


def goes_beyond_reading(secret: SecretSettings) -> bool:
    """Whether the workload itself has to ask the vault, since nothing does for it what it lists."""
    return bool(beyond_reading(secret.type, secret.rights))


def used_vaults(workload: WorkloadSettings) -> list[str | None]:
    """Labels of the vaults that the application asks itself, whatever technique delivers the values."""
    return list(dict.fromkeys(secret.vault for secret in workload.secrets if goes_beyond_reading(secret)))
