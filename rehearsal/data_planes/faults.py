"""Faults on purpose: answers that a test or a campaign puts in front of the endpoints.

Tests set them on the object; in a rehearsal they stand in the document of a bad day, beside the faults of the
simulators (rehearsal/simulators/faults/document.py):

    {"answers": [{"host": "*.vault.azure.net", "times": 2, "status": 429,
                  "headers": {"Retry-After": "1"}, "body": {"error": {…}}}]}
    {"unsettled_credentials": 2, "unsettled_roles": 1}
    {"issuers": {"https://…/": {"issuer": "https://…"}, "https://…/": null}}

What the world can hold is no fault: change the world (a foreign role assignment, a disabled secret).
"""

from __future__ import annotations

import fnmatch
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rehearsal.data_planes.web import Answer, Request


@dataclass(kw_only=True)
class CannedAnswer:
    """An answer to the next requests of a kind."""

    status: int
    host: str = "*"
    """A pattern with ``*``."""
    method: str = "*"
    path: str = ""
    """A regular expression that is found in the path."""
    times: int = 1
    """Number of requests that it answers; -1: all."""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = field(default_factory=dict)

    def fits(self, request: Request) -> bool:
        return (
            self.times != 0
            and fnmatch.fnmatch(request.host, self.host)
            and fnmatch.fnmatch(request.method, self.method)
            and re.search(self.path, request.path) is not None
        )


@dataclass(kw_only=True)
class PlaneFaults:
    """The faults of one world's endpoints."""

    answers: list[CannedAnswer] = field(default_factory=list)
    unsettled_credentials: int = 0
    """Number of token requests that still meet a directory without the federated credential."""
    unsettled_roles: int = 0
    """Number of reads that still meet a node of the vault without the role assignment."""
    issuers: dict[str, Mapping[str, Any] | None] = field(default_factory=dict)
    """Issuer → its discovery document in place of the right one; None: nothing answers there."""
    expired_secret: bool = False
    """Whether the deployer's client secret has expired."""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @classmethod
    def of_day(cls, settings: Mapping[str, Any]) -> PlaneFaults:
        """The data planes' part of a bad day (rehearsal/simulators/faults/document.py)."""
        known = ("unsettled_credentials", "unsettled_roles", "issuers", "expired_secret")
        answers = [CannedAnswer(**answer) for answer in settings.get("answers", [])]
        return cls(answers=answers, **{name: settings[name] for name in known if name in settings})

    def answer(self, request: Request) -> Answer | None:
        """The answer in place of the endpoint's own. None: there is none for this request."""
        with self._lock:
            canned = next((answer for answer in self.answers if answer.fits(request)), None)
            if canned is None:
                return None
            canned.times -= canned.times > 0
        return Answer(status=canned.status, body=canned.body, headers=canned.headers)

    def comes_before_the_credential(self) -> bool:
        """Whether this request comes too early; the next ones come later."""
        with self._lock:
            self.unsettled_credentials -= 1
            return self.unsettled_credentials >= 0

    def comes_before_the_role(self) -> bool:
        with self._lock:
            self.unsettled_roles -= 1
            return self.unsettled_roles >= 0
