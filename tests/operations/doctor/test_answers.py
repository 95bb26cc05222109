"""No answer of HTTP ends in a traceback, and no line repeats a body that is no answer.

The faults go round: in each run every request meets one, and over the runs each request meets every one.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from unittest import mock

import pytest
from typer.testing import CliRunner

from operations.azure import sign_in
from operations.cli import app
from rehearsal.data_planes.web import Answer, Request
from tests.operations.azure.services import Entra, refused, silence
from tests.operations.doctor.broken import ADOPTED, DEV, PROD, adopted
from tests.operations.doctor.cloud import Cloud
from tests.operations.doctor.conftest import Doctor, Way, services

pytestmark = pytest.mark.servers

MARKER = "marked-value-4711"


class Garbage(Answer):
    @property
    def content(self) -> bytes:
        return f"<html>{MARKER}</html>".encode()


FAULTS = {
    "401": lambda: refused(401, "InvalidAuthenticationToken", "The access token is invalid."),
    "403": lambda: refused(403, "AuthorizationFailed", "The client has no authorization."),
    "404": lambda: refused(404, "ResourceNotFound", "The Resource was not found."),
    "409": lambda: refused(409, "MissingSubscriptionRegistration", "The subscription is not registered."),
    "429": lambda: Answer(
        status=429, body={"error": {"code": "TooManyRequests"}}, headers={"Retry-After": "900"}
    ),
    "500": lambda: refused(500, "InternalServerError", "Encountered internal server error."),
    "503 of a proxy": lambda: Garbage(status=503),
    "no JSON": lambda: Garbage(status=200),
    "a list": lambda: Answer(status=200, body=[MARKER]),
    "other types": lambda: Answer(
        status=200, body={"value": MARKER, "values": 7, "properties": [MARKER], "nextLink": 5}
    ),
    "items of other types": lambda: Answer(status=200, body={"value": [MARKER, None, {"name": 7}, {}]}),
    "empty": lambda: Answer(status=200, body={}),
}
NAMES = [*FAULTS, "no answer"]
BOUNDS = {"retry_total": 0, "read_timeout": 0.2}


@pytest.fixture
def faults() -> Iterator[dict[str, Callable[[], Answer]]]:
    with silence() as no_answer:
        yield {**FAULTS, "no answer": no_answer}


@pytest.mark.parametrize("turn", range(len(NAMES)), ids=NAMES)
def test_no_answer_ends_in_a_traceback(doctor: Doctor, faults: Mapping[str, Callable[[], Answer]], turn: int):
    runs: list[tuple[str | Path, Cloud]] = [(DEV, Cloud()), (PROD, Cloud()), (ADOPTED, adopted())]
    for stack, cloud in runs:
        order: dict[str, int] = {}

        def fault(request: Request, order: dict[str, int] = order) -> Answer | None:
            if request.path.count("/") == 2:  # the sign-in has a test of its own
                return None
            index = order.setdefault(request.path, len(order))
            return faults[NAMES[(index + turn) % len(NAMES)]]()

        cloud.override = fault
        with mock.patch.dict(sign_in.LIMITS, BOUNDS):  # pyright: ignore[reportArgumentType] it is a dict
            findings = doctor(stack, cloud)
        assert len(findings) > 10
        assert MARKER not in str(findings)
        assert "not understood" not in str(findings), "a check fails with an error of its own"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("part", ["Entra", "subscription"])
def test_a_refused_sign_in_is_one_line(
    doctor: Doctor, faults: Mapping[str, Callable[[], Answer]], name: str, part: str
):
    cloud, entra, answer = Cloud(), Entra(), faults[name]
    if part == "Entra":
        entra.refusal = answer
    else:
        cloud.override = lambda request: answer() if request.path.count("/") == 2 else None
    # a busy machine takes longer than the fault's bound for an answer that comes
    bounds = BOUNDS if name == "no answer" else {**BOUNDS, "read_timeout": 5}
    with mock.patch.dict(sign_in.LIMITS, bounds):  # pyright: ignore[reportArgumentType] it is a dict
        findings = doctor(DEV, cloud, entra)
    wrong = [finding for finding in findings if finding.state != "fine"]
    assert len(wrong) <= 1
    assert all(finding.subject == "sign-in" for finding in wrong)
    assert MARKER not in str(findings)


def test_no_network_is_one_line(doctor: Doctor):
    findings = doctor(DEV, environment={"HTTPS_PROXY": "http://127.0.0.1:9"})
    (wrong,) = [finding for finding in findings if finding.state != "fine"]
    assert (wrong.subject, wrong.check) == ("sign-in", "network")
    assert wrong.text.startswith("Azure cannot be reached: ")
    assert wrong.next_step == "check the network; behind a proxy set HTTPS_PROXY and NO_PROXY"


def test_the_command_prints_one_document_and_its_status(tmp_path: Path, way: Way):
    cloud = Cloud()
    cloud.registrations["Microsoft.KeyVault"] = "NotRegistered"
    with services(way, cloud, Entra(), tmp_path, {}):
        arguments = [
            "doctor",
            "--stack",
            "dev",
            "--config-file",
            str(DEV),
            "--json",
        ]
        done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 1
    assert '"nextStep": "az provider register --namespace Microsoft.KeyVault --wait"' in done.stdout


def test_each_line_is_whole_and_the_worst_comes_first(tmp_path: Path, way: Way):
    cloud = Cloud()
    cloud.registrations["Microsoft.KeyVault"] = "NotRegistered"
    with services(way, cloud, Entra(), tmp_path, {"COLUMNS": "40"}):
        done = CliRunner().invoke(app, ["doctor", "--stack", "dev", "--config-file", str(DEV)])
    lines = done.stdout.splitlines()
    assert lines[:2] == [
        "wrong    Microsoft.KeyVault: registration: not registered in this subscription (NotRegistered)",
        "         → az provider register --namespace Microsoft.KeyVault --wait",
    ]
    assert lines[-1] == "1 wrong, 24 fine"


def test_refused_settings_are_one_message(tmp_path: Path):
    file = tmp_path / "Pulumi.bad.yaml"
    file.write_text("config: {azure-native:location: westeurope, aks-secrets:cluster: {tier: Gold}}\n")
    done = CliRunner().invoke(app, ["doctor", "--stack", "bad", "--config-file", str(file)])
    assert done.exit_code == 1
    assert "cluster.tier: unknown tier 'Gold'" in done.stderr
