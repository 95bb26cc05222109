"""tools/ci/comment.py: the comment of an untrusted run, on a fake GitHub."""

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from tests.tools.ci.fake_github import REPOSITORY, SHA, archive, finished_run
from tests.tools.ci.fake_host import FakeHost
from tools.ci import comment
from tools.ci.comment_text import LIMIT, MARKER

pytestmark = pytest.mark.servers

TEXT = f"{MARKER}\n## What this change does\n\nworker may now read payment-api-key\n"


@pytest.fixture
def environment(tmp_path: Path, host: FakeHost) -> dict[str, str]:
    """The event of the job `comment`, after a run of a fork's branch."""
    event = tmp_path / "event.json"
    run = finished_run(host, {"comment.md": TEXT.encode()})
    event.write_text(json.dumps(run), encoding="utf-8")
    return {
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_REPOSITORY": "shop/infra",
        "GITHUB_TOKEN": "the-token",
        "GITHUB_API_URL": host.address,
    }


def written(host: FakeHost) -> list[tuple[str, str, Any]]:
    return host.sent("POST", "PATCH")


def test_the_first_run_creates_the_comment(environment: dict[str, str], host: FakeHost) -> None:
    assert comment.main(environment) == 0
    [(method, path, body)] = written(host)
    assert (method, path) == ("POST", f"{REPOSITORY}/issues/7/comments")
    assert body["body"].startswith(MARKER)
    assert "worker may now read payment-api-key" in body["body"]
    assert f"at {SHA}; it is no check" in body["body"]


def test_a_later_run_updates_its_own_comment_in_place(environment: dict[str, str], host: FakeHost) -> None:
    comments = [
        {"id": 10, "user": {"type": "User"}, "body": TEXT},
        {"id": 11, "user": {"type": "Bot"}, "body": "another bot"},
        {"id": 12, "user": {"type": "Bot"}, "body": f"{MARKER}\nold"},
    ]
    host.answer("GET", f"{REPOSITORY}/issues/7/comments", comments)
    host.answer("PATCH", f"{REPOSITORY}/issues/comments/12", {})
    assert comment.main(environment) == 0
    assert [(method, path) for method, path, _ in written(host)] == [
        ("PATCH", f"{REPOSITORY}/issues/comments/12")
    ]


def test_the_token_does_not_follow_the_redirect_to_the_archive(
    environment: dict[str, str], host: FakeHost
) -> None:
    comment.main(environment)
    seen = {
        call[1].partition("?")[0]: headers for call, headers in zip(host.calls, host.headers, strict=True)
    }
    assert seen[f"{REPOSITORY}/actions/artifacts/3/zip"]["Authorization"] == "Bearer the-token"
    assert "Authorization" not in seen["/blob/3"]


@pytest.mark.parametrize(
    "pull",
    [
        {"number": 7, "head": {"sha": "b" * 40, "repo": {"id": 5}}},
        {"number": 7, "head": {"sha": SHA, "repo": {"id": 6}}},
        {"number": 7, "head": {"sha": SHA, "repo": None}},
    ],
    ids=["another push came", "another fork", "a fork that is gone"],
)
def test_a_pull_request_that_is_not_the_runs_gets_no_comment(
    environment: dict[str, str], host: FakeHost, pull: dict[str, Any]
) -> None:
    host.answer("GET", f"{REPOSITORY}/pulls", [pull])
    assert comment.main(environment) == 0
    assert written(host) == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"no archive", "no readable archive"),
        (archive({}), "0 files"),
        (archive({"comment.md": TEXT.encode(), "number": b"1"}), "2 files"),
        (archive({"../comment.md": TEXT.encode()}), "1 files and not comment.md alone"),
        (archive({"comment.md": b"hello"}), "no access report"),
        (archive({"comment.md": b"\xff\xfe"}), "not UTF-8"),
        (archive({"comment.md": (MARKER + "x" * LIMIT).encode()}), f"more than {LIMIT} characters"),
        (archive({"comment.md": MARKER.encode() + b"x" * 50_000_000}), f"more than {LIMIT} characters"),
    ],
    ids=["text", "empty", "two files", "a path", "no marker", "bytes", "too long", "a bomb"],
)
def test_an_artifact_that_is_not_one_report_is_not_posted(
    environment: dict[str, str],
    host: FakeHost,
    capsys: pytest.CaptureFixture[str],
    content: bytes,
    reason: str,
) -> None:
    host.answer("GET", "/blob/3", content)
    assert comment.main(environment) == 0
    assert reason in capsys.readouterr().out
    assert written(host) == []


