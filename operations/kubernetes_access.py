"""The API server of a cluster, asked as the person or pipeline that runs the command.

Owns: the way from a kubeconfig of AKS to a client, and requests with their refusals as one kind of error. A
kubeconfig that runs kubelogin holds no credential: the token for AKS then comes from the same credential as
Azure's, so kubelogin itself is not needed. Deliberately not here: what is asked (verify/), and what a
refusal means (failures/).
"""

from __future__ import annotations

import base64
import binascii
import json
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from operations.kubeconfig import Kubeconfig, KubernetesError, tls_context
from trust.nodes.fields import mapping

__all__ = ["Kubeconfig", "KubernetesApi", "KubernetesError", "connect", "namespaced"]

if TYPE_CHECKING:
    from operations.azure.session import AzureSession
    from operations.azure.tokens import SharedCredential

_AKS_VERSION: Final = "2024-09-01"
_PAGE: Final = 500
"""Objects of one answer. https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks"""
_SECONDS: Final = (10.0, 30.0)
"""Limits of a connection and of an answer."""
_SPARE_SECONDS: Final = 300
"""A token that lives shorter than this is replaced."""


class KubernetesApi:
    """Requests to the API server of one cluster, from any thread."""

    def __init__(self, kubeconfig: Kubeconfig, credential: SharedCredential | None = None) -> None:
        self.server = kubeconfig.server
        self._kubeconfig = kubeconfig
        self._credential = credential
        self._lock = threading.Lock()
        self._token, self._expires_on = kubeconfig.token, float("inf")
        self._context = tls_context(kubeconfig)
        self._client = _client(kubeconfig, self._context)

    def get(self, path: str, **query: str) -> Mapping[str, Any]:
        """One object. Raises KubernetesError."""
        return self._document("GET", path, query)

    def items(self, path: str, **query: str) -> Iterator[Mapping[str, Any]]:
        """The objects of a list, however many pages it has. Raises KubernetesError."""
        more = ""
        while True:
            page = {**query, "limit": str(_PAGE), **({"continue": more} if more else {})}
            document = self._document("GET", path, page)
            yield from (mapping(item) for item in document.get("items") or [])
            more = str(mapping(document.get("metadata")).get("continue") or "")
            if not more:
                return

    def post(self, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer to an object that is created, or only judged. Raises KubernetesError."""
        return self._document("POST", path, {}, body)

    def websocket(self, path: str, protocol: str, **query: str) -> Any:
        """A connection of WebSockets to a stream of the API server. Raises KubernetesError."""
        import websocket

        url = f"{self.server.replace('https:', 'wss:', 1)}{path}?{urlencode(query)}"
        token = self._bearer()
        options: dict[str, Any] = {"context": self._context}
        if self._kubeconfig.tls_server_name:
            options["server_hostname"] = self._kubeconfig.tls_server_name
        try:
            return websocket.create_connection(
                url,
                timeout=_SECONDS[1],
                subprotocols=[protocol],
                header=[f"Authorization: Bearer {token}"] if token else [],
                sslopt=options,
                suppress_origin=True,
            )
        except websocket.WebSocketBadStatusException as error:
            content = error.resp_body or b""
            raise _refusal(
                "GET", path, error.status_code, content if isinstance(content, bytes) else b""
            ) from error
        except (websocket.WebSocketException, OSError) as error:
            raise KubernetesError(
                f"{self.server} does not answer: {_cause(error)}", reason=type(error).__name__
            ) from error

    def _document(
        self, method: str, path: str, query: Mapping[str, str], body: Mapping[str, Any] | None = None
    ) -> Mapping[str, Any]:
        status, content = self._send(method, path, query, body)
        if not 200 <= status < 300:
            raise _refusal(method, path, status, content)
        document = _json(content)
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


def _refusal(method: str, path: str, status: int, content: bytes) -> KubernetesError:
    """https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/"""
    answer = mapping(_json(content))
    reason, message = str(answer.get("reason") or ""), str(answer.get("message") or "")
    text = f"{method} {path}: {status} {reason or 'refused'}" + (f": {message}" if message else "")
    return KubernetesError(text, status=status, reason=reason)


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None


def _cause(error: BaseException) -> str:
    """The innermost reason in one line: urllib3 wraps a refused connection several times."""
    reason = getattr(error, "reason", None)
    text = str(reason if reason else error)
    return " ".join(text.rpartition(": ")[2].split() if "object at 0x" in text else text.split())


def _client(kubeconfig: Kubeconfig, context: ssl.SSLContext) -> Any:
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
    client.pool_manager.connection_pool_kw["ssl_context"] = context
    return client


def namespaced(group: str, namespace: str, plural: str, name: str = "") -> str:
    """The path of objects in a namespace: ``namespaced("apps/v1", "shop", "deployments", "web")``.

    An empty namespace: objects of the whole cluster, or of all namespaces.
    """
    root = "/api/v1" if group == "v1" else f"/apis/{group}"
    inside = f"/namespaces/{quote(namespace, safe='')}" if namespace else ""
    return f"{root}{inside}/{plural}" + (f"/{quote(name, safe='')}" if name else "")


def connect(session: AzureSession, cluster_id: str) -> KubernetesApi:
    """The API server of an AKS cluster, as the principal that the session has signed in.

    Raises:
        AzureRefusedError: AKS gives it no kubeconfig.
        KubernetesError: the kubeconfig cannot be read.
    """
    # https://learn.microsoft.com/rest/api/aks/managed-clusters/list-cluster-user-credentials
    answer = session.post(f"{cluster_id}/listClusterUserCredential", _AKS_VERSION, format="exec")
    try:
        text = base64.b64decode(answer["kubeconfigs"][0]["value"]).decode()
    except (KeyError, IndexError, TypeError, binascii.Error, UnicodeDecodeError) as error:
        name = cluster_id.rpartition("/")[2]
        raise KubernetesError(f"AKS returns no kubeconfig of {name}", reason="BadKubeconfig") from error
    return KubernetesApi(Kubeconfig.read(text), session.credential)
