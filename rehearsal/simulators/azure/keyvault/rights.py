"""Rights in a vault: data actions of roles, and access policies.

https://learn.microsoft.com/azure/key-vault/general/rbac-guide (data actions of the built-in roles).
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any, Final

from rehearsal.simulators.azure.authorization import working
from rehearsal.simulators.azure.entra import Caller
from rehearsal.simulators.azure.keyvault.firewall import refuse_pods
from rehearsal.simulators.azure.keyvault.response import VaultResponseError
from rehearsal.simulators.world import AzureResource, World

COLLECTIONS: Final = {"secret": "secrets", "key": "keys", "cert": "certificates"}
_POLICY: Final = "azure-native:keyvault:AccessPolicy"
_DATA: Final = "Microsoft.KeyVault/vaults/"
_ACTIONS: Final = {
    "secret": {
        "get": "secrets/getSecret/action",
        "list": "secrets/readMetadata/action",
        "set": "secrets/setSecret/action",
        "update": "secrets/update/action",
        "delete": "secrets/delete",
        "recover": "secrets/recover/action",
        "backup": "secrets/backup/action",
        "restore": "secrets/restore/action",
        "purge": "secrets/purge/action",
    },
    "key": {
        **{"get": "keys/read", "list": "keys/read", "delete": "keys/delete"},
        **{
            verb: f"keys/{verb}/action"
            for verb in (
                *("encrypt", "decrypt", "wrap", "unwrap", "sign", "verify", "rotate", "release"),
                *("create", "import", "update", "recover", "backup", "restore", "purge"),
            )
        },
    },
    "cert": {
        **{"get": "certificates/read", "list": "certificates/read", "delete": "certificates/delete"},
        **{
            verb: f"certificates/{verb}/action"
            for verb in ("create", "import", "update", "recover", "backup", "restore", "purge")
        },
    },
}
"""Kind and verb → data action."""
_PERMISSIONS: Final = {
    ("secret", "update"): "set",
    ("key", "wrap"): "wrapkey",
    ("key", "unwrap"): "unwrapkey",
}
"""Verbs with another name in an access policy: an update of a secret's attributes needs `set`."""
_PUBLIC_HALF: Final = frozenset({"encrypt", "wrap", "verify"})
"""Operations with the public half of a key, which "can be performed by principals with read access"
(https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/security#key-vault-crypto-user).
"""
_CRYPTO: Final = (
    *("keys/read", "keys/update/action", "keys/backup/action", "keys/encrypt/action", "keys/decrypt/action"),
    *("keys/wrap/action", "keys/unwrap/action", "keys/sign/action", "keys/verify/action"),
)
_ROLES: Final = {
    "4633458b-17de-408a-b874-0445c86b69e6": (
        "secrets/getSecret/action",
        "secrets/readMetadata/action",
    ),  # Secrets User
    "b86a8fe4-44ce-4948-aee5-eccb2c155cd7": ("secrets/",),  # Secrets Officer
    "db79e9a7-68ee-4b58-9aeb-b90e7c24fcba": (  # Certificate User
        *("certificates/read", "secrets/getSecret/action", "secrets/readMetadata/action", "keys/read"),
    ),
    "a4417e6f-fecd-4de8-b567-7b0420556985": ("certificates/",),  # Certificates Officer
    "14b46e9e-c2b7-41b4-b07b-48a6ebf60603": ("keys/",),  # Crypto Officer
    "12338af0-0e69-4776-bea7-57ae8d297424": _CRYPTO,  # Crypto User
    "e147488a-f6f5-4113-8e2d-b22465e65bf6": (  # Crypto Service Encryption User
        *("keys/read", "keys/wrap/action", "keys/unwrap/action"),
    ),
    "08bbd89e-9f13-488c-ac41-acfcb10c90ab": ("keys/release/action",),  # Crypto Service Release User
    "21090545-7ca7-4776-b22c-e363652d74d2": (
        "certificates/read",
        "keys/read",
        "secrets/readMetadata/action",
    ),  # Reader
    "00482a5a-887f-4fb3-b363-3b7fe8e74483": ("",),  # Administrator
}
"""Role → prefixes of its data actions. Other built-in roles read nothing: Owner and Contributor have none."""


