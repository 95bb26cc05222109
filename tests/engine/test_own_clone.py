"""A user's stack files in a clone that is updated, and `pulumi new`, as docs/deploying.md has them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rehearsal.engine import find_engine
from tests.policy.packs import starter
from tests.support.rehearse import REPOSITORY

pytestmark = pytest.mark.engine

NOT_SHIPPED = (".venv", ".tools", ".git", ".rehearsal", "rendered", "__pycache__", ".*_cache", "*.egg-info")
MINE = "config: {azure-native:location: northeurope}\n"


def _git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.com")
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def upstream(tmp_path: Path) -> Path:
    """The project as it is now, released as v0.1.0."""
    folder = tmp_path / "upstream"
    shutil.copytree(REPOSITORY, folder, ignore=shutil.ignore_patterns(*NOT_SHIPPED))
    _git(folder, "init", "--quiet", "--initial-branch", "main")
    _git(folder, "add", "--all")
    _git(folder, "commit", "--quiet", "--message", "v0.1.0")
    _git(folder, "tag", "v0.1.0")
    return folder


def test_a_release_is_merged_below_stack_files_of_ones_own(upstream: Path, tmp_path: Path) -> None:
    mine = tmp_path / "infra"
    _git(tmp_path, "clone", "--quiet", str(upstream), str(mine))
    _git(mine, "remote", "rename", "origin", "upstream")
    (mine / "Pulumi.live.yaml").write_text(MINE)
    (mine / "stack_tests").mkdir()
    (mine / "stack_tests" / "live_test.py").write_text("def test_live() -> None: ...\n")
    _git(mine, "add", "--all")
    _git(mine, "commit", "--quiet", "--message", "Our stack")

    for name in ("Pulumi.prod.yaml", "Pulumi.dev.yaml", "README.md", "__main__.py"):
        with (upstream / name).open("a") as file:
            file.write("\n# a release changes it\n")
    _git(upstream, "commit", "--quiet", "--all", "--message", "v0.2.0")
    _git(upstream, "tag", "v0.2.0")

    _git(mine, "fetch", "--quiet", "upstream", "--tags")
    _git(mine, "merge", "--quiet", "--no-edit", "v0.2.0")
    assert (mine / "Pulumi.live.yaml").read_text() == MINE
    assert (mine / "Pulumi.prod.yaml").read_text().endswith("# a release changes it\n")
    assert _git(mine, "status", "--porcelain") == ""


def test_pulumi_new_copies_the_project(upstream: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    environment = {
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_BACKEND_URL": tmp_path.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "for this test",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "HOME": str(tmp_path),
    }
    # The engine asks a language host about the template's program; a CLI from a package has its own.
    with starter(tmp_path, Path(sys.executable)):
        environment["PATH"] = os.environ["PATH"]
    done = subprocess.run(
        [
            *(str(find_engine()), "new", str(upstream), "--dir", str(copy), "--generate-only", "--force"),
            *("--yes", "--name", "aks-secrets"),
        ],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Created project 'aks-secrets'" in done.stdout, done.stdout + done.stderr
    released = {path for path in _git(upstream, "ls-files").split("\n") if path}
    copied = {path.relative_to(copy).as_posix() for path in copy.rglob("*") if path.is_file()}
    assert copied >= released
    assert "\ntemplate:" not in (copy / "Pulumi.yaml").read_text()
