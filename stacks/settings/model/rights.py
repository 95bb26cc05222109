"""Rights of workloads in vaults: what an identity may read, and which role each right beyond that needs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from components.authorization.rights import FurtherRole, Right, beyond_reading, further_roles
from components.authorization.roles import READ_ACCESS, ObjectAccess, ObjectType
from stacks.settings.model.secrets import SecretSettings
from stacks.settings.model.workloads import Scope, WorkloadSettings


@dataclass(frozen=True)
class ReadScope:
    """A vault object, or all secrets of a vault, that an identity may read."""

    vault: str | None
    """Label of the vault."""
    type: ObjectType
    name: str | None
    """Name of the object in the vault. None: every secret, with the right to list."""

    @property
    def access(self) -> ObjectAccess:
        """Role that the object requires, and the kind of scope."""
        return READ_ACCESS[self.type]

    def includes(self, secret: SecretSettings) -> bool:
        """Whether this scope allows a workload to read a secret."""
        same_access = self.access == READ_ACCESS[secret.type] and self.vault == secret.vault
        return same_access and (self.name is None or self.name.lower() == secret.name.lower())


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


def read_scopes(workloads: Sequence[WorkloadSettings]) -> list[ReadScope]:
    """Read scopes of these workloads: the union over the workloads, each scope once."""
    whole_vaults = dict.fromkeys(
        vault for workload in workloads if workload.scope is Scope.VAULT for vault in workload.vaults
    )
    # Only secrets are readable at vault scope: Certificate User could read them too (docs/security.md).
    scopes = [ReadScope(vault, ObjectType.SECRET, None) for vault in whole_vaults]
    for secret in (secret for workload in workloads for secret in workload.objects):
        if not any(scope.includes(secret) for scope in scopes):
            scopes.append(ReadScope(secret.vault, secret.type, secret.name))
    return scopes


def right_scopes(workloads: Iterable[WorkloadSettings]) -> list[RightScope]:
    """Rights of the identity of these workloads besides reading: the union over the workloads, each role at
    an object once.
    """
    configured: dict[tuple[str | None, ObjectType, str], list[Right]] = {}
    for secret in (secret for workload in workloads for secret in workload.objects):
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
