"""Credentials of applications in Entra ID: which there are, and why one is refused."""

from __future__ import annotations

import hmac
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

import jwt

from rehearsal.data_planes.issuers import Issuers
from rehearsal.data_planes.web import Answer
from rehearsal.simulators.azure.managedidentity import CREDENTIAL, IDENTITY
from rehearsal.simulators.world import World

HOST: Final = "login.microsoftonline.com"
_CHECK: Final = (
    "Check your federated identity credential Subject, Audience and Issuer against the presented assertion."
)
_OWN_ISSUERS: Final = (
    r"(.*\.)?(login\.microsoftonline\.com|login\.windows\.net|login\.microsoft\.com|sts\.windows\.net)"
)
"""Hosts of Entra's own issuers: workload-identity-federation-considerations."""
_SEE: Final = "https://learn.microsoft.com/entra/workload-id/workload-identity-federation"


@dataclass(frozen=True, kw_only=True)
class FederatedCredential:
    """One federated identity credential."""

    issuer: str
    subject: str
    audience: str


@dataclass(frozen=True, kw_only=True)
class Application:
    """A principal that gets tokens, with its credentials."""

    client_id: str
    object_id: str
    credentials: tuple[FederatedCredential, ...] = ()
    unsettled: tuple[FederatedCredential, ...] = ()
    """Those that are not everywhere yet."""
    secret: str = field(default="", repr=False)


