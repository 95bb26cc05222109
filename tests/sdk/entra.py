"""The token endpoint of Microsoft Entra ID, for the one flow that a pod uses: a client assertion that the
cluster signed.

The form of the request and of both answers:
https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow (third case). An error's
words are those of the page or issue next to it. In which order Entra ID looks at things is documented
nowhere, so a test breaks one thing at a time.
"""

import time
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import parse_qs

import jwt

from tests.sdk.cluster import Cluster, signing_key
from tests.sdk.trust import Identity, Trust
from tests.sdk.web import Answer, Request

HOST = "login.microsoftonline.com"
VAULT_RESOURCE = "https://vault.azure.net"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LIFETIME_SECONDS = 3599
CHECK = (
    "Check your federated identity credential Subject, Audience and Issuer against the presented assertion."
)
SEE = "https://learn.microsoft.com/entra/workload-id/workload-identity-federation"


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


class Entra:
    host = HOST

    def __init__(self, trust: Trust, clusters: Iterable[Cluster], *, unsettled: int = 0) -> None:
        self.trust = trust
        self.published = {cluster.issuer: cluster.keys for cluster in clusters}
        """Issuer → the keys at its ``jwks_uri``."""
        self.unsettled = unsettled
        """How many token requests still meet the directory before the federated credential is everywhere."""

    def answer(self, request: Request) -> Answer:
        tenant = self.trust.tenant_id
        if request.path == f"/{tenant}/oauth2/v2.0/token":
            try:
                return self._token(request)
            except RefusedError as refused:
                return refused.answer
        # What MSAL asks first (all libraries but Python's):
        # https://learn.microsoft.com/entra/msal/dotnet/advanced/instance-discovery
        if request.path == "/common/discovery/instance":
            location = f"https://{HOST}/{tenant}/v2.0/.well-known/openid-configuration"
            alias = {
                "preferred_network": HOST,
                "preferred_cache": "login.windows.net",
                "aliases": [HOST, "login.windows.net"],
            }
            return Answer(
                status=200,
                body={"tenant_discovery_endpoint": location, "api-version": "1.1", "metadata": [alias]},
            )
        # https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc#fetch-the-openid-configuration-document
        if request.path == f"/{tenant}/v2.0/.well-known/openid-configuration":
            return Answer(
                status=200,
                body={
                    "issuer": f"https://{HOST}/{tenant}/v2.0",
                    "authorization_endpoint": f"https://{HOST}/{tenant}/oauth2/v2.0/authorize",
                    "token_endpoint": f"https://{HOST}/{tenant}/oauth2/v2.0/token",
                    "jwks_uri": f"https://{HOST}/{tenant}/discovery/v2.0/keys",
                },
            )
        if request.path.endswith("/oauth2/v2.0/token") and request.path.count("/") == 4:
            # https://learn.microsoft.com/entra/identity-platform/reference-error-codes (AADSTS90002)
            return RefusedError(
                90002, "invalid_request", f"Tenant '{request.path.split('/')[1]}' not found."
            ).answer
        return Answer(status=404, body={"error": "not an address of this simulation"})

    def _token(self, request: Request) -> Answer:
        form = self._form(request)
        identity = self._client(form)
        if self.unsettled > 0:
            self.unsettled -= 1
            # https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations, "Time
            # for … to propagate"
            raise RefusedError(
                70021,
                "invalid_request",
                "No matching federated identity record found for presented assertion.",
            )
        self._assertion(form["client_assertion"], identity)
        now = int(time.time())
        # The claims: https://learn.microsoft.com/azure/key-vault/general/rest-error-codes, "The token is
        # expired"
        claims = {
            "aud": VAULT_RESOURCE,
            "iss": f"https://sts.windows.net/{self.trust.tenant_id}/",
            "iat": now,
            "nbf": now,
            "exp": now + LIFETIME_SECONDS,
            "appid": identity.client_id,
            "oid": identity.principal_id,
            "tid": self.trust.tenant_id,
            "ver": "1.0",
        }
        token = jwt.encode(claims, signing_key("entra"), algorithm="RS256", headers={"kid": "entra"})
        return Answer(
            status=200, body={"token_type": "Bearer", "expires_in": LIFETIME_SECONDS, "access_token": token}
        )

    @staticmethod
    def _form(request: Request) -> dict[str, str]:
        if request.method != "POST":
            # https://github.com/nbarbettini/oidc-debugger/issues/87,
            # https://github.com/microsoft/Recognizers-Text/issues/2975: they show the words, not the status.
            raise RefusedError(
                900561,
                "invalid_request",
                f"The endpoint only accepts POST requests. Received a {request.method} request.",
            )
        # A body that is no form has no parameters:
        # https://github.com/microsoftgraph/microsoft-graph-docs-contrib/issues/1369
        is_form = (
            request.headers.get("content-type", "").partition(";")[0].strip()
            == "application/x-www-form-urlencoded"
        )
        form = (
            {name: values[0] for name, values in parse_qs(request.body.decode()).items()} if is_form else {}
        )
        for name in ("grant_type", "client_id", "scope"):
            if not form.get(name):
                # https://github.com/microsoftgraph/microsoft-graph-docs/issues/9207
                raise RefusedError(
                    900144,
                    "invalid_request",
                    f"The request body must contain the following parameter: '{name}'.",
                )
        if form["grant_type"] != "client_credentials":
            # https://learn.microsoft.com/entra/identity-platform/reference-error-codes (AADSTS70003)
            raise RefusedError(
                70003,
                "unsupported_grant_type",
                f"The app requested an unsupported grant type '{form['grant_type']}'.",
            )
        if form.get("client_assertion_type") != ASSERTION_TYPE or not form.get("client_assertion"):
            # https://learn.microsoft.com/entra/identity-platform/reference-error-codes (AADSTS7000218). Which
            # code another client_assertion_type gets is not documented: it counts as none here.
            text = (
                "The request body must contain the following parameter: "
                "'client_assertion' or 'client_secret'."
            )
            raise RefusedError(7000218, "invalid_client", text, 401)
        return form

    def _client(self, form: dict[str, str]) -> Identity:
        # Some libraries send the scopes of OpenID Connect along (all scopes but one of MSAL for Go): they ask
        # for nothing here
        scopes = [
            scope for scope in form["scope"].split() if scope not in ("openid", "offline_access", "profile")
        ]
        scope, client_id = " ".join(scopes), form["client_id"]
        if not scope.endswith("/.default"):
            # The scope must be a resource with /.default: the flow's page above; its code is
            # in MockHelpers of https://github.com/AzureAD/microsoft-authentication-library-for-dotnet
            # (AADSTS1002012)
            text = (
                "Client credential flows must have a scope value "
                "with /.default suffixed to the resource identifier"
            )
            raise RefusedError(
                1002012,
                "invalid_scope",
                f"The provided value for scope {scope} is not valid. {text} (application ID URI).",
            )
        if scope.removesuffix("/.default") != VAULT_RESOURCE:
            # https://learn.microsoft.com/entra/identity-platform/reference-error-codes (AADSTS500011)
            resource, tenant = scope.removesuffix("/.default"), self.trust.tenant_id
            text = f"The resource principal named {resource} was not found in the tenant named {tenant}."
            raise RefusedError(500011, "invalid_resource", text)
        for identity in self.trust.identities:
            if identity.client_id == client_id:
                return identity
        # https://github.com/MicrosoftDocs/azure-docs/issues/108526
        tenant = self.trust.tenant_id
        text = f"Application with identifier '{client_id}' was not found in the directory '{tenant}'."
        raise RefusedError(700016, "unauthorized_client", text)

    def _assertion(self, assertion: str, identity: Identity) -> None:
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
            text = f"{record} {more}{CHECK} {SEE}"
            return RefusedError(code, "invalid_client", text, 401)

        of_issuer = [credential for credential in identity.credentials if credential.issuer == issuer]
        if not of_issuer:  # https://github.com/Azure/azure-workload-identity/issues/1200 (first report)
            raise no_match(700211, "issuer", issuer)
        of_subject = [credential for credential in of_issuer if credential.subject == subject]
        if not of_subject and any(credential.subject.lower() == subject.lower() for credential in of_issuer):
            # https://github.com/Azure/login/issues/515
            more = (
                "The subject matches with case-insensitive comparison, "
                "but not with case-sensitive comparison. "
            )
            raise no_match(7002138, "subject", subject, more)
        if not of_subject:  # https://github.com/Azure/azure-workload-identity/issues/1200 (2025-04-22)
            raise no_match(700213, "subject", subject)
        if not any(credential.audience in audiences for credential in of_subject):
            # The answer that https://github.com/AthenZ/athenz keeps in its AzureAccessTokenProviderTest
            raise no_match(700212, "audience", audiences[0])

        key = self.published.get(issuer, {}).get(key_id)
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
