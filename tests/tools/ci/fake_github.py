"""A fake GitHub after a run of `preview` on a fork's branch."""

import io
import zipfile
from typing import Any

from tests.tools.ci.fake_host import FakeHost, Redirect

REPOSITORY = "/repos/shop/infra"
SHA = "a" * 40


def archive(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return buffer.getvalue()


def finished_run(host: FakeHost, files: dict[str, bytes]) -> dict[str, Any]:
    """The event of the run's end. The host has pull request 7, without comments, and the run's artifact."""
    host.answer("GET", f"{REPOSITORY}/pulls", [{"number": 7, "head": {"sha": SHA, "repo": {"id": 5}}}])
    host.answer("GET", f"{REPOSITORY}/pulls/7/files", [{"filename": "Pulumi.dev.yaml"}])
    artifacts = [{"id": 3, "name": "access-report", "expired": False}]
    host.answer("GET", f"{REPOSITORY}/actions/runs/99/artifacts", {"artifacts": artifacts})
    host.answer("GET", f"{REPOSITORY}/actions/artifacts/3/zip", Redirect(f"{host.address}/blob/3"))
    host.answer("GET", "/blob/3", archive(files))
    host.answer("GET", f"{REPOSITORY}/issues/7/comments", [])
    host.answer("POST", f"{REPOSITORY}/issues/7/comments", {"id": 1})
    run = {
        "id": 99,
        "event": "pull_request",
        "head_sha": SHA,
        "head_branch": "move-secret",
        "head_repository": {"id": 5, "owner": {"login": "a-fork"}},
        "pull_requests": [],
    }
    return {"workflow_run": run}
