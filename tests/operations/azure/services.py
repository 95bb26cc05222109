"""Entra's token endpoint and Azure Resource Manager as a table: what a test sets is what they answer."""

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import parse_qs

import jwt

from operations.azure.session import AzureSession
from rehearsal.data_planes.proxy import Proxy
from rehearsal.data_planes.web import Answer, Endpoint, Request

TENANT = "6d0f9f8a-6a5b-4c39-9f0e-0c2f6a3e1b11"
SUBSCRIPTION = "0b1f6471-1bf0-4dda-aec3-111122223333"
CLIENT = "2f5c1d7e-94b3-4a68-8c1d-7e0a3b9d6c55"
OBJECT = "b1e6a0d4-3c57-4f92-a8e9-5d4c2b7f8e03"
SIGN_IN = {
    "ARM_USE_OIDC": "true",
    "ARM_OIDC_TOKEN": "the-assertion-of-a-pipeline",
    "ARM_CLIENT_ID": CLIENT,
    "ARM_TENANT_ID": TENANT,
    "ARM_SUBSCRIPTION_ID": SUBSCRIPTION,
}


def refused(status: int, code: str, message: str) -> Answer:
    """https://github.com/microsoft/api-guidelines/blob/vNext/azure/Guidelines.md#handling-errors"""
    return Answer(status=status, body={"error": {"code": code, "message": message}})


@contextmanager
def silence() -> Iterator[Callable[[], Answer]]:
    """A service that does not answer: the client gives up first, however busy the machine is."""
    over = threading.Event()

    def wait() -> Answer:
        over.wait(60)
        return Answer(status=200)

    try:
        yield wait
    finally:
        over.set()


@dataclass(kw_only=True)
class Entra:
    host: str = "login.microsoftonline.com"
    claims: Mapping[str, str] = field(default_factory=lambda: {"idtyp": "app"})
    refusal: Answer | Callable[[], Answer] | None = None
    scopes: list[str] = field(default_factory=list[str])

    def answer(self, request: Request) -> Answer:
        if request.path == f"/{TENANT}/v2.0/.well-known/openid-configuration":
            base = f"https://{self.host}/{TENANT}"
            body = {
                "issuer": f"{base}/v2.0",
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "token_endpoint": f"{base}/oauth2/v2.0/token",
            }
            return Answer(status=200, body=body)
        if self.refusal:
            return self.refusal() if callable(self.refusal) else self.refusal
        (scope,) = parse_qs(request.body.decode())["scope"]
        self.scopes.append(scope)
        claims = {"oid": OBJECT, "tid": TENANT, "appid": CLIENT, "aud": scope, **self.claims}
        token = jwt.encode(claims, "not verified by anything here, and longer than 32 bytes", "HS256")
        expires = {"expires_in": 3599, "ext_expires_in": 3599, "expires_on": int(time.time()) + 3599}
        return Answer(status=200, body={"token_type": "Bearer", "access_token": token, **expires})


@dataclass(kw_only=True)
class Arm:
    host: str = "management.azure.com"
    answers: dict[str, Answer | Callable[[Request], Answer]] = field(default_factory=dict[str, Any])
    """`GET /path` → the answer; the path in lower case."""
    requests: list[str] = field(default_factory=list[str])

    def answer(self, request: Request) -> Answer:
        self.requests.append(f"{request.method} {request.path}")
        answer = self.answers.get(f"{request.method} {request.path.lower()}")
        if answer is None:
            return refused(404, "ResourceNotFound", f"The Resource '{request.path}' was not found.")
        return answer(request) if callable(answer) else answer


@dataclass(kw_only=True)
class Azure:
    entra: Entra = field(default_factory=Entra)
    arm: Arm = field(default_factory=Arm)
    session: AzureSession


@contextmanager
def azure(folder: Path, **config: str) -> Iterator[Azure]:
    """A session whose only way out ends at the two services."""
    entra, arm = Entra(), Arm()
    endpoints: dict[str, Endpoint] = {entra.host: entra, arm.host: arm}
    with Proxy(endpoints.get, folder).serving() as proxy:
        authority = str(proxy.authority_file)
        way_out = {"HTTPS_PROXY": proxy.url, "REQUESTS_CA_BUNDLE": authority, "NO_PROXY": ""}
        with mock.patch.dict(os.environ, way_out):
            yield Azure(entra=entra, arm=arm, session=AzureSession.open(config, {**SIGN_IN}))
