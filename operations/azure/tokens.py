"""A credential that several clients and threads share, and the claims of its token.

`az` takes a second for each token, and azure-identity does not keep what it prints.
"""

from __future__ import annotations

import base64
import binascii
import json
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

_SPARE_SECONDS: Final = 300


class SharedCredential:
    """Asks for each token once, also when many threads need it at the same time."""

    def __init__(self, credential: Any) -> None:
        self._credential = credential
        self._tokens: dict[tuple[object, ...], Any] = {}
        self._locks: dict[tuple[object, ...], threading.Lock] = defaultdict(threading.Lock)
        self._lock = threading.Lock()

    def get_token(
        self, *scopes: str, claims: str | None = None, tenant_id: str | None = None, **more: Any
    ) -> Any:
        from azure.core.credentials import AccessToken

        options = {"claims": claims, "tenant_id": tenant_id, **more}
        info = self.get_token_info(
            *scopes, options={key: value for key, value in options.items() if value is not None}
        )
        return AccessToken(info.token, info.expires_on)

    def get_token_info(self, *scopes: str, options: Mapping[str, Any] | None = None) -> Any:
        named = dict(options or {})
        key = (*scopes, named.get("tenant_id"))
        with self._lock:
            lock = self._locks[key]
        with lock:
            token = self._tokens.get(key)
            # A claims challenge asks for another token than the one that was refused.
            if token is None or "claims" in named or token.expires_on < time.time() + _SPARE_SECONDS:
                token = self._tokens[key] = self._ask(scopes, named)
            return token

    def _ask(self, scopes: tuple[str, ...], options: Mapping[str, Any]) -> Any:
        if hasattr(self._credential, "get_token_info"):
            return self._credential.get_token_info(*scopes, options=dict(options))
        return self._credential.get_token(*scopes, **options)


@dataclass(frozen=True)
class Caller:
    """The principal that a token names."""

    object_id: str
    tenant_id: str
    client_id: str
    """The application: the Azure CLI's own for a person."""
    name: str
    """The sign-in name of a person, else empty."""
    is_person: bool
    groups: frozenset[str] | None = None
    """Object ids of its groups, nested ones too, in lower case. None: the token does not list them."""

    def __str__(self) -> str:
        return self.name or f"the service principal {self.client_id or self.object_id}"


def caller_of(token: str) -> Caller:
    """The principal of an access token for ARM.

    The claims are read and not verified, since they are only shown:
    https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference

    Raises:
        ValueError: it is no such token.
    """
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, binascii.Error, UnicodeDecodeError) as error:
        raise ValueError("no JSON web token") from error
    if not isinstance(claims, dict) or not claims.get("oid"):
        raise ValueError("a token without the claim oid")
    name = next((claims[key] for key in ("upn", "unique_name", "preferred_username") if claims.get(key)), "")
    # idtyp is optional; of an application's token no claim names a person
    is_person = claims.get("idtyp") != "app" and bool(name or claims.get("scp"))
    return Caller(
        object_id=str(claims["oid"]),
        tenant_id=str(claims.get("tid", "")),
        client_id=str(claims.get("appid") or claims.get("azp") or ""),
        name=str(name) if is_person else "",
        is_person=is_person,
        groups=_groups(claims),
    )


def _groups(claims: Mapping[str, Any]) -> frozenset[str] | None:
    """The claim is missing for a service principal, and above 200 groups:
    https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference#groups-overage-claim
    """
    groups = claims.get("groups")
    return frozenset(str(group).lower() for group in groups) if isinstance(groups, list) else None
