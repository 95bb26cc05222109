"""OIDC issuers: the clusters of the world, with the keys that sign their ServiceAccount tokens.

A cluster's issuer publishes its discovery document and its keys without authentication:
https://learn.microsoft.com/azure/aks/use-oidc-issuer
"""

from __future__ import annotations

import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

from rehearsal.data_planes.faults import PlaneFaults
from rehearsal.data_planes.web import Answer, Request
from rehearsal.simulators.azure.containerservice.clusters import CLUSTER
from rehearsal.simulators.world import AzureResource, World

AUDIENCE: Final = "api://AzureADTokenExchange"
"""The audience that the AKS webhook requests:
https://azure.github.io/azure-workload-identity/docs/topics/federated-identity-credential.html
"""
DISCOVERY: Final = ".well-known/openid-configuration"
_KEY_SET: Final = "openid/v1/jwks"


_keys: dict[str, RSAPrivateKey] = {}
_lock = threading.Lock()


def signing_key(owner: str) -> RSAPrivateKey:
    """The key of its owner: one per name and run, since making one is what takes time here."""
    with _lock:
        if owner not in _keys:
            _keys[owner] = generate_private_key(public_exponent=65537, key_size=2048)
        return _keys[owner]


def kid_of(key: RSAPublicKey) -> str:
    """The id of a key in tokens and key sets, as an API server makes it.

    keyIDFromPublicKey in kubernetes/kubernetes, pkg/serviceaccount/jwt.go
    """
    encoded = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return urlsafe_b64encode(sha256(encoded).digest()).rstrip(b"=").decode()


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """An issuer of tokens for subjects, with one key."""

    url: str
    key_id: str
    """The owner of the key: two clusters may claim one issuer, and only one of them publishes its keys."""

    def token(
        self,
        subject: str,
        audience: str = AUDIENCE,
        *,
        age_seconds: int = 0,
        lifetime_seconds: int = 3600,
        **claims: Any,
    ) -> str:
        """A token for the subject. RS256 is the algorithm that Entra ID supports:
        https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
        """
        issued = int(time.time()) - age_seconds
        all_claims = {
            "iss": self.url,
            "sub": subject,
            "aud": [audience],
            "iat": issued,
            "nbf": issued,
            "exp": issued + lifetime_seconds,
            **claims,
        }
        key = signing_key(self.key_id)
        return jwt.encode(all_claims, key, algorithm="RS256", headers={"kid": kid_of(key.public_key())})


def issuer_url(cluster: AzureResource) -> str:
    """The issuer of a cluster; empty if it has none that Entra could reach."""
    profile = cluster.properties.get("oidcIssuerProfile") or {}
    return str(profile.get("issuerURL") or "") if profile.get("enabled") is not False else ""


def issuer_of(cluster: AzureResource) -> Issuer:
    """The issuer of a cluster's own tokens; a cluster without an OIDC issuer uses a name of its own."""
    url = issuer_url(cluster) or f'"https://{cluster.properties.get("fqdn")}"'
    return Issuer(url=url, key_id=f"{cluster.id.lower()}#{cluster.serial}")


class Issuers:
    """Documents that the issuers of the world publish, at any host."""

    def __init__(self, world: World, faults: PlaneFaults) -> None:
        self.world, self.faults = world, faults
        self.others: dict[str, Issuer] = {}
        """Issuers that are no clusters: that of a pipeline's tokens."""

    def hosts(self) -> set[str]:
        return {urlsplit(issuer.url).netloc for issuer in self._all()}

    def keys(self, url: str) -> Mapping[str, RSAPublicKey] | None:
        """Key id → key, as a client of the issuer finds them. None: it finds no discovery document for this
        issuer.
        """
        document = self._document(url)
        if document is None or document.get("issuer") != url:
            return None
        keys = [signing_key(issuer.key_id).public_key() for issuer in self._all() if issuer.url == url]
        return {kid_of(key): key for key in keys}

    def answer(self, request: Request) -> Answer:
        for issuer in self._all():
            host, base = urlsplit(issuer.url).netloc, urlsplit(issuer.url).path.rstrip("/")
            if host != request.host or request.method != "GET":
                continue
            if request.path == f"{base}/{DISCOVERY}" and (document := self._document(issuer.url)) is not None:
                return Answer(status=200, body=document)
            if request.path == f"{base}/{_KEY_SET}":
                public = signing_key(issuer.key_id).public_key()
                key = json.loads(RSAAlgorithm.to_jwk(public))
                row = {**key, "use": "sig", "kid": kid_of(public), "alg": "RS256", "key_ops": None}
                return Answer(status=200, body={"keys": [{n: v for n, v in row.items() if v is not None}]})
        return Answer(status=404, body={"error": "not found"})

    def _document(self, url: str) -> Mapping[str, Any] | None:
        """The discovery document as Kubernetes serves it.

        https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#service-account-issuer-discovery
        """
        if url in self.faults.issuers:
            return self.faults.issuers[url]
        if not any(issuer.url == url for issuer in self._all()):
            return None
        return {
            "issuer": url,
            "jwks_uri": f"{url.rstrip('/')}/{_KEY_SET}",
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def _all(self) -> Iterator[Issuer]:
        with self.world.lock:
            clusters = list(self.world.of_type(CLUSTER))
        yield from (issuer_of(cluster) for cluster in clusters if issuer_url(cluster))
        yield from self.others.values()
