"""Python on the pages works: each block of a page runs in a test."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.test_pages import PAGES, REPOSITORY

pytestmark = pytest.mark.servers

REHEARSAL = "docs/rehearsal.md"
RUN_BY = {
    "docs/guides/adding-a-technique.md": "tests/components/workloads/techniques/test_adding_a_technique.py",
    "docs/proofs.md": "tests/tools/test_proof_docs.py",
    "docs/sdk.md": "tests/sdk/test_document.py",
    "docs/testing.md": "tests/aks_secrets_testing/test_page.py",
    REHEARSAL: "tests/docs/test_code.py",
}
"""Page → the test file that runs its blocks."""


def _blocks(page: str) -> list[str]:
    text = (REPOSITORY / page).read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def test_every_page_with_python_has_a_test_that_runs_it() -> None:
    pages = {page.relative_to(REPOSITORY).as_posix() for page in PAGES}
    assert {page for page in pages if _blocks(page)} == RUN_BY.keys()
    for page, test in RUN_BY.items():
        assert Path(page).name in (REPOSITORY / test).read_text(encoding="utf-8"), test


def test_the_rule_on_the_page_on_rehearsals_is_tested_as_shown(tmp_path: Path) -> None:
    _pass(_blocks(REHEARSAL)[1], tmp_path)


@pytest.mark.engine
def test_the_program_on_the_page_on_rehearsals_is_tested_as_shown(tmp_path: Path) -> None:
    _pass(_blocks(REHEARSAL)[0], tmp_path)


def _pass(block: str, folder: Path) -> None:
    module = folder / "test_shown.py"
    module.write_text(block)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "pyproject.toml", module]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert "1 passed" in done.stdout
