"""Rights of a workload at an object of a vault, and the built-in roles that give them. Pure.

Owns: ``Right``, the rights of each type of object, and the least role for rights that go beyond reading.
Deliberately not here: the role that reads an object (roles.py), which every listed object has.

Data actions of the roles: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/security
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from components.authorization.roles import READ_ACCESS, ObjectType, Role


class Right(StrEnum):
    """Something that a workload may do with an object of the vault."""

    GET = "get"
    LIST = "list"
    """List the versions of the object."""
    SET = "set"
    DELETE = "delete"
    RECOVER = "recover"
    BACKUP = "backup"
    RESTORE = "restore"
    PURGE = "purge"
    ENCRYPT = "encrypt"
    DECRYPT = "decrypt"
    WRAP = "wrap"
    UNWRAP = "unwrap"
    SIGN = "sign"
    VERIFY = "verify"
    CREATE = "create"
    IMPORT = "import"
    UPDATE = "update"
    ROTATE = "rotate"
    RELEASE = "release"


_READING = frozenset({Right.GET, Right.LIST})
# The public half of a key is enough to encrypt, wrap and verify, so keys/read includes it: "this operation
# can be performed by principals with read access" (the page above, Key Vault Crypto User).
PUBLIC_HALF = frozenset({Right.ENCRYPT, Right.WRAP, Right.VERIFY})
_LIFE = frozenset({Right.DELETE, Right.RECOVER, Right.BACKUP, Right.RESTORE, Right.PURGE})
_MADE = frozenset({Right.CREATE, Right.IMPORT, Right.UPDATE})
_SECRET = _READING | _LIFE | {Right.SET}
_CERTIFICATE = _READING | _LIFE | _MADE
_PRIVATE_HALF = frozenset({Right.DECRYPT, Right.UNWRAP, Right.SIGN})
_KEY = _CERTIFICATE | PUBLIC_HALF | _PRIVATE_HALF | {Right.ROTATE, Right.RELEASE}

RIGHTS: Mapping[ObjectType, frozenset[Right]] = {
    ObjectType.SECRET: _SECRET,
    ObjectType.KEY: _KEY,
    ObjectType.CERT: _CERTIFICATE,
    ObjectType.CERT_KEY_PAIR: _CERTIFICATE,
}
"""The rights that exist for each type of object."""

ROLE_RIGHTS: Mapping[Role, Mapping[str, frozenset[Right]]] = {
    Role.KEY_VAULT_SECRETS_USER: {"secrets": _READING},
    Role.KEY_VAULT_SECRETS_OFFICER: {"secrets": _SECRET},
    Role.KEY_VAULT_CERTIFICATE_USER: {
        "secrets": _READING,
        "keys": _READING | PUBLIC_HALF,
        "certificates": _READING,
    },
    Role.KEY_VAULT_CERTIFICATES_OFFICER: {"certificates": _CERTIFICATE},
    Role.KEY_VAULT_CRYPTO_SERVICE_ENCRYPTION_USER: {"keys": _READING | PUBLIC_HALF | {Right.UNWRAP}},
    Role.KEY_VAULT_CRYPTO_SERVICE_RELEASE_USER: {"keys": frozenset({Right.RELEASE})},
    Role.KEY_VAULT_CRYPTO_USER: {
        "keys": _READING | PUBLIC_HALF | _PRIVATE_HALF | {Right.UPDATE, Right.BACKUP}
    },
    Role.KEY_VAULT_CRYPTO_OFFICER: {"keys": _KEY},
}
"""Role → collection of a vault → rights in it. Broader roles than these are never assigned to a workload."""

_PERMISSIONS: Mapping[Right, str] = {Right.WRAP: "wrapKey", Right.UNWRAP: "unwrapKey"}


def permission(right: Right) -> str:
    """The right in an access policy: https://learn.microsoft.com/azure/key-vault/general/assign-access-policy."""
    return _PERMISSIONS.get(right, right.value)


@dataclass(frozen=True)
class FurtherRole:
    """A role that gives rights which go beyond reading, at one object."""

    role: Role
    collection: str
    """Collection of the vault at whose object it is assigned."""
    needed: tuple[Right, ...]
    """The configured rights for which it is assigned."""
    surplus: tuple[Right, ...]
    """Rights that the role gives besides, because no narrower built-in role exists."""


def changed_collection(kind: ObjectType) -> str:
    """Collection in which an object is changed. A certificate with its private key is read as a secret, and
    changed as a certificate.
    """
    return "certificates" if kind is ObjectType.CERT_KEY_PAIR else READ_ACCESS[kind].collection


def beyond_reading(kind: ObjectType, listed: Collection[Right]) -> frozenset[Right]:
    """The rights that the role which reads the object does not give."""
    access = READ_ACCESS[kind]
    return (frozenset(listed) & RIGHTS[kind]) - ROLE_RIGHTS[access.role][access.collection]


def further_roles(kind: ObjectType, listed: Collection[Right]) -> list[FurtherRole]:
    """The roles that give the rights beyond reading, with as little else as built-in roles allow; empty if
    the role that reads is enough.
    """
    needed, collection = beyond_reading(kind, listed), changed_collection(kind)
    if not needed:
        return []
    access = READ_ACCESS[kind]
    expected = frozenset(listed) | ROLE_RIGHTS[access.role][access.collection]
    granted = {
        role: of[collection] for role, of in ROLE_RIGHTS.items() if needed & of.get(collection, frozenset())
    }
    choices = [
        roles
        for number in (1, 2)
        for roles in combinations(granted, number)
        if needed <= frozenset[Right]().union(*(granted[role] for role in roles))
    ]
    best = min(
        choices,
        key=lambda roles: (
            len(frozenset[Right]().union(*(granted[role] for role in roles)) - expected),
            len(roles),
        ),
    )
    return [
        FurtherRole(
            role,
            collection,
            tuple(right for right in Right if right in needed & granted[role]),
            tuple(right for right in Right if right in granted[role] - expected),
        )
        for role in best
    ]
