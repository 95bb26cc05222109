"""One vault object that reaches a pod in several ways, and several values in one Kubernetes Secret.

Each way is a list of keys of a workload, for the techniques that can do it.
"""

from collections.abc import Mapping
from typing import Any

_DB = {"name": "db-password", "from": "random"}
_CERTIFICATE = {"name": "domain-tld", "type": "cert-key-pair", "from": "existing"}
_TLS = {"name": "edge-tls", "type": "kubernetes.io/tls"}
_REPOSITORY = "argocd-repo"
_CONSTANT = {"name": "url", "from": "literal", "sensitive": False, "value": "https://example.com/app.git"}

TWO_VARIABLES = {
    "secrets": [{**_DB, "env": "SPRING_DATASOURCE_PASSWORD"}, {**_DB, "env": "SPRING_FLYWAY_PASSWORD"}]
}
VARIABLE_AND_FILE = {"secrets": [{**_DB, "env": "DB_PASSWORD"}, {**_DB, "file": "db/password"}]}
TWO_FILES = {"secrets": [{**_DB, "file": "db/password"}, {**_DB, "file": "legacy/db.txt"}]}
TWO_SECRETS = {
    "secrets": [
        {**_DB, "kubernetes_secret": {"name": "for-us", "key": "password"}},
        {**_DB, "kubernetes_secret": {"name": "for-helm", "key": "postgres-password"}},
    ]
}
TWO_KEYS = {
    "secrets": [
        {**_DB, "kubernetes_secret": {"name": "both", "key": key}}
        for key in ("password", "postgres-password")
    ]
}
TWO_FORMATS = {
    "secrets": [
        {**_CERTIFICATE, "file": "domain-pfx", "format": "pfx"},
        {**_CERTIFICATE, "file": "domain-pem", "format": "pem"},
    ]
}
CERTIFICATE_AND_TLS = {
    "secrets": [{**_CERTIFICATE, "file": "domain.pem"}, {**_CERTIFICATE, "kubernetes_secret": dict(_TLS)}]
}
TWO_OBJECT_TLS = {
    "secrets": [
        {"name": "edge-crt", "from": "random", "kubernetes_secret": {**_TLS, "key": "tls.crt"}},
        {"name": "edge-key", "from": "random", "kubernetes_secret": {**_TLS, "key": "tls.key"}, "env": "KEY"},
    ]
}
CONSTANT_BY_LITERAL = {
    "secrets": [
        {**_DB, "kubernetes_secret": {"name": _REPOSITORY, "key": "password"}},
        {**_CONSTANT, "kubernetes_secret": {"name": _REPOSITORY, "key": "url"}},
    ]
}
CONSTANT_BY_TEMPLATE = {
    "secrets": [{**_DB, "kubernetes_secret": {"name": _REPOSITORY, "key": "password"}}],
    "compose": [
        {
            "name": "url",
            "template": "https://example.com/app.git",
            "kubernetes_secret": {"name": _REPOSITORY},
        }
    ],
}
CHAIN_BY_TEMPLATE = {
    "secrets": [
        {"name": "leaf", "from": "random", "kubernetes_secret": {"name": "parts", "key": "leaf"}},
        {"name": "edge-key", "from": "random", "kubernetes_secret": {**_TLS, "key": "tls.key"}},
    ],
    "compose": [
        {
            "name": "chain",
            "template": "{{ .leaf }}",
            "kubernetes_secret": {**_TLS, "key": "tls.crt"},
        }
    ],
}

_EVERYWHERE = {
    "two-variables": TWO_VARIABLES,
    "variable-and-file": VARIABLE_AND_FILE,
    "two-files": TWO_FILES,
    "two-secrets": TWO_SECRETS,
    "two-keys": TWO_KEYS,
    "two-object-tls": TWO_OBJECT_TLS,
    "constant-by-literal": CONSTANT_BY_LITERAL,
}
ALL: Mapping[str, Mapping[str, Any]] = {
    **_EVERYWHERE,
    "two-formats": TWO_FORMATS,
    "certificate-and-tls": CERTIFICATE_AND_TLS,
    "constant-by-template": CONSTANT_BY_TEMPLATE,
    "chain-by-template": CHAIN_BY_TEMPLATE,
}
ACCEPTED: Mapping[str, frozenset[str]] = {
    "csi": frozenset({*_EVERYWHERE, "two-formats", "certificate-and-tls"}),
    "eso": frozenset({*_EVERYWHERE, "certificate-and-tls", "constant-by-template", "chain-by-template"}),
    "kubernetes-secret": frozenset(_EVERYWHERE),
    "sdk": frozenset(),
    "dapr": frozenset(),
}
"""Technique → the ways that it can do. The others are refused by the key that the technique lacks."""


def workload(technique: str, way: str) -> dict[str, Any]:
    """A workload with a pod that gets its secrets in this way."""
    return {
        "name": f"by-{technique[:4]}-{way}",
        "namespace": f"by-{technique[:4]}-{way}",
        "technique": technique,
        "image": "registry.example/shop:1",
        "run_as_user": 1654,
        **ALL[way],
    }


OPERATORS: dict[str, Any] = {"csi_driver": {}, "external_secrets": {}, "dapr": {"scheduler": False}}
