"""A host with a REST API: answers by method and path, and records what it is sent."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[Any], Any]


class FakeHost:
    """Answers are values, or functions of the sent body; a path without one is a 404."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str], Any] = {}
        self.calls: list[tuple[str, str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.address = ""

    def answer(self, method: str, path: str, value: Any) -> None:
        self.answers[method, path] = value

    def sent(self, *methods: str) -> list[tuple[str, str, Any]]:
        return [call for call in self.calls if call[0] in methods]


class Redirect(str):
    """An answer that leads to another address."""


@contextmanager
def fake_host() -> Iterator[FakeHost]:
    host = FakeHost()

    class Handler(BaseHTTPRequestHandler):
        def respond(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            path = self.path.partition("?")[0]
            host.calls.append((self.command, self.path, body))
            host.headers.append(dict(self.headers.items()))
            answer = host.answers.get((self.command, path))
            value = answer(body) if callable(answer) else answer
            if isinstance(value, Redirect):
                self.send_response(302)
                self.send_header("Location", value)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            content = value if isinstance(value, bytes) else json.dumps(value).encode()
            self.send_response(404 if answer is None else 200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_PUT = respond

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    host.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