def authorize(world: World, vault: AzureResource, caller: Caller, kind: str, name: str, verb: str) -> None:
    """Raise VaultResponseError unless the caller's role assignments or the vault's access policies allow the
    verb. Without a name the right is needed on the vault: one on a single object is not enough.

    The firewall comes first, for pods: it asks for no right.
    """
    refuse_pods(world, vault, caller)
    location = f"{vault.id.rsplit('/', 1)[1].lower()};location={vault.properties.get('location', '')}"
    subject = (
        f"appid={caller.client_id};oid={caller.object_id};iss=https://sts.windows.net/{caller.tenant_id}/"
    )
    action = _ACTIONS[kind][verb]
    if not (vault.properties.get("properties") or {}).get("enableRbacAuthorization"):
        permission = _PERMISSIONS.get((kind, verb), verb)
        allowed = _policies(world, vault, caller.object_id, COLLECTIONS[kind])
        if {permission, "all"} & allowed:
            return
        # Message: the page in data_plane.not_found on Istio's add-on; its inner code:
        # https://learn.microsoft.com/azure/key-vault/general/rest-error-codes
        raise VaultResponseError(
            403,
            "Forbidden",
            f"The user, group or application '{subject}' does not have {COLLECTIONS[kind]} {permission} "
            f"permission on key vault '{location}'. For help resolving this issue, please see "
            "https://go.microsoft.com/fwlink/?linkid=2125287",
            "ForbiddenByPolicy",
        )
    object_id = (f"{vault.id}/{COLLECTIONS[kind]}/{name}" if name else vault.id).lower()
    for assignment in working(world):
        properties = assignment.properties
        scope = "/" + str(properties.get("scope")).strip("/").lower()
        role = str(properties.get("roleDefinitionId")).rsplit("/", 1)[-1].lower()
        applies = properties.get("principalId") == caller.object_id and f"{object_id}/".startswith(
            f"{scope}/"
        )
        if applies and _allows(world, vault, role, action):
            return
        is_public = kind == "key" and verb in _PUBLIC_HALF
        if applies and is_public and _allows(world, vault, role, _ACTIONS[kind]["get"]):
            return
    # Message: piyushsachdeva/Terraform_AKS#2
    lines = (
        "Caller is not authorized to perform action on resource.",
        "If role assignments, deny assignments or role definitions were changed recently, please observe "
        "propagation time.",
        f"Caller: {subject}",
        f"Action: '{_DATA}{action}'",
        f"Resource: '{object_id}'",
        "Assignment: (not found)",
        "DenyAssignmentId: null",
        "DecisionReason: 'DeniedWithNoValidRBAC'",
        f"Vault: {location}",
    )
    raise VaultResponseError(403, "Forbidden", "\r\n".join(lines) + "\r\n", "ForbiddenByRbac")


def _allows(world: World, vault: AzureResource, role: str, action: str) -> bool:
    """Whether a role, built-in or custom, has the data action."""
    if any(action.startswith(prefix) for prefix in _ROLES.get(role, ())):
        return True
    subscription = vault.id.split("/")[2].lower()
    entry = world.subscriptions.get(subscription) or world.subscriptions.get("") or {}
    for custom in entry.get("customRoles") or ():
        if str(custom.get("id")).lower() == role:
            patterns, left_out = custom.get("dataActions") or (), custom.get("notDataActions") or ()
            return _matches(patterns, action) and not _matches(left_out, action)
    return False


def _matches(patterns: Iterable[str], action: str) -> bool:
    full = f"{_DATA}{action}".lower()
    return any(fnmatchcase(full, str(pattern).lower()) for pattern in patterns)


def _policies(world: World, vault: AzureResource, object_id: str, collection: str) -> set[str]:
    """Permissions that the vault's access policies give, in lower case; ``all`` is every one.

    https://learn.microsoft.com/azure/key-vault/general/assign-access-policy
    """
    inline: list[Any] = (vault.properties.get("properties") or {}).get("accessPolicies") or []
    single = [entry.properties.get("policy") or {} for entry in world.of_type(_POLICY, below=vault.id)]
    allowed: set[str] = set()
    for policy in (*inline, *single):
        if policy.get("objectId") == object_id:
            allowed |= {str(verb).lower() for verb in (policy.get("permissions") or {}).get(collection) or []}
    return allowed
