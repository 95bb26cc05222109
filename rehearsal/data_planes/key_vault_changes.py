"""Changes of a vault's secrets through its data plane: set, update, delete, recover, purge.

https://learn.microsoft.com/rest/api/keyvault/secrets/operation-groups. What is written is in the world, like
what the program writes; a value is stored as its hash only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from rehearsal.data_planes.key_vault_documents import bundle, deleted
from rehearsal.data_planes.web import Answer, Request
from rehearsal.simulators.azure.entra import Caller
from rehearsal.simulators.azure.keyvault import data_plane, rights, secrets
from rehearsal.simulators.azure.keyvault.response import VaultResponseError
from rehearsal.simulators.azure.keyvault.writing import (
    require_free_name,
    require_right_to_set,
    secret_id,
    write_version,
)
from rehearsal.simulators.world import AzureResource, World

Change = Callable[[World, AzureResource, Caller, str, Request], Answer]
_DATES: Final = {"nbf": "notBefore", "exp": "expires"}
"""Names on the data plane → in ARM."""


def find(method: str, collection: str, rest: list[str]) -> Change | None:
    """The change that a request to an object asks for. None: it is no change that is simulated."""
    match method, collection, rest:
        case "PUT", "secrets", []:
            return _set
        case "PATCH", "secrets", [] | [_]:  # without a version the newest one is meant
            return _update
        case "DELETE", "secrets", []:
            return _delete
        case "POST", "deletedsecrets", ["recover"]:
            return _recover
        case "DELETE", "deletedsecrets", []:
            return _purge
        case _:
            return None


def find_deleted(world: World, vault: AzureResource, name: str) -> AzureResource:
    """The soft-deleted secret. Raises VaultResponseError."""
    secret = world.deleted_secrets.get(secret_id(vault, name).lower())
    if secret is None:
        raise data_plane.not_found(name)
    return secret


def required_document(request: Request) -> Mapping[str, Any]:
    """The body of a request that needs one. Raises VaultResponseError."""
    try:
        document = request.document
    except ValueError:
        document = None
    if not isinstance(document, Mapping):
        # https://learn.microsoft.com/azure/key-vault/general/authentication-requests-and-responses
        raise VaultResponseError(400, "BadParameter", "Request body not specified")
    return document


def _set(world: World, vault: AzureResource, caller: Caller, name: str, request: Request) -> Answer:
    """https://learn.microsoft.com/rest/api/keyvault/secrets/set-secret/set-secret"""
    require_right_to_set(world, vault, caller, name)
    body = required_document(request)
    if not re.fullmatch(r"[0-9a-z-]{1,127}", name):
        raise VaultResponseError(400, "BadParameter", f"The request URI contains an invalid name: {name}")
    if not isinstance(body.get("value"), str):
        raise VaultResponseError(400, "BadParameter", "Property value is required")
    require_free_name(world, vault, name)
    properties = {"value": world.keyed_hash(body["value"]), **_fields(body)}
    write_version(world, vault, name, properties, body.get("tags"))
    return _bundle_with_value(world, vault, name, body["value"])


def _bundle_with_value(world: World, vault: AzureResource, name: str, value: str) -> Answer:
    secret = data_plane.details(world, vault, "secret", name)
    number = world.hex(32, secret.id, secret.versions) if secret else ""
    # The answer repeats the value that it was sent.
    return Answer(status=200, body={**bundle(world, vault, name, number, secret), "value": value})


def _fields(body: Mapping[str, Any]) -> dict[str, Any]:
    sent = body.get("attributes")
    sent = sent if isinstance(sent, Mapping) else {}
    attributes = {"enabled": sent.get("enabled") is not False}
    attributes |= {long: sent[short] for short, long in _DATES.items() if sent.get(short)}
    content_type = body.get("contentType")
    return {"attributes": attributes, **({"contentType": content_type} if content_type else {})}


def _update(world: World, vault: AzureResource, caller: Caller, name: str, request: Request) -> Answer:
    """The attributes of the newest version; those of older ones the world does not hold.

    https://learn.microsoft.com/rest/api/keyvault/secrets/update-secret/update-secret
    """
    rights.authorize(world, vault, caller, "secret", name, "update")
    body = required_document(request)
    secret = data_plane.details(world, vault, "secret", name)
    if secret is None:
        data_plane.read(world, vault, None, "secret", name, "")  # raises, if the vault has none of the name
        secret = write_version(world, vault, name, {}, None)
    newest = world.hex(32, secret.id, secret.versions)
    if request.path.lower().rstrip("/").rsplit("/", 1)[1] not in (newest, name):
        raise VaultResponseError(404, "NotSimulated", "attributes of older versions are not simulated")
    inner = secret.properties.get("properties") or {}
    changed = _fields({**body, "attributes": {**_sent(inner), **(body.get("attributes") or {})}})
    tags = {"tags": body["tags"]} if "tags" in body else {}
    # no new version
    secret.properties = {**secret.properties, "properties": {**inner, **changed}, **tags}
    world.changed()
    return Answer(status=200, body=bundle(world, vault, name, newest, secret))


def _sent(inner: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of a resource under the names of the data plane."""
    attributes: Mapping[str, Any] = inner.get("attributes") or {}
    names = {long: short for short, long in _DATES.items()}
    return {str(names.get(name) or name): value for name, value in attributes.items()}


def _delete(world: World, vault: AzureResource, caller: Caller, name: str, _: Request) -> Answer:
    """https://learn.microsoft.com/rest/api/keyvault/secrets/delete-secret/delete-secret"""
    rights.authorize(world, vault, caller, "secret", name, "delete")
    if data_plane.details(world, vault, "secret", name) is None:
        data_plane.read(world, vault, None, "secret", name, "")  # raises, if the vault has none of the name
        write_version(world, vault, name, {}, None)
    secrets.delete_secret(world, secret_id(vault, name))
    return Answer(status=200, body=deleted(world, vault, find_deleted(world, vault, name)))


def _recover(world: World, vault: AzureResource, caller: Caller, name: str, _: Request) -> Answer:
    """https://learn.microsoft.com/rest/api/keyvault/secrets/recover-deleted-secret"""
    rights.authorize(world, vault, caller, "secret", name, "recover")
    secrets.recover_secret(world, find_deleted(world, vault, name).id)
    known = data_plane.details(world, vault, "secret", name)
    return Answer(status=200, body=bundle(world, vault, name, "", known))


def _purge(world: World, vault: AzureResource, caller: Caller, name: str, _: Request) -> Answer:
    """https://learn.microsoft.com/rest/api/keyvault/secrets/purge-deleted-secret"""
    rights.authorize(world, vault, caller, "secret", name, "purge")
    secret = find_deleted(world, vault, name)
    if (vault.properties.get("properties") or {}).get("enablePurgeProtection"):
        # hashicorp/terraform-provider-azurerm#15678
        location = f"{vault.id.rsplit('/', 1)[1].lower()};location={vault.properties.get('location', '')}"
        text = (
            'Operation "purge" is not allowed because purge protection is enabled for this vault. Key Vault '
            "service will automatically purge it after the retention period has passed."
            f"\r\nVault: {location}"
        )
        raise VaultResponseError(403, "Forbidden", text)
    del world.deleted_secrets[secret.id.lower()]
    world.absent_secrets.add(secret.id.lower())
    world.changed()
    return Answer(status=204)
