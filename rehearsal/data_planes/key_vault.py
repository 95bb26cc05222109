"""The data plane of the key vaults of a world: secrets with their versions, and every refusal on the way.

The form of the request, of the challenge and of an error:
https://learn.microsoft.com/azure/key-vault/general/authentication-requests-and-responses. Rights and versions
are those of the simulated vault (rehearsal/simulators/azure/keyvault/).
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any, Final

from rehearsal.data_planes import tokens
from rehearsal.data_planes.credentials import HOST as ENTRA_HOST
from rehearsal.data_planes.faults import PlaneFaults
from rehearsal.data_planes.tokens import VAULT_RESOURCE
from rehearsal.data_planes.values import START, made_up
from rehearsal.data_planes.web import Answer, Request
from rehearsal.simulators.azure.entra import Caller
from rehearsal.simulators.azure.keyvault import data_plane, rights, secrets
from rehearsal.simulators.azure.keyvault.rights import VaultResponseError
from rehearsal.simulators.azure.keyvault.vaults import VAULT
from rehearsal.simulators.world import AzureResource, World

SUFFIX: Final = ".vault.azure.net"
# https://learn.microsoft.com/python/api/azure-keyvault-secrets/azure.keyvault.secrets.apiversion
API_VERSIONS: Final = frozenset(
    ("2016-10-01", "7.0", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6", "2025-07-01", "2026-04-01")
)


class KeyVaults:
    """All vaults of a world, each at its own host."""

    def __init__(self, world: World, faults: PlaneFaults) -> None:
        self.world, self.faults = world, faults

    def hosts(self) -> set[str]:
        with self.world.lock:
            return {f"{_name(vault)}{SUFFIX}" for vault in self.world.of_type(VAULT)}

    def answer(self, request: Request) -> Answer:
        with self.world.lock:
            try:
                answer = self._answer(request)
            except VaultResponseError as error:
                inner = {"innererror": {"code": error.inner}} if error.inner else {}
                body = {"error": {"code": error.code, "message": error.message, **inner}}
                return Answer(status=error.status, body=body)
            self.world.commit()
            return answer

    def _answer(self, request: Request) -> Answer:
        vault = data_plane.find_vault(self.world, request.host.removesuffix(SUFFIX))
        tenant = tokens.tenant_of(self.world)
        try:
            # Audience, issuer and time: https://learn.microsoft.com/azure/key-vault/general/rest-error-codes,
            # "HTTP 401: Unauthenticated Request"
            caller = tokens.caller_of(request.bearer, (VAULT_RESOURCE,), tenant)
        except tokens.TokenError as error:
            return _challenge(tenant, error, is_missing=not request.bearer)
        version = request.query.get("api-version", "")
        if version not in API_VERSIONS:
            # "there is no default": the page above
            raise VaultResponseError(
                400, "BadParameter", f"The specified version ({version}) is not recognized."
            )
        parts = request.path.lower().split("/")[1:]
        match request.method, parts:
            # https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret/get-secret
            # Case does not matter:
            # https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#object-identifiers
            case "GET", ["secrets", name] | ["secrets", name, ""] if name:
                return self._read(vault, caller, name, "")
            case "GET", ["secrets", name, "versions"] if name:
                return self._versions(vault, caller, name)
            case "GET", ["secrets", name, number]:
                return self._read(vault, caller, name, number)
            case "GET", ["secrets"]:
                return self._list(vault, caller)
            case "GET", ["deletedsecrets"]:
                rights.authorize(self.world, vault, caller, "secret", "", "list")
                rows = [_deleted(self.world, vault, secret) for secret in self._soft_deleted(vault).values()]
                return Answer(status=200, body={"value": rows, "nextLink": None})
            case "GET", ["deletedsecrets", name]:
                rights.authorize(self.world, vault, caller, "secret", name, "get")
                return Answer(status=200, body=_deleted(self.world, vault, self._find_deleted(vault, name)))
            case "POST", ["deletedsecrets", name, "recover"]:
                # https://learn.microsoft.com/rest/api/keyvault/secrets/recover-deleted-secret
                rights.authorize(self.world, vault, caller, "secret", name, "recover")
                secrets.recover_secret(self.world, self._find_deleted(vault, name).id)
                known = data_plane.details(self.world, vault, "secret", name)
                return Answer(status=200, body=_bundle(self.world, vault, name, "", known))
            case _:
                error = {"code": "NotSimulated", "message": "not an operation of this simulation"}
                return Answer(status=404, body={"error": error})

    def _read(self, vault: AzureResource, caller: Caller, name: str, version: str) -> Answer:
        if self.faults.comes_before_the_role():
            # What a node answers that does not know the assignment yet:
            # https://learn.microsoft.com/azure/key-vault/general/rbac-guide#known-limits-and-performance
            caller = Caller(caller.client_id, "not-everywhere-yet", caller.tenant_id)
        secret = data_plane.read(self.world, vault, caller, "secret", name, version)
        known = data_plane.details(self.world, vault, "secret", name)
        body = {
            **_bundle(self.world, vault, name, secret.version, known),
            "value": made_up(self.world, secret.content),
        }
        return Answer(status=200, body=body)

    def _versions(self, vault: AzureResource, caller: Caller, name: str) -> Answer:
        """https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret-versions"""
        numbers = data_plane.list_versions(self.world, vault, caller, "secret", name)
        known = data_plane.details(self.world, vault, "secret", name)
        rows = [_bundle(self.world, vault, name, number, known) for number in numbers]
        return Answer(status=200, body={"value": rows, "nextLink": None})

    def _list(self, vault: AzureResource, caller: Caller) -> Answer:
        """https://learn.microsoft.com/rest/api/keyvault/secrets/get-secrets"""
        rights.authorize(self.world, vault, caller, "secret", "", "list")
        listed = self.world.of_type(secrets.SECRET, below=vault.id)
        rows = [_bundle(self.world, vault, _name(secret), "", secret) for secret in listed]
        return Answer(status=200, body={"value": rows, "nextLink": None})

    def _soft_deleted(self, vault: AzureResource) -> dict[str, AzureResource]:
        prefix = f"{vault.id.lower()}/secrets/"
        return {
            id_.removeprefix(prefix): secret
            for id_, secret in self.world.deleted_secrets.items()
            if id_.startswith(prefix)
        }

    def _find_deleted(self, vault: AzureResource, name: str) -> AzureResource:
        deleted = self._soft_deleted(vault).get(name)
        if deleted is None:
            raise data_plane.not_found(name)
        return deleted


