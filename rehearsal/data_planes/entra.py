"""The token endpoint of Microsoft Entra ID, for applications: a client secret, or a client assertion that an
issuer signed for a federated credential.

The form of the request and of both answers:
https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow. An error's words are
those of the page or issue next to it. In which order Entra ID looks at things is documented nowhere, so a
test breaks one thing at a time. What a signed-in user sends (device codes, refresh tokens) is not here.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qs

import jwt

from rehearsal.data_planes import credentials, tokens
from rehearsal.data_planes.credentials import HOST, Application, RefusedError, applications_of
from rehearsal.data_planes.faults import PlaneFaults
from rehearsal.data_planes.issuers import Issuers
from rehearsal.data_planes.web import Answer, Request
from rehearsal.simulators.azure.entra import Caller, cluster_of
from rehearsal.simulators.world import World

_OF_TENANT: Final = r"/([^/]+)/(?:oauth2/v2\.0/token|v2\.0/\.well-known/openid-configuration)"
ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Entra:
    """The directory of one tenant: the identities of the world, and other applications."""

    def __init__(self, world: World, issuers: Issuers, faults: PlaneFaults) -> None:
        self.world, self.issuers, self.faults = world, issuers, faults
        self.applications: list[Application] = []
        """Applications that are no identities of the world: the deployer's."""

    @property
    def tenant(self) -> str:
        return tokens.tenant_of(self.world)

    def answer(self, request: Request) -> Answer:
        tenant = self.tenant
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
        if unknown := re.fullmatch(_OF_TENANT, request.path):
            # https://github.com/Azure/azure-cli/issues/22145 (a client's discovery)
            text = (
                f"Tenant '{unknown[1]}' not found. Check to make sure you have the correct tenant ID and are "
                "signing into the correct cloud. Check with your subscription administrator, this may happen "
                "if there are no active subscriptions for the tenant."
            )
            return RefusedError(90002, "invalid_tenant", text).answer
        return Answer(status=404, body={"error": "not an address of this simulation"})

    def _token(self, request: Request) -> Answer:
        form = self._form(request)
        resource = self._resource(form)
        application = self._client(form["client_id"])
        if form.get("client_assertion"):
            credentials.check_assertion(
                form["client_assertion"],
                application,
                self.issuers,
                is_unsettled=self.faults.comes_before_the_credential(),
            )
        else:
            credentials.check_secret(form["client_secret"], application, expired=self.faults.expired_secret)
        cluster = self._cluster_of(form.get("client_assertion", ""))
        caller = Caller(application.client_id, application.object_id, self.tenant, cluster)
        token = tokens.issue(caller, resource)
        lifetime = tokens.LIFETIME_SECONDS
        body = {
            "token_type": "Bearer",
            "expires_in": lifetime,
            "ext_expires_in": lifetime,
            "access_token": token,
        }
        return Answer(status=200, body=body)

    def _cluster_of(self, assertion: str) -> str:
        """The cluster whose token it is; empty: none's, or there is none."""
        if not assertion:
            return ""
        claims = jwt.decode(assertion, options={"verify_signature": False})
        with self.world.lock:
            return cluster_of(self.world, str(claims.get("iss")))

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
        asserts = form.get("client_assertion_type") == ASSERTION_TYPE and form.get("client_assertion")
        if not asserts and not form.get("client_secret"):
            # https://learn.microsoft.com/entra/identity-platform/reference-error-codes (AADSTS7000218). Which
            # code another client_assertion_type gets is not documented: it counts as none here.
            text = (
                "The request body must contain the following parameter: "
                "'client_assertion' or 'client_secret'."
            )
            raise RefusedError(7000218, "invalid_client", text, 401)
        return form

    def _resource(self, form: dict[str, str]) -> str:
        """The resource that the token is for."""
        # Some libraries send the scopes of OpenID Connect along (all scopes but one of MSAL for Go): they ask
        # for nothing here
        scopes = [
            scope for scope in form["scope"].split() if scope not in ("openid", "offline_access", "profile")
        ]
        scope = " ".join(scopes)
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
        resource = scope.removesuffix("/.default")
        if resource not in tokens.RESOURCES:
            # https://learn.microsoft.com/entra/identity-platform/reference-error-codes (AADSTS500011)
            text = f"The resource principal named {resource} was not found in the tenant named {self.tenant}."
            raise RefusedError(500011, "invalid_resource", text)
        return resource

    def _client(self, client_id: str) -> Application:
        known = next(
            (
                known
                for known in [*self.applications, *applications_of(self.world)]
                if known.client_id == client_id
            ),
            None,
        )
        if known is None:
            # https://github.com/MicrosoftDocs/azure-docs/issues/108526
            text = (
                f"Application with identifier '{client_id}' was not found in the directory '{self.tenant}'. "
                "This can happen if the application has not been installed by the administrator of the "
                "tenant or consented to by any user in the tenant. You may have sent your authentication "
                "request to the wrong tenant."
            )
            raise RefusedError(700016, "unauthorized_client", text)
        return known
