"""operations/kubernetes_access.py against a server that speaks TLS: tokens, pages, refusals."""

import base64
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import trustme
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError

from operations.azure.tokens import SharedCredential
from operations.kubeconfig import AKS_SERVER, Kubeconfig, KubernetesError
from operations.kubernetes_access import KubernetesApi, namespaced

pytestmark = pytest.mark.servers

Answer = tuple[int, bytes]
MARKER = "value-that-no-one-may-see"


class Server:
    """The API server of a cluster, with an authority of its own."""

    def __init__(self, answer: Callable[[str, Any], Answer], *, port: int) -> None:
        self.requests: list[tuple[str, str, str]] = []
        self.certificates: list[Any] = []
        self.answer, self.port = answer, port


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@contextmanager
def serving(authority: trustme.CA, answer: Callable[[str, Any], Answer]) -> Iterator[Server]:
    class Connection(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            server.requests.append((self.command, self.path, self.headers.get("Authorization", "")))
            server.certificates.append(self.connection.getpeercert())  # pyright: ignore[reportAttributeAccessIssue]
            status, content = answer(self.path, json.loads(body) if body else None)
            self.send_response_only(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET

        def log_message(self, format: str, *args: Any) -> None: ...

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.verify_mode = ssl.CERT_OPTIONAL
    authority.configure_trust(context)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    http = ThreadingHTTPServer(("127.0.0.1", 0), Connection)
    http.daemon_threads = True
    http.socket = context.wrap_socket(http.socket, server_side=True)
    server = Server(answer, port=http.server_port)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        thread.join()
        http.server_close()


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def kubeconfig(port: int, authority: trustme.CA, user: dict[str, Any]) -> str:
    cluster = {
        "server": f"https://127.0.0.1:{port}",
        "certificate-authority-data": encoded(authority.cert_pem.bytes()),
    }
    return json.dumps(
        {
            "current-context": "aks-dev",
            "clusters": [{"name": "other", "cluster": {}}, {"name": "aks-dev", "cluster": cluster}],
            "contexts": [{"name": "aks-dev", "context": {"cluster": "aks-dev", "user": "clusterUser"}}],
            "users": [{"name": "clusterUser", "user": user}],
        }
    )


KUBELOGIN = {"exec": {"command": "kubelogin", "args": ["get-token", "--login", "devicecode"]}}


class Credential:
    def __init__(self, lives_seconds: int = 3600) -> None:
        self.scopes: list[str] = []
        self.lives_seconds = lives_seconds

    def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        self.scopes += scopes
        return AccessToken(f"entra-token-{len(self.scopes)}", int(time.time()) + self.lives_seconds)


def listed(*names: str, more: str = "") -> Answer:
    metadata = {"continue": more} if more else {}
    return 200, json.dumps({"metadata": metadata, "items": [{"name": name} for name in names]}).encode()


def refused(status: int, reason: str, message: str) -> Answer:
    body = {"kind": "Status", "status": "Failure", "reason": reason, "message": message, "code": status}
    return status, json.dumps(body).encode()


def test_kubelogin_is_replaced_by_a_token_of_the_same_credential(authority):
    with serving(authority, lambda *_: listed()) as server:
        config = Kubeconfig.read(
            kubeconfig(
                server.port,
                authority,
                {"exec": {**KUBELOGIN["exec"], "args": ["get-token", "--server-id", "my-app"]}},
            )
        )
        credential = Credential()
        api = KubernetesApi(config, SharedCredential(credential))
        assert list(api.items("/api/v1/pods")) == list(api.items("/api/v1/nodes")) == []
        assert credential.scopes == ["my-app/.default"], "one token serves until it ends"
        assert [token for _, _, token in server.requests] == ["Bearer entra-token-1"] * 2


@pytest.mark.parametrize("user", [KUBELOGIN, {"auth-provider": {"name": "azure", "config": {}}}])
def test_without_a_server_id_the_token_is_for_aks(user, authority):
    assert Kubeconfig.read(kubeconfig(1, authority, user)).server_id == AKS_SERVER


def test_a_token_near_its_end_is_replaced(authority):
    with serving(authority, lambda *_: listed()) as server:
        credential = Credential(lives_seconds=60)
        api = KubernetesApi(
            Kubeconfig.read(kubeconfig(server.port, authority, KUBELOGIN)), SharedCredential(credential)
        )
        list(api.items("/api/v1/pods"))
        list(api.items("/api/v1/pods"))
        assert len(credential.scopes) == 2


def test_local_accounts_sign_in_with_the_kubeconfigs_own_certificate(authority):
    issued = authority.issue_cert("masterclient")
    user = {
        "client-certificate-data": encoded(issued.cert_chain_pems[0].bytes()),
        "client-key-data": encoded(issued.private_key_pem.bytes()),
    }
    with serving(authority, lambda *_: listed()) as server:
        api = KubernetesApi(Kubeconfig.read(kubeconfig(server.port, authority, user)))
        list(api.items("/api/v1/pods"))
        assert server.certificates[0]["subjectAltName"] == (("DNS", "masterclient"),)
        assert server.requests[0][2] == ""


def test_the_kubeconfigs_token_is_sent(authority):
    with serving(authority, lambda *_: listed()) as server:
        api = KubernetesApi(Kubeconfig.read(kubeconfig(server.port, authority, {"token": "static"})))
        list(api.items("/api/v1/pods"))
        assert server.requests[0][2] == "Bearer static"


def test_a_list_is_read_to_its_last_page(authority):
    def answer(path: str, _: Any) -> Answer:
        return listed("b") if "continue=next" in path else listed("a", more="next")

    with serving(authority, answer) as server:
        api = KubernetesApi(Kubeconfig.read(kubeconfig(server.port, authority, {"token": "t"})))
        pods = api.items(namespaced("v1", "shop", "pods"), labelSelector="app=web")
        assert [pod["name"] for pod in pods] == ["a", "b"]
        assert server.requests[0][1] == "/api/v1/namespaces/shop/pods?labelSelector=app%3Dweb&limit=500"


def test_a_refusal_says_what_kubernetes_says(authority):
    message = 'pods is forbidden: User "me" cannot list resource "pods" in API group "" at the cluster scope'
    with serving(authority, lambda *_: refused(403, "Forbidden", message)) as server:
        api = KubernetesApi(Kubeconfig.read(kubeconfig(server.port, authority, {"token": "t"})))
        with pytest.raises(KubernetesError) as error:
            list(api.items("/api/v1/pods"))
        assert (error.value.status, error.value.reason) == (403, "Forbidden")
        assert str(error.value) == f"GET /api/v1/pods: 403 Forbidden: {message}"


def test_a_body_is_posted(authority):
    bodies: list[Any] = []

    def answer(path: str, body: Any) -> Answer:
        bodies.append(body)
        return 201, b'{"status": {"token": "t"}}'

    with serving(authority, answer) as server:
        api = KubernetesApi(Kubeconfig.read(kubeconfig(server.port, authority, {"token": "t"})))
        path = namespaced("v1", "shop", "serviceaccounts", "web") + "/token"
        assert api.post(path, {"spec": {"audiences": ["a"]}}) == {"status": {"token": "t"}}
        assert bodies == [{"spec": {"audiences": ["a"]}}]
        assert server.requests[0][:2] == ("POST", "/api/v1/namespaces/shop/serviceaccounts/web/token")


@pytest.mark.parametrize("content", [b"", b"<html>" + MARKER.encode(), b"[]", b"\xff\xfe" + MARKER.encode()])
@pytest.mark.parametrize("status", [200, 403, 500])
def test_an_answer_of_another_kind_is_no_traceback(status, content, authority):
    with serving(authority, lambda *_: (status, content)) as server:
        api = KubernetesApi(Kubeconfig.read(kubeconfig(server.port, authority, {"token": "t"})))
        with pytest.raises(KubernetesError) as error:
            api.get("/api/v1/namespaces/shop")
        assert error.value.status == status
        assert MARKER not in str(error.value)


def test_a_server_that_is_not_there_is_named(authority):
    api = KubernetesApi(Kubeconfig.read(kubeconfig(1, authority, {"token": "t"})))
    with pytest.raises(KubernetesError, match=r"^https://127\.0\.0\.1:1 does not answer: .*refused") as error:
        api.get("/version")
    assert (error.value.status, error.value.reason) == (0, "NewConnectionError")


def test_another_authority_is_not_trusted(authority):
    with serving(trustme.CA(), lambda *_: listed()) as server:
        api = KubernetesApi(Kubeconfig.read(kubeconfig(server.port, authority, {"token": "t"})))
        with pytest.raises(KubernetesError, match=r"does not answer: .*certificate verify failed") as error:
            api.get("/version")
        assert error.value.reason == "SSLError"


def test_an_entra_cluster_without_a_credential_says_so(authority):
    api = KubernetesApi(Kubeconfig.read(kubeconfig(1, authority, KUBELOGIN)))
    with pytest.raises(KubernetesError, match="needs a token of Entra"):
        api.get("/version")


def test_a_refused_sign_in_is_one_line(authority):
    class Refusing:
        def get_token(self, *scopes: str, **_: Any) -> AccessToken:
            raise ClientAuthenticationError("AADSTS70043: The refresh token has expired\r\nTrace ID: 1")

    api = KubernetesApi(Kubeconfig.read(kubeconfig(1, authority, KUBELOGIN)), SharedCredential(Refusing()))
    with pytest.raises(KubernetesError, match=r"^no token for AKS: AADSTS70043: The .* has expired$"):
        api.get("/version")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "a: [",
        "current-context: x",
        json.dumps({"current-context": "c", "contexts": [{"name": "c", "context": {"cluster": "d"}}]}),
    ],
)
def test_a_kubeconfig_of_another_form_is_refused_without_its_text(text):
    with pytest.raises(KubernetesError, match=r"^the kubeconfig that AKS returns cannot be read"):
        Kubeconfig.read(text)


def test_an_authority_that_is_no_certificate_is_refused(authority):
    text = kubeconfig(1, authority, {"token": MARKER}).replace(
        encoded(authority.cert_pem.bytes()), encoded(b"simulated")
    )
    with pytest.raises(KubernetesError, match="its certificate authority is no certificate"):
        KubernetesApi(Kubeconfig.read(text))
    assert MARKER not in repr(Kubeconfig.read(text))
