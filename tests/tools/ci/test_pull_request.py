"""tools/ci/pull_request.py: the job of a pull request, end to end on a clone with a changed branch."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.tools.ci.fake_github import finished_run
from tests.tools.ci.fake_host import FakeHost
from tools.bootstrap import REPOSITORY
from tools.ci import pull_request, rehearsals
from tools.ci.access_report import AccessReport, ReportError
from tools.ci.comment_text import LIMIT, MARKER
from tools.ci.rehearsals import Rehearsal
from tools.ci.stack_files import StackFile, stack_files

STACK = """\
config:
  azure-native:location: westeurope
  aks-secrets:cluster:
    kubernetes_version: "1.36"
    system_pool: {vm_size: Standard_D2s_v5, count: 1}
  aks-secrets:workloads:
    - name: orders
      namespace: orders
      technique: sdk
      kind: none
      secrets:
        - {name: orders-db-password, from: random}
    - name: billing
      namespace: billing
      technique: sdk
      kind: none
      secrets:
        - {name: billing-api-key, from: random}
        - {name: invoice-key, from: random}
"""
MOVED = "        - {name: billing-api-key, from: random}\n"
FIRST = "        - {name: orders-db-password, from: random}\n"


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository of two commits: the files of this checkout, and a branch that moves a secret."""
    clone = tmp_path / "clone"
    clone.mkdir()
    files = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    for name in files:
        source = REPOSITORY / name
        if source.is_file() and not name.startswith(("tests/", "docs/", "examples/", "Pulumi.")):
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, clone / name)
    for name in (".venv", ".tools"):
        (clone / name).symlink_to((REPOSITORY / name).resolve())
    (clone / "Pulumi.dev.yaml").write_text(STACK, encoding="utf-8")
    shutil.copy(REPOSITORY / "Pulumi.yaml", clone)
    git(clone, "init", "--quiet", "--initial-branch", "main")
    git(clone, "add", "--all", ".", ":!.venv", ":!.tools")
    git(clone, "commit", "--quiet", "--message", "base")
    changed = STACK.replace(MOVED, "").replace(FIRST, FIRST + MOVED)
    (clone / "Pulumi.dev.yaml").write_text(changed, encoding="utf-8")
    git(clone, "commit", "--quiet", "--all", "--message", "the orders workload reads the key")
    return clone


def steps(workflow: str, job: str) -> list[str]:
    """The commands of a job of GitHub, in order."""
    path = REPOSITORY / ".github/workflows" / workflow
    jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
    return [step["run"] for step in jobs[job]["steps"] if "run" in step]


def run_steps(clone: Path, commands: list[str], **environment: str) -> None:
    for command in commands:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=clone,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


@pytest.mark.engine
def test_a_moved_secret_is_said_in_the_first_lines_of_the_comment(clone: Path, host: FakeHost) -> None:
    """The jobs `report` and `comment` of the workflows, step by step."""
    summary = clone.parent / "summary.md"
    run_steps(clone, steps("preview.yml", "report"), GITHUB_STEP_SUMMARY=str(summary))
    text = (clone / "build/comment/comment.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line]
    assert lines[0] == MARKER
    assert lines[2].startswith(
        "### `dev`: orders may now read billing-api-key; billing may no longer read billing-api-key"
    )
    assert lines[3].startswith("- ➕ `orders` may now read `billing-api-key`")
    assert lines[4].startswith("- ➖ `billing` may no longer read `billing-api-key`")
    assert "1 to delete, 1 to create" in text
    assert "orders may now read" in summary.read_text(encoding="utf-8")
    assert "<html" in (clone / "build/comment/pages/dev.html").read_text(encoding="utf-8")
    listed = subprocess.run(
        ["git", "worktree", "list"], cwd=clone, capture_output=True, text=True, check=True
    )
    assert len(listed.stdout.splitlines()) == 1

    event = finished_run(host, {"comment.md": text.encode()})
    (clone.parent / "event.json").write_text(json.dumps(event), encoding="utf-8")
    run_steps(
        clone,
        steps("comment.yml", "comment"),
        GITHUB_EVENT_PATH=str(clone.parent / "event.json"),
        GITHUB_REPOSITORY="shop/infra",
        GITHUB_TOKEN="the-token",
        GITHUB_API_URL=host.address,
    )
    [(_, _, posted)] = host.sent("POST")
    assert len(posted["body"]) <= LIMIT
    assert [line for line in posted["body"].splitlines() if line][3:6] == lines[2:5]


def test_the_stack_files_of_the_checkout_are_found_and_told_apart() -> None:
    files = stack_files(REPOSITORY)
    labels = [file.label for file in files]
    assert labels[:2] == ["dev", "prod"]
    assert len(labels) == len(set(labels))
    assert "quick-start/quick-start" in labels
    with pytest.raises(ValueError, match=r"--stack: there is no stack file of nope; there are (.+, )?dev, "):
        stack_files(REPOSITORY, ["nope"])


@pytest.fixture
def rehearsed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, object]:
    """Outcomes of the two rehearsals and of the report, for one stack."""
    outcome: dict[str, object] = {
        "before": Rehearsal(tmp_path / "base.json", True, operations={"create": 3}),
        "after": Rehearsal(tmp_path / "head.json", True, operations={"same": 2, "update": 1}),
        "report": AccessReport("### dev: x\n", tmp_path / "page.html", ()),
    }
    (tmp_path / "page.html").touch()

    def report(root: Path, stack: str, after: Path, before: Path | None, out: Path) -> AccessReport:
        outcome["against"] = before
        if isinstance(made := outcome["report"], AccessReport):
            return made
        raise ReportError(str(made))

    monkeypatch.setattr(pull_request, "rehearse_change", lambda *_: (outcome["before"], outcome["after"]))
    monkeypatch.setattr(pull_request, "access_report", report)
    monkeypatch.setattr(pull_request, "stack_files", lambda *_: [StackFile("dev", Path("Pulumi.dev.yaml"))])
    return outcome


