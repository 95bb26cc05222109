"""tests/isolation.py: what a test without a mark may not do."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import grpc
import pytest

from tests.isolation import MARKS, Isolation

TRIES: dict[str, Callable[[], object]] = {
    "a server": lambda: _with_socket(lambda made: made.bind(("127.0.0.1", 0))),
    "a client": lambda: _with_socket(lambda made: made.connect(("127.0.0.1", 9))),
    "a client of gRPC": lambda: grpc.insecure_channel("127.0.0.1:9"),
    "a server of gRPC": lambda: grpc.server(ThreadPoolExecutor()),
    "a process": lambda: subprocess.run([sys.executable, "--version"], check=True),
    "a shell": lambda: os.system("true"),
    "a fork": lambda: os.fork(),
}


def _with_socket(use: Callable[[socket.socket], None]) -> None:
    with socket.socket() as made:
        use(made)


class Marked:
    """A test with one mark, or with none."""

    def __init__(self, mark: str = "") -> None:
        self._mark = mark

    def get_closest_marker(self, name: str) -> str | None:
        return name if name == self._mark else None


@pytest.fixture
def isolation(request: pytest.FixtureRequest) -> Isolation:
    """The guard of this run."""
    (plugin,) = (each for each in request.config.pluginmanager.get_plugins() if isinstance(each, Isolation))
    return plugin


def guarding(isolation: Isolation, mark: str = "") -> Any:
    test: Any = Marked(mark)
    return isolation.guarding(test)


@pytest.mark.servers  # the guard of this test itself would hide what the guard inside it does
@pytest.mark.parametrize("name", TRIES)
def test_a_test_without_a_mark_is_refused_and_fails(isolation: Isolation, name: str) -> None:
    with pytest.raises(AssertionError, match="mark it servers, or engine"), guarding(isolation):
        TRIES[name]()


@pytest.mark.servers
def test_a_test_fails_even_if_its_code_goes_on(isolation: Isolation) -> None:
    with pytest.raises(AssertionError, match="process"), guarding(isolation), suppress(AssertionError):
        TRIES["a process"]()


@pytest.mark.servers
@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_allows_it(isolation: Isolation, mark: str) -> None:
    with guarding(isolation, mark), socket.create_server(("127.0.0.1", 0)) as server:
        assert server.getsockname()[1]
