"""The cluster's OIDC issuer: a key, and the ServiceAccount tokens signed with it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key

AUDIENCE = "api://AzureADTokenExchange"
"""The audience that the AKS webhook requests:
https://azure.github.io/azure-workload-identity/docs/topics/federated-identity-credential.html
"""


@cache
def signing_key(of: str) -> RSAPrivateKey:
    """One key per name and run: making one is what takes time here."""
    return generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(frozen=True, kw_only=True)
class Cluster:
    issuer: str
    name: str = "cluster"
    """Whose key it is: two clusters may claim one issuer, and only one of them publishes its keys there."""

    @cached_property
    def keys(self) -> Mapping[str, RSAPublicKey]:
        """Key id → key, what the issuer's ``jwks_uri`` publishes."""
        return {self.name: signing_key(self.name).public_key()}

    def token(
        self, subject: str, audience: str = AUDIENCE, *, age_seconds: int = 0, lifetime_seconds: int = 3600
    ) -> str:
        """A ServiceAccount token. RS256 is the algorithm that Entra ID supports:
        https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
        """
        issued = int(time.time()) - age_seconds
        claims = {
            "iss": self.issuer,
            "sub": subject,
            "aud": [audience],
            "iat": issued,
            "nbf": issued,
            "exp": issued + lifetime_seconds,
        }
        return jwt.encode(claims, signing_key(self.name), algorithm="RS256", headers={"kid": self.name})
