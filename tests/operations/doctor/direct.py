"""Families of doctor against a cloud without HTTP in between: for the many cases of what a document may say.

That Azure's clients send and understand these requests, test_breaks.py proves with one fault of each kind.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast
from urllib.parse import urlencode

from operations.azure.reads import AzureReads
from operations.azure.refusals import ARM, refused_answer
from operations.azure.session import AzureSession
from operations.azure.tokens import Caller
from operations.checks import Finding
from operations.doctor.examination import Examination
from operations.doctor.family import checks_of, families
from operations.effective_settings import StackSettings, stack_settings
from rehearsal.data_planes.web import Request
from tests.operations.azure.services import CLIENT, OBJECT, SUBSCRIPTION, TENANT
from tests.operations.doctor.cloud import Cloud
from tests.operations.doctor.documents import ROOT

REPOSITORY = Path(__file__).parents[3]
DEPLOYER = Caller(OBJECT, TENANT, CLIENT, "", is_person=False)


class DirectSession:
    """Members of a session that a family uses."""

    option_for = AzureSession.option_for

    def __init__(self, cloud: Cloud, caller: Caller) -> None:
        self.send, self.caller = cloud.answer, caller
        self.subscription_id, self.subscription = SUBSCRIPTION, ROOT

    def get(self, path: str, api_version: str, **query: str) -> Mapping[str, Any]:
        return self._send("GET", path, {"api-version": api_version, **query})

    def post(self, path: str, api_version: str, body: Any = None, **query: str) -> Mapping[str, Any]:
        return self._send("POST", path, {"api-version": api_version, **query}, json.dumps(body).encode())

    def pages(self, path: str, api_version: str, **query: str) -> list[Any]:
        return self.get(path, api_version, **query)["value"]

    def _send(self, method: str, path: str, query: Mapping[str, str], body: bytes = b"") -> Any:
        assert urlencode(query)
        answer = self.send(Request(method=method, path=path, query=query, body=body))
        if answer.status >= 400:
            raise refused_answer(f"{method} {path}", ARM, answer.status, answer.body)
        return answer.body


@cache
def _settings(stack: Path | str) -> StackSettings:
    if isinstance(stack, Path):
        return stack_settings("stack", REPOSITORY, stack)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "Pulumi.stack.yaml"
        file.write_text(stack, encoding="utf-8")
        return stack_settings("stack", REPOSITORY, file)


def findings_of(family: str, stack: Path | str, cloud: Cloud, caller: Caller = DEPLOYER) -> list[Finding]:
    """The findings of the families in one file."""
    settings = _settings(stack)
    assert settings.settings, settings.problems
    session = cast(AzureSession, DirectSession(cloud, caller))
    examination = Examination(
        "stack", REPOSITORY, settings.settings, settings.document, azure=AzureReads(session), environment={}
    )
    chosen = [each for each in families() if each.checks.__module__.endswith(f".{family}")]
    assert chosen
    return [finding for check in checks_of(examination, chosen) for finding in check.run()]
