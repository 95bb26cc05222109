"""Answers that several checks need, each asked for once per round, from any thread."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from operations.errors import OperationError

_T = TypeVar("_T")


class Memory:
    """Answers and refusals of requests; each request is sent once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._locks: dict[Hashable, threading.Lock] = defaultdict(threading.Lock)
        self._answers: dict[Hashable, tuple[Any, OperationError | None]] = {}

    def once(self, key: Hashable, ask: Callable[[], _T]) -> _T:
        """The answer under a key. A refusal is raised again to everyone who asks."""
        with self._lock:
            lock = self._locks[key]
        with lock:
            if key not in self._answers:
                try:
                    self._answers[key] = ask(), None
                except OperationError as error:
                    self._answers[key] = None, error
        answer, refusal = self._answers[key]
        if refusal is not None:
            raise refusal
        return answer
