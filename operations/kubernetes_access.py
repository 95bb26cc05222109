"""The API server of a cluster, asked as the person or pipeline that runs the command.

Owns: the way from a kubeconfig of AKS to a client, and requests with their refusals as one kind of error. A
kubeconfig that runs kubelogin holds no credential: the token for AKS then comes from the same credential as
Azure's, so kubelogin itself is not needed. Deliberately not here: what is asked (verify/), and what a
refusal means (failures/).
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
import ssl
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

import yaml

from operations.errors import OperationError

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

AKS_SERVER: Final = "6dae42f8-4368-4678-94ff-3960e28e3630"
"""The Entra application of AKS. https://learn.microsoft.com/azure/aks/kubelogin-authentication"""
_PAGE: Final = 500
"""Objects of one answer. https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks"""
_SECONDS: Final = (10.0, 30.0)
"""Limits of a connection and of an answer."""
_SPARE_SECONDS: Final = 300
"""A token that lives shorter than this is replaced."""


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
    """What a client needs of a kubeconfig's current context."""

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
            document = _mapping(yaml.safe_load(text))
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


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _named(document: Mapping[str, Any], entries: str, part: str, name: str) -> Mapping[str, Any]:
    for entry in document.get(entries) or []:
        if _mapping(entry).get("name") == name:
            return _mapping(entry.get(part))
    raise KeyError(name)


def _decoded(value: Any) -> bytes:
    return base64.b64decode(str(value)) if value else b""


def _server_id(user: Mapping[str, Any]) -> str:
    """Application for which the user's program, or the former provider of kubectl, gets a token."""
    if provider := _mapping(user.get("auth-provider")):
        return str(_mapping(provider.get("config")).get("apiserver-id") or AKS_SERVER)
    if not (program := _mapping(user.get("exec"))):
        return ""
    arguments = [str(argument) for argument in program.get("args") or []]
    with contextlib.suppress(ValueError, IndexError):
        return arguments[arguments.index("--server-id") + 1]
    return AKS_SERVER


