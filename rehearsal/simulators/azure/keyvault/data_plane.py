"""The data plane of a vault: the versions of its objects, and who may do what with them.

Errors are one line; the SDK of the real provider prints the whole response around them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rehearsal.simulators.azure.entra import Caller, VaultError
from rehearsal.simulators.azure.keyvault import rights
from rehearsal.simulators.azure.keyvault.response import VaultResponseError
from rehearsal.simulators.azure.keyvault.rights import COLLECTIONS
from rehearsal.simulators.azure.keyvault.secrets import SECRET
from rehearsal.simulators.azure.keyvault.vaults import VAULT
from rehearsal.simulators.world import AzureResource, World

KEY: Final = "azure-native:keyvault:Key"


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
        rights.authorize(world, vault, caller, kind, name, "get")
    known = _object(world, vault, kind, name)
    if known is None:
        id_ = f"{vault.id}/{COLLECTIONS[kind]}/{name}".lower()
        if id_ in world.deleted_secrets or id_ in world.absent_secrets:
            raise not_found(name, kind)
        return ObjectVersion(
            version or world.hex(32, vault.id, kind, name), world.keyed_hash([vault.id, kind, name, version])
        )
    if kind == "secret":
        refuse_disabled(known)
    newest = list_versions(world, vault, caller, kind, name, authorize=False)[0]
    if version in ("", newest):
        value = (known.properties.get("properties") or {}).get("value")
        return ObjectVersion(
            newest,
            str(value) if kind == "secret" and value is not None else world.keyed_hash([known.id, newest]),
        )
    if version not in list_versions(world, vault, caller, kind, name, authorize=False):
        raise not_found(f"{name}/{version}", kind)
    return ObjectVersion(version, world.keyed_hash([known.id, version]))


def written(world: World, vault: AzureResource, caller: Caller | None, name: str) -> AzureResource | None:
    """The secret, as it is read before it is written: an object that the world does not have is not there.

    Raises VaultError as the vault does.
    """
    if caller:
        rights.authorize(world, vault, caller, "secret", name, "get")
    known = _object(world, vault, "secret", name)
    if known is not None:
        refuse_disabled(known)
    return known


def refuse_disabled(secret: AzureResource) -> None:
    """A disabled secret is not read (Azure/azure-sdk-for-js#24756 shows the answer).

    An expired one, or one that is not valid yet, is: Azure/AzureKeyVault#19,
    https://learn.microsoft.com/azure/key-vault/secrets/about-secrets#date-time-controlled-operations.
    """
    attributes = (secret.properties.get("properties") or {}).get("attributes") or {}
    if attributes.get("enabled") is False:
        text = "Operation get is not allowed on a disabled secret."
        raise VaultResponseError(403, "Forbidden", text, "SecretDisabled")


def list_versions(
    world: World, vault: AzureResource, caller: Caller | None, kind: str, name: str, *, authorize: bool = True
) -> list[str]:
    """Versions of an object, the newest first.

    `authorize`: check the right to list them, which is not the right to read.
    """
    if caller and authorize:
        rights.authorize(world, vault, caller, kind, name, "list")
    known = _object(world, vault, kind, name)
    if known is None or kind != "secret":
        return [world.hex(32, (known.id if known else vault.id), kind, name)]
    return [world.hex(32, known.id, number) for number in range(known.versions, 0, -1)]


def list_secrets(world: World, vault: AzureResource, caller: Caller | None) -> dict[str, AzureResource]:
    """Name → enabled secret of the vault.

    The caller needs a right on the vault; a right on one secret is not enough.
    """
    if caller:
        rights.authorize(world, vault, caller, "secret", "", "list")
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
        raise not_found(name)
    inner = {**(secret.properties.get("properties") or {}), "value": world.keyed_hash(value)}
    if base := inner.get("secretUri"):
        inner["secretUriWithVersion"] = f"{base}/{world.hex(32, secret.id, secret.versions + 1)}"
    world.put(secret.id, secret.token, {**secret.properties, "properties": inner})


def not_found(name: str, kind: str = "secret") -> VaultResponseError:
    """The vault's answer about a missing object.

    azure.github.io/secrets-store-csi-driver-provider-azure/docs/troubleshooting/ and
    learn.microsoft.com/troubleshoot/azure/azure-kubernetes/extensions/istio-add-on-plug-in-ca-certificate
    show it.
    """
    noun = "certificate" if kind == "cert" else kind
    return VaultResponseError(
        404,
        f"{noun.capitalize()}NotFound",
        f"A {noun} with (name/id) {name} was not found in this key vault. If you recently deleted this "
        f"{noun} you may be able to recover it using the correct recovery command. For help resolving this "
        "issue, please see https://go.microsoft.com/fwlink/?linkid=2125182",
    )


def _object(world: World, vault: AzureResource, kind: str, name: str) -> AzureResource | None:
    resource = world.get(f"{vault.id}/{COLLECTIONS[kind]}/{name}")
    return resource if resource and resource.token in (SECRET, KEY) else None