def test_a_bomb_is_not_unpacked_whole() -> None:
    bomb = archive({"comment.md": MARKER.encode() + b"x" * 50_000_000})
    tracemalloc.start()
    try:
        with pytest.raises(comment.CommentError):
            comment.unpack(bomb)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_an_archive_that_is_too_long_is_not_read(environment: dict[str, str], host: FakeHost) -> None:
    host.answer("GET", "/blob/3", b"x" * (comment.MOST_BYTES + 1))
    assert comment.main(environment) == 1
    assert written(host) == []


@pytest.mark.parametrize(
    ("text", "harmless"),
    [
        ("ask @shop/owners", "ask @\u200bshop/owners"),
        ("fixes #12", "fixes #\u200b12"),
        ("![x](https://x.example/p.png)", "!\u200b[x](https://x.example/p.png)"),
        ("<img src=x>", "&lt;img src=x>"),
        ("<a href=x>", "&lt;a href=x>"),
        ("<!-- another marker -->", "&lt;!-- another marker -->"),
        ("a\u202eb\x1b[31m\r\n", "ab[31m\n"),
        ("| a | b |\n<details><summary>x</summary>", "| a | b |\n<details><summary>x</summary>"),
        ("platform@example.com, n1 --> n2", "platform@\u200bexample.com, n1 --> n2"),
    ],
)
def test_the_text_of_the_run_cannot_act(text: str, harmless: str) -> None:
    assert comment.harmless(text) == harmless


def test_a_change_of_the_reporting_code_is_named_first(environment: dict[str, str], host: FakeHost) -> None:
    files = [{"filename": "README.md"}, {"filename": "x.py", "previous_filename": "trust/graph.py"}]
    host.answer("GET", f"{REPOSITORY}/pulls/7/files", files)
    comment.main(environment)
    [(_, _, body)] = written(host)
    warning = body["body"].splitlines()[3:5]
    assert warning[0] == "> [!WARNING]"
    assert "code that makes this report (`trust/`)" in warning[1]


def test_the_longest_report_still_fits_with_its_first_lines() -> None:
    pull = {"head": {"sha": SHA}}
    text = comment.body(MARKER + "x" * (LIMIT - len(MARKER)), pull, ["`trust/`"])
    assert len(text) <= LIMIT
    assert text.endswith("_The rest is left out._\n")


def test_a_run_of_another_event_is_left_alone(environment: dict[str, str], host: FakeHost) -> None:
    path = Path(environment["GITHUB_EVENT_PATH"])
    event = json.loads(path.read_text(encoding="utf-8"))
    event["workflow_run"]["event"] = "push"
    path.write_text(json.dumps(event), encoding="utf-8")
    assert comment.main(environment) == 0
    assert host.calls == []


def test_a_refusal_of_github_fails_the_job_without_the_token(
    environment: dict[str, str], host: FakeHost, capsys: pytest.CaptureFixture[str]
) -> None:
    del host.answers["POST", f"{REPOSITORY}/issues/7/comments"]
    assert comment.main(environment) == 1
    error = capsys.readouterr().err
    assert error == f"comment: POST {REPOSITORY}/issues/7/comments: HTTP 404\n"