def run(tmp_path: Path, base: str | None = None) -> tuple[int, str]:
    arguments = ["--out", str(tmp_path / "out"), *(["--base", base] if base else [])]
    status = pull_request.main(arguments)
    return status, (tmp_path / "out/comment.md").read_text(encoding="utf-8")


def test_a_broken_proof_fails_the_job_and_the_comment_is_written(
    rehearsed: dict[str, object], tmp_path: Path
) -> None:
    rehearsed["report"] = AccessReport("### dev: x\n\n❌ broken", tmp_path / "page.html", ("audience",))
    status, text = run(tmp_path)
    assert status == 1
    assert "❌ broken" in text


def test_a_failed_rehearsal_is_no_report_of_what_is_missing(
    rehearsed: dict[str, object], tmp_path: Path
) -> None:
    """A part of a stack would read as if every other workload lost its secrets."""
    rehearsed["after"] = Rehearsal(tmp_path / "x", False, ("vault: bad name",), {"delete": 1})
    status, text = run(tmp_path)
    assert status == 1
    assert "### dev: x" not in text
    assert "**The rehearsal fails:**\n\n~~~text\nvault: bad name\n~~~" in text


def test_a_base_that_cannot_be_rehearsed_is_named_and_not_compared_with(
    rehearsed: dict[str, object], tmp_path: Path
) -> None:
    rehearsed["before"] = Rehearsal(tmp_path / "x", False, ("an older format\nmore",))
    status, text = run(tmp_path)
    assert status == 0
    assert rehearsed["against"] is None
    assert "nothing to compare with: an older format_" in text


def test_a_report_that_fails_fails_the_job(rehearsed: dict[str, object], tmp_path: Path) -> None:
    rehearsed["report"] = "no such form"
    status, text = run(tmp_path)
    assert status == 1
    assert "the access report could not be written: no such form" in text


@pytest.mark.servers
def test_an_unknown_base_is_named(rehearsed: dict[str, object], tmp_path: Path) -> None:
    status, text = run(tmp_path, base="no-such-revision")
    assert status == 0
    assert "_There is nothing to compare with: git worktree add failed: " in text


def test_the_base_is_rehearsed_first_and_a_failed_one_leaves_no_state(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    calls: list[tuple[str, bool]] = []

    def rehearse(root: Path, file: StackFile, verb: str, state: Path, document: Path) -> Rehearsal:
        calls.append((verb, state.exists()))
        state.mkdir(exist_ok=True)
        return Rehearsal(document, verb != "up" or succeeds)

    monkeypatch.setattr(rehearsals, "rehearse", rehearse)
    (tmp_path / "Pulumi.dev.yaml").touch()
    file = StackFile("dev", Path("Pulumi.dev.yaml"))
    for succeeds in (True, False):
        folder = tmp_path / str(succeeds)
        folder.mkdir()
        rehearsals.rehearse_change(tmp_path, tmp_path, file, folder)
    assert calls == [("up", False), ("preview", True), ("up", False), ("preview", False)]
    before, _ = rehearsals.rehearse_change(
        tmp_path, tmp_path, StackFile("new", Path("Pulumi.new.yaml")), folder
    )
    assert before is None
