"""No value of a vault or a Secret leaves verify, and no answer of a service makes it fail."""

import json
import logging
from dataclasses import dataclass
from io import StringIO

import pytest
from rich.console import Console

from operations import kubernetes_access
from operations.azure import sign_in
from operations.checks import exit_status
from operations.commands import verify as command
from operations.errors import OperationError
from rehearsal.data_planes.web import Answer, Request
from tests.operations.azure.services import silence
from tests.operations.verify import breaks
from tests.operations.verify.azure import MARKER
from tests.operations.verify.breaks import BREAKS
from tests.operations.verify.live import API, Live

pytestmark = pytest.mark.servers

QUICK = {"retry-after-ms": "1", "Retry-After": "0"}
"""The services say so themselves, so that a test does not wait."""


def printed(live: Live, *workloads: str) -> str:
    """Everything that the command prints: the tables, and the document."""
    findings = live.verify(0, *workloads)
    screen = StringIO()
    command._show(findings, Console(file=screen, width=200), whole=True)
    return screen.getvalue() + json.dumps(command._document(findings, "dev"))


@pytest.fixture
def logs(monkeypatch):
    """Logs of every library at its lowest level."""
    text, root = StringIO(), logging.getLogger()
    handler = logging.StreamHandler(text)
    monkeypatch.setattr(root, "handlers", [handler])
    before = root.level
    root.setLevel(logging.DEBUG)
    yield text
    root.setLevel(before)


def test_no_value_is_printed_or_logged(live: Live, capfd, logs):
    text = printed(live)
    assert "vault.azure.net" in logs.getvalue(), "the libraries log"
    assert any(request.path.endswith("/portforward") for request in live.requests), "values were in answers"
    assert any("/secrets/" in request.path and request.host == API for request in live.requests)
    output = capfd.readouterr()
    for part in (text, output.out, output.err, logs.getvalue()):
        assert MARKER not in part
    for token in {request.bearer for request in live.requests} - {""}:
        assert token not in text + output.out + output.err + logs.getvalue()


def test_a_refused_sign_in_is_told_once_and_not_by_the_library(live: Live, capfd, monkeypatch):
    monkeypatch.setattr(logging.getLogger(), "handlers", [])  # pytest has some, a command has none
    breaks.without_issuer_slash(live)
    assert any("AADSTS700211" in finding.text for finding in live.verify(0, "greeter"))
    assert "get_token" not in capfd.readouterr().err


def test_a_value_that_is_read_for_want_of_lists_is_dropped(live: Live, capfd, logs):
    """A role of one's own may let a workload get a secret and not list its versions."""
    forbidden = Answer(
        status=403, body={"error": {"code": "Forbidden", "innererror": {"code": "ForbiddenByRbac"}}}
    )
    live.instead = lambda request: (
        forbidden if request.path.endswith("/versions") and request.bearer else None
    )
    text = printed(live, "greeter")
    assert any(request.path == "/secrets/greeting/" for request in live.requests)
    assert '"wrong": 0, "waiting": 0, "unknown": 0' in text
    output = capfd.readouterr()
    assert MARKER not in text + output.out + output.err + logs.getvalue()


@pytest.mark.parametrize(
    "broken", [item for item in BREAKS if "secret" in item.__name__ or "sidecar" in item.__name__]
)
def test_no_value_is_printed_of_what_is_broken(broken, live: Live, logs):
    broken(live)
    text = printed(live, BREAKS[broken][0])
    assert MARKER not in text + logs.getvalue()


@dataclass(frozen=True, kw_only=True)
class Raw(Answer):
    """An answer that is no JSON."""

    raw: bytes = b""

    @property
    def content(self) -> bytes:
        return self.raw


def error(status: int) -> Answer:
    body = {"error": {"code": "Broken", "message": f"{status}"}, "reason": "Broken", "message": "broken"}
    return Answer(status=status, body=body, headers=QUICK)


BAD: dict[str, Answer] = {
    "401": error(401),
    "403": error(403),
    "404": error(404),
    "429": error(429),
    "500": error(500),
    "page": Raw(status=200, raw=b"<html>" + MARKER.encode()),
    "binary": Raw(status=200, raw=b"\xff\xfe\x00" + MARKER.encode()),
    "list": Raw(status=200, raw=json.dumps([MARKER]).encode()),
    "other object": Raw(
        status=200, raw=json.dumps({"value": [{"properties": [MARKER]}], "items": [MARKER]}).encode()
    ),
    "number": Raw(status=200, raw=b"7"),
}
PARTS = {
    "entra": lambda request: (
        request.host == "login.microsoftonline.com" and b"client_assertion" in request.body
    ),
    "arm": lambda request: request.host == "management.azure.com",
    "vault": lambda request: request.host.endswith(".vault.azure.net") and bool(request.bearer),
    "issuer": lambda request: ".oic." in request.host,
    "cluster": lambda request: request.host == API,
}


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("bad", ["403", "500", "page", "other object"])
def test_no_answer_of_a_service_is_a_traceback_or_a_success(bad: str, part: str, live: Live):
    live.instead = lambda request: BAD[bad] if PARTS[part](request) else None
    findings = live.verify(0, "podinfo")
    assert exit_status(findings) != 0
    texts = json.dumps([[finding.text, finding.next_step] for finding in findings])
    assert MARKER not in texts
    assert "Traceback" not in texts


def test_each_request_alone_answered_wrongly_is_found(live: Live):
    """Every request of a run, one after the other, with each kind of answer in turn."""
    live.verify(0, "podinfo")
    names = {key(request) for request in live.requests}
    for number, name in enumerate(sorted(names)):
        bad = list(BAD.values())[number % len(BAD)]
        live.instead = lambda request, name=name, bad=bad: bad if key(request) == name else None
        assert outcome(live) != 0 or name in EXPENDABLE, name


def outcome(live: Live) -> int:
    """The exit status. A refused sign-in ends the command."""
    try:
        return exit_status(live.verify(0, "podinfo"))
    except OperationError as refusal:
        return 0 if MARKER in str(refusal) else 1


EXPENDABLE = frozenset({"login.microsoftonline.com/common/discovery/instance"})
"""Requests of the libraries whose answer they can do without."""


def key(request: Request) -> str:
    return f"{request.host}{request.path}" + (" signed in" if request.bearer else "")


def test_a_service_that_is_silent_is_given_up(live: Live, monkeypatch):
    # Services that answer do so in time, also on a busy machine.
    monkeypatch.setitem(sign_in.LIMITS, "read_timeout", 1)  # pyright: ignore[reportArgumentType]
    monkeypatch.setattr(kubernetes_access, "_SECONDS", (10.0, 1.0))
    monkeypatch.setitem(sign_in.LIMITS, "retry_total", 0)  # pyright: ignore[reportArgumentType]
    with silence() as no_answer:

        def silent(request: Request) -> Answer | None:
            is_silent = "/secrets/" in request.path or request.path.endswith("/pods")
            return no_answer() if is_silent else None

        live.instead = silent
        findings = live.verify(0, "podinfo")
    assert {finding.state for finding in findings} == {"fine", "unknown"}
    assert exit_status(findings) == 3
