"""A request and an answer of HTTP, and nothing about connections: the endpoints are functions from one to the
other.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BufferedIOBase
from typing import Any, Final, Protocol

JSON: Final = "application/json; charset=utf-8"


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request as it was sent."""

    method: str
    path: str
    """Without the query, as it was sent: ``//`` is not ``/``."""
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Names in lower case."""
    body: bytes = field(default=b"", repr=False)
    host: str = ""
    certificate: str = ""
    """Common name of the client's certificate; empty: it has shown none."""

    @property
    def document(self) -> Any:
        """The body as JSON. Raises ValueError."""
        return json.loads(self.body or b"{}")

    @property
    def bearer(self) -> str:
        """The token of the request; empty: it has none."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token if scheme.lower() == "bearer" else ""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer, usually with a JSON document as its body."""

    status: int
    body: Any = field(default_factory=dict, repr=False)
    """It may hold a token or a value: a failing test shows none."""
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str | None = field(default=None, repr=False)
    """The body if it is no JSON document."""
    takes_over: Callable[[BufferedIOBase, BufferedIOBase], None] | None = None
    """Handler of the connection after a 101: it reads from the first file and writes into the second."""

    @property
    def content(self) -> bytes:
        if self.status in (101, 204):
            return b""
        return json.dumps(self.body).encode() if self.text is None else self.text.encode()


class Endpoint(Protocol):
    """One host, or several of a kind."""

    def answer(self, request: Request) -> Answer: ...
