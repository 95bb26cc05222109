"""The only way out of a rehearsed process: an HTTP proxy that ends TLS itself and knows no host but the
simulated ones.

Clients run unchanged, with the real host names. A client asks its proxy for a tunnel (``CONNECT host:443``,
RFC 9110 section 9.3.6); here the tunnel ends at the endpoint of that name, with a certificate for it from an
authority that is made for one run. Every other host is refused and remembered: nothing ever leaves this
machine.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

import trustme

from rehearsal.data_planes.web import JSON, Answer, Endpoint, Request

Find = Callable[[str], Endpoint | None]
"""Host → its endpoint. None: there is no such host."""
_BAD_GATEWAY: Final = 502


class Proxy(ThreadingHTTPServer):
    """`find` is looked up at each tunnel: a vault that is created has a host from then on."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(
        self, find: Find, folder: Path, *, is_simulated: Callable[[str], bool] = lambda _: False
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.authority = trustme.CA()
        self.authority_file = folder / "authority.pem"
        self.authority.cert_pem.write_to_path(str(self.authority_file))
        self.find = find
        self.is_simulated = is_simulated
        """Whether a host without an endpoint belongs to a simulated service: its name does not resolve."""
        self.requests: list[str] = []
        """``METHOD host/path`` of each request that reached an endpoint."""
        self.refused: list[str] = []
        """Requests for other hosts."""
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._lock = threading.Lock()

    def context(self, host: str) -> ssl.SSLContext:
        with self._lock:
            if host not in self._contexts:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                self.authority.issue_cert(host).configure_cert(context)
                # Clients of a cluster with local accounts show the certificate of their kubeconfig.
                self.authority.configure_trust(context)
                context.verify_mode = ssl.CERT_OPTIONAL
                self._contexts[host] = context
            return self._contexts[host]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @contextmanager
    def serving(self) -> Iterator[Proxy]:
        thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.shutdown()
            thread.join()
            self.server_close()


class _Connection(BaseHTTPRequestHandler):
    server: Proxy  # pyright: ignore[reportIncompatibleVariableOverride] the base class knows no server but its own
    protocol_version = "HTTP/1.1"
    timeout = 30
    disable_nagle_algorithm = True
    endpoint: Endpoint | None = None
    host = ""
    certificate = ""

    def do_CONNECT(self) -> None:
        host, _, port = self.path.rpartition(":")
        self.endpoint = self.server.find(host) if port == "443" else None
        if self.endpoint is None:
            # RFC 9110, section 15.6.3: a gateway that cannot reach the host answers 502.
            self.refuse(_BAD_GATEWAY if self.server.is_simulated(host) else 403)
            return
        self.host = host
        self.send_response_only(200)
        self.end_headers()
        connection = self.server.context(host).wrap_socket(self.connection, server_side=True)
        self.certificate = _common_name(connection)
        self.connection = self.request = connection
        self.rfile = connection.makefile("rb")
        self.wfile = connection.makefile("wb")
        self.close_connection = False

    def do(self) -> None:
        if self.endpoint is None:
            self.refuse(403)
            return
        # self.path is no witness: http.server makes one slash of several at its start
        path, _, query = self.requestline.split()[1].partition("?")
        length = int(self.headers.get("Content-Length", 0))
        self.server.requests.append(f"{self.command} {self.host}{path}")
        request = Request(
            method=self.command,
            path=unquote(path),
            query=dict(parse_qsl(query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
            host=self.host,
            certificate=self.certificate,
        )
        self._send(self.endpoint.answer(request))

    def _send(self, answer: Answer) -> None:
        content = answer.content
        self.send_response_only(answer.status)
        headers = {"Content-Type": JSON} if content else {}
        for name, value in {**headers, **answer.headers}.items():
            self.send_header(name, value)
        if answer.takes_over is None:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
        self.wfile.flush()
        if answer.takes_over is not None:
            self.close_connection = True
            answer.takes_over(self.rfile, self.wfile)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = do

    def refuse(self, status: int) -> None:
        self.server.refused.append(f"{self.command} {self.path}")
        self.close_connection = True
        self.send_error(status, "this host is not simulated" if status == 403 else "no such host")

    def handle(self) -> None:
        # the client went away, or trusts another authority: its own message says so
        with suppress(ConnectionError, TimeoutError, ssl.SSLError):
            super().handle()

    def finish(self) -> None:
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
        # What is still to be sent may have no receiver; each of the three holds the socket open.
        for file in (self.wfile, self.rfile, self.connection):
            with suppress(OSError, ValueError):
                file.close()

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: what was asked stands in ``requests`` and ``refused``."""


def _common_name(connection: ssl.SSLSocket) -> str:
    """The common name of the client's certificate; empty if it has shown none."""
    subject: Any = (connection.getpeercert() or {}).get("subject", ())
    return next((str(value) for part in subject for name, value in part if name == "commonName"), "")