class RefusedError(Exception):
    """An answer with one of the AADSTS codes."""

    def __init__(self, code: int, error: str, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.code, self.error, self.text, self.status = code, error, text, status

    @property
    def answer(self) -> Answer:
        now, trace, correlation = (
            datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%SZ"),
            str(uuid.uuid4()),
            str(uuid.uuid4()),
        )
        body = {
            "error": self.error,
            "error_description": f"AADSTS{self.code}: {self.text} "
            f"Trace ID: {trace} Correlation ID: {correlation} Timestamp: {now}",
            "error_codes": [self.code],
            "timestamp": now,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": f"https://{HOST}/error?code={self.code}",
        }
        return Answer(status=self.status, body=body)


def applications_of(world: World) -> list[Application]:
    """The user-assigned identities of the world."""
    with world.lock:
        return [
            Application(
                client_id=identity.properties.get("clientId", ""),
                object_id=identity.properties.get("principalId", ""),
                credentials=tuple(
                    _credential(known.properties)
                    for known in world.of_type(CREDENTIAL, below=identity.id)
                    if world.works(known.id)
                ),
                unsettled=tuple(
                    _credential(known.properties)
                    for known in world.of_type(CREDENTIAL, below=identity.id)
                    if not world.works(known.id)
                ),
            )
            for identity in world.of_type(IDENTITY)
        ]


def _credential(properties: Mapping[str, Any]) -> FederatedCredential:
    return FederatedCredential(
        issuer=str(properties.get("issuer")),
        subject=str(properties.get("subject")),
        audience=str((properties.get("audiences") or [""])[0]),
    )


def check_secret(secret: str, application: Application, *, expired: bool) -> None:
    """Both refusals: https://learn.microsoft.com/entra/identity-platform/reference-error-codes, their
    words: https://github.com/hashicorp/terraform-provider-azurerm/issues/24332 (7000215) and
    https://github.com/Azure/azure-sdk-for-net/issues/38763 (7000222).
    """
    if not application.secret or not hmac.compare_digest(secret.encode(), application.secret.encode()):
        text = (
            "Invalid client secret provided. Ensure the secret being sent in the request is the client "
            "secret value, not the client secret ID, for a secret added to app "
            f"'{application.client_id}'."
        )
        raise RefusedError(7000215, "invalid_client", text, 401)
    if expired:
        text = (
            f"The provided client secret keys for app '{application.client_id}' are expired. Visit the "
            "Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider "
            "using certificate credentials for added security: https://aka.ms/certCreds."
        )
        raise RefusedError(7000222, "invalid_client", text, 401)


def check_assertion(
    assertion: str, application: Application, issuers: Issuers, *, is_unsettled: bool = False
) -> None:
    """Issuer, subject and audience match to the letter, the final slash and the case included:
    https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations and
    https://learn.microsoft.com/entra/identity-platform/reference-breaking-changes (case, since August
    2024).
    """
    try:
        claims = jwt.decode(assertion, options={"verify_signature": False})
        key_id = jwt.get_unverified_header(assertion)["kid"]
        issuer, subject, audiences = claims["iss"], claims["sub"], claims["aud"]
    except (jwt.PyJWTError, KeyError):
        # https://learn.microsoft.com/entra/identity-platform/reference-error-codes (AADSTS50027)
        raise RefusedError(50027, "invalid_request", "Invalid JWT token.") from None
    audiences = [audiences] if isinstance(audiences, str) else audiences

    def no_match(code: int, claim: str, value: str, more: str = "") -> RefusedError:
        record = f"No matching federated identity record found for presented assertion {claim} '{value}'."
        text = f"{record} {more}{_CHECK} {_SEE}"
        return RefusedError(code, "invalid_client", text, 401)

    if is_unsettled or any(
        (known.issuer, known.subject) == (issuer, subject) and known.audience in audiences
        for known in application.unsettled
    ):
        # https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations,
        # "Time for … to propagate"; its words: https://github.com/external-secrets/external-secrets/issues/2783
        text = (
            "No matching federated identity record found for presented assertion. Assertion Issuer: "
            f"'{issuer}'. Assertion Subject: '{subject}'. Assertion Audience: '{audiences[0]}'."
        )
        raise RefusedError(70021, "invalid_client", text, 401)
    of_issuer = [credential for credential in application.credentials if credential.issuer == issuer]
    if not of_issuer:  # https://github.com/Azure/azure-workload-identity/issues/1200 (first report)
        raise no_match(700211, "issuer", issuer)
    if re.fullmatch(_OWN_ISSUERS, urlsplit(issuer).hostname or ""):
        # https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations,
        # "Microsoft Entra ID issuers aren't supported"; its error and status are not shown there
        text = "AAD-issued tokens may not be used for federated identity flows."
        raise RefusedError(700222, "invalid_client", text, 401)
    of_subject = [credential for credential in of_issuer if credential.subject == subject]
    if not of_subject and any(credential.subject.lower() == subject.lower() for credential in of_issuer):
        # https://github.com/Azure/login/issues/515
        more = (
            "The subject matches with case-insensitive comparison, but not with case-sensitive comparison. "
        )
        raise no_match(7002138, "subject", subject, more)
    if not of_subject:  # https://github.com/Azure/azure-workload-identity/issues/1200 (2025-04-22)
        raise no_match(700213, "subject", subject)
    if not any(credential.audience in audiences for credential in of_subject):
        # The answer that https://github.com/AthenZ/athenz keeps in its AzureAccessTokenProviderTest
        raise no_match(700212, "audience", audiences[0])

    published = issuers.keys(issuer)
    if published is None:
        # https://github.com/Azure/azure-workload-identity/issues/642
        raise RefusedError(50166, "invalid_request", "Request to External OIDC endpoint failed.")
    key = published.get(key_id)
    if key is None:  # https://github.com/Azure/azure-workload-identity/issues/1232
        text = (
            f"The certificate with identifier {key_id} used to sign the federated credential "
            "could not be found in the metadata"
        )
        raise RefusedError(7000272, "invalid_client", f"{text} of identity provider {issuer}.", 401)
    try:
        jwt.decode(assertion, key, algorithms=["RS256"], options={"verify_aud": False})
    except (jwt.ExpiredSignatureError, jwt.ImmatureSignatureError):
        # https://github.com/Azure/azure-workload-identity/issues/693; its status:
        # https://github.com/risingwavelabs/risingwave/issues/17123
        raise RefusedError(
            700024, "invalid_client", "Client assertion is not within its valid time range.", 401
        ) from None
    except jwt.PyJWTError:
        # https://learn.microsoft.com/entra/identity-platform/reference-error-codes (AADSTS50027, "failed
        # signature verification")
        raise RefusedError(
            50027, "invalid_request", "Invalid JWT token: failed signature verification."
        ) from None
