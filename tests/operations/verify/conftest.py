"""A running stack for each test; the way to it is made once."""

import pytest

from tests.operations.verify.live import Way, running


@pytest.fixture(scope="session")
def way(tmp_path_factory):
    way = Way(tmp_path_factory.mktemp("way"))
    with way.serving():
        yield way


@pytest.fixture
def live(monkeypatch, way):
    with running(monkeypatch, way) as here:
        yield here
