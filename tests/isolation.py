"""A unit test starts no process and opens no connection. A test that does is marked ``engine`` or
``servers``, and ``make unit`` leaves it out.
"""

from __future__ import annotations

import importlib
import os
import platform
import socket
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import pytest

MARKS = ("engine", "servers")
SERVING = frozenset({"doctor", "host", "live", "planes", "way"})
"""Fixtures that start a server: a test that has one is marked by that."""
_SOCKET, _PROCESS = "opens a socket", "starts a process"


class Isolation:
    """A plugin of pytest. What a test without a mark tries is refused, and fails the test even where the code
    goes on without it.
    """

    def __init__(self) -> None:
        self._patch = pytest.MonkeyPatch()
        self._guarded = False
        self._tried: list[str] = []

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        if not SERVING.isdisjoint(getattr(item, "fixturenames", ())):
            item.add_marker("servers")

    def pytest_collection_finish(self) -> None:
        """The modules of the tests are imported now, and what they need."""
        # Pulumi's module for charts imports it when a chart is made, and it binds a socket then.
        importlib.import_module("urllib3.util.connection")
        platform.platform()  # azure-identity names it in its requests; Python asks a program for it, once
        self._refuse(_SOCKET, socket.socket, "bind", "connect", "connect_ex")
        self._refuse(_PROCESS, subprocess.Popen, "__init__")
        self._refuse(_PROCESS, os, "fork", "posix_spawn", "posix_spawnp", "system")
        if "grpc" in sys.modules:  # its sockets are not Python's
            self._refuse(_SOCKET, sys.modules["grpc"], "server", "insecure_channel")

    def pytest_unconfigure(self) -> None:
        self._patch.undo()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, Any, Any]:
        with self.guarding(item):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        with self.guarding(item):
            return (yield)

    @contextmanager
    def guarding(self, item: pytest.Item) -> Iterator[None]:
        """Refuse everything in the block, unless the test has a mark."""
        self._guarded = not any(item.get_closest_marker(mark) for mark in MARKS)
        tried = self._tried = list[str]()
        try:
            yield
        finally:
            self._guarded = False
        assert not tried, tried[0]

    def _refuse(self, what: str, holder: Any, *names: str) -> None:
        for name in names:
            self._patch.setattr(holder, name, self._refusing(what, getattr(holder, name)))

    def _refusing(self, what: str, original: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(original)
        def refusing(*arguments: Any, **options: Any) -> Any:
            if self._guarded:
                name = getattr(original, "__qualname__", what)
                self._tried.append(f"a test without a mark {what} ({name}): mark it servers, or engine")
                raise AssertionError(self._tried[-1])
            return original(*arguments, **options)

        return refusing