class KubernetesApi:
    """Requests to the API server of one cluster, from any thread."""

    def __init__(self, kubeconfig: Kubeconfig, credential: TokenCredential | None = None) -> None:
        self.server = kubeconfig.server
        self._kubeconfig = kubeconfig
        self._credential = credential
        self._lock = threading.Lock()
        self._token, self._expires_on = kubeconfig.token, float("inf")
        self._client = _client(kubeconfig)

    def get(self, path: str, **query: str) -> Mapping[str, Any]:
        """One object. Raises KubernetesError."""
        return self._document("GET", path, query)

    def items(self, path: str, **query: str) -> Iterator[Mapping[str, Any]]:
        """The objects of a list, however many pages it has. Raises KubernetesError."""
        more = ""
        while True:
            page = {**query, "limit": str(_PAGE), **({"continue": more} if more else {})}
            document = self._document("GET", path, page)
            yield from (_mapping(item) for item in document.get("items") or [])
            more = str(_mapping(document.get("metadata")).get("continue") or "")
            if not more:
                return

    def post(self, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer to an object that is created, or only judged. Raises KubernetesError."""
        return self._document("POST", path, {}, body)

    def request(self, path: str, query: Mapping[str, str] | None = None) -> tuple[int, bytes]:
        """Status and body of a GET, also of a refused one. Raises KubernetesError if there is no answer."""
        return self._send("GET", path, query or {}, None)

    def _document(
        self, method: str, path: str, query: Mapping[str, str], body: Mapping[str, Any] | None = None
    ) -> Mapping[str, Any]:
        status, content = self._send(method, path, query, body)
        try:
            document = json.loads(content)
        except ValueError:
            document = None
        if not 200 <= status < 300:
            # https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
            answer = _mapping(document)
            reason, message = str(answer.get("reason") or ""), str(answer.get("message") or "")
            text = f"{method} {path}: {status} {reason or 'refused'}" + (f": {message}" if message else "")
            raise KubernetesError(text, status=status, reason=reason)
        if not isinstance(document, Mapping):
            raise KubernetesError(
                f"{method} {path}: the answer is no object of Kubernetes", status=status, reason="BadAnswer"
            )
        return document

    def _send(
        self, method: str, path: str, query: Mapping[str, str], body: Mapping[str, Any] | None
    ) -> tuple[int, bytes]:
        import urllib3
        from kubernetes.client.exceptions import ApiException

        url = self.server + path + (f"?{urlencode(query)}" if query else "")
        headers = {"Accept": "application/json", "User-Agent": "aks-secrets"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if token := self._bearer():
            headers["Authorization"] = f"Bearer {token}"
        try:
            answer = self._client.request(method, url, headers, body, _request_timeout=_SECONDS)
            return answer.status, answer.read()
        except (urllib3.exceptions.HTTPError, ApiException) as error:
            # An ApiException without a status is a failed handshake.
            reason = type(getattr(error, "reason", None) or error).__name__
            text = f"{self.server} does not answer: {_cause(error)}"
            raise KubernetesError(text, reason=reason) from error

    def _bearer(self) -> str:
        """The token of the kubeconfig, or one of the credential. Raises KubernetesError."""
        if not self._kubeconfig.server_id:
            return self._token
        with self._lock:
            if not self._token or self._expires_on - time.time() < _SPARE_SECONDS:
                self._token, self._expires_on = self._new_token()
            return self._token

    def _new_token(self) -> tuple[str, float]:
        from azure.core.exceptions import AzureError

        if self._credential is None:
            raise KubernetesError(
                "the kubeconfig needs a token of Entra, and no credential is at hand", reason="NoCredential"
            )
        try:
            token = self._credential.get_token(f"{self._kubeconfig.server_id}/.default")
        except AzureError as error:
            text = str(error.message).strip().splitlines()[0] if str(error.message).strip() else "refused"
            raise KubernetesError(f"no token for AKS: {text}", reason="NoToken") from error
        return token.token, float(token.expires_on)


def _cause(error: BaseException) -> str:
    """The innermost reason in one line: urllib3 wraps a refused connection several times."""
    reason = getattr(error, "reason", None)
    text = str(reason if reason else error)
    return " ".join(text.rpartition(": ")[2].split() if "object at 0x" in text else text.split())


def _client(kubeconfig: Kubeconfig) -> Any:
    """The transport of Kubernetes' own client: its proxy variables, name checks and pools."""
    from kubernetes.client.configuration import Configuration
    from kubernetes.client.rest import RESTClientObject
    from urllib3 import Retry

    configuration = Configuration(
        host=kubeconfig.server,
        proxy=kubeconfig.proxy or None,
        tls_server_name=kubeconfig.tls_server_name or None,
        retries=Retry(connect=1, read=1, redirect=0, other=0),
    )
    client = RESTClientObject(configuration)
    client.pool_manager.connection_pool_kw["ssl_context"] = _context(kubeconfig)
    return client


def _context(kubeconfig: Kubeconfig) -> ssl.SSLContext:
    """Whom the client trusts, and the certificate that it shows. Raises KubernetesError."""
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


def namespaced(group: str, namespace: str, plural: str, name: str = "") -> str:
    """The path of objects in a namespace: ``namespaced("apps/v1", "shop", "deployments", "web")``.

    An empty namespace: objects of the whole cluster, or of all namespaces.
    """
    root = "/api/v1" if group == "v1" else f"/apis/{group}"
    inside = f"/namespaces/{quote(namespace, safe='')}" if namespace else ""
    return f"{root}{inside}/{plural}" + (f"/{quote(name, safe='')}" if name else "")


def user_kubeconfig(clusters: Any, resource_group: str, name: str) -> Kubeconfig:
    """The kubeconfig of whoever is signed in (listClusterUserCredential). Raises azure-core's errors.

    Args:
        clusters: ``ContainerServiceClient.managed_clusters``.
        resource_group: Resource group of the cluster.
        name: Name of the cluster.
    """
    answer = clusters.list_cluster_user_credentials(resource_group, name, format="exec")
    if not answer.kubeconfigs:
        raise KubernetesError(f"AKS returns no kubeconfig of {name}", reason="BadKubeconfig")
    return Kubeconfig.read(bytes(answer.kubeconfigs[0].value or b"").decode("utf-8", errors="replace"))
