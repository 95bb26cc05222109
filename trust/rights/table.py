"""Rights in a vault: their data actions, and which built-in roles give them. Data only.

Ids and data actions: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/security
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from fnmatch import fnmatchcase
from functools import cache
from itertools import combinations
from types import MappingProxyType
from typing import Final

_VAULTS: Final = "microsoft.keyvault/vaults"
READING: Final = frozenset({"get", "list"})
PUBLIC_HALF: Final = frozenset({"encrypt", "wrap", "verify"})
"""Actions that need only the public half of a key, so the right to read it includes them: "this operation
can be performed by principals with read access" (the page above, Key Vault Crypto User).
"""
_LIFE: Final = {
    "delete": "delete",
    **{right: f"{right}/action" for right in ("recover", "backup", "restore", "purge")},
}
_MADE: Final = {right: f"{right}/action" for right in ("create", "import", "update")}
_CRYPTO: Final = ("encrypt", "decrypt", "wrap", "unwrap", "sign", "verify", "rotate", "release")
ACTIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "secret": {
        "get": f"{_VAULTS}/secrets/getsecret/action",
        "list": f"{_VAULTS}/secrets/readmetadata/action",
        "set": f"{_VAULTS}/secrets/setsecret/action",
        **{right: f"{_VAULTS}/secrets/{action}" for right, action in _LIFE.items()},
    },
    "key": {
        **dict.fromkeys(("get", "list"), f"{_VAULTS}/keys/read"),
        **{right: f"{_VAULTS}/keys/{right}/action" for right in _CRYPTO},
        **{right: f"{_VAULTS}/keys/{action}" for right, action in {**_LIFE, **_MADE}.items()},
    },
    "certificate": {
        **dict.fromkeys(("get", "list"), f"{_VAULTS}/certificates/read"),
        **{right: f"{_VAULTS}/certificates/{action}" for right, action in {**_LIFE, **_MADE}.items()},
    },
}
"""Kind of object → right → its data action, in lower case."""

DATA_ACTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "4633458b-17de-408a-b874-0445c86b69e6": ("secrets/getsecret/action", "secrets/readmetadata/action"),
    "b86a8fe4-44ce-4948-aee5-eccb2c155cd7": ("secrets/*",),
    "db79e9a7-68ee-4b58-9aeb-b90e7c24fcba": (
        *("certificates/read", "secrets/getsecret/action", "secrets/readmetadata/action", "keys/read"),
    ),
    "a4417e6f-fecd-4de8-b567-7b0420556985": (
        *("certificatecas/*", "certificates/*", "certificatecontacts/write"),
    ),
    "12338af0-0e69-4776-bea7-57ae8d297424": (
        *("keys/read", "keys/update/action", "keys/backup/action", "keys/encrypt/action"),
        *("keys/decrypt/action", "keys/wrap/action", "keys/unwrap/action", "keys/sign/action"),
        "keys/verify/action",
    ),
    "14b46e9e-c2b7-41b4-b07b-48a6ebf60603": ("keys/*", "keyrotationpolicies/*"),
    "e147488a-f6f5-4113-8e2d-b22465e65bf6": ("keys/read", "keys/wrap/action", "keys/unwrap/action"),
    "08bbd89e-9f13-488c-ac41-acfcb10c90ab": ("keys/release/action",),
    "00482a5a-887f-4fb3-b363-3b7fe8e74483": ("*",),
    "21090545-7ca7-4776-b22c-e363652d74d2": ("*/read", "secrets/readmetadata/action"),
}
"""Role → its data actions below a vault."""

Rights = Mapping[str, frozenset[str]]
"""Kind of object → rights."""


def rights_where(allows: Callable[[str], bool]) -> Rights:
    """The rights of a role that allows these data actions."""
    collected = {
        kind: {right for right, action in actions.items() if allows(action)}
        for kind, actions in ACTIONS.items()
    }
    if "get" in collected["key"]:
        collected["key"] |= PUBLIC_HALF
    return MappingProxyType({kind: frozenset(rights) for kind, rights in collected.items()})


@cache
def built_in_rights(guid: str) -> Rights:
    """The rights of a built-in role; none of one that has no data action in a vault."""
    patterns = [f"{_VAULTS}/{action}" for action in DATA_ACTIONS.get(guid, ())]
    return rights_where(lambda action: any(fnmatchcase(action, pattern) for pattern in patterns))


def beyond_reading(kind: str, rights: Collection[str]) -> frozenset[str]:
    """The rights that the role which reads an object does not give."""
    return frozenset(rights) - READING - (PUBLIC_HALF if kind == "key" else frozenset())


@cache
def least_roles(kind: str, rights: frozenset[str]) -> frozenset[str]:
    """GUIDs of the built-in roles that give these rights, and as little else as built-in roles can."""
    needed = beyond_reading(kind, rights)
    if not needed:
        return frozenset()
    useful = [guid for guid in DATA_ACTIONS if built_in_rights(guid)[kind] & needed]
    choices = [
        roles
        for number in (1, 2)
        for roles in combinations(useful, number)
        if needed <= _union(built_in_rights(guid)[kind] for guid in roles)
    ]
    if not choices:
        return frozenset()
    return frozenset(min(choices, key=lambda roles: (_surplus(kind, roles, rights), len(roles))))


def _union(parts: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset[str]().union(*parts)


def _surplus(kind: str, roles: Iterable[str], rights: frozenset[str]) -> tuple[int, int]:
    """How much roles give besides, to the object and to objects of other kinds."""
    roles = list(roles)
    here = _union(built_in_rights(guid)[kind] for guid in roles)
    others = [len(of) for guid in roles for other, of in built_in_rights(guid).items() if other != kind]
    return len(beyond_reading(kind, here) - rights), sum(others)
