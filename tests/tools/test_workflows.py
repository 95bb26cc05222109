"""tools/workflows.py, and the pipelines: those of GitHub, Azure and GitLab run the same jobs."""

import importlib.util
import os
import re
import shlex
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools import workflows
from tools.bootstrap import REPOSITORY

GITHUB = sorted([*(REPOSITORY / ".github").rglob("*.yml")])
AZURE = [REPOSITORY / "azure-pipelines.yml", *sorted((REPOSITORY / ".azure").glob("*.yml"))]
GITLAB = REPOSITORY / ".gitlab-ci.yml"
STACKS = ("dev", "prod")
PREFIX = re.compile(r"(?:\.venv/bin/python|python3) -m ")


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def walk(node: Any) -> Iterator[dict[str, Any]]:
    """All mappings below a node."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from walk(value)
    elif isinstance(node, list):
        for value in node:
            yield from walk(value)


def github_jobs() -> dict[str, set[str]]:
    jobs: dict[str, set[str]] = defaultdict(set)
    for path in GITHUB:
        for name, job in (load(path).get("jobs") or {}).items():
            jobs[name] |= {step["run"] for step in job.get("steps", ()) if "run" in step}
    return {name: runs for name, runs in jobs.items() if runs}


def azure_jobs() -> dict[str, set[str]]:
    jobs: dict[str, set[str]] = defaultdict(set)
    for node in walk(load(AZURE[0])):
        if name := node.get("job") or node.get("deployment"):
            for step in walk(node):
                jobs[name] |= {step[key] for key in ("script", "command") if isinstance(step.get(key), str)}
    return dict(jobs)


def gitlab_jobs() -> dict[str, set[str]]:
    file = load(GITLAB)
    jobs: dict[str, set[str]] = defaultdict(set)
    for name, job in file.items():
        if name.startswith(".") or not isinstance(job, dict) or not {"script", "extends"} & set(job):
            continue
        extends = job.get("extends", [])
        parts = [job, *(file[name] for name in ([extends] if isinstance(extends, str) else extends))]
        jobs[name.split()[0]] |= {line for part in parts for line in part.get("script", ())}
    return dict(jobs)


def module_calls(runs: set[str]) -> set[str]:
    """The modules, with their verbs, that a job calls; files and options differ between pipelines."""
    calls = set()
    for run in runs:
        words = shlex.split(run.replace("${{", "").replace("}}", ""))
        if words[1:2] == ["-m"] and words[2] != "tools.go_tools":
            calls.add(" ".join([words[2], *(word for word in words[3:4] if not word.startswith("-"))]))
        elif words[0] == "make" and words[1] != "setup":
            calls.add(" ".join(words))
    return {"tools.ci.comment" if call == "tools.ci.note" else call for call in calls}


NODES = [node for path in [*GITHUB, *AZURE, GITLAB] for node in walk(load(path))]
ALL_RUNS = sorted(
    {
        value
        for node in NODES
        for key, value in node.items()
        if key in ("run", "command") and isinstance(value, str)
    }
    | {value for node in NODES if isinstance(value := node.get("script"), str)}
    | {line for node in NODES if isinstance(lines := node.get("script"), list) for line in lines}
)


def test_the_three_pipelines_run_the_same_jobs() -> None:
    github, azure, gitlab = (
        {name: module_calls(runs) for name, runs in jobs().items()}
        for jobs in (github_jobs, azure_jobs, gitlab_jobs)
    )
    assert set(github) == {"check", "report", "comment", "preview", "up", "drift", "issue"}
    assert azure == github
    assert gitlab == github


@pytest.mark.servers
@pytest.mark.parametrize("run", ALL_RUNS)
def test_every_step_is_one_line_that_calls_a_module_or_a_button(run: str) -> None:
    assert "\n" not in run.strip()
    command = re.sub(r"\s+#.*", "", run)
    if command == "rm -f build/preview/preview.json":
        return
    if command == ".ci/run":  # the same for each of its lines
        assert os.access(REPOSITORY / command, os.X_OK)
        lines = (REPOSITORY / command).read_text(encoding="utf-8").splitlines()
        for line in lines[lines.index('cd "$(dirname "${BASH_SOURCE[0]}")/.."') + 1 :]:
            test_every_step_is_one_line_that_calls_a_module_or_a_button(line.removeprefix("exec "))
        return
    if command.startswith("make "):
        target = command.split()[1]
        assert re.search(rf"^{target}:", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        return
    if command.startswith("${{ parameters."):
        return  # a template of Azure; the commands that it is given are in this list
    assert PREFIX.match(command), command
    module, *arguments = shlex.split(PREFIX.sub("", command).replace("${{ stack.name }}", "dev"))
    assert importlib.util.find_spec(module) is not None
    usage = subprocess.run(
        [sys.executable, "-m", module, "--help"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    options = set(re.findall(r"--[a-z-]+", usage.stdout))
    assert {argument for argument in arguments if argument.startswith("--")} <= options, usage.stdout


@pytest.mark.servers
def test_a_job_without_set_up_needs_the_standard_library_only() -> None:
    modules = {shlex.split(run)[2] for run in ALL_RUNS if run.startswith("python3 -m ")}
    assert modules == {"tools.ci.comment", "tools.ci.note", "tools.ci.issue"}
    for module in modules:
        code = f"import sys; sys.path.insert(0, {str(REPOSITORY)!r}); import {module}"
        subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True)


def test_every_action_is_pinned_by_a_commit_with_its_version() -> None:
    for path in GITHUB:
        for line in path.read_text(encoding="utf-8").splitlines():
            if match := re.search(r"uses: (\S+)(.*)", line):
                used, rest = match.groups()
                if not used.startswith("./"):
                    assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", used), line
                    assert re.fullmatch(r" # v\d+\.\d+\.\d+", rest), line


def test_one_action_has_one_commit_everywhere() -> None:
    pins = defaultdict(set)
    for path in GITHUB:
        for name, commit in re.findall(r"uses: ([\w/-]+)@(\S+ # \S+)", path.read_text(encoding="utf-8")):
            pins[name].add(commit)
    assert {name: len(commits) for name, commits in pins.items() if len(commits) > 1} == {}


def test_no_workflow_gives_a_right_to_all_its_jobs_and_no_secret_is_stored() -> None:
    for path in GITHUB:
        text = path.read_text(encoding="utf-8")
        if "jobs" in load(path):
            assert load(path)["permissions"] == {}, path
        assert "secrets." not in text, path
        assert "pull_request_target" not in text, path


def test_a_job_with_credentials_may_write_nothing_and_one_that_writes_has_none() -> None:
    for path in GITHUB:
        for name, job in (load(path).get("jobs") or {}).items():
            rights = job["permissions"]
            writes = {right for right, value in rights.items() if value == "write"} - {"id-token"}
            assert not (writes and "id-token" in rights), (path, name)
            assert ("environment" in job) <= (rights.get("id-token") == "write"), (path, name)


def test_the_code_of_a_pull_request_gets_credentials_from_a_reviewed_environment_only() -> None:
    jobs = load(REPOSITORY / ".github/workflows/preview.yml")["jobs"]
    assert jobs["report"]["permissions"] == {"contents": "read"}
    assert "head.repo.full_name == github.repository" in jobs["preview"]["if"]
    assert jobs["preview"]["environment"].endswith("-pr")


def test_no_update_is_cancelled_midway() -> None:
    stack = load(REPOSITORY / ".github/workflows/deploy.yml")["jobs"]["stack"]
    assert stack["concurrency"] == {"group": "stack-${{ matrix.stack }}", "cancel-in-progress": False}
    gitlab = load(GITLAB)[".up"]
    assert (gitlab["interruptible"], gitlab["resource_group"]) == (False, "stack-$STACK")


def test_the_step_fails_with_the_first_check_that_does(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    def call(command: list[str], cwd: Path) -> int:
        calls.append(Path(command[0]).name)
        return 14 if "zizmor" in command[0] else 0

    monkeypatch.setattr(workflows.GoToolFinder, "path", lambda self: Path("/x/actionlint"))
    monkeypatch.setattr(workflows.subprocess, "call", call)
    assert workflows.main() == 14
    assert calls == ["zizmor"]


@pytest.mark.servers
@pytest.mark.parametrize(
    ("bad", "rule"),
    [
        ("      - uses: actions/checkout@v6\n", "unpinned-uses"),
        ('      - run: echo "${{ github.event.pull_request.title }}"\n', "template-injection"),
    ],
)
def test_zizmor_fails_for_a_dangerous_step(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path, bad: str, rule: str
) -> None:
    folder = tmp_path / ".github/workflows"
    folder.mkdir(parents=True)
    head = "name: x\non: pull_request\npermissions: {}\njobs:\n  x:\n    runs-on: ubuntu-latest\n    steps:\n"
    (folder / "x.yml").write_text(head + bad, encoding="utf-8")
    monkeypatch.setattr(workflows, "REPOSITORY", tmp_path)
    monkeypatch.setattr(workflows.GoToolFinder, "path", lambda self: Path("/bin/true"))
    assert workflows.main() != 0
    assert rule in capfd.readouterr().out


@pytest.mark.servers
def test_dependabot_proposes_releases_for_every_list_of_packages() -> None:
    """Except the engine's own module, which moves together with requirements.in, and Kubernetes', the
    External Secrets Operator's and Dapr's, whose replaced modules move together with them.
    """
    listed = subprocess.run(["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    files = [Path(line) for line in listed.stdout.splitlines()]
    kinds = {"pip": r"requirements.*\.in", "gomod": r"go\.mod"}
    needed = {
        (kind, "/" + str(path.parent).removeprefix("."))
        for kind, pattern in kinds.items()
        for path in files
        if re.fullmatch(pattern, path.name)
    }
    updates = load(REPOSITORY / ".github" / "dependabot.yml")["updates"]
    watched = {
        (update["package-ecosystem"], folder)
        for update in updates
        for folder in update.get("directories", [update.get("directory")])
    }
    assert needed - watched == {
        ("gomod", f"/tools/{folder}") for folder in ("pulumi", "kubernetes", "external-secrets", "daprd")
    }
