"""Puts the comment of a pull request on GitHub: the job of `workflow_run`, which runs this code and not the
pull request's.

    python3 -m tools.ci.comment

The run of `preview` was untrusted: a fork's code made its artifact. So the number of the pull request comes
from GitHub, by the commit of the run, and never from the artifact; the artifact is one file of a bounded
size; its text is data. A first line, written here, says which commit made it, and warns if the change touches
the code that makes reports. Standard library only. Reads GITHUB_EVENT_PATH, GITHUB_REPOSITORY, GITHUB_TOKEN.
"""

import io
import json
import os
import re
import sys
import unicodedata
import urllib.parse
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tools.ci.comment_text import LIMIT, MARKER
from tools.ci.rest import Rest, RestError, github

ARTIFACT = "access-report"
FILE = "comment.md"
MOST_BYTES = 4 * LIMIT
"""A character has at most four bytes."""
REPORTERS = (".github/", "operations/", "rehearsal/", "tools/", "trust/")
"""Folders whose code makes the report, or decides what is reported."""


class CommentError(Exception):
    """There is no comment to make; the text names the reason."""


def pull_request_of(api: Rest, repository: str, run: Mapping[str, Any]) -> dict[str, Any]:
    """The open pull request whose newest commit is that of the run.

    `workflow_run.pull_requests` is empty for forks (https://github.com/github/docs/issues/22501).

    Raises:
        CommentError: there is none, such as after another push.
    """
    head = f"{run['head_repository']['owner']['login']}:{run['head_branch']}"
    path = f"/repos/{repository}/pulls?state=open&head={urllib.parse.quote(head, safe='')}"
    for pull in api.pages(path):
        source = (pull["head"].get("repo") or {}).get("id")
        if pull["head"]["sha"] == run["head_sha"] and source == run["head_repository"]["id"]:
            return pull
    raise CommentError(f"no open pull request ends at {run['head_sha']}: a newer run makes its comment")


def text_of_artifact(api: Rest, repository: str, run_id: int) -> str:
    """The text of the run's artifact.

    Raises:
        CommentError: the artifact is missing, or is not one text file of a comment's length.
    """
    answer = api.call("GET", f"/repos/{repository}/actions/runs/{run_id}/artifacts?name={ARTIFACT}")
    artifacts = [
        artifact
        for artifact in answer["artifacts"]
        if artifact["name"] == ARTIFACT and not artifact["expired"]
    ]
    if not artifacts:
        raise CommentError(f"run {run_id} has no artifact {ARTIFACT}")
    newest = max(int(artifact["id"]) for artifact in artifacts)
    return unpack(api.download(f"/repos/{repository}/actions/artifacts/{newest}/zip", MOST_BYTES))


def unpack(archive: bytes) -> str:
    """The text of an archive, which must hold `comment.md` and nothing else.

    Raises:
        CommentError: it holds something else.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            names = opened.namelist()
            if names != [FILE]:
                raise CommentError(f"the artifact has {len(names)} files and not {FILE} alone")
            with opened.open(FILE) as file:  # the archive's own numbers of sizes are not believed
                content = file.read(MOST_BYTES + 1)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise CommentError(f"the artifact is no readable archive ({type(error).__name__})") from None
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise CommentError("the artifact is not UTF-8") from None
    if len(content) > MOST_BYTES or len(text) > LIMIT:
        raise CommentError(f"the text has more than {LIMIT} characters")
    if not text.startswith(MARKER):
        raise CommentError("the text is no access report")
    return text


def harmless(text: str) -> str:
    """The text without what acts: it mentions no person, refers to no other issue, shows no picture, hides no
    characters.
    """
    text = "".join(
        char for char in text if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cf", "Cs")
    )
    text = re.sub(r"@(?=\w)", "@\u200b", text)
    text = re.sub(r"(?<![\w&])#(?=\d)", "#\u200b", text)
    text = re.sub(r"!\[", "!\u200b[", text)
    return re.sub(r"<(?=(?:!--|/?(?:img|a|picture|video|audio|svg)\b))", "&lt;", text, flags=re.IGNORECASE)


def body(text: str, pull: Mapping[str, Any], touched: list[str]) -> str:
    """The whole comment: the marker, the lines that are written here, the text."""
    lines = [MARKER, f"_Made by the code of this pull request at {pull['head']['sha']}; it is no check._", ""]
    if touched:
        lines += [
            "> [!WARNING]",
            f"> This change touches the code that makes this report ({', '.join(touched)}): read that first.",
            "",
        ]
    whole = "\n".join(lines) + "\n" + harmless(text.removeprefix(MARKER)).lstrip()
    return whole if len(whole) <= LIMIT else whole[: LIMIT - 40] + "\n\n_The rest is left out._\n"


def touched_reporters(api: Rest, repository: str, number: int) -> list[str]:
    """Folders that make reports and that a pull request touches."""
    files = api.pages(f"/repos/{repository}/pulls/{number}/files")
    names = [name for file in files for name in (file["filename"], file.get("previous_filename", ""))]
    return [f"`{folder}`" for folder in REPORTERS if any(name.startswith(folder) for name in names)]


def _own_comments(api: Rest, repository: str, number: int) -> Iterator[int]:
    for comment in api.pages(f"/repos/{repository}/issues/{number}/comments"):
        is_bot = comment["user"]["type"] == "Bot"  # a person may have copied the text
        if is_bot and str(comment.get("body") or "").startswith(MARKER):
            yield int(comment["id"])


def put(api: Rest, repository: str, number: int, text: str) -> str:
    """Updates the comment in place, or creates it. Returns which."""
    for comment in _own_comments(api, repository, number):
        api.call("PATCH", f"/repos/{repository}/issues/comments/{comment}", {"body": text})
        return "updated"
    api.call("POST", f"/repos/{repository}/issues/{number}/comments", {"body": text})
    return "created"


def main(environment: Mapping[str, str] = os.environ) -> int:
    """The exit status."""
    try:
        event = json.loads(Path(environment["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8"))
        run, repository = event["workflow_run"], environment["GITHUB_REPOSITORY"]
        api = github(environment)
        if run["event"] != "pull_request":
            raise CommentError(f"the run was started by {run['event']}")
        pull = pull_request_of(api, repository, run)
        number = int(pull["number"])
        text = text_of_artifact(api, repository, int(run["id"]))
        done = put(api, repository, number, body(text, pull, touched_reporters(api, repository, number)))
    except CommentError as error:
        print(f"comment: none is made: {error}")
        return 0
    except (RestError, KeyError, OSError) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else error
        print(f"comment: {reason}", file=sys.stderr)
        return 1
    print(f"comment: {done} on pull request {number}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
