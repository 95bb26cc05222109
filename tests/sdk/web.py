"""A request and an answer of HTTP, and nothing about connections: the endpoints are functions from one to the
other.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, kw_only=True)
class Request:
    method: str
    path: str
    """Without the query, as it was sent: ``//`` is not ``/``."""
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Names in lower case."""
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    body: Mapping[str, Any] = field(repr=False)  # may hold a token or a value: a failing test shows none
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        return json.dumps(self.body).encode()


class Endpoint(Protocol):
    """One host."""

    host: str

    def answer(self, request: Request) -> Answer: ...
