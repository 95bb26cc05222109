"""tools/conventions finds nothing in the project."""

import gc
from collections.abc import Iterator, Sequence

import pytest

from tools.conventions.__main__ import CHECKS
from tools.conventions.sources import Source, sources


@pytest.fixture(scope="module")
def repository() -> Iterator[Sequence[Source]]:
    """All files, parsed once for all checks: a million nodes, which each garbage collection would look at."""
    gc.disable()
    try:
        yield sources()
    finally:
        sources.cache_clear()
        gc.enable()


@pytest.mark.parametrize("check", CHECKS)
def test_the_project_keeps_its_conventions(check: str, repository: Sequence[Source]) -> None:
    assert [str(finding) for finding in CHECKS[check](repository)] == []
