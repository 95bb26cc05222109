"""The only way out of a simulated pod: an HTTP proxy that ends TLS itself and knows no host but the simulated
ones.

The samples run unchanged, with the real host names. A client asks its proxy for a tunnel (``CONNECT
host:443``, RFC 9110 section 9.3.6); here the tunnel ends at the endpoint of that name, with a certificate for
it from an authority that is made for one run. Every other host is refused and remembered: nothing ever leaves
this machine.
"""

import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import trustme

from tests.sdk.web import Endpoint, Request


class Proxy(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, endpoints: Sequence[Endpoint], authority_file: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(authority_file))
        self.authority_file = authority_file
        self.endpoints = {
            endpoint.host: (endpoint, self._context(authority, endpoint.host)) for endpoint in endpoints
        }
        self.requests: list[str] = []
        """``METHOD host/path`` of each request that reached an endpoint."""
        self.refused: list[str] = []
        """Requests for other hosts."""

    @staticmethod
    def _context(authority: trustme.CA, host: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(host).configure_cert(context)
        return context

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @contextmanager
    def serving(self) -> Iterator["Proxy"]:
        thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02})
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
    endpoint: Endpoint | None = None

    def do_CONNECT(self) -> None:
        host, _, port = self.path.rpartition(":")
        if host not in self.server.endpoints or port != "443":
            self.refuse()
            return
        self.endpoint, context = self.server.endpoints[host]
        self.send_response_only(200)
        self.end_headers()
        self.connection = self.request = context.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb")
        self.close_connection = False

    def do(self) -> None:
        if self.endpoint is None:
            self.refuse()
            return
        # self.path is no witness: http.server makes one slash of several at its start
        path, _, query = self.requestline.split()[1].partition("?")
        length = int(self.headers.get("Content-Length", 0))
        self.server.requests.append(f"{self.command} {self.endpoint.host}{path}")
        answer = self.endpoint.answer(
            Request(
                method=self.command,
                path=path,
                query=dict(parse_qsl(query)),
                headers={name.lower(): value for name, value in self.headers.items()},
                body=self.rfile.read(length),
            )
        )
        self.send_response_only(answer.status)
        for name, value in {"Content-Type": "application/json; charset=utf-8", **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)
        self.wfile.flush()

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = do

    def refuse(self) -> None:
        self.server.refused.append(f"{self.command} {self.path}")
        self.close_connection = True
        self.send_error(403, "this host is not simulated")

    def handle(self) -> None:
        # the client went away, or trusts another authority: its own message says so
        with suppress(ConnectionError, TimeoutError, ssl.SSLError):
            super().handle()

    def finish(self) -> None:
        with suppress(OSError, ValueError):  # what is still to be sent has no receiver
            super().finish()
        self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: what was asked stands in ``requests`` and ``refused``."""
