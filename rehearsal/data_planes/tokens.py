"""Access tokens of the simulated Entra: issued by its token endpoint, checked by every service."""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import Final

import jwt

from rehearsal.data_planes.issuers import signing_key
from rehearsal.simulators.azure.arm import TENANT
from rehearsal.simulators.azure.entra import Caller, home_tenant
from rehearsal.simulators.world import World

LIFETIME_SECONDS: Final = 3599
VAULT_RESOURCE: Final = "https://vault.azure.net"
ARM_RESOURCES: Final = (
    "https://management.azure.com",
    "https://management.azure.com/",
    "https://management.core.windows.net/",
)
"""Audiences that Azure Resource Manager accepts; clients add a slash or not.

https://learn.microsoft.com/rest/api/azure/#acquire-an-access-token
"""
KUBERNETES_RESOURCE: Final = "6dae42f8-4368-4678-94ff-3960e28e3630"
"""AKS's server application: https://learn.microsoft.com/azure/aks/kubelogin-authentication"""
RESOURCES: Final = (VAULT_RESOURCE, *ARM_RESOURCES, KUBERNETES_RESOURCE)
_KEY: Final = "entra"
CLUSTER: Final = "rehearsal_cluster"
"""A claim that Entra has not: the cluster whose token was exchanged, in whose network pods are."""


class TokenError(Exception):
    """A token that a service does not accept."""


class ExpiredTokenError(TokenError):
    """A token that was valid before."""


def tenant_of(world: World) -> str:
    """The tenant of the subscription: that of the identities, which a --cloud file may name."""
    with world.lock:
        return home_tenant(world) or TENANT


def issuer(tenant: str) -> str:
    """The issuer of tokens of version 1.0, which Azure's own services get.

    https://learn.microsoft.com/entra/identity-platform/access-tokens#token-formats
    """
    return f"https://sts.windows.net/{tenant}/"


def issue(caller: Caller, resource: str) -> str:
    """A token for the resource. Its claims:
    https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
    """
    now = int(time.time())
    claims = {
        "aud": resource,
        "iss": issuer(caller.tenant_id),
        "iat": now,
        "nbf": now,
        "exp": now + LIFETIME_SECONDS,
        "appid": caller.client_id,
        "oid": caller.object_id,
        "sub": caller.object_id,
        "tid": caller.tenant_id,
        "idtyp": "app",
        "ver": "1.0",
        CLUSTER: caller.cluster,
    }
    return jwt.encode(claims, signing_key(_KEY), algorithm="RS256", headers={"kid": _KEY})


def caller_of(token: str, resources: Collection[str], tenant: str) -> Caller:
    """The identity that a token names. Raises TokenError: audience, issuer, time or signature are wrong."""
    try:
        claims = jwt.decode(
            token,
            signing_key(_KEY).public_key(),
            algorithms=["RS256"],
            audience=resources,
            issuer=issuer(tenant),
        )
    except jwt.ExpiredSignatureError as error:
        raise ExpiredTokenError(str(error)) from None
    except jwt.PyJWTError as error:
        raise TokenError(str(error)) from None
    return Caller(claims["appid"], claims["oid"], claims["tid"], claims[CLUSTER])
