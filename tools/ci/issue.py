"""Keeps the issue of a stack's drift: opens it, brings it up to date, closes it.

    python3 -m tools.ci.issue --stack prod --file build/drift/drift.md

On Azure Pipelines, which has no issues, the text becomes the summary of the job, and a drift fails it; on
GitLab the issue needs GITLAB_TOKEN. Standard library only. Reads GITHUB_REPOSITORY and GITHUB_TOKEN, which
needs `issues: write` and nothing else: the job that looks for the drift has the cloud's credentials, and not
this right.
"""

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools.ci.drift_text import marker
from tools.ci.rest import Rest, RestError, github


def find(api: Rest, repository: str, stack: str) -> dict[str, Any] | None:
    """The open issue of a stack's drift."""
    for issue in api.pages(f"/repos/{repository}/issues?state=open&sort=created&direction=desc"):
        is_own = issue["user"]["type"] == "Bot" and "pull_request" not in issue
        if is_own and str(issue.get("body") or "").startswith(marker(stack)):
            return issue
    return None


def keep(api: Rest, repository: str, stack: str, text: str) -> str:
    """Makes the issue say what the text says. Returns what was done."""
    issue = find(api, repository, stack)
    issues = f"/repos/{repository}/issues"
    if not text.strip():
        if issue is None:
            return "no drift, and no issue"
        number = issue["number"]
        api.call("POST", f"{issues}/{number}/comments", {"body": "Nothing differs any more."})
        api.call("PATCH", f"{issues}/{number}", {"state": "closed", "state_reason": "completed"})
        return f"closed issue {number}"
    if issue is None:
        made = api.call("POST", issues, {"title": f"Drift: stack {stack}", "body": text})
        return f"opened issue {made['number']}"
    if issue["body"] == text:
        return f"issue {issue['number']} says so already"
    api.call("PATCH", f"{issues}/{issue['number']}", {"body": text})
    return f"updated issue {issue['number']}"


def keep_on_gitlab(stack: str, text: str, environment: Mapping[str, str]) -> str:
    """The same on GitLab. Returns what was done."""
    token = environment.get("GITLAB_TOKEN", "")
    if not token:
        raise RestError("GITLAB_TOKEN is not set: the drift stays an artifact of the job")
    api = Rest(environment["CI_API_V4_URL"], {"PRIVATE-TOKEN": token})
    issues = f"/projects/{environment['CI_PROJECT_ID']}/issues"
    own = api.call("GET", "/user")["id"]
    for issue in api.pages(f"{issues}?state=opened"):
        if issue["author"]["id"] == own and str(issue.get("description") or "").startswith(marker(stack)):
            change = {"description": text} if text.strip() else {"state_event": "close"}
            api.call("PUT", f"{issues}/{issue['iid']}", change)
            return f"{'updated' if text.strip() else 'closed'} issue {issue['iid']}"
    if not text.strip():
        return "no drift, and no issue"
    made = api.call("POST", issues, {"title": f"Drift: stack {stack}", "description": text})
    return f"opened issue {made['iid']}"


def show_on_azure(stack: str, text: str, file: Path) -> int:
    """The summary of the job on Azure Pipelines. The exit status: a drift fails the job."""
    if not text.strip():
        print("issue: no drift")
        return 0
    print(f"##vso[task.uploadsummary]{file.absolute()}")
    print(f"##vso[task.logissue type=error]stack {stack} has drifted, see the summary")
    return 1


def main(arguments: list[str] | None = None, environment: Mapping[str, str] = os.environ) -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(
        prog="python3 -m tools.ci.issue", description="Keeps the issue of a drift."
    )
    parser.add_argument("--stack", metavar="NAME", required=True)
    parser.add_argument(
        "--file", metavar="FILE", type=Path, required=True, help="drift.md of tools.ci.pulumi"
    )
    options = parser.parse_args(arguments)
    try:
        text = options.file.read_text(encoding="utf-8")
        if environment.get("TF_BUILD"):
            return show_on_azure(options.stack, text, options.file)
        if environment.get("GITLAB_CI"):
            print(f"issue: {keep_on_gitlab(options.stack, text, environment)}")
            return 0
        print(f"issue: {keep(github(environment), environment['GITHUB_REPOSITORY'], options.stack, text)}")
    except (RestError, KeyError, OSError) as error:
        print(f"issue: {f'{error} is missing' if isinstance(error, KeyError) else error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
