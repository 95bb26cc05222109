"""Reads of Azure that many checks share: each request is sent once, also when several threads need it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from operations.azure.refusals import AzureRefusedError
from operations.azure.session import AzureSession, Document

_T = TypeVar("_T")


class AzureReads:
    """The answers of one session. A refused request is refused again without another one."""

    def __init__(self, session: AzureSession) -> None:
        self.session = session
        self._answers: dict[tuple[object, ...], Future[Any]] = {}
        self._lock = threading.Lock()

    def get(self, path: str, api_version: str, **query: str) -> Document:
        """The document at an ARM path. Raises AzureRefusedError."""
        key = ("get", path.lower(), api_version, *sorted(query.items()))
        return self.once(key, lambda: self.session.get(path, api_version, **query))

    def get_if_exists(self, path: str, api_version: str) -> Document | None:
        """The document. None: there is no such resource."""
        try:
            return self.get(path, api_version)
        except AzureRefusedError as error:
            if error.is_missing:
                return None
            raise

    def pages(self, path: str, api_version: str, **query: str) -> Sequence[Document]:
        """All items of a list."""
        key = ("pages", path.lower(), api_version, *sorted(query.items()))
        return self.once(key, lambda: self.session.pages(path, api_version, **query))

    def once(self, key: tuple[object, ...], ask: Callable[[], _T]) -> _T:
        """The answer of `ask`, which runs once per key."""
        with self._lock:
            is_first = key not in self._answers
            answer = self._answers.setdefault(key, Future())
        if is_first:
            try:
                answer.set_result(ask())
            except BaseException as error:  # each thread that waits for this answer has to get the error, too
                answer.set_exception(error)
        return answer.result()
