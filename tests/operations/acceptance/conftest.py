"""A run of each test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.operations.acceptance.runs import Runs
from tests.operations.azure.services import azure


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    with azure(tmp_path) as services:
        yield Runs(tmp_path / "runs", services)
