"""The data plane of one Key Vault: reading a secret, or a version of it, and every refusal on the way.

The form of the request, of the challenge and of an error:
https://learn.microsoft.com/azure/key-vault/general/authentication-requests-and-responses.
"""

import secrets
import time
from uuid import uuid4

import jwt

from tests.sdk.cluster import signing_key
from tests.sdk.entra import HOST as ENTRA_HOST
from tests.sdk.entra import VAULT_RESOURCE
from tests.sdk.trust import Identity, Trust
from tests.sdk.web import Answer, Request

# https://learn.microsoft.com/python/api/azure-keyvault-secrets/azure.keyvault.secrets.apiversion
API_VERSIONS = frozenset(
    ("2016-10-01", "7.0", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6", "2025-07-01", "2026-04-01")
)


def _error(status: int, code: str, message: str, inner: str | None = None) -> Answer:
    error = {"code": code, "message": message}
    return Answer(
        status=status, body={"error": error if inner is None else {**error, "innererror": {"code": inner}}}
    )


class KeyVault:
    def __init__(self, trust: Trust, *, unsettled: int = 0) -> None:
        self.trust = trust
        self.host = f"{trust.vault_name}.vault.azure.net"
        self.unsettled = unsettled
        """How many reads still meet a node that does not know the role assignment."""
        self._versions: dict[str, list[tuple[str, str]]] = {name: [] for name in trust.secrets}
        for name in trust.secrets:
            self.rotate(name)

    def rotate(self, name: str) -> None:
        """A new version, with a value that is made up. It has letters outside ASCII: a length is not a number
        of bytes.
        """
        self._versions[name].append((uuid4().hex, f"ключ-{secrets.token_urlsafe(9 + secrets.randbelow(20))}"))

    def version(self, name: str) -> str:
        return self._versions[name][-1][0]

    def characters(self, name: str) -> int:
        return len(self._versions[name][-1][1])

    def appears_in(self, text: str) -> list[str]:
        """Names of the secrets with a value, of any version, in the text. Values never leave this class
        otherwise.
        """
        return sorted(
            {name for name, versions in self._versions.items() for _, value in versions if value in text}
        )

    def answer(self, request: Request) -> Answer:
        caller = self._caller(request)
        if caller is None:
            # https://learn.microsoft.com/azure/key-vault/general/rest-error-codes; the words are in every
            # recording of the SDKs' tests
            authorization = f"https://{ENTRA_HOST}/{self.trust.tenant_id}"
            challenge = f'Bearer authorization="{authorization}", resource="{VAULT_RESOURCE}"'
            refused = _error(401, "Unauthorized", "AKV10000: Request is missing a Bearer or PoP token.")
            return Answer(status=401, body=refused.body, headers={"WWW-Authenticate": challenge})
        version = request.query.get("api-version", "")
        if version not in API_VERSIONS:
            # "there is no default": the page above
            return _error(400, "BadParameter", f"The specified version ({version}) is not recognized.")
        match request.path.split("/"):
            # https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret/get-secret
            case ["", "secrets", name, *rest] if name and len(rest) < 2 and request.method == "GET":
                # Case does not matter:
                # https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#object-identifiers
                return self._read(caller, name.lower(), rest[0] if rest else "")
            case _:
                return Answer(
                    status=404,
                    body={
                        "error": {"code": "NotSimulated", "message": "not an operation of this simulation"}
                    },
                )

    def _caller(self, request: Request) -> Identity | None:
        """Who the token names; none when the vault does not accept it. Audience, issuer and time:
        https://learn.microsoft.com/azure/key-vault/general/rest-error-codes, "HTTP 401: Unauthenticated
        Request".
        """
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        issuer = f"https://sts.windows.net/{self.trust.tenant_id}/"
        try:
            claims = jwt.decode(
                token,
                signing_key("entra").public_key(),
                algorithms=["RS256"],
                audience=VAULT_RESOURCE,
                issuer=issuer,
            )
        except jwt.PyJWTError:
            return None
        return next(
            (identity for identity in self.trust.identities if identity.client_id == claims["appid"]), None
        )

    def _read(self, caller: Identity, name: str, version: str) -> Answer:
        settled = self.unsettled == 0
        self.unsettled -= not settled
        if not settled or name not in caller.readable:
            # https://github.com/Azure/terraform-azurerm-avm-res-keyvault-vault/issues/78: so too for a secret
            # that does not exist
            message = (
                "Caller is not authorized to perform action on resource.\r\n"
                "If role assignments, deny assignments or role definitions were changed recently, "
                "please observe propagation time.\r\n"
                f"Caller: appid={caller.client_id};oid={caller.principal_id};"
                f"iss=https://sts.windows.net/{self.trust.tenant_id}/\r\n"
                "Action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'\r\n"
                "Assignment: (not found)\r\nDenyAssignmentId: null\r\nDecisionReason: null \r\n"
                f"Vault: {self.trust.vault_name}\r\n"
            )
            return _error(403, "Forbidden", message, "ForbiddenByRbac")
        for existing, value in reversed(self._versions.get(name, [])):
            if version in ("", existing):
                now = int(time.time())
                attributes = {
                    "enabled": True,
                    "created": now,
                    "updated": now,
                    "recoveryLevel": "Recoverable",
                    "recoverableDays": 90,
                }
                body = {
                    "value": value,
                    "id": f"https://{self.host}/secrets/{name}/{existing}",
                    "attributes": attributes,
                    "tags": {},
                }
                return Answer(status=200, body=body)
        # https://github.com/Azure/azure-sdk-for-js/issues/25489
        return _error(
            404, "SecretNotFound", f"A secret with (name/id) {name} was not found in this key vault."
        )
