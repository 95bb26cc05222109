"""tools/ci/issue.py: one issue for a stack's drift."""

from pathlib import Path
from typing import Any

import pytest

from tests.tools.ci.fake_host import FakeHost
from tools.ci import issue
from tools.ci.drift_text import LIMIT, drift_text, marker

pytestmark = pytest.mark.servers

ISSUES = "/repos/shop/infra/issues"
BOT, PERSON = {"type": "Bot"}, {"type": "User"}


def step(name: str) -> dict[str, Any]:
    return {"op": "update", "urn": f"urn:pulumi:prod::p::a:b:C::{name}", "diffReasons": ["x"]}


TEXT = drift_text("prod", {"steps": [step("vault")]})


def keep(host: FakeHost, tmp_path: Path, text: str, **more: str) -> int:
    file = tmp_path / "drift.md"
    file.write_text(text, encoding="utf-8")
    github = {"GITHUB_TOKEN": "t", "GITHUB_REPOSITORY": "shop/infra", "GITHUB_API_URL": host.address}
    return issue.main(["--stack", "prod", "--file", str(file)], more or github)


def writes(host: FakeHost) -> list[tuple[str, str, Any]]:
    return host.sent("POST", "PATCH", "PUT")


def test_a_drift_opens_one_issue(host: FakeHost, tmp_path: Path) -> None:
    others = [
        {"number": 1, "user": PERSON, "body": TEXT},
        {"number": 2, "user": BOT, "body": drift_text("dev", {"steps": [step("vault")]})},
        {"number": 3, "user": BOT, "body": TEXT, "pull_request": {}},
        {"number": 4, "user": BOT, "body": None},
    ]
    host.answer("GET", ISSUES, others)
    host.answer("POST", ISSUES, {"number": 9})
    assert keep(host, tmp_path, TEXT) == 0
    assert writes(host) == [("POST", ISSUES, {"title": "Drift: stack prod", "body": TEXT})]


def test_a_further_drift_updates_it_and_the_same_one_does_nothing(host: FakeHost, tmp_path: Path) -> None:
    host.answer("GET", ISSUES, [{"number": 9, "user": BOT, "body": f"{marker('prod')}\nold"}])
    host.answer("PATCH", f"{ISSUES}/9", {})
    assert keep(host, tmp_path, TEXT) == 0
    assert writes(host) == [("PATCH", f"{ISSUES}/9", {"body": TEXT})]
    host.calls.clear()
    host.answer("GET", ISSUES, [{"number": 9, "user": BOT, "body": TEXT}])
    assert keep(host, tmp_path, TEXT) == 0
    assert writes(host) == []


def test_the_end_of_a_drift_closes_it(host: FakeHost, tmp_path: Path) -> None:
    host.answer("GET", ISSUES, [{"number": 9, "user": BOT, "body": TEXT}])
    host.answer("POST", f"{ISSUES}/9/comments", {})
    host.answer("PATCH", f"{ISSUES}/9", {})
    assert keep(host, tmp_path, "") == 0
    assert writes(host)[-1] == ("PATCH", f"{ISSUES}/9", {"state": "closed", "state_reason": "completed"})


def test_no_drift_and_no_issue_writes_nothing(host: FakeHost, tmp_path: Path) -> None:
    host.answer("GET", ISSUES, [])
    assert keep(host, tmp_path, "") == 0
    assert writes(host) == []


def test_on_gitlab_the_issue_is_that_of_the_token(host: FakeHost, tmp_path: Path) -> None:
    gitlab = {"GITLAB_CI": "true", "CI_API_V4_URL": host.address, "CI_PROJECT_ID": "5", "GITLAB_TOKEN": "t"}
    host.answer("GET", "/user", {"id": 1})
    others = [{"iid": 2, "author": {"id": 7}, "description": TEXT}]
    host.answer("GET", "/projects/5/issues", others)
    host.answer("POST", "/projects/5/issues", {"iid": 3})
    assert keep(host, tmp_path, TEXT, **gitlab) == 0
    host.answer("GET", "/projects/5/issues", [*others, {"iid": 3, "author": {"id": 1}, "description": TEXT}])
    host.answer("PUT", "/projects/5/issues/3", {})
    assert keep(host, tmp_path, "", **gitlab) == 0
    assert [(call[0], call[1]) for call in writes(host)] == [
        ("POST", "/projects/5/issues"),
        ("PUT", "/projects/5/issues/3"),
    ]


@pytest.mark.parametrize(("text", "status"), [(TEXT, 1), ("", 0)])
def test_on_azure_pipelines_a_drift_fails_the_job(
    host: FakeHost, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, status: int
) -> None:
    assert keep(host, tmp_path, text, TF_BUILD="True") == status
    assert ("##vso[task.uploadsummary]" in capsys.readouterr().out) is bool(status)
    assert host.calls == []


def test_a_long_drift_fits_into_an_issue() -> None:
    text = drift_text(
        "prod", {"steps": [step(f"resource-with-a-long-name-{number}") for number in range(3000)]}
    )
    assert len(text) < LIMIT + 500
    assert "3000 resources differ" in text
    assert "more are left out." in text
