"""tools/ci/note.py: the comment on GitLab and on Azure Repos."""

from pathlib import Path

import pytest

from tests.tools.ci.fake_host import FakeHost
from tools.ci import note
from tools.ci.comment_text import LIMIT, MARKER

pytestmark = pytest.mark.servers

TEXT = f"{MARKER}\nworker may now read payment-api-key, @owners\n"
NOTES = "/projects/5/merge_requests/7/notes"
THREADS = "/p/_apis/git/repositories/r/pullRequests/7/threads"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "comment.md"
    made.write_text(TEXT, encoding="utf-8")
    return made


def gitlab(host: FakeHost) -> dict[str, str]:
    ids = {"CI_PROJECT_ID": "5", "CI_MERGE_REQUEST_IID": "7"}
    return {"GITLAB_CI": "true", "CI_API_V4_URL": host.address, "GITLAB_TOKEN": "t", **ids}


def azure(host: FakeHost) -> dict[str, str]:
    return {
        "TF_BUILD": "True",
        "SYSTEM_ACCESSTOKEN": "t",
        "SYSTEM_COLLECTIONURI": f"{host.address}/",
        "SYSTEM_TEAMPROJECTID": "p",
        "BUILD_REPOSITORY_ID": "r",
        "SYSTEM_PULLREQUEST_PULLREQUESTID": "7",
    }


def test_gitlab_gets_a_note_that_is_updated_in_place(host: FakeHost, file: Path) -> None:
    host.answer("GET", "/user", {"id": 1})
    host.answer("GET", NOTES, [{"id": 3, "author": {"id": 2}, "body": TEXT}])
    host.answer("POST", NOTES, {})
    assert note.main(["--file", str(file)], gitlab(host)) == 0
    host.answer("GET", NOTES, [{"id": 4, "author": {"id": 1}, "body": TEXT}])
    host.answer("PUT", f"{NOTES}/4", {})
    assert note.main(["--file", str(file)], gitlab(host)) == 0
    written = host.sent("POST", "PUT")
    assert [call[:2] for call in written] == [("POST", NOTES), ("PUT", f"{NOTES}/4")]
    assert written[0][2]["body"].startswith(MARKER)
    assert "@owners" not in written[0][2]["body"]


def test_without_a_token_gitlab_keeps_the_artifact(
    host: FakeHost, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert note.main(["--file", str(file)], {**gitlab(host), "GITLAB_TOKEN": ""}) == 0
    assert "left to the artifact" in capsys.readouterr().out
    assert host.calls == []


def test_azure_repos_gets_a_closed_thread_that_is_updated_in_place(host: FakeHost, file: Path) -> None:
    host.answer(
        "GET", THREADS, {"value": [{"id": 1, "comments": [{"id": 1, "content": "hello"}]}, {"id": 2}]}
    )
    host.answer("POST", THREADS, {})
    assert note.main(["--file", str(file)], azure(host)) == 0
    host.answer("GET", THREADS, {"value": [{"id": 9, "comments": [{"id": 1, "content": TEXT}]}]})
    host.answer("PATCH", f"{THREADS}/9/comments/1", {})
    assert note.main(["--file", str(file)], azure(host)) == 0
    paths = [(call[0], call[1].partition("?")[0]) for call in host.sent("POST", "PATCH")]
    assert paths == [("POST", THREADS), ("PATCH", f"{THREADS}/9/comments/1")]


@pytest.mark.parametrize("text", ["hello", MARKER + "x" * LIMIT])
def test_a_file_that_is_no_report_is_not_posted(host: FakeHost, file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    assert note.main(["--file", str(file)], azure(host)) == 1
    assert host.calls == []
