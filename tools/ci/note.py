"""Puts the comment of a merge request on GitLab, or of a pull request on Azure Repos, and updates it in
place.

    python3 -m tools.ci.note --file build/comment/comment.md

GitLab's own job token cannot write notes: without GITLAB_TOKEN (a project access token with the scope `api`)
the report stays an artifact of the job. Azure Pipelines maps SYSTEM_ACCESSTOKEN; its build identity needs
*Contribute to pull requests*. Both run this in the pipeline of the change itself (docs/ci.md tells what that
means). Standard library only.
"""

import argparse
import base64
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from tools.ci.comment import harmless
from tools.ci.comment_text import LIMIT, MARKER
from tools.ci.rest import Rest, RestError

VERSION = "api-version=7.1"


def put_on_gitlab(text: str, environment: Mapping[str, str]) -> str:
    """Updates or creates the note. Returns which."""
    token = environment.get("GITLAB_TOKEN", "")
    if not token:
        return "left to the artifact: GITLAB_TOKEN is not set"
    api = Rest(environment["CI_API_V4_URL"], {"PRIVATE-TOKEN": token})
    project, number = environment["CI_PROJECT_ID"], environment["CI_MERGE_REQUEST_IID"]
    path = f"/projects/{project}/merge_requests/{number}/notes"
    own = api.call("GET", "/user")["id"]
    for note in api.pages(path):
        if note["author"]["id"] == own and note["body"].startswith(MARKER):
            api.call("PUT", f"{path}/{note['id']}", {"body": text})
            return "updated"
    api.call("POST", path, {"body": text})
    return "created"


def put_on_azure(text: str, environment: Mapping[str, str]) -> str:
    """Updates or creates the thread. Returns which."""
    token = base64.b64encode(f":{environment['SYSTEM_ACCESSTOKEN']}".encode()).decode()
    api = Rest(environment["SYSTEM_COLLECTIONURI"].rstrip("/"), {"Authorization": f"Basic {token}"})
    project, repository = environment["SYSTEM_TEAMPROJECTID"], environment["BUILD_REPOSITORY_ID"]
    number = environment["SYSTEM_PULLREQUEST_PULLREQUESTID"]
    path = f"/{project}/_apis/git/repositories/{repository}/pullRequests/{number}/threads"
    for thread in api.call("GET", f"{path}?{VERSION}")["value"]:
        first = next(iter(thread.get("comments") or ()), {})
        if str(first.get("content") or "").startswith(MARKER):
            where = f"{path}/{thread['id']}/comments/{first['id']}?{VERSION}"
            api.call("PATCH", where, {"content": text})
            return "updated"
    comment = {"parentCommentId": 0, "content": text, "commentType": "text"}
    api.call("POST", f"{path}?{VERSION}", {"comments": [comment], "status": "closed"})
    return "created"


def main(arguments: list[str] | None = None, environment: Mapping[str, str] = os.environ) -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(
        prog="python3 -m tools.ci.note", description="Puts the report on GitLab or Azure Repos."
    )
    parser.add_argument("--file", metavar="FILE", type=Path, required=True, help="comment.md")
    options = parser.parse_args(arguments)
    put = put_on_gitlab if environment.get("GITLAB_CI") else put_on_azure
    try:
        text = options.file.read_text(encoding="utf-8")
        if not text.startswith(MARKER) or len(text) > LIMIT:
            print(f"note: {options.file} is no access report of at most {LIMIT} characters", file=sys.stderr)
            return 1
        print(f"note: {put(MARKER + harmless(text.removeprefix(MARKER)), environment)}")
    except (RestError, KeyError, OSError) as error:
        print(f"note: {f'{error} is missing' if isinstance(error, KeyError) else error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