def _name(resource: AzureResource) -> str:
    return resource.id.rsplit("/", 1)[1].lower()


def _challenge(tenant: str, error: tokens.TokenError, *, is_missing: bool) -> Answer:
    """The challenge: https://learn.microsoft.com/azure/key-vault/general/rest-error-codes; the words are in
    every recording of the SDKs' tests.
    """
    authorization = f"https://{ENTRA_HOST}/{tenant}"
    challenge = f'Bearer authorization="{authorization}", resource="{VAULT_RESOURCE}"'
    message = "AKV10000: Request is missing a Bearer or PoP token."
    if not is_missing:
        # https://learn.microsoft.com/azure/key-vault/general/rest-error-codes, "Error validating token"
        expired = isinstance(error, tokens.ExpiredTokenError)
        message = "Error validating token: " + ("IDX10223" if expired else "AKV10022: Invalid audience.")
    body = {"error": {"code": "Unauthorized", "message": message}}
    return Answer(status=401, body=body, headers={"WWW-Authenticate": challenge})


def _bundle(
    world: World, vault: AzureResource, name: str, version: str, known: AzureResource | None
) -> dict[str, Any]:
    """https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret/get-secret#secretbundle"""
    properties = (known.properties if known else {}).get("properties") or {}
    id_ = f"https://{_name(vault)}{SUFFIX}/secrets/{name}"
    bundle = {
        "id": f"{id_}/{version}" if version else id_,
        "attributes": {
            **_recovery(vault),
            **_attributes(properties.get("attributes") or {}, _written_at(world, vault, version, known)),
        },
        "tags": (known.properties.get("tags") if known else None) or {},
    }
    content_type = properties.get("contentType")
    return {**bundle, "contentType": content_type} if content_type else bundle


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


def _deleted(world: World, vault: AzureResource, secret: AzureResource) -> dict[str, Any]:
    """https://learn.microsoft.com/rest/api/keyvault/secrets/get-deleted-secret/get-deleted-secret"""
    name = _name(secret)
    bundle = _bundle(world, vault, name, "", secret)
    # When a secret was deleted the world does not hold: the days count from now.
    now = int(time.time())
    return {
        **bundle,
        "recoveryId": f"https://{_name(vault)}{SUFFIX}/deletedsecrets/{name}",
        "deletedDate": now,
        "scheduledPurgeDate": now + bundle["attributes"]["recoverableDays"] * 86_400,
    }
