"""The data plane of a vault: the rights of a caller, and the versions of its objects.

Source: https://learn.microsoft.com/azure/key-vault/general/rbac-guide (data actions of the built-in roles).
Errors are one line; the SDK of the real provider prints the whole response around them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from rehearsal.simulators.azure.authorization import ASSIGNMENT
from rehearsal.simulators.azure.entra import Caller, VaultError
from rehearsal.simulators.azure.keyvault.secrets import SECRET
from rehearsal.simulators.azure.keyvault.vaults import VAULT
from rehearsal.simulators.world import AzureResource, World

COLLECTIONS: Final = {"secret": "secrets", "key": "keys", "cert": "certificates"}
_KEY: Final = "azure-native:keyvault:Key"
_POLICY: Final = "azure-native:keyvault:AccessPolicy"
_DATA: Final = "Microsoft.KeyVault/vaults/"
_GET: Final = {"secret": "secrets/getSecret/action", "key": "keys/read", "cert": "certificates/read"}
_LIST: Final = {"secret": "secrets/readMetadata/action", "key": "keys/read", "cert": "certificates/read"}
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
    "12338af0-0e69-4776-bea7-57ae8d297424": ("keys/read",),  # Crypto User
    "21090545-7ca7-4776-b22c-e363652d74d2": (
        "certificates/read",
        "keys/read",
        "secrets/readMetadata/action",
    ),  # Reader
    "00482a5a-887f-4fb3-b363-3b7fe8e74483": ("",),  # Administrator
}
"""Role → prefixes of its data actions. Other roles read nothing: Owner and Contributor have no data actions.
"""


@dataclass(frozen=True)
class ObjectVersion:
    """A version of a secret, key or certificate."""

    version: str
    content: str
    """Keyed hash, equal for equal values if the world has the value."""


def find_vault(world: World, name: str) -> AzureResource:
    for vault in world.of_type(VAULT):
        if vault.id.rsplit("/", 1)[1].lower() == name.lower():
            return vault
    host = f"{name.lower()}.vault.azure.net"
    raise VaultError(f"dial tcp: lookup {host}: no such host")


def read(
    world: World, vault: AzureResource, caller: Caller | None, kind: str, name: str, version: str
) -> ObjectVersion:
    """A version of an object. Objects that the world does not have count as present in the vault.

    Without a caller only the existence is checked. Raises VaultError as the vault does.
    """
    if caller:
        _authorize(world, vault, caller, kind, name, "get")
    known = _object(world, vault, kind, name)
    if known is None:
        if f"{vault.id}/{COLLECTIONS[kind]}/{name}".lower() in world.deleted_secrets:
            raise VaultError(
                f"RESPONSE 404: 404 Not Found ERROR CODE: {kind.capitalize()}NotFound "
                f"{_not_found_message(name, kind)}"
            )
        return ObjectVersion(
            version or world.hex(32, vault.id, kind, name), world.keyed_hash([vault.id, kind, name, version])
        )
    newest = list_versions(world, vault, caller, kind, name, authorize=False)[0]
    if version in ("", newest):
        value = (known.properties.get("properties") or {}).get("value")
        return ObjectVersion(
            newest,
            str(value) if kind == "secret" and value is not None else world.keyed_hash([known.id, newest]),
        )
    if version not in list_versions(world, vault, caller, kind, name, authorize=False):
        raise VaultError(
            f"RESPONSE 404: 404 Not Found ERROR CODE: {kind.capitalize()}NotFound "
            f"{_not_found_message(f'{name}/{version}', kind)}"
        )
    return ObjectVersion(version, world.keyed_hash([known.id, version]))


def list_versions(
    world: World, vault: AzureResource, caller: Caller | None, kind: str, name: str, *, authorize: bool = True
) -> list[str]:
    """Versions of an object, the newest first.

    `authorize`: check the right to list them, which is not the right to read.
    """
    if caller and authorize:
        _authorize(world, vault, caller, kind, name, "list")
    known = _object(world, vault, kind, name)
    if known is None or kind != "secret":
        return [world.hex(32, (known.id if known else vault.id), kind, name)]
    return [world.hex(32, known.id, number) for number in range(known.versions, 0, -1)]


def list_secrets(world: World, vault: AzureResource, caller: Caller | None) -> dict[str, AzureResource]:
    """Name → enabled secret of the vault.

    The caller needs a right on the vault; a right on one secret is not enough.
    """
    if caller:
        _authorize(world, vault, caller, "secret", "", "list")
    by_name = {secret.id.rsplit("/", 1)[1]: secret for secret in world.of_type(SECRET, below=vault.id)}
    return {
        name: secret
        for name, secret in by_name.items()
        if ((secret.properties.get("properties") or {}).get("attributes") or {}).get("enabled", True)
    }


def details(world: World, vault: AzureResource, kind: str, name: str) -> AzureResource | None:
    """The resource of an object, with its tags and attributes. None: the world does not have it."""
    return _object(world, vault, kind, name)


def new_version(world: World, vault_name: str, name: str, value: str) -> None:
    """`az keyvault secret set`: a new version of a secret, written outside the program."""
    secret = _object(world, find_vault(world, vault_name), "secret", name)
    if secret is None:
        raise VaultError(_not_found_message(name))
    inner = {**(secret.properties.get("properties") or {}), "value": world.keyed_hash(value)}
    if base := inner.get("secretUri"):
        inner["secretUriWithVersion"] = f"{base}/{world.hex(32, secret.id, secret.versions + 1)}"
    world.put(secret.id, secret.token, {**secret.properties, "properties": inner})


def _not_found_message(name: str, kind: str = "secret") -> str:
    """The vault's message about a missing object.

    azure.github.io/secrets-store-csi-driver-provider-azure/docs/troubleshooting/ and
    learn.microsoft.com/troubleshoot/azure/azure-kubernetes/extensions/istio-add-on-plug-in-ca-certificate
    show it.
    """
    return (
        f"A {kind} with (name/id) {name} was not found in this key vault. If you recently deleted this "
        f"{kind} you may be able to recover it using the correct recovery command. For help resolving this "
        "issue, please see https://go.microsoft.com/fwlink/?linkid=2125182"
    )


def _object(world: World, vault: AzureResource, kind: str, name: str) -> AzureResource | None:
    resource = world.get(f"{vault.id}/{COLLECTIONS[kind]}/{name}")
    return resource if resource and resource.token in (SECRET, _KEY) else None


def _authorize(world: World, vault: AzureResource, caller: Caller, kind: str, name: str, verb: str) -> None:
    """Raise VaultError unless the caller's role assignments or the vault's access policies allow the verb."""
    location = f"{vault.id.rsplit('/', 1)[1].lower()};location={vault.properties.get('location', '')}"
    subject = (
        f"appid={caller.client_id};oid={caller.object_id};iss=https://sts.windows.net/{caller.tenant_id}/"
    )
    if not (vault.properties.get("properties") or {}).get("enableRbacAuthorization"):
        if verb in _policies(world, vault, caller.object_id, COLLECTIONS[kind]):
            return
        # Message: the page in _not_found_message on Istio's add-on.
        raise VaultError(
            f"RESPONSE 403: 403 Forbidden ERROR CODE: Forbidden The user, group or application '{subject}' "
            f"does not have {COLLECTIONS[kind]} {verb} permission on key vault '{location}'. For help "
            "resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125287"
        )
    action = (_GET if verb == "get" else _LIST)[kind]
    object_id = (f"{vault.id}/{COLLECTIONS[kind]}/{name}" if name else vault.id).lower()
    for assignment in world.of_type(ASSIGNMENT):
        properties = assignment.properties
        scope = "/" + str(properties.get("scope")).strip("/").lower()
        role = str(properties.get("roleDefinitionId")).rsplit("/", 1)[-1].lower()
        applies = properties.get("principalId") == caller.object_id and f"{object_id}/".startswith(
            f"{scope}/"
        )
        if applies and any(action.startswith(prefix) for prefix in _ROLES.get(role, ())):
            return
    # Message: piyushsachdeva/Terraform_AKS#2
    raise VaultError(
        "RESPONSE 403: 403 Forbidden ERROR CODE: Forbidden Caller is not authorized to perform action on "
        "resource. If role assignments, deny assignments or role definitions were changed recently, please "
        f"observe propagation time. Caller: {subject} Action: '{_DATA}{action}' Resource: '{object_id}' "
        "Assignment: (not found) DenyAssignmentId: null DecisionReason: 'DeniedWithNoValidRBAC' Vault: "
        f"{location}"
    )


def _policies(world: World, vault: AzureResource, object_id: str, collection: str) -> set[str]:
    """Verbs that the vault's access policies allow.

    https://learn.microsoft.com/azure/key-vault/general/assign-access-policy
    """
    inline: list[Any] = (vault.properties.get("properties") or {}).get("accessPolicies") or []
    single = [entry.properties.get("policy") or {} for entry in world.of_type(_POLICY, below=vault.id)]
    allowed: set[str] = set()
    for policy in (*inline, *single):
        if policy.get("objectId") == object_id:
            granted = {str(verb).lower() for verb in (policy.get("permissions") or {}).get(collection) or []}
            allowed |= {"get", "list"} if "all" in granted else granted
    return allowed
