"""Shipped stack files and the copies that tests use."""

import re
from pathlib import Path

import pytest

from tools.conventions import stack_files
from tools.conventions.sources import sources


@pytest.fixture
def project(tmp_path: Path) -> Path:
    copies = tmp_path / stack_files.COPIES
    copies.mkdir(parents=True)
    for folder in (tmp_path, copies):
        (folder / "Pulumi.prod.yaml").write_text(f"{stack_files.MARK}; …\nconfig: {{}}\n", encoding="utf-8")
    return tmp_path


def test_a_shipped_file_and_its_copy_are_equal(project: Path) -> None:
    assert list(stack_files.check(project)) == []
    (project / "Pulumi.prod.yaml").write_text(f"{stack_files.MARK}; …\nconfig: {{a: 1}}\n", encoding="utf-8")
    (finding,) = stack_files.check(project)
    assert "copy it there; or, if the stack is yours" in finding.text


@pytest.mark.parametrize("text", ["config: {mine: 1}\n", None], ids=["changed", "deleted"])
def test_a_stack_file_that_a_user_made_their_own_is_free(project: Path, text: str | None) -> None:
    if text is None:
        (project / "Pulumi.prod.yaml").unlink()
    else:
        (project / "Pulumi.prod.yaml").write_text(text, encoding="utf-8")
    assert list(stack_files.check(project)) == []


def test_no_test_reads_a_stack_file_at_the_top() -> None:
    """A user changes, renames or deletes it, and the project's tests go on."""
    at_the_top = re.compile(r'(REPOSITORY|ROOT) / f?"Pulumi\.(dev|prod)')
    tests = [source for source in sources() if source.is_in("tests")]
    assert [source.path for source in tests if at_the_top.search(source.text)] == []
