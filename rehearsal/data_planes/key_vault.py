"""The data plane of the key vaults of a world: secrets, keys and certificates, and every refusal on the way.

The form of the request, of the challenge and of an error:
https://learn.microsoft.com/azure/key-vault/general/authentication-requests-and-responses. Rights and versions
are those of the simulated vault (rehearsal/simulators/azure/keyvault/).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from rehearsal.data_planes import key_vault_changes as changes
from rehearsal.data_planes import key_vault_documents as documents
from rehearsal.data_planes import key_vault_uses as uses
from rehearsal.data_planes import tokens
from rehearsal.data_planes.credentials import HOST as ENTRA_HOST
from rehearsal.data_planes.faults import PlaneFaults
from rehearsal.data_planes.key_vault_documents import SUFFIX, bundle, deleted, name_of
from rehearsal.data_planes.tokens import VAULT_RESOURCE
from rehearsal.data_planes.values import made_up
from rehearsal.data_planes.web import Answer, Request
from rehearsal.simulators.azure.entra import Caller
from rehearsal.simulators.azure.keyvault import data_plane, rights, secrets
from rehearsal.simulators.azure.keyvault.data_plane import KEY
from rehearsal.simulators.azure.keyvault.firewall import refuse_runner
from rehearsal.simulators.azure.keyvault.response import VaultResponseError
from rehearsal.simulators.azure.keyvault.vaults import VAULT
from rehearsal.simulators.world import AzureResource, World

# https://learn.microsoft.com/python/api/azure-keyvault-secrets/azure.keyvault.secrets.apiversion
API_VERSIONS: Final = frozenset(
    ("2016-10-01", "7.0", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6", "2025-07-01", "2026-04-01")
)


_KINDS: Final = {"keys": "key", "certificates": "cert"}


def _not_simulated() -> VaultResponseError:
    return VaultResponseError(404, "NotSimulated", "not an operation of this simulation")


class KeyVaults:
    """All vaults of a world, each at its own host."""

    def __init__(self, world: World, faults: PlaneFaults, *, clients_are_pods: bool) -> None:
        self.world, self.faults, self._clients_are_pods = world, faults, clients_are_pods
        self.forms: dict[tuple[str, str], Callable[[str], str]] = {}
        """Name of a vault and of a secret → what makes its value of a text, where readers need a form."""

    def hosts(self) -> set[str]:
        with self.world.lock:
            return {f"{name_of(vault)}{SUFFIX}" for vault in self.world.of_type(VAULT)}

    def answer(self, request: Request) -> Answer:
        with self.world.lock:
            try:
                answer = self._answer(request)
            except VaultResponseError as error:
                return Answer(status=error.status, body=error.body)
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
        if not self._clients_are_pods:
            caller = replace(caller, cluster="")
            refuse_runner(self.world, vault, caller)
        parts = request.path.lower().rstrip("/").split("/")[1:]
        match request.method, parts:
            # https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret/get-secret
            # Case does not matter:
            # https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#object-identifiers
            case "GET", ["secrets", name]:
                return self._read(vault, caller, name, "")
            case "GET", ["secrets", name, "versions"]:
                return self._versions(vault, caller, name)
            case "GET", ["secrets", name, number]:
                return self._read(vault, caller, name, number)
            case "GET", ["secrets"]:
                return self._list(vault, caller)
            case "GET", ["deletedsecrets"]:
                rights.authorize(self.world, vault, caller, "secret", "", "list")
                rows = [deleted(self.world, vault, secret) for secret in self._soft_deleted(vault).values()]
                return Answer(status=200, body={"value": rows, "nextLink": None})
            case "GET", ["deletedsecrets", name]:
                rights.authorize(self.world, vault, caller, "secret", name, "get")
                return Answer(
                    status=200, body=deleted(self.world, vault, changes.find_deleted(self.world, vault, name))
                )
            case "GET", ["keys" | "certificates" as collection, *rest]:
                return self._public(vault, caller, _KINDS[collection], rest)
            case method, ["keys" | "certificates" as collection, name, *rest] if verb := uses.verb(
                method, collection, rest
            ):
                return uses.use(self.world, vault, caller, _KINDS[collection], name, verb, request)
            case _, ["secrets" | "deletedsecrets" as collection, name, *rest]:
                change = changes.find(request.method, collection, rest)
                if change is None:
                    raise _not_simulated()
                return change(self.world, vault, caller, name, request)
            case _:
                raise _not_simulated()

    def _read(self, vault: AzureResource, caller: Caller, name: str, version: str) -> Answer:
        if self.faults.comes_before_the_role():
            # What a node answers that does not know the assignment yet:
            # https://learn.microsoft.com/azure/key-vault/general/rbac-guide#known-limits-and-performance
            caller = Caller(caller.client_id, "not-everywhere-yet", caller.tenant_id)
        secret = data_plane.read(self.world, vault, caller, "secret", name, version)
        known = data_plane.details(self.world, vault, "secret", name)
        body = {
            **bundle(self.world, vault, name, secret.version, known),
            "value": self.value_of(vault, name, secret.content),
        }
        return Answer(status=200, body=body)

    def value_of(self, vault: AzureResource, name: str, content: str) -> str:
        """The value that is answered for a stored one."""
        value, form = made_up(self.world, content), self.forms.get((name_of(vault), name.lower()))
        return form(value) if form else value

    def _versions(self, vault: AzureResource, caller: Caller, name: str) -> Answer:
        """https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret-versions"""
        numbers = data_plane.list_versions(self.world, vault, caller, "secret", name)
        known = data_plane.details(self.world, vault, "secret", name)
        rows = [bundle(self.world, vault, name, number, known) for number in numbers]
        return Answer(status=200, body={"value": rows, "nextLink": None})

    def _list(self, vault: AzureResource, caller: Caller) -> Answer:
        """https://learn.microsoft.com/rest/api/keyvault/secrets/get-secrets"""
        rights.authorize(self.world, vault, caller, "secret", "", "list")
        listed = self.world.of_type(secrets.SECRET, below=vault.id)
        rows = [bundle(self.world, vault, name_of(secret), "", secret) for secret in listed]
        return Answer(status=200, body={"value": rows, "nextLink": None})

    def _public(self, vault: AzureResource, caller: Caller, kind: str, rest: list[str]) -> Answer:
        """Keys and certificates: one, its versions, or all that the world has.

        https://learn.microsoft.com/rest/api/keyvault/keys/get-key, …/certificates/get-certificate
        """
        if not rest:
            rights.authorize(self.world, vault, caller, kind, "", "list")
            resources = self.world.of_type(KEY, below=vault.id) if kind == "key" else ()
            names = [name_of(resource) for resource in resources]
            rows = [documents.row(self._shown(vault, kind, name, "")) for name in names]
            return Answer(status=200, body={"value": rows, "nextLink": None})
        name, *version = rest
        if version == ["versions"]:
            numbers = data_plane.list_versions(self.world, vault, caller, kind, name)
            rows = [documents.row(self._shown(vault, kind, name, number)) for number in numbers]
            return Answer(status=200, body={"value": rows, "nextLink": None})
        read = data_plane.read(self.world, vault, caller, kind, name, version[0] if version else "")
        return Answer(status=200, body=self._shown(vault, kind, name, read.version))

    def _shown(self, vault: AzureResource, kind: str, name: str, version: str) -> dict[str, Any]:
        if kind == "cert":
            return documents.certificate(self.world, vault, name, version)
        known = data_plane.details(self.world, vault, "key", name)
        return documents.key(self.world, vault, name, version, known)

    def _soft_deleted(self, vault: AzureResource) -> dict[str, AzureResource]:
        prefix = f"{vault.id.lower()}/secrets/"
        return {
            id_.removeprefix(prefix): secret
            for id_, secret in self.world.deleted_secrets.items()
            if id_.startswith(prefix)
        }


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
