"""Bad days: creates whose answers are lost, one of each type, and a moment at which everything stands still.

Tests set them in the environment of a rehearsal, as JSON, and it sends them with each world that it opens:

    REHEARSAL_FAULTS={"lost_answers": ["azure-native:keyvault:Vault"]}
    REHEARSAL_FAULTS={"lost_answers": ["kubernetes:helm.sh/v3:Release"], "pending": true}
    REHEARSAL_FAULTS={"stall_at": 12}

The write is made and stored. Only its answer never arrives, as when a connection breaks behind a create.
"""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any, Final, NoReturn

VARIABLE: Final = "REHEARSAL_FAULTS"
STALLED_FILE: Final = "stalled"
"""Made in the world's folder when nothing answers any more."""


class Faults:
    """The faults of one world."""

    def __init__(self, folder: Path, text: str = "") -> None:
        settings: dict[str, Any] = json.loads(text or "{}")
        self._stalled_file = folder / STALLED_FILE
        self._lost_answers: list[str] = settings.get("lost_answers", [])
        self._leaves_pending = bool(settings.get("pending"))
        self._stall_at: int = settings.get("stall_at", 0)
        self._writes = 0
        self._lock = threading.Lock()

    def leaves_pending(self, token: str) -> bool:
        """Whether Helm is cut off in the middle of its install, whose answer is lost."""
        return self._leaves_pending and token in self._lost_answers

    def before_write(self) -> None:
        """Wait for ever once the moment has come."""
        with self._lock:
            stalls = bool(self._stall_at) and self._writes >= self._stall_at
        if stalls:
            self._stall()

    def after_write(self, token: str, *, creates: bool) -> None:
        """The write is stored and not yet answered. Raises ConnectionError: the answer is lost."""
        with self._lock:
            self._writes += 1
            stalls = self._writes == self._stall_at
            loses = creates and token in self._lost_answers
            if loses:
                self._lost_answers.remove(token)  # the connection is back for the next one
        if stalls:
            self._stalled_file.touch()
            self._stall()
        if loses:
            raise ConnectionError("read: connection reset by peer")

    def _stall(self) -> NoReturn:
        threading.Event().wait()
        raise AssertionError("nothing sets the event")
