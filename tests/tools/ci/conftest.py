"""Fixtures of the tests of tools/ci."""

from collections.abc import Iterator

import pytest

from tests.tools.ci.fake_host import FakeHost, fake_host


@pytest.fixture
def host() -> Iterator[FakeHost]:
    with fake_host() as made:
        yield made
