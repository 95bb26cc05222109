"""A kubeconfig of AKS: the server, whom a client trusts, and what it shows or where it gets a token.

Owns: reading it. It never repeats the text of a kubeconfig, which may hold a key and a token.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import ssl
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from operations.errors import OperationError
from trust.nodes.fields import mapping

AKS_SERVER: Final = "6dae42f8-4368-4678-94ff-3960e28e3630"
"""The Entra application of AKS. https://learn.microsoft.com/azure/aks/kubelogin-authentication"""


class KubernetesError(OperationError):
    """A request that the API server refused, or that did not reach it."""

    def __init__(self, text: str, *, status: int = 0, reason: str = "") -> None:
        super().__init__(text)
        self.status = status
        """Status of HTTP. 0: there was no answer."""
        self.reason = reason
        """Kubernetes' own word (Forbidden, NotFound …), or what kept the request from the server."""


@dataclass(frozen=True)
class Kubeconfig:
    """The parts of a kubeconfig's current context that a client needs."""

    server: str
    authority: bytes = b""
    """PEM. Empty: the authorities that the system trusts."""
    tls_server_name: str = ""
    proxy: str = ""
    server_id: str = ""
    """Application of which kubelogin gets a token. Empty: the kubeconfig has credentials of its own."""
    token: str = field(default="", repr=False)
    certificate: bytes = field(default=b"", repr=False)
    key: bytes = field(default=b"", repr=False)

    @classmethod
    def read(cls, text: str) -> Kubeconfig:
        """The current context of a kubeconfig. Raises KubernetesError without repeating its text."""
        try:
            document = mapping(yaml.safe_load(text))
            context = _named(document, "contexts", "context", str(document.get("current-context")))
            cluster = _named(document, "clusters", "cluster", str(context.get("cluster")))
            user = _named(document, "users", "user", str(context.get("user")))
            return cls(
                server=str(cluster["server"]).rstrip("/"),
                authority=_decoded(cluster.get("certificate-authority-data")),
                tls_server_name=str(cluster.get("tls-server-name") or ""),
                proxy=str(cluster.get("proxy-url") or ""),
                server_id=_server_id(user),
                token=str(user.get("token") or ""),
                certificate=_decoded(user.get("client-certificate-data")),
                key=_decoded(user.get("client-key-data")),
            )
        except (KeyError, yaml.YAMLError, binascii.Error, ValueError) as error:
            raise KubernetesError(
                "the kubeconfig that AKS returns cannot be read: no server, or a part that is not YAML",
                reason="BadKubeconfig",
            ) from error


def _named(document: Mapping[str, Any], entries: str, part: str, name: str) -> Mapping[str, Any]:
    for entry in document.get(entries) or []:
        if mapping(entry).get("name") == name:
            return mapping(entry.get(part))
    raise KeyError(name)


def _decoded(value: Any) -> bytes:
    return base64.b64decode(str(value)) if value else b""


def _server_id(user: Mapping[str, Any]) -> str:
    """Application for which the user's program, or the former provider of kubectl, gets a token."""
    if provider := mapping(user.get("auth-provider")):
        return str(mapping(provider.get("config")).get("apiserver-id") or AKS_SERVER)
    if not (program := mapping(user.get("exec"))):
        return ""
    arguments = [str(argument) for argument in program.get("args") or []]
    with contextlib.suppress(ValueError, IndexError):
        return arguments[arguments.index("--server-id") + 1]
    return AKS_SERVER


def tls_context(kubeconfig: Kubeconfig) -> ssl.SSLContext:
    """The authority that the client trusts, and the certificate that it shows. Raises KubernetesError."""
    try:
        context = ssl.create_default_context(cadata=kubeconfig.authority.decode() or None)
    except (ssl.SSLError, ValueError) as error:
        text = "the kubeconfig that AKS returns cannot be read: its certificate authority is no certificate"
        raise KubernetesError(text, reason="BadKubeconfig") from error
    if kubeconfig.certificate and kubeconfig.key:
        # OpenSSL reads files only; the folder is readable for its owner, and gone at once.
        with tempfile.TemporaryDirectory() as folder:
            certificate, key = Path(folder) / "certificate.pem", Path(folder) / "key.pem"
            certificate.write_bytes(kubeconfig.certificate)
            key.write_bytes(kubeconfig.key)
            with contextlib.suppress(ssl.SSLError):  # the token of the same user counts then
                context.load_cert_chain(certificate, key)
    return context
