"""Objects of a vault as its data plane sends them: bundles of secrets, keys and certificates."""

from __future__ import annotations

import base64
import time
from datetime import datetime
from typing import Any, Final

from rehearsal.data_planes.values import START
from rehearsal.simulators.world import AzureResource, World

SUFFIX: Final = ".vault.azure.net"


def name_of(resource: AzureResource) -> str:
    """The name of a vault or of an object, in lower case."""
    return resource.id.rsplit("/", 1)[1].lower()


def bundle(
    world: World, vault: AzureResource, name: str, version: str, known: AzureResource | None
) -> dict[str, Any]:
    """https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret/get-secret#secretbundle"""
    properties = (known.properties if known else {}).get("properties") or {}
    id_ = f"https://{name_of(vault)}{SUFFIX}/secrets/{name}"
    document = {
        "id": f"{id_}/{version}" if version else id_,
        "attributes": attributes_of(world, vault, version, known),
        "tags": (known.properties.get("tags") if known else None) or {},
    }
    content_type = properties.get("contentType")
    return {**document, "contentType": content_type} if content_type else document


def attributes_of(
    world: World, vault: AzureResource, version: str, known: AzureResource | None
) -> dict[str, Any]:
    """The attributes of a version, as every kind of object has them."""
    attributes = ((known.properties if known else {}).get("properties") or {}).get("attributes") or {}
    written = _written_at(world, vault, version, known)
    return {**_recovery(vault), **_attributes(attributes, written)}


def _attributes(attributes: Any, written: int) -> dict[str, Any]:
    names = {"notBefore": "nbf", "expires": "exp"}
    dates = {short: attributes[name] for name, short in names.items() if attributes.get(name)}
    return {
        "enabled": attributes.get("enabled") is not False,
        "created": written,
        "updated": written,
        **dates,
    }


def _written_at(world: World, vault: AzureResource, version: str, known: AzureResource | None) -> int:
    """When a version was written, in seconds since 1970; an empty version: the newest. What a person has put
    into the vault is as old as the vault.
    """
    time = world.times.get(f"{vault.id.lower()}#1", START)
    if known is not None:
        numbers = {world.hex(32, known.id, number): number for number in range(1, known.versions + 1)}
        number = numbers.get(version, known.versions)
        time = world.times.get(f"{known.id.lower()}#{number}", time)
    return int(datetime.fromisoformat(time).timestamp())


def _recovery(vault: AzureResource) -> dict[str, Any]:
    """https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret/get-secret#deletionrecoverylevel"""
    properties = vault.properties.get("properties") or {}
    days = int(properties.get("softDeleteRetentionInDays") or 90)
    level = "Recoverable" if days == 90 else "CustomizedRecoverable"
    return {
        "recoveryLevel": level + ("" if properties.get("enablePurgeProtection") else "+Purgeable"),
        "recoverableDays": days,
    }


def deleted(world: World, vault: AzureResource, secret: AzureResource) -> dict[str, Any]:
    """https://learn.microsoft.com/rest/api/keyvault/secrets/get-deleted-secret/get-deleted-secret"""
    name = name_of(secret)
    document = bundle(world, vault, name, "", secret)
    # When a secret was deleted the world does not hold: the days count from now.
    now = int(time.time())
    return {
        **document,
        "recoveryId": f"https://{name_of(vault)}{SUFFIX}/deletedsecrets/{name}",
        "deletedDate": now,
        "scheduledPurgeDate": now + document["attributes"]["recoverableDays"] * 86_400,
    }


def key(
    world: World, vault: AzureResource, name: str, version: str, known: AzureResource | None
) -> dict[str, Any]:
    """https://learn.microsoft.com/rest/api/keyvault/keys/get-key/get-key#keybundle"""
    kid = f"https://{name_of(vault)}{SUFFIX}/keys/{name}/{version}"
    kty = str(((known.properties if known else {}).get("properties") or {}).get("kty") or "RSA")
    material = base64.urlsafe_b64encode(bytes.fromhex(world.hex(64, vault.id, "key", name)) * 8)
    public = {"kid": kid, "kty": kty, "n": material.decode().rstrip("="), "e": "AQAB"}
    return {"key": public, "attributes": attributes_of(world, vault, version, known), "tags": {}}


def certificate(world: World, vault: AzureResource, name: str, version: str) -> dict[str, Any]:
    """https://learn.microsoft.com/rest/api/keyvault/certificates/get-certificate/get-certificate.

    Its DER is made up: no client of the rehearsal reads it.
    """
    base = f"https://{name_of(vault)}{SUFFIX}"
    print_ = bytes.fromhex(world.hex(40, vault.id, "cert", name))
    return {
        "id": f"{base}/certificates/{name}/{version}",
        "kid": f"{base}/keys/{name}/{version}",
        "sid": f"{base}/secrets/{name}/{version}",
        "x5t": base64.urlsafe_b64encode(print_).decode().rstrip("="),
        "cer": base64.b64encode(print_).decode(),
        "attributes": attributes_of(world, vault, version, None),
        "tags": {},
    }


def row(bundle_: dict[str, Any]) -> dict[str, Any]:
    """A row of a list: the bundle without what only a read shows."""
    kept = ("id", "x5t", "attributes", "tags")
    identity = {"kid": bundle_["key"]["kid"]} if "key" in bundle_ else {}
    return {**identity, **{name: bundle_[name] for name in kept if name in bundle_}}
