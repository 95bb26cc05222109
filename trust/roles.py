"""Azure roles that matter to a vault, and what each lets its holder do there. Data only.

Ids and permissions: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/security and
…/built-in-roles/privileged
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Final

from trust.graph import Graph
from trust.nodes.fields import listed, mapping, text
from trust.rights.table import Rights, built_in_rights, rights_where
from trust.values import Text

KINDS: Final[Mapping[str, str]] = {"secrets": "secret", "keys": "key", "certificates": "certificate"}
"""Collection of a vault → kind of its objects."""
_EVERY: Final = frozenset(KINDS.values())


@dataclass(frozen=True, kw_only=True)
class VaultRole:
    """The rights of a role in a vault."""

    name: str
    reads: frozenset[str] = frozenset()
    """Kinds of objects whose value it reads; of a key and a certificate, the public part."""
    lists: frozenset[str] = frozenset()
    """Kinds of objects that it lists, where its scope is the vault."""
    writes: frozenset[str] = frozenset()
    """Kinds of objects that it creates, changes or deletes."""
    controls: bool = False
    """Whether it changes the vault itself or the access to it, and so gives its holder any right."""
    rights: Rights = field(default_factory=dict[str, frozenset[str]])
    """Kind of object → every right that it gives."""
    guid: str = ""
    """The name of a built-in role; empty for another one."""


def _role(
    name: str, reads: str = "", lists: str = "", writes: str = "", *, controls: bool = False
) -> VaultRole:
    return VaultRole(
        name=name, reads=_kinds(reads), lists=_kinds(lists), writes=_kinds(writes), controls=controls
    )


def _kinds(letters: str) -> frozenset[str]:
    return frozenset(kind for kind in _EVERY if kind[0] in letters)


_NAMED: Final[Mapping[str, VaultRole]] = {
    "4633458b-17de-408a-b874-0445c86b69e6": _role("Key Vault Secrets User", "s", "s"),
    "b86a8fe4-44ce-4948-aee5-eccb2c155cd7": _role("Key Vault Secrets Officer", "s", "s", "s"),
    # It also holds secrets/getSecret/action, for the private key of a certificate.
    "db79e9a7-68ee-4b58-9aeb-b90e7c24fcba": _role("Key Vault Certificate User", "skc", "skc"),
    "a4417e6f-fecd-4de8-b567-7b0420556985": _role("Key Vault Certificates Officer", "c", "c", "c"),
    "12338af0-0e69-4776-bea7-57ae8d297424": _role("Key Vault Crypto User", "k", "k"),
    "14b46e9e-c2b7-41b4-b07b-48a6ebf60603": _role("Key Vault Crypto Officer", "k", "k", "k"),
    "e147488a-f6f5-4113-8e2d-b22465e65bf6": _role("Key Vault Crypto Service Encryption User", "k", "k"),
    "08bbd89e-9f13-488c-ac41-acfcb10c90ab": _role("Key Vault Crypto Service Release User"),
    "00482a5a-887f-4fb3-b363-3b7fe8e74483": _role("Key Vault Administrator", "skc", "skc", "skc"),
    "21090545-7ca7-4776-b22c-e363652d74d2": _role("Key Vault Reader", "", "skc"),
    "a68e7c17-0ab2-4c09-9a58-125dae29748c": _role("Key Vault Purge Operator", "", "", "skc"),
    # No data action, but it may write access policies and turn their use on.
    "f25e0fa2-a7c8-4377-a976-54943a77a395": _role("Key Vault Contributor", controls=True),
    "8b54135c-b56d-4d72-a534-26097cfdc8d8": _role("Key Vault Data Access Administrator", controls=True),
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": _role("Owner", controls=True),
    "b24988ac-6180-42a0-ab88-20f7382dd24c": _role("Contributor", controls=True),
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": _role("User Access Administrator", controls=True),
    "f58310d9-a9f6-439a-9e8d-f62e7b41a168": _role("Role Based Access Control Administrator", controls=True),
    "acdd72a7-3385-48ef-bd42-f606fba81ae7": _role("Reader"),
    # Roles of other services that stacks of this kind assign: nothing in a vault.
    "7f951dda-4ed3-4680-a7ca-43fe172d538d": _role("AcrPull"),
    "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b": _role("Azure Kubernetes Service RBAC Cluster Admin"),
    "f1a07417-d97a-45cb-824c-7a7467783830": _role("Managed Identity Operator"),
    "4d97b98b-1d4f-4787-a291-c67834d212e7": _role("Network Contributor"),
    "b12aa53e-6015-4669-85d0-8515ebb3ae7f": _role("Private DNS Zone Contributor"),
}
BUILT_IN: Final[Mapping[str, VaultRole]] = {
    guid: replace(role, rights=built_in_rights(guid), guid=guid) for guid, role in _NAMED.items()
}
_DEFINITION: Final = "azure-native:authorization:RoleDefinition"
_VAULTS: Final = "microsoft.keyvault/vaults"
_READ: Final[Mapping[str, tuple[str, ...]]] = {
    "secret": (f"{_VAULTS}/secrets/getsecret/action",),
    "key": (f"{_VAULTS}/keys/read",),
    "certificate": (f"{_VAULTS}/certificates/read",),
}
_LIST: Final[Mapping[str, tuple[str, ...]]] = {**_READ, "secret": (f"{_VAULTS}/secrets/readmetadata/action",)}
_WRITE: Final[Mapping[str, tuple[str, ...]]] = {
    kind: tuple(f"{_VAULTS}/{collection}/{action}" for action in actions)
    for collection, kind, actions in (
        ("secrets", "secret", ("setsecret/action", "update/action", "delete")),
        ("keys", "key", ("create/action", "import/action", "update/action", "delete")),
        ("certificates", "certificate", ("create/action", "import/action", "update/action", "delete")),
    )
}
_CONTROL: Final = (
    f"{_VAULTS}/write",
    f"{_VAULTS}/accesspolicies/write",
    "microsoft.authorization/roleassignments/write",
)


def role_of(graph: Graph, role: Text) -> VaultRole | None:
    """Permissions of a role, built-in or defined by the stack. None: the role is unknown."""
    guid = str(role or "").lower()
    if built_in := BUILT_IN.get(guid):
        return built_in
    for node in graph.of_type(_DEFINITION):
        ids = {
            str(node.input("roleDefinitionId") or "").lower(),
            str(node.id or "").lower().rsplit("/", 1)[-1],
        }
        if guid and guid in ids:
            return role_of_permissions(str(text(node.get("roleName"), node.name)), node.get("permissions"))
    return None


def role_of_permissions(name: str, permissions: object) -> VaultRole:
    """Rights of a role with these ``permissions`` of ARM."""
    entries = [mapping(entry) for entry in listed(permissions)]

    def allows(action: str, included: str, excluded: str) -> bool:
        return any(
            _matches(entry.get(included), action) and not _matches(entry.get(excluded), action)
            for entry in entries
        )

    def kinds_of(actions: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
        return frozenset(
            kind
            for kind in _EVERY
            if any(allows(action, "dataActions", "notDataActions") for action in actions[kind])
        )

    return VaultRole(
        name=name,
        reads=kinds_of(_READ),
        lists=kinds_of(_LIST),
        writes=kinds_of(_WRITE),
        controls=any(allows(action, "actions", "notActions") for action in _CONTROL),
        rights=rights_where(lambda action: allows(action, "dataActions", "notDataActions")),
    )


def _matches(patterns: object, action: str) -> bool:
    return any(fnmatchcase(action, str(pattern).lower()) for pattern in listed(patterns))
